"""The app in front of a database as it would stand in a surgery or a data centre: a server process, watched from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a secret that only this benchmark knows, long enough"
COMMANDS = {
    "caseload serve": ["-m", "caseload", "serve", "--port", "{port}"],
    "gunicorn": ["-m", "gunicorn", "-b", "127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", "8", "--keep-alive", "30", "caseload.app:create_app()"],
    "waitress, plain page": ["-m", "waitress", "--listen", "127.0.0.1:{port}", "--threads", "8", "--connection-limit", "2000", "--asyncore-use-poll", "--call", "benchmarks.plain_page:create"],
    "gunicorn, plain page": ["-m", "gunicorn", "-b", "127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", "8", "--keep-alive", "30", "benchmarks.plain_page:create()"],
}  # fmt: skip


@dataclass
class Served:
    """A server that answers on a port; seconds it took to, and what it used since."""

    port: int
    process: subprocess.Popen[bytes]
    seconds_to_answer: float

    def cpu_seconds(self) -> float:
        """Of the process and its children so far."""
        return sum(one.cpu_times().user + one.cpu_times().system for one in self._family())

    def memory_mib(self) -> float:
        """Resident now, of the process and its children."""
        return sum(one.memory_info().rss for one in self._family()) / 2**20

    def kill(self) -> None:
        """SIGKILL to all of it."""
        for one in self._family():
            one.kill()
        self.process.wait(30)

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]


@contextmanager
def served(kind: str, url: str, log: Path, path: str = "/healthz") -> Iterator[Served]:
    """The server of this kind over a database until the block ends; stops the benchmark where it does not answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"CARETIER_DATABASE_URL": url, "CARETIER_SECRET_KEY": SECRET, "CARETIER_SECURE_COOKIES": "false"}
    command = [sys.executable, *(part.format(port=port) for part in COMMANDS[kind])]
    with log.open("ab") as stream:
        began = time.monotonic()
        process = subprocess.Popen(command, env={**os.environ, **settings}, cwd=ROOT, stdout=stream, stderr=stream)  # noqa: TID251
        while not answers(port, path):
            if process.poll() is not None or time.monotonic() - began > 60:
                process.kill()
                sys.exit(f"{kind} does not answer; its log is {log}")
            time.sleep(0.02)
        server = Served(port, process, time.monotonic() - began)
        try:
            yield server
        finally:
            if process.poll() is None:
                server.kill()


def answers(port: int, path: str) -> bool:
    """Whether a page of the server is there."""
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
