"""The case app under load: a full place, 100 people at their browsers, each doing one thing every three seconds.

    python -m benchmarks.case_app_load --json FILE [--people N --cases N --staff N --users N --warm-up S --seconds S]

On SQLite behind `caseload serve` and on PostgreSQL behind gunicorn with two workers, beside the plainest page that Flask
and SQLAlchemy can answer, asked the same way. Printed: p50, p95 and p99 from the click to the page, errors, statements
and weight of each page, CPU and memory of the server; then how long it takes to be back after `kill -9`, to verify the
audit log, and to copy the database. The people asking run on the same machine and are counted as "others".
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import select

from benchmarks.case_place import Size
from benchmarks.case_servers import ROOT, SECRET, Served, answers, served
from benchmarks.case_work import Work, fill
from benchmarks.measuring import machine
from caseload import clock
from caseload.app import create_app
from caseload.audit_chain import verify
from caseload.backup import back_up
from caseload.database import migrating, open_database
from caseload.domain.words import Role
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from caseload.tables import Person, Task
from tests.support.postgres_server import PostgresServer
from tests.support.statements import statements

PAUSE = 3.0
SHARES = {
    "navigator": {"today": 25, "person": 35, "cases": 10, "search": 8, "contact": 9, "task": 9, "notices": 4},
    "practice": {"today": 20, "person": 30, "review": 20, "cases": 8, "search": 10, "contact": 5, "task": 3, "notices": 4},
    "plain": {"plain": 1},
}  # fmt: skip
"""What people do, in parts of a hundred; a form that was opened is sent three seconds later."""


def main() -> None:
    """Measure and write down."""
    given = arguments()
    if given.folder:
        Path(given.folder).mkdir(parents=True, exist_ok=True)
    size = Size(given.people, given.cases, given.staff, given.practices, clock.now())
    folder = Path(tempfile.mkdtemp(prefix="caretier-load-", dir=given.folder))
    folder.chmod(0o755)
    report: dict[str, Any] = {
        "machine": machine(),
        "size": {"people": size.people, "cases": size.cases, "staff": size.staff},
    }
    report |= {"users": given.users, "pause_seconds": PAUSE, "warm_up_seconds": given.warm_up, "seconds": given.seconds}
    try:
        for database in given.database:
            with database_of(database, folder) as url:
                report[database] = measured(url, database, size, given, folder)
                show(database, report[database])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, usual in (
        ("people", 261_536),
        ("cases", 12_000),
        ("staff", 400),
        ("practices", 36),
        ("users", 100),
        ("warm-up", 15),
        ("seconds", 120),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--database", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--folder", help="where to work; a short path, for PostgreSQL's socket")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind; a server of its own for PostgreSQL, with every safety on."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/case.sqlite"
        return
    server = PostgresServer(folder / "pg")
    server.begin("shared_buffers=256MB")
    try:
        yield server.url("postgres")
    finally:
        server.remove()


def measured(url: str, database: str, size: Size, given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All figures for one database."""
    store = Store(open_database(url), Secrets.of(SECRET))
    upgrade(store.engine)
    began = time.monotonic()
    with migrating(store.engine) as connection:
        work = fill(connection, size, store.secrets.audit)
    found: dict[str, Any] = {"seconds_to_fill": round(time.monotonic() - began, 1)}
    server, floor = (
        ("caseload serve", "waitress, plain page") if database == "sqlite" else ("gunicorn", "gunicorn, plain page")
    )
    log = folder / "server.log"
    with served(floor, url, log, "/people/1") as plain:
        found["floor"] = asked(plain, users_of(store, work, given.users, "plain"), given.seconds, given.warm_up, folder)
    with served(server, url, log) as app:
        found["app"] = asked(app, users_of(store, work, given.users), given.seconds, given.warm_up, folder)
        app.kill()
    with served(server, url, log) as again:
        found["back_after_kill_seconds"] = round(again.seconds_to_answer, 2)
        found["answers_again"] = answers(again.port, "/healthz")
    found["statements"] = statements_of(store, work)
    found |= kept(store, folder / f"copy-{database}")
    store.engine.dispose()
    return found


