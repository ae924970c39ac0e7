"""What takes long to make and is only copied: made once for all the processes of a test run."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def once_in_a_run(factory: pytest.TempPathFactory, worker_id: str, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled, in this process or in another of the run; nobody may change what is in it."""
    base = factory.getbasetemp() if worker_id == "master" else factory.getbasetemp().parent
    folder = base / name
    with (base / f"{name}.door").open("ab") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            folder.mkdir()
            make(folder)
            (folder / "ready").touch()
    return folder
