"""How long a page of each kind of resource takes over a full database, with its total and without, and in how many statements.

    python -m benchmarks.fhir_pages [--people 60000] [--cases 12000] [--only CarePlan,Goal] [--database sqlite]

Asked as the API asks: the first page of 50, the page after half of them, and a page of one person. The median of several.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection

from benchmarks.bulk_rows import Row, finish, put
from benchmarks.case_app_load import database_of
from benchmarks.case_place import COUNCIL, Size
from benchmarks.case_work import Work, fill
from caseload import clock
from caseload.database import migrating, open_database
from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.migrations.running import upgrade
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import MOST, Wanted
from caseload.queries.viewers import viewer_of
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import PlanAgreement, PlanSection, PlanVersion, User, UserRole
from tests.support.statements import statements

_SECRET = "a secret for measuring only, long enough"
_STEPS = ("created", "ready", "signed", "active")


def main(people: int = 60_000, cases: int = 12_000, only: str = "", database: str = "sqlite", times: int = 5) -> None:
    """Make the place and print the table."""
    size = Size(people, cases, 400, now=clock.now())
    folder = Path(tempfile.mkdtemp(prefix="caretier-pages-"))
    folder.chmod(0o755)
    with database_of(database, folder) as url:
        store = Store(open_database(url), Secrets.of(_SECRET))
        upgrade(store.engine)
        with migrating(store.engine) as connection:
            users = _fill(connection, size, store.secrets.audit)
        print(f"{'resource':22}{'who':11}{'page':10}{'all':>8}{'with total':>12}{'without':>9}{'statements':>12}")
        for name, user_id in users.items():
            for kind in only.split(",") if only else sorted(RESOURCES):
                _measure(store, name, user_id, kind, size, times)
        store.engine.dispose()


def _fill(connection: Connection, size: Size, key: bytes) -> dict[str, int]:
    """The place of the other benchmarks, with plans; who asks by what they are called in the table."""
    work = fill(connection, size, key)
    put(connection, PlanVersion, _versions(work))
    put(connection, PlanSection, _sections(work))
    put(connection, PlanAgreement, _agreements(work))
    warehouse, since = size.staff + 1, size.now - timedelta(days=9)
    put(connection, User, [{"id": warehouse, "username": "program", "display_name": "Warehouse", "home_id": COUNCIL, "created_at": since}])  # fmt: skip
    put(connection, UserRole, [{"id": warehouse, "user_id": warehouse, "role": "warehouse", "place_id": 1, "from_at": since}])  # fmt: skip
    finish(connection)
    navigator = next(one for one in work.staff if one.role is Role.NAVIGATOR)
    return {"navigator": navigator.user_id, "warehouse": warehouse}


def _planned(work: Work) -> Iterator[tuple[Any, int]]:
    """Each case with a plan, and how many versions it had: four of five cases, every other of them with one before."""
    for one in work.cases:
        if one.case_id % 5:
            yield one, 1 + one.case_id % 2


def _versions(work: Work) -> Iterator[Row]:
    at = work.size.now - timedelta(days=20)
    for one, count in _planned(work):
        who = one.lead_id or one.manager_id
        steps = {f"{step}_{part}": at if part == "at" else who for step in _STEPS for part in ("at", "by")}
        for number in range(1, count + 1):
            over = {} if number == count else {"ended_at": at, "ended_by": who}
            state = "superseded" if over else "active"
            yield {"id": 2 * one.case_id + number - 1, "case_id": one.case_id, "number": number, "state": state, "review_on": at.date(), "content_hash": "0" * 64, **steps, **over}  # fmt: skip


def _sections(work: Work) -> Iterator[Row]:
    at, row_id = work.size.now - timedelta(days=20), 0
    words = "To walk to the shop and back, and to see my sister. " * 4
    for one, count in _planned(work):
        goals = [{"key": f"g{one.case_id}x{n}", "goal": words, "status": "active", "importance": "8"} for n in (1, 2)]
        actions = [{"key": f"a{one.case_id}", "what": words, "goal": goals[0]["key"], "status": "to_do"}]
        parts = {"goals": goals, "actions": actions, "needs": [{"key": "n", "need": words}], "about_me": [{"most_important": words}]}  # fmt: skip
        for number in range(count):
            for heading, content in parts.items():
                row_id += 1
                yield {"id": row_id, "version_id": 2 * one.case_id + number, "heading": heading, "content": content, "contributed": ["health", "social_care"], "author_id": one.navigator_id, "organisation_id": COUNCIL, "saved_at": at}  # fmt: skip


def _agreements(work: Work) -> Iterator[Row]:
    at = work.size.now - timedelta(days=20)
    for number, row in enumerate(_versions(work), start=1):
        yield {"id": number, "version_id": row["id"], "state": "agreed", "method": "telephone", "copy_given": True, "at": at, "by": row["created_by"]}  # fmt: skip


def _measure(store: Store, name: str, user_id: int, kind: str, size: Size, times: int) -> None:
    with store.reading() as session:
        viewer = viewer_of(session, user_id, size.now)
    assert viewer is not None
    if not RESOURCES[kind].open_to(viewer) or kind == "AuditEvent":
        return
    first = Wanted(count=50)
    total, after, somebody = _known(store, viewer, kind, size)
    pages = {"first": first, "half way": replace(first, after=after), "somebody": replace(first, patient_ids=somebody)}
    for page, wanted in pages.items():
        if page == "first" or (after if page == "half way" else somebody):
            took = [
                _took(store, viewer, kind, size, replace(wanted, total=counted), times) for counted in (True, False)
            ]
            sent = _statements(store, viewer, kind, size, wanted)
            print(f"{kind:22}{name:11}{page:10}{total:8}{took[0]:9.1f} ms{took[1]:6.1f} ms{sent:12}", flush=True)


def _known(store: Store, viewer: Viewer, kind: str, size: Size) -> tuple[int, str | None, tuple[str, ...] | None]:
    """How many there are, behind what half of them begin, and somebody one of them is about."""
    search = RESOURCES[kind].search
    with store.reading() as session:
        page = search(session, viewer, size.now, Wanted(count=MOST))
        total, after, seen = page.total or 0, page.next_after, len(page.found)
        people = sorted({one for found in page.found for one in found.people})
        while after is not None and seen < total // 2:
            page = search(session, viewer, size.now, Wanted(count=MOST, after=after, total=False))
            after, seen = page.next_after, seen + len(page.found)
    if not people or kind == "Patient":
        return total, after, None
    middle = people[len(people) // 2]
    return total, after, (f"{middle:032x}" if Role.WAREHOUSE in viewer.roles else str(middle),)


def _took(store: Store, viewer: Viewer, kind: str, size: Size, wanted: Wanted, times: int) -> float:
    """The median, in milliseconds."""
    found = []
    for _ in range(times):
        with store.reading() as session:
            begun = time.perf_counter()
            RESOURCES[kind].search(session, viewer, size.now, wanted)
            found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


def _statements(store: Store, viewer: Viewer, kind: str, size: Size, wanted: Wanted) -> int:
    with store.reading() as session, statements(store.engine) as sent:
        RESOURCES[kind].search(session, viewer, size.now, wanted)
    return len(sent)


if __name__ == "__main__":
    typer.run(main)
