"""The app or its database killed without warning while it is written to: what was answered is there, the rest is whole.

How soon writes are answered again is measured by `benchmarks/case_app_load.py`.
"""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from caseload.actions.once import once
from caseload.actions.tasks import add_task
from caseload.audit_chain import verify
from caseload.clock import local_day
from caseload.database import open_database
from caseload.domain.words import TaskKind
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import ActionKey, AuditEvent, Task, TaskEvent
from tests.support.case_app import NOW, make_town
from tests.support.patience import until
from tests.support.postgres import own_server
from tests.support.sqlite import sqlite_url

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret that only tests know, long enough"
KILLS = 4
BEFORE_A_KILL = 12
"""Writes that are answered before each, however slow the machine is: so that there is something to lose."""

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A store, its address, its made-up place, and its server where it has one."""
    if request.param == "sqlite":
        with opened(sqlite_url(tmp_path)) as (store, town):
            yield store, store.engine.url.render_as_string(), town, None
        return
    with own_server() as server:
        url = server.url("postgres")
        with opened(url) as (store, town):
            yield store, url, town, server


@contextmanager
def opened(url):
    engine = open_database(url)
    upgrade(engine)
    store = Store(engine, Secrets.of(SECRET))
    yield store, make_town(store)
    engine.dispose()


def writer(url, town):
    ids = (town.users["ash.gp"], town.people[1])
    command = [sys.executable, "-m", "tests.support.busy_writer", url, SECRET, *map(str, ids)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)


def check_nothing_lost(store, answered):
    """What was answered is there; what was not is there whole or not at all; the audit log is sound."""
    with store.reading() as session:
        there = set(session.execute(select(Task.id)).scalars())
        assert set(answered) <= there
        for table in (TaskEvent, ActionKey, AuditEvent):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == len(there)
        assert verify(session, store.secrets.audit).events == len(there)


def test_app_killed_under_load_loses_nothing_that_it_answered(place):
    store, url, town, _server = place
    answered = []
    for kill in range(KILLS):
        with writer(url, town) as process:
            answered += [int(process.stdout.readline()) for _ in range(1 + BEFORE_A_KILL + kill)]
            time.sleep(0.01 * kill)
            process.kill()
            answered += [int(line) for line in process.stdout if line.endswith("\n")]
        check_nothing_lost(store, answered)


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_postgresql_killed_under_load_loses_nothing_that_it_answered(place):
    store, _url, town, server = place
    answered, stop = [], threading.Event()
    threads = [threading.Thread(target=keep_writing, args=(store, town, answered, stop, n)) for n in range(8)]
    for thread in threads:
        thread.start()
    try:
        for kill in range(1, KILLS + 1):
            assert until(lambda kill=kill: len(answered) >= BEFORE_A_KILL * kill)
            server.kill()
            before = len(answered)
            server.start()
            assert until(lambda before=before: len(answered) > before)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    check_nothing_lost(store, answered)


def keep_writing(store, town, answered, stop, number):
    """Write again and again, as users would who are told that something went wrong."""
    with store.reading() as session:
        by = town.viewer(session, "ash.gp")
    attempt = 0
    while not stop.is_set():
        attempt += 1
        try:
            made = once(
                store, add_task, by=by, now=NOW, key=f"thread {number:03} attempt {attempt:06}",
                person_id=town.people[1], kind=TaskKind.OTHER, title="Written under load", due_on=local_day(NOW),
            )  # fmt: skip
        except Exception:  # noqa: BLE001 - the database was away; what matters is what was answered
            time.sleep(0.01)
        else:
            answered.append(made)
