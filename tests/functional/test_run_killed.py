"""A monthly run killed without warning at random moments: its folder is complete or absent."""

import json
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.support.effort import effort
from tests.support.made_up_town import INDEX, make_town

RUN = """
import sys
from datetime import date
from pathlib import Path
from stratify.pipeline.run import run
pack, key, out, day = sys.argv[1:]
print("running", flush=True)
run(Path(pack), index_date=date.fromisoformat(day), key_file=Path(key), score="hfrs", out=Path(out))
"""


def start(town, out):
    command = [sys.executable, "-c", RUN, str(town.pack), str(town.key), str(out), INDEX.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def is_complete(out):
    outputs = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    return found == {*outputs, "manifest.json", "timings.json"}


@pytest.mark.slow(seconds=40)
def test_run_is_complete_or_absent_whenever_it_is_killed(tmp_path):
    town = make_town(tmp_path)
    with start(town, tmp_path / "whole") as whole:
        whole.stdout.readline()
        began = time.monotonic()
        assert whole.wait(timeout=300) == 0
    usual = time.monotonic() - began
    assert is_complete(tmp_path / "whole")

    moments = random.Random(20261001)
    out = tmp_path / "killed"
    for _attempt in range(effort(4, long=16)):
        with start(town, out) as process:
            process.stdout.readline()
            time.sleep(moments.uniform(0, usual))
            process.send_signal(signal.SIGKILL)
        assert not out.exists() or is_complete(out)
        if out.exists():
            break
    # Whatever the dead ones left, the next run clears it and takes over.
    if not out.exists():
        with start(town, out) as process:
            assert process.wait(timeout=300) == 0
    assert is_complete(out)
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    assert {(out / name).read_bytes() for name in ("scores.parquet",)} == {
        (tmp_path / "whole" / "scores.parquet").read_bytes()
    }
