"""Actions of meetings afterwards: what is still to be done, and how much of it was."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from caseload.actions.mdt_closing import close_meeting
from caseload.actions.tasks import cancel_task, complete_task
from caseload.domain.words import TaskKind
from caseload.queries.mdt_actions import due_actions, outstanding_actions
from caseload.tables import MdtAction, MdtMeeting, Person, Task
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led, opened
from tests.support.mdt_work import make_room

HELD = NOW - timedelta(days=28)
FATES = {
    "on time": date(2026, 9, 20),
    "late": date(2026, 9, 12),
    "cancelled": date(2026, 9, 25),
    "open": date(2026, 9, 28),
}
"""By what becomes of it, the day an action is due."""


@pytest.fixture
def closed(store, town):
    """A closed meeting about 1 (most deprived), 2 and 6, with an action of each fate about 1 and one to come about 6."""
    cases = {1: led(store, town, 1, "ash.gp", "medical"), 2: opened(store, town, 2), 6: opened(store, town, 6)}
    with store.writing() as session:
        session.get_one(Person, town.people[1]).imd_decile = 2
        session.get_one(Person, town.people[6]).imd_decile = 9
    room = make_room(store, town, cases, held_on=date(2026, 9, 7))
    room.present("navigator", "chair")
    room.decide_all()
    room.save(1, decision="step_up", why="Two falls")
    for fate, due in FATES.items():
        room.action(1, fate, owner="navigator", due=due)
    room.action(6, "to come", owner="navigator", due=date(2026, 10, 30))
    meeting = room.row(MdtMeeting, room.meeting_id)
    room.act(close_meeting, "chair", now=HELD, meeting_id=meeting.id, row_version=meeting.row_version)
    tasks = {task.title: task for task in room.rows(Task, Task.kind == TaskKind.MDT_ACTION)}
    for title in ("on time", "late"):
        end(room, tasks[title], complete_task, date(2026, 9, 20))
    end(room, tasks["cancelled"], cancel_task, date(2026, 9, 20))
    return room


def end(room, task, action, on):
    moment = NOW.replace(month=on.month, day=on.day)
    room.act(action, now=moment, task_id=task.id, row_version=task.row_version, note="Said so")


def rows_of(html, caption):
    table = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>(.*?)</table>", html, re.S)[1]
    rows = [
        re.findall(r'<span class="app-cell">(.*?)</span>', row, re.S) for row in re.findall(r"<tr.*?</tr>", table, re.S)
    ]
    return [row for row in rows if row]


def test_open_actions_are_listed_with_owner_due_day_and_days_late(closed, client_as, get, store, town):
    html = get(client_as("navigator"), "/mdt/actions")
    listed = html[: html.index('id="rate"')]
    assert listed.index(">open<") < listed.index(">to come<")
    assert "7 days late" in listed
    assert ">on time<" not in listed
    assert ">cancelled<" not in listed
    assert "North weekly meeting, 7 September 2026" in listed
    assert audited(store)[-1] == ("view", sorted([town.people[1], town.people[6]]))


def test_actions_about_people_whom_one_may_not_open_are_not_listed(closed, client_as, get):
    for username in ("nurse", "volunteer", "south.navigator"):
        assert "No action of a meeting is waiting" in get(client_as(username), "/mdt/actions")
    html = get(client_as("ash.gp"), "/mdt/actions")
    assert ">open<" in html
    assert ">to come<" not in html


def test_the_list_can_be_of_ones_own_and_goes_on_from_page_to_page(closed, store, town, client_as, get):
    assert "on your own list" in get(client_as("ash.gp"), "/mdt/actions?mine=1")
    with store.reading() as session:
        viewer = town.viewer(session, "navigator")
        first = outstanding_actions(session, viewer, NOW, after=None, mine=True, most=1)
        second = outstanding_actions(
            session, viewer, NOW, after=(first[0].due_on, first[0].action_id), mine=True, most=5
        )
    assert [row.what for row in (*first, *second)] == ["open", "to come"]
    assert ">to come<" in get(client_as("navigator"), f"/mdt/actions?after={first[0].due_on}.{first[0].action_id}")
    assert ">open<" in get(client_as("navigator"), "/mdt/actions?after=nonsense")


def test_the_rate_is_what_plain_sql_counts(closed, client_as, get, store):
    html = get(client_as("navigator"), "/mdt/actions")
    with store.reading() as session:
        counted = session.execute(text(
            "SELECT count(*), count(*) FILTER (WHERE t.state = 'done' AND date(t.ended_at) <= a.due_on),"
            " count(*) FILTER (WHERE t.state = 'done' AND date(t.ended_at) > a.due_on),"
            " count(*) FILTER (WHERE t.state <> 'done')"
            " FROM mdt_action a JOIN task t ON t.id = a.task_id WHERE a.due_on <= '2026-10-05'"
        )).one()  # fmt: skip
    assert rows_of(html, "All") == [["All actions", *map(str, counted), "50%", "78%"]]
    assert rows_of(html, "By decision") == [["Step up", "4", "1", "1", "2", "50%", "–"]]
    assert rows_of(html, "By team") == [["North care navigators", "4", "1", "1", "2", "50%", "–"]]
    assert rows_of(html, "By deprivation (fifths of neighbourhoods)") == [
        ["1 (most deprived)", "4", "1", "1", "2", "50%", "73%"]
    ]
    assert "No number is withheld" in html
    assert "Raine and others, 2014, Health Services and Delivery Research 2(37)" in html


def test_small_numbers_are_withheld_from_who_may_not_open_everybody(closed, client_as, get):
    html = get(client_as("nurse"), "/mdt/actions")
    assert rows_of(html, "All") == [["All actions", "Withheld", "Withheld", "Withheld", "Withheld", "Withheld", "78%"]]
    assert "tell you something about fewer than 8 of those actions" in html


def test_only_what_the_actions_one_may_not_open_add_is_withheld(closed, store, town, client_as, get):
    """birch.manager may open person 6 and not person 1: the one action about 6 is shown, the four about 1 are not."""
    with store.writing() as session:
        action = session.query(MdtAction).filter_by(what="to come").one()
        action.due_on = date(2026, 9, 29)
    html = get(client_as("birch.manager"), "/mdt/actions")
    assert rows_of(html, "By decision") == [
        ["Continue as planned", "1", "0", "0", "1", "0%", "–"],
        ["Step up", *["Withheld"] * 5, "–"],
    ]
    assert rows_of(html, "By deprivation (fifths of neighbourhoods)") == [
        ["1 (most deprived)", *["Withheld"] * 5, "73%"],
        ["5 (least deprived)", "1", "0", "0", "1", "0%", "85%"],
    ]
    assert rows_of(html, "All") == [["All actions", *["Withheld"] * 5, "78%"]]
    assert rows_of(get(client_as("navigator"), "/mdt/actions"), "All")[0][1] == "5"


def test_meetings_of_another_place_are_not_counted(closed, store, town, client_as, get):
    with store.reading() as session:
        assert len(due_actions(session, town.viewer(session, "navigator"), NOW)) == 4
        assert due_actions(session, town.viewer(session, "south.navigator"), NOW) == ()
    assert rows_of(get(client_as("south.navigator"), "/mdt/actions"), "All")[0][1] == "0"


def test_days_are_those_of_london(closed, store, town):
    """Half an hour after midnight in London is still the due day in UTC: it is late."""
    (task,) = closed.rows(Task, Task.title == "open")
    closed.act(
        complete_task,
        now=NOW.replace(month=9, day=28, hour=23, minute=30),
        task_id=task.id,
        row_version=task.row_version,
    )
    with store.reading() as session:
        counted = due_actions(session, town.viewer(session, "navigator"), NOW)
    assert [action.fate for action in counted if action.due_on == FATES["open"]] == ["late"]
    assert all(action.openable for action in counted)


def test_only_actions_of_closed_meetings_of_the_last_year_that_are_due_are_counted(closed, store, town):
    with store.reading() as session:
        viewer = town.viewer(session, "navigator")
        assert {one.due_on for one in due_actions(session, viewer, NOW)} == set(FATES.values())
        assert due_actions(session, viewer, NOW + timedelta(days=500)) == ()
