"""The app on a port of this machine, served by waitress until it is told to stop."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask

from caseload.exceptions import OutputRefused

CONNECTIONS = 2_000
"""Browsers keep several connections open each: a hundred people need far more than the hundred that waitress allows."""


def serve_app(app: Flask, *, host: str, port: int, threads: int, ready: Callable[[str], None]) -> None:
    """Answer requests until Ctrl-C or SIGTERM; `ready` is told the address once it is open (port 0: any free one).

    OutputRefused where the port is taken or not ours to open.
    """
    server = _opened(app, host, port, threads)
    signal.signal(signal.SIGTERM, _leave)
    ready(f"http://{host}:{server.effective_port}/")
    server.run()


def _opened(app: Flask, host: str, port: int, threads: int) -> Any:
    from waitress import create_server

    try:
        # No name and no version in answers; ProxyFix decides about forwarded headers. So many connections need poll.
        return create_server(
            app, host=host, port=port, threads=threads, ident=None, connection_limit=CONNECTIONS, asyncore_use_poll=True
        )
    except OSError as error:
        raise OutputRefused(
            f"port {port} of {host} to be free", error.strerror or "another error", "Choose another with --port."
        ) from None


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
