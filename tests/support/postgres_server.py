"""One PostgreSQL server in a folder of its own, from Debian's binaries: begun, stopped, killed.

PostgreSQL refuses to run as root: there it runs as the account `postgres`, or `nobody` where there is none. It listens on
a Unix socket in its folder and nowhere else. The keeper uses this file too: it needs no
library, and nothing of ours but `patience`.
"""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE, until

QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=24MB", "synchronous_commit=off")
"""For tests that never pull the plug. Little memory is shared: every new connection has to be given all of it, page by page."""
_WAITING = ("-t", f"{PATIENCE:.0f}")
MISSING = "PostgreSQL is not installed (apt-get install postgresql), so nothing is tested on it."


class NoPostgres(Exception):
    """Why there is no server here, in one sentence."""


@dataclass
class PostgresServer:
    """A server whose data, socket and log are in `folder`, which must have a short path: it holds a socket.

    As our own child it can be killed and started again: PostgreSQL waits for a predecessor that nobody has buried.
    """

    folder: Path
    child: bool = False
    _process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def begin(self, *settings: str) -> None:
        """Make the server and start it; NoPostgres where that cannot be done."""
        self.folder.mkdir(mode=0o755)
        if os.getuid() == 0:
            os.chown(self.folder, _account().pw_uid, _account().pw_gid)
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8", "-N")
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as stream:
            stream.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 400\n")
            stream.writelines(f"{name} = {value}\n" for name, _, value in (part.partition("=") for part in settings))
        self.start()

    def start(self) -> None:
        if not self.child:
            self._run("pg_ctl", "-D", self._data, "-l", self.folder / "log", "-w", *_WAITING, "start")
            return
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [binary("postgres"), "-D", self._data], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.folder, **_as_account(),
            )  # fmt: skip
        process = self._process
        if not until(lambda: self._ready() or process.poll() is not None) or process.poll() is not None:
            raise NoPostgres("postgres did not start.")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-W" if self.child else "-w", *_WAITING, "stop")
        if self._process is not None:
            self._process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL to the server and all its processes, as a machine that is out of memory would do it."""
        assert self._process is not None
        master = self._process.pid
        os.kill(master, signal.SIGSTOP)  # so that no child is born while they are counted
        family = [*_children_of(master), master]
        for pid in family:
            _kill(pid)
        self._process.wait(PATIENCE)
        assert until(lambda: not any(_lives(pid) for pid in family))

    def runs(self) -> bool:
        return (self._data / "postmaster.pid").exists()

    def remove(self) -> None:
        if self.runs():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _ready(self) -> bool:
        """The last line of its lock file says so, and is how pg_ctl knows."""
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(self._process.pid)] and lines[-1].strip() == "ready" if self._process else False

    def _run(self, program: str, *arguments: str | Path) -> None:
        log = self.folder / "commands.log"  # not a pipe: the server that pg_ctl leaves behind would keep it open
        with log.open("ab") as stream:
            done = subprocess.run(
                [binary(program), *map(str, arguments)], check=False, stdout=stream, stderr=stream,
                stdin=subprocess.DEVNULL, cwd=self.folder, **_as_account(),
            )  # fmt: skip
        if done.returncode != 0:
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise NoPostgres(f"{program} failed: {said[-1] if said else 'it said nothing'}.")


def binary(program: str) -> Path:
    """Where a program of PostgreSQL is: on the path, else the newest of Debian's; NoPostgres where it is not installed."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_version, reverse=True)
    on_path = shutil.which(program)
    for found in [*newest_first, *([Path(on_path)] if on_path else [])]:
        return found
    raise NoPostgres(MISSING)


def _version(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdigit() else 0


def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL cannot run as root, and there is no other account here.")


def _as_account() -> dict[str, Any]:
    """How a program of PostgreSQL is started: by whoever we are, or by its own account where we are root."""
    return {"user": _account().pw_uid, "group": _account().pw_gid, "extra_groups": []} if os.getuid() == 0 else {}


def _children_of(master: int) -> list[int]:
    listed = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii")
    return [int(pid) for pid in listed.split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