def users_of(store: Store, work: Work, count: int, kind: str | None = None) -> list[dict[str, Any]]:
    """People who are signed in: three navigators for every two of a practice, each with people, tasks and numbers of theirs."""
    roles = {Role.NAVIGATOR: "navigator", Role.PRACTICE: "practice"}
    staff = [one for one in work.staff if one.role in roles]
    chance = random.Random(3)
    chance.shuffle(staff)
    theirs = {
        one.user_id: [case for case in work.cases if one.user_id in (case.navigator_id, case.lead_id, case.manager_id)]
        for one in staff
    }
    staff = [one for one in staff if theirs[one.user_id]]
    users = []
    with store.writing() as session:
        for one in (staff * (1 + count // len(staff)))[:count]:
            cases = theirs[one.user_id]
            people = [case.person_id for case in chance.sample(cases, min(40, len(cases)))]
            token = start_session(session, one.user_id, clock.now())
            tasks = select(Task.id).where(Task.owner_id == one.user_id, Task.state == "open").limit(40)
            numbers = select(Person.nhs_number).where(Person.id.in_(people))
            users.append({
                "user_id": one.user_id, "kind": kind or roles[one.role], "cookie": f"caseload={token}", "practice": one.place_id,
                "people": people, "tasks": list(session.execute(tasks).scalars()), "numbers": list(session.execute(numbers).scalars()),
            })  # fmt: skip
    return users


def asked(server: Served, users: list[dict[str, Any]], seconds: int, warm_up: int, folder: Path) -> dict[str, Any]:
    """What people heard once the warm-up was over, by kind of thing and for all, and what the server used."""
    plan = folder / "plan.json"
    plan.write_text(
        json.dumps(
            {
                "port": server.port,
                "warm_up": warm_up,
                "seconds": seconds,
                "pause": PAUSE,
                "shares": SHARES,
                "users": users,
            }
        ),
        encoding="utf-8",
    )
    cpu = server.cpu_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.case_users", str(plan)], check=True, capture_output=True, cwd=ROOT
    )
    heard = json.loads(done.stdout)
    every = [one for kind in heard.values() for one in kind["milliseconds"]]
    wrong = [one for kind in heard.values() for one in kind["wrong"]]
    return {
        "all": {**spread(every), "errors": len(wrong), "what_went_wrong": sorted(set(wrong))[:5]},
        "by_kind": {
            kind: {**spread(one["milliseconds"]), "errors": len(one["wrong"]), "kib": round(one["bytes_plain"] / 1024, 1), "kib_compressed": round(one["bytes_packed"] / 1024, 1)}
            for kind, one in sorted(heard.items())
        },
        "server_cores_busy": round((server.cpu_seconds() - cpu) / (warm_up + seconds), 2),
        "server_memory_mib": round(server.memory_mib()),
    }  # fmt: skip


def spread(milliseconds: list[float]) -> dict[str, float]:
    """How many, and how long they took."""
    if len(milliseconds) < 2:
        return {"count": len(milliseconds)}
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return {
        "count": len(milliseconds),
        "p50": round(cuts[49], 1),
        "p95": round(cuts[94], 1),
        "p99": round(cuts[98], 1),
        "max": round(max(milliseconds), 1),
    }


def statements_of(store: Store, work: Work) -> dict[str, int]:
    """How many SQL statements each page sends, found within this process over the same database."""
    app = create_app(
        settings_with(secret_key=SECRET, secure_cookies=False, database_url=str(store.engine.url)), store=store
    )
    case, found = work.cases[0], {}
    pages = {
        case.navigator_id: {"today": "/", "person": f"/people/{case.person_id}", "cases": "/cases", "notices": "/notices", "search": "/search", "contact": f"/people/{case.person_id}/contacts/new", "task": f"/tasks/{3 * case.case_id - 2}"},
        case.manager_id: {"review": f"/review/{work.size.practice_of(case.person_id)}"},
    }  # fmt: skip
    for user_id, paths in pages.items():
        client = app.test_client()
        with store.writing() as session:
            token = start_session(session, user_id, clock.now())
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], token)
        for kind, path in paths.items():
            client.get(path)
            with statements(store.engine) as sent:
                client.get(path)
            found[kind] = len(sent)
    return found


def kept(store: Store, copy: Path) -> dict[str, Any]:
    """How long it takes to read the whole audit log, and to copy the database."""
    began = time.monotonic()
    with store.reading() as session:
        events = verify(session, store.secrets.audit).events
    verified, began = time.monotonic() - began, time.monotonic()
    size = back_up(store.engine, copy)
    return {
        "audit_events": events, "audit_verify_seconds": round(verified, 1),
        "backup_seconds": round(time.monotonic() - began, 1), "backup_mib": round(size / 2**20),
    }  # fmt: skip


def show(database: str, found: dict[str, Any]) -> None:
    """The figures as a table."""
    print(
        f"\n{database}: " + ", ".join(f"{name} {value}" for name, value in found.items() if not isinstance(value, dict))
    )
    for name in ("floor", "app"):
        one = found[name]
        print(f"  {name}: {one['server_cores_busy']} cores busy, {one['server_memory_mib']} MiB; {one['all']}")
    for kind, one in found["app"]["by_kind"].items():
        print(f"    {kind:14} {one}  statements {found['statements'].get(kind, '')}")


if __name__ == "__main__":
    main()
