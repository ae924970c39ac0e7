"""Servers that take HL7 v2 messages over MLLP and keep them before they acknowledge: the product's, and two libraries' own.

    python -m benchmarks.hl7_servers KIND URL_OR_FILE

prints the port it listens on. The peers keep the text in SQLite, written ahead and fully synchronised as the product's is, one
transaction for each message, and check nothing.
"""

import asyncio
import sqlite3
import sys
import threading
from collections.abc import Callable

from benchmarks.case_servers import SECRET

KINDS = ("product", "product, acting", "hl7apy", "python-hl7")


def serve_product(url: str, *, acting: bool) -> None:
    """The product's listener over a migrated database; `acting` also types every message and acts on it."""
    from caseload import clock
    from caseload.database import open_database
    from caseload.intake.hospital.applying import apply_stored
    from caseload.intake.hospital.door import Door
    from caseload.intake.hospital.hall import Limits
    from caseload.intake.hospital.listening import Listener, Port
    from caseload.secrets import Secrets
    from caseload.settings import settings_with
    from caseload.store import Store
    from tests.support.hl7_messages import feed_rules

    store = Store(open_database(url), Secrets.of(SECRET))
    limits = Limits.of(settings_with(secret_key=SECRET))
    listener = Listener(store, Door([feed_rules()]), limits, now=clock.now, apply=apply_stored if acting else None)
    listener.run(Port("127.0.0.1", 0), lambda _host, port: say(port))


def keeping(file: str) -> Callable[[str], None]:
    """A function that keeps one text in SQLite and commits."""
    connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, raw TEXT)")
    turn = threading.Lock()

    def keep(text: str) -> None:
        with turn:
            connection.execute("INSERT INTO message (raw) VALUES (?)", (text,))

    return keep


def serve_hl7apy(file: str) -> None:
    """hl7apy's MLLPServer as it comes, with a handler for the messages of this benchmark."""
    from hl7apy.mllp import AbstractHandler, MLLPServer

    keep = keeping(file)

    class Handler(AbstractHandler):  # type: ignore[misc]
        def reply(self) -> str:
            keep(self.incoming_message)
            return "\x0b" + acknowledgement(self.incoming_message) + "\x1c\r"

    server = MLLPServer("127.0.0.1", 0, {f"ADT^{step}": (Handler,) for step in ("A01", "A02", "A03")})
    say(server.server_address[1])
    server.serve_forever()


def serve_python_hl7(file: str) -> None:
    """python-hl7's asyncio server."""
    from hl7.mllp import start_hl7_server

    keep = keeping(file)

    async def answer(reader, writer) -> None:  # type: ignore[no-untyped-def]
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                keep(str(message))
                writer.writemessage(message.create_ack())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await start_hl7_server(answer, "127.0.0.1", 0, encoding="utf-8")
        say(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def acknowledgement(text: str) -> str:
    """The least that is one."""
    header = text.split("\r", 1)[0].split("|")
    return f"MSH|^~\\&|{header[4]}|{header[5]}|{header[2]}|{header[3]}|||ACK|1|P|2.4\rMSA|AA|{header[9]}\r"


def say(port: int) -> None:
    """To whoever started it."""
    print(port, flush=True)


if __name__ == "__main__":
    kind, where = sys.argv[1:]
    if kind == "hl7apy":
        serve_hl7apy(where)
    elif kind == "python-hl7":
        serve_python_hl7(where)
    else:
        serve_product(where, acting=kind == "product, acting")
