"""The app killed without warning while meetings are closed: each is closed with all its tasks, or open with none of them."""

import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from caseload.audit_chain import verify
from caseload.database import open_database
from caseload.domain.plan_words import MdtDecisionKind, MeetingState
from caseload.domain.words import TaskKind
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import AgendaItem, AuditEvent, MdtAction, MdtMeeting, Task
from tests.support.case_app import make_town
from tests.support.led_cases import led
from tests.support.mdt_work import HELD_ON, make_room
from tests.support.postgres import postgres_url
from tests.support.sqlite import sqlite_url

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret that only tests know, long enough"
MEETINGS, KILLS, BEFORE_A_KILL = 24, 3, 3
AFTERWARDS = 3
"""Meetings that a process may still close after those that are waited for: all others stay open, however late it is killed."""

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A store, its address and its made-up place."""
    if request.param == "sqlite":
        with opened(sqlite_url(tmp_path)) as (store, url, town):
            yield store, url, town
        return
    with postgres_url() as url, opened(url) as found:
        yield found


@contextmanager
def opened(url):
    engine = open_database(url)
    upgrade(engine)
    store = Store(engine, Secrets.of(SECRET))
    yield store, url, make_town(store)
    engine.dispose()


def ready_to_close(store, town):
    """The ids of meetings, one a week back from the other, each with two people decided about and an action for each."""
    cases = {number: led(store, town, number, "ash.gp", "medical") for number in (1, 2)}
    found, series_id = [], None
    for week in range(MEETINGS):
        room = make_room(
            store, town, cases, quorum=1, held_on=HELD_ON - timedelta(weeks=week), series_id=series_id, join=week == 0
        )
        series_id = room.series_id
        room.present("chair")
        room.decide_all(MdtDecisionKind.CONTINUE)
        for number in cases:
            room.action(number)
        found.append(room.meeting_id)
    return found


def closer(url, town, meetings):
    command = [sys.executable, "-m", "tests.support.busy_closer", url, SECRET, str(town.users["chair"])]
    command += [str(meeting) for meeting in meetings]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)


def closed_whole(store, answered):
    """The ids of closed meetings, after a look that each of them has all its tasks, and every other none."""
    with store.reading() as session:
        states = {row.id: row.state for row in session.execute(select(MdtMeeting.id, MdtMeeting.state))}
        pointed = (
            select(AgendaItem.meeting_id, func.count(MdtAction.task_id).label("tasks"))
            .join(MdtAction, MdtAction.item_id == AgendaItem.id)
            .group_by(AgendaItem.meeting_id)
        )
        tasks = {row.meeting_id: row.tasks for row in session.execute(pointed)}
        closed = {meeting for meeting, state in states.items() if state is MeetingState.CLOSED}
        assert set(answered) <= closed
        assert tasks == {meeting: 2 if meeting in closed else 0 for meeting in states}
        made = select(func.count()).select_from(Task).where(Task.kind == TaskKind.MDT_ACTION)
        assert session.execute(made).scalar_one() == 2 * len(closed)
        told = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "mdt.close")
        assert session.execute(told).scalar_one() == len(closed)
        verify(session, store.secrets.audit)
        return closed


def test_meetings_are_closed_whole_or_not_at_all(place):
    store, url, town = place
    meetings, answered, closed = ready_to_close(store, town), [], set()
    for kill in range(KILLS):
        wanted = BEFORE_A_KILL + kill
        left = [meeting for meeting in meetings if meeting not in closed]
        with closer(url, town, left[: wanted + AFTERWARDS]) as process:
            answered += [int(process.stdout.readline()) for _ in range(wanted)]
            process.kill()
            answered += [int(line) for line in process.stdout if line.endswith("\n")]
        closed = closed_whole(store, answered)
    assert KILLS * BEFORE_A_KILL <= len(closed) < MEETINGS
