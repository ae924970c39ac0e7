"""The application behind a real socket of this machine, for a browser or many clients at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, *said: object) -> None:
        """Say nothing: what is asked for is what the test looks at."""


@contextmanager
def live(app: Flask) -> Iterator[str]:
    """The application on a free port, in a thread, while the block lasts: its address without a slash at the end."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
