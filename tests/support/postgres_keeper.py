"""Waits, as a process of its own, until the last test process that used a server has ended however it ended; then removes it."""

import fcntl
import os
import sys
from pathlib import Path

from tests.support.postgres_server import PostgresServer


def keep(folder: Path, users: Path) -> None:
    """Return at once; a child without ties to this process waits for `users` to be free of locks."""
    if os.fork():
        return
    os.setsid()
    with users.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        PostgresServer(folder).remove()
        users.unlink(missing_ok=True)
        users.with_suffix(".door").unlink(missing_ok=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
