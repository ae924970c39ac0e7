"""A folder or file that is complete or absent."""

import errno
import os
import stat

import pytest

from stratify.exceptions import OutputRefused
from stratify.run_folder import writing, writing_file


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def fail_after_writing(path):
    path.write_text("x", encoding="utf-8")
    raise ValueError("half-way")


def test_writing_makes_the_folder_appear_whole(tmp_path):
    target = tmp_path / "run"
    with writing(target) as folder:
        (folder / "lists").mkdir()
        (folder / "lists" / "a.csv").write_text("x", encoding="utf-8")
        assert not target.exists()
    assert names(tmp_path) == ["run"]
    assert (target / "lists" / "a.csv").read_text(encoding="utf-8") == "x"


def test_writing_leaves_nothing_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="half-way"), writing(tmp_path / "run") as folder:
        fail_after_writing(folder / "a")
    assert names(tmp_path) == []


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_writing_refuses_what_exists(tmp_path, kind):
    target = tmp_path / "run"
    {"folder": target.mkdir, "file": target.touch, "dangling link": lambda: target.symlink_to("nowhere")}[kind]()
    with pytest.raises(OutputRefused, match="it exists"), writing(target):
        pass
    assert names(tmp_path) == ["run"]


def test_writing_clears_what_a_dead_process_left(tmp_path):
    stale = tmp_path / "run.partial-1"
    (stale / "lists").mkdir(parents=True)
    (tmp_path / ".run.lock").touch()
    (tmp_path / "run2.partial-1").mkdir()  # another run's: not ours to clear
    with writing(tmp_path / "run"):
        assert not stale.exists()
    assert names(tmp_path) == ["run", "run2.partial-1"]


def test_writing_refuses_while_another_writes(tmp_path):
    with writing(tmp_path / "run") as folder:
        with pytest.raises(OutputRefused, match="another process at work"), writing(tmp_path / "run"):
            pass
        assert folder.exists()
    assert names(tmp_path) == ["run"]


def test_writing_refuses_a_place_that_is_not_there(tmp_path):
    with pytest.raises(OutputRefused, match="Make the folder"), writing(tmp_path / "no" / "run"):
        pass


def test_writing_file_is_private_from_the_first_byte(tmp_path):
    old = os.umask(0)
    try:
        with writing_file(tmp_path / "out.csv") as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            path.write_text("x", encoding="utf-8")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert names(tmp_path) == ["out.csv"]


def test_writing_file_leaves_nothing_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="half-way"), writing_file(tmp_path / "out.csv") as path:
        fail_after_writing(path)
    assert names(tmp_path) == []


def test_writing_file_refuses_what_exists(tmp_path):
    (tmp_path / "out.csv").touch()
    with pytest.raises(OutputRefused, match="it exists"), writing_file(tmp_path / "out.csv"):
        pass


@pytest.mark.parametrize("write", [writing, writing_file])
def test_a_full_disk_is_said_plainly(tmp_path, write):
    with pytest.raises(OutputRefused, match="room to write run"), write(tmp_path / "run"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), write(tmp_path / "run"):
        raise PermissionError(errno.EACCES, "elsewhere")
    assert names(tmp_path) == []
