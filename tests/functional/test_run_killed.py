"""A monthly run killed without warning at random moments: its folder is complete or absent."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.effort import effort
from tests.support.made_up_town import INDEX, make_town
from tests.support.patience import PATIENCE, until

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


def ended(process):
    """Whether it has, whatever its exit code, which nobody has asked for yet."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def work_of(process):
    """Seconds of a processor it took until now: how far it has come, however busy the machine is."""
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
    user, system = stat.rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def is_complete(out):
    outputs = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    return found == {*outputs, "manifest.json", "timings.json"}


@pytest.mark.slow(seconds=40)
def test_run_is_complete_or_absent_whenever_it_is_killed(tmp_path):
    town = make_town(tmp_path)
    with start(town, tmp_path / "whole") as whole:
        whole.stdout.readline()
        begun = work_of(whole)
        assert until(lambda: ended(whole))
        usual = work_of(whole) - begun
        assert whole.wait(timeout=PATIENCE) == 0
    assert is_complete(tmp_path / "whole")

    moments = random.Random(20261001)
    out = tmp_path / "killed"
    for _attempt in range(effort(4, long=16)):
        with start(town, out) as process:
            process.stdout.readline()
            moment = work_of(process) + moments.uniform(0, usual)
            assert until(lambda process=process, moment=moment: ended(process) or work_of(process) >= moment)
            process.send_signal(signal.SIGKILL)
        assert not out.exists() or is_complete(out)
        if out.exists():
            break
    # Whatever the dead ones left, the next run clears it and takes over.
    if not out.exists():
        with start(town, out) as process:
            assert process.wait(timeout=PATIENCE) == 0
    assert is_complete(out)
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    assert {(out / name).read_bytes() for name in ("scores.parquet",)} == {
        (tmp_path / "whole" / "scores.parquet").read_bytes()
    }
