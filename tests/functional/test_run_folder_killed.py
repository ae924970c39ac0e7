"""A process writing a run folder, killed without warning at random moments: complete or absent."""

import random
import signal
import subprocess
import sys
import time

import pytest

WRITER = """
import sys
from pathlib import Path
from stratify.run_folder import writing
with writing(Path(sys.argv[1])) as folder:
    print("writing", flush=True)
    for number in range(60):
        (folder / str(number)).write_bytes(b"x" * 20_000)
"""


def start(target):
    return subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)


@pytest.mark.slow
def test_run_folder_is_complete_or_absent_whenever_the_writer_is_killed(tmp_path):
    moments = random.Random(20261001)
    seen = set()
    for attempt in range(30):
        target = tmp_path / f"run{attempt}"
        with start(target) as writer:
            writer.stdout.readline()
            time.sleep(moments.uniform(0, 0.06))
            writer.send_signal(signal.SIGKILL)
        complete = target.exists()
        seen.add(complete)
        assert not complete or len(list(target.iterdir())) == 60
        # The next writer takes over, whatever the dead one left.
        if not complete:
            with start(target) as writer:
                assert writer.wait(timeout=60) == 0
        assert len(list(target.iterdir())) == 60
        assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    assert False in seen, "no attempt was killed half-way: the test shows nothing"
