"""How many messages of hospitals one core takes in: stored before they are answered, and acted on afterwards.

    python -m benchmarks.hl7_intake --seconds 5
    python -m benchmarks.hl7_intake --memory 100000

Every sender sends one message, waits for its answer and sends the next, as interface engines do. The peers answer on the same
machine in the same minutes; hl7apy's server closes the connection after every message, so its senders open a new one.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import quantiles

import psutil
from sqlalchemy import func, select

from benchmarks.case_servers import ROOT, SECRET
from benchmarks.measuring import machine
from caseload import clock
from caseload.database import open_database
from caseload.domain.border_words import MessageState
from caseload.domain.words import Sex
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import HospitalMessage, Person
from interfaces.hl7v2.mllp import framed
from tests.support.case_app import make_town
from tests.support.hl7_messages import sent
from tests.support.packs import nhs
from tests.support.postgres import administer
from tests.support.postgres_server import NoPostgres, PostgresServer

END = b"\x1c\r"
STEPS = ("A01", "A02", "A03")
PRODUCT = ("product", "product, acting")
FIRST, PEOPLE, BORN = 1_000, 3_000, "19440229"


@dataclass
class Told:
    """What one run showed."""

    kind: str
    database: str
    connections: int
    answered: int = 0
    wrong: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    waits: list[float] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """Its figures."""
        cuts = quantiles(self.waits, n=20) if len(self.waits) > 1 else [0.0] * 19
        return {
            "server": self.kind, "database": self.database, "connections": self.connections,
            "messages": self.answered, "not answered": self.wrong,
            "per second": round(self.answered / self.wall), "per CPU-second": round(self.answered / self.cpu),
            "p50 ms": round(cuts[9] * 1000, 1), "p95 ms": round(cuts[18] * 1000, 1),
        }  # fmt: skip


@contextmanager
def server(kind: str, where: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server of this kind until the block ends: its port and its process."""
    command = [sys.executable, "-m", "benchmarks.hl7_servers", kind, where]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), psutil.Process(process.pid)
    finally:
        process.kill()
        process.communicate()


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def messages(sender: str) -> Iterator[bytes]:
    """Admission, transfer, discharge of one visit after the other, of the people of a made-up place."""
    for n in range(10_000_000):
        visit, step = divmod(n, len(STEPS))
        person = FIRST + (visit * 7 + zlib.crc32(sender.encode())) % PEOPLE
        who = {3: f"{nhs(person)}^^^NHS^NH~L{person}^^^RYX^MR", 5: f"FAMILY{person}^GIVEN{person}", 7: BORN, 8: "2"}
        yield framed(sent(STEPS[step], control_id=f"{sender}-{n}", pid=who, pv1={19: f"V{sender}-{visit}"}))


def exchange(connection: socket.socket, frame: bytes) -> bytes:
    connection.sendall(frame)
    answer = b""
    while not answer.endswith(END):
        data = connection.recv(65_536)
        if not data:
            break
        answer += data
    return answer


def keep_sending(told: Told, port: int, until: float, own: Iterator[bytes], turn: threading.Lock) -> None:
    """One connection, or one for each message, until the time is over."""
    connection = None
    waits, wrong = [], 0
    while time.monotonic() < until:
        frame = next(own)
        began = time.monotonic()
        try:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port), timeout=20)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answer = exchange(connection, frame)
        except OSError:
            answer, connection = b"", None
        if b"|AA|" in answer:
            waits.append(time.monotonic() - began)
        else:
            wrong += 1
        if told.kind == "hl7apy" and connection is not None:
            connection.close()
            connection = None
    if connection is not None:
        connection.close()
    with turn:
        told.waits += waits
        told.answered += len(waits)
        told.wrong += wrong


def run(kind: str, database: str, where: str, connections: int, seconds: float) -> Told:
    """Send from so many connections for so long; with acting, until everything is acted on."""
    told, turn = Told(kind, database, connections), threading.Lock()
    name = f"{kind[0]}{connections}{time.monotonic_ns() % 1_000_000}"
    with server(kind, where) as (port, process):
        warm = Told(kind, database, 1)
        keep_sending(warm, port, time.monotonic() + 0.5, messages(f"{name}w"), turn)
        if kind == "product, acting":
            wait_until_acted(where)
        cpu, began = cpu_of(process), time.monotonic()
        senders = [
            threading.Thread(
                target=keep_sending, args=(told, port, began + seconds, messages(f"{name}-{n}"), turn)
            )
            for n in range(connections)
        ]  # fmt: skip
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        if kind == "product, acting":
            wait_until_acted(where)
        told.wall, told.cpu = time.monotonic() - began, cpu_of(process) - cpu
    return told


