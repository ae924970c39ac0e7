"""A process writing a run folder, killed without warning at random moments: complete or absent."""

import random
import signal
import subprocess
import sys
import time

import pytest

from tests.support.patience import PATIENCE

WRITER = """
import sys, time
from pathlib import Path
from stratify.run_folder import writing
stops_at = int(sys.argv[2])
with writing(Path(sys.argv[1])) as folder:
    if stops_at < 0:
        print("writing", flush=True)
    for number in range(60):
        if number == stops_at:
            print("half-way", flush=True)
            time.sleep(600)
        (folder / str(number)).write_bytes(b"x" * 20_000)
"""
ON = -1


def start(target, stops_at=ON):
    return subprocess.Popen([sys.executable, "-c", WRITER, str(target), str(stops_at)], stdout=subprocess.PIPE)


@pytest.mark.slow
def test_run_folder_is_complete_or_absent_whenever_the_writer_is_killed(tmp_path):
    moments = random.Random(20261001)
    for attempt in range(30):
        target = tmp_path / f"run{attempt}"
        half_way = attempt % 2 == 1  # every other one at a moment that may be any, the last of the writing too
        with start(target, moments.randrange(60) if half_way else ON) as writer:
            writer.stdout.readline()
            if not half_way:
                time.sleep(moments.uniform(0, 0.06))
            writer.send_signal(signal.SIGKILL)
        complete = target.exists()
        assert not (complete and half_way)
        assert not complete or len(list(target.iterdir())) == 60
        # The next writer takes over, whatever the dead one left.
        if not complete:
            with start(target) as writer:
                assert writer.wait(timeout=PATIENCE) == 0
        assert len(list(target.iterdir())) == 60
        assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
