"""A folder or file that is complete or absent: written aside, forced to disk, then renamed.

Whoever holds the lock beside the target is its only writer, so every partial copy found while holding it
was left by a process that died and is cleared away.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stratify.exceptions import OutputRefused


@contextmanager
def writing(folder: Path, *, private: bool = False) -> Iterator[Path]:
    """A fresh folder to write into, which becomes `folder` when the block ends without an error.

    A `private` folder can be entered by its owner only, from the first byte on. Raises OutputRefused where `folder` exists, another run is writing it, or its place cannot be written.
    """
    folder = Path(folder)
    refuse_existing(folder)
    with _only_writer(folder):
        refuse_existing(folder)
        _clear_partials(folder)
        partial = _partial(folder)
        try:
            partial.mkdir(mode=0o700 if private else 0o777)
            yield partial
            _sync_tree(partial)
            partial.rename(folder)
            _sync(folder.parent)
        except OSError as error:
            raise _full_disk(folder, error) from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def writing_file(path: Path, *, mode: int = 0o600) -> Iterator[Path]:
    """A fresh file path to write, which becomes `path` with `mode` when the block ends without an error.

    The file is made with `mode` before a byte is in it. Raises OutputRefused as `writing` does.
    """
    path = Path(path)
    refuse_existing(path)
    with _only_writer(path):
        refuse_existing(path)
        _clear_partials(path)
        partial = _partial(path)
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
            yield partial
            _sync(partial)
            partial.rename(path)
            _sync(path.parent)
        except OSError as error:
            raise _full_disk(path, error) from None
        finally:
            partial.unlink(missing_ok=True)


def refuse_existing(target: Path) -> None:
    """OutputRefused where something is there already; asked before the work as well as before the rename."""
    if target.exists() or target.is_symlink():
        raise OutputRefused(
            f"{target.name} not to exist yet", "it exists", "Choose another name; a finished output is never replaced."
        )


def _full_disk(target: Path, error: OSError) -> Exception:
    """What to say where there is no room to write; any other error stays what it is."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return error
    return OutputRefused(
        f"room to write {target.name}",
        os.strerror(error.errno),
        "Make room, or choose another place; nothing was kept.",
    )


def _partial(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial-{os.getpid()}")


def _clear_partials(target: Path) -> None:
    for stale in target.parent.iterdir():
        if not stale.name.startswith(f"{target.name}.partial-"):
            continue
        if stale.is_dir() and not stale.is_symlink():
            shutil.rmtree(stale)
        else:
            stale.unlink()


@contextmanager
def _only_writer(target: Path) -> Iterator[None]:
    lock = target.with_name(f".{target.name}.lock")
    handle = _locked(lock, target)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _locked(lock: Path, target: Path) -> int:
    """An open, locked handle on the lock file that is still the one under that name."""
    while True:
        handle = _opened(lock, target)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise OutputRefused(
                f"nobody else to be writing {target.name}",
                "another process at work on it",
                "Wait for it to finish or choose another name.",
            ) from None
        # The last holder may have removed the file between our opening and locking it.
        if lock.exists() and os.path.samestat(os.fstat(handle), lock.stat()):
            return handle
        os.close(handle)


def _opened(lock: Path, target: Path) -> int:
    try:
        return os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise OutputRefused(
            f"a place where {target.name} can be written",
            f"{error.strerror or 'an error'} in its folder",
            "Make the folder, or choose one you may write to.",
        ) from None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)