def wait_until_acted(url: str) -> None:
    """Until no message waits."""
    engine = open_database(url)
    store = Store(engine, Secrets.of(SECRET))
    left = select(func.count()).where(HospitalMessage.state == MessageState.RECEIVED)
    while True:
        with store.reading() as session:
            if not session.execute(left).scalar_one():
                break
        time.sleep(0.2)
    engine.dispose()


def filled(url: str) -> str:
    """A migrated database with a made-up place of some thousand people."""
    engine = open_database(url)
    upgrade(engine)
    store = Store(engine, Secrets.of(SECRET))
    town = make_town(store)
    with store.writing() as session:
        session.add_all(
            Person(
                nhs_number=nhs(n), pseudonym=f"{n:032x}", family_name=f"Family{n}", given_name=f"Given{n}",
                name_key=f"family{n} given{n}", date_of_birth=date(1944, 2, 29), sex=Sex.FEMALE, restricted=False,
                practice_id=town.places["Y90001"], updated_at=clock.now(),
            )
            for n in range(FIRST, FIRST + PEOPLE)
        )  # fmt: skip
    engine.dispose()
    return url


def memory(folder: Path, count: int) -> list[dict[str, float]]:
    """Resident memory of the listener while so many messages come in on twenty connections, pipelined."""
    url = filled(f"sqlite:///{folder / 'memory.sqlite'}")
    at_once, connections, rows = 50, 20, []
    with server("product", url) as (port, process):
        opened = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(connections)]
        own = [messages(f"m{n}") for n in range(connections)]
        rounds = count // (at_once * connections)
        for turn in range(rounds + 1):
            if turn % max(rounds // 10, 1) == 0:
                rows.append(
                    {"messages": turn * at_once * connections, "MiB": round(process.memory_info().rss / 2**20, 1)}
                )
            if turn == rounds:
                break
            for connection, mine in zip(opened, own, strict=True):
                connection.sendall(b"".join(next(mine) for _ in range(at_once)))
            for connection in opened:
                found = 0
                while found < at_once:
                    found += connection.recv(262_144).count(END)
        for connection in opened:
            connection.close()
    return rows


def compare(folder: Path, seconds: float, connections: list[int]) -> list[dict[str, object]]:
    """Every server at every number of connections, each over a place of its own."""
    postgres = PostgresServer(folder / "postgres", child=True)
    rows = []
    try:
        places = [("SQLite", kind, filled(f"sqlite:///{folder / kind[-6:]}.sqlite")) for kind in PRODUCT]
        try:
            postgres.begin()
            for number, kind in enumerate(PRODUCT):
                administer(postgres, f"CREATE DATABASE place{number}")
                places.append(("PostgreSQL", kind, filled(postgres.url(f"place{number}"))))
        except NoPostgres as error:
            print(error, file=sys.stderr)
        for count in connections:
            for peer in ("python-hl7", "hl7apy"):
                rows.append(show(run(peer, "SQLite", str(folder / f"{peer}.sqlite"), count, seconds)))
            for database, kind, url in places:
                rows.append(show(run(kind, database, url, count, seconds)))
    finally:
        postgres.remove()
    return rows


def show(told: Told) -> dict[str, object]:
    row = told.row()
    print(" ".join(f"{name}={value}" for name, value in row.items()), file=sys.stderr, flush=True)
    return row


def table(rows: list[dict[str, object]]) -> str:
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(str(row[head]) for head in heads) + " |" for row in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each server and number of connections")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--memory", type=int, metavar="N", help="instead: memory over so many messages")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hl7-intake-") as folder:
        Path(folder).chmod(0o755)
        rows: list[dict[str, object]]
        rows = (
            [*memory(Path(folder), given.memory)]
            if given.memory
            else compare(Path(folder), given.seconds, given.connections)
        )  # type: ignore[list-item]
    print(table(rows))
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
