"""Work in progress lies in folders nobody else can enter, and is cleared whatever ends the process."""

import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from interfaces.scratch import scratch_folder

WORKER = """
import sys, time
from pathlib import Path
from interfaces.command_edge import run_command
from interfaces.scratch import scratch_folder

def work():
    with scratch_folder("kind-", Path(sys.argv[1])) as folder:
        (folder / "zone").write_text("pseudonyms")
        print(folder, flush=True)
        time.sleep(60)

run_command(work, name="worker", refusals=())
"""


@contextmanager
def at_work(place):
    """A process in the middle of its work, and the folder it works in."""
    command = [sys.executable, "-c", WORKER, str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        try:
            yield worker, Path(worker.stdout.readline().strip())
        finally:
            worker.kill()


def test_a_folder_is_its_owners_only_and_gone_afterwards(tmp_path):
    with scratch_folder("kind-", tmp_path) as folder:
        (folder / "below").mkdir()
        assert list(folder.parent.iterdir()) != []
        assert {stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent)} == {0o700}
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_by_the_next(tmp_path):
    with at_work(tmp_path) as (worker, left):
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert (left / "zone").exists()
        with scratch_folder("kind-", tmp_path) as folder:
            assert [folder.parent] == list(tmp_path.iterdir())


def test_what_is_in_use_of_another_kind_or_not_ours_to_judge_stays(tmp_path):
    (tmp_path / "kind-of-mine").mkdir()
    (tmp_path / "kind-of-mine" / "work").mkdir()
    with at_work(tmp_path) as (_, busy), scratch_folder("other-", tmp_path) as other:
        with scratch_folder("kind-", tmp_path):
            assert (busy / "zone").exists()
        assert other.exists()
    assert (tmp_path / "kind-of-mine" / "work").is_dir()


def test_a_folder_cleared_by_half_is_found_again(tmp_path, monkeypatch):
    with at_work(tmp_path) as (worker, left):
        worker.send_signal(signal.SIGKILL)
    (left / "zone").unlink()
    left.rmdir()  # killed once more, between the work and its lock
    with scratch_folder("kind-", tmp_path) as folder:
        assert [folder.parent] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("number", "code", "by"), [(signal.SIGINT, 130, "the keyboard"), (signal.SIGTERM, 143, "the machine")]
)
def test_a_process_told_to_stop_clears_its_folder_at_once(tmp_path, number, code, by):
    with at_work(tmp_path) as (worker, _):
        worker.send_signal(number)
        _, err = worker.communicate()
        assert (worker.returncode, err) == (code, f"Stopped by {by}. Nothing was left half-written.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_fit_clears_what_a_killed_fit_left(tmp_path):
    from stratify.pipeline.fit import FitOptions, _workplace

    with at_work(tmp_path) as (worker, left):
        worker.send_signal(signal.SIGKILL)
    dead = left.parent.rename(tmp_path / "caretier-fit-killed")
    with _workplace(FitOptions(scratch=tmp_path)) as (_, scratch):
        assert not dead.exists()
        assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []
