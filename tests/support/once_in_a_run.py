"""What takes long to make and is only copied: made once for all the processes of a test run."""

import fcntl
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


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


def made_once_in_a_run(
    factory: pytest.TempPathFactory, worker_id: str, name: str, make: Callable[[Path], Made]
) -> Made:
    """What `make` answered when it had filled a folder, in this process or in another of the run; as `once_in_a_run`."""

    def keep(folder: Path) -> None:
        made = make(folder)
        (folder / "made.pickle").write_bytes(pickle.dumps(made))

    folder = once_in_a_run(factory, worker_id, name, keep)
    made: Made = pickle.loads((folder / "made.pickle").read_bytes())
    return made
