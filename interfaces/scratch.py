"""Folders for work in progress: only their owner can enter them, and they are gone when the work is.

Each has a lock that its process holds. A process that is killed cannot clear its own folder away; the lock is free from
then on, and the next to make a folder of that kind at that place clears what it left.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = "in-use.lock"
_WORK = "work"


@contextmanager
def scratch_folder(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """An empty folder as long as the block lasts, in `place` or where this machine keeps temporary files.

    `prefix` begins its name and is the kind of work: what dead processes left of the same kind is cleared first.
    """
    where = Path(tempfile.gettempdir()) if place is None else place
    clear_dead(prefix, where)
    folder, lock = _made(prefix, where)
    try:
        work = folder / _WORK
        work.mkdir(mode=0o700)
        yield work
    finally:
        _clear(folder)
        os.close(lock)


def clear_dead(prefix: str, place: Path) -> None:
    """Clear the folders of that kind whose process is gone; those of others, or still in use, stay."""
    if not os.access(place, os.R_OK):  # a place where one may write and not look
        return
    for folder in place.iterdir():
        if not folder.name.startswith(prefix) or folder.is_symlink():
            continue
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:  # not made here, somebody else's, or cleared this moment
            continue
        try:
            if _is_ours(lock) and _taken(lock):
                _clear(folder)
        except OSError:  # what cannot be cleared is no reason not to work
            continue
        finally:
            os.close(lock)


def _made(prefix: str, where: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=where))  # only its owner can enter it
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        # Between making the lock and taking it, another may have thought its process dead.
        if _taken(lock) and (folder / _LOCK).exists():
            return folder, lock
        os.close(lock)


def _is_ours(lock: int) -> bool:
    return os.fstat(lock).st_uid == os.geteuid()


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear(folder: Path) -> None:
    """The work first: a folder that is cleared by half still has its lock, so that the next finds it."""
    if (folder / _WORK).exists():
        shutil.rmtree(folder / _WORK)
    shutil.rmtree(folder)
