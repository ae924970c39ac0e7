"""Closing a meeting: refused while anything is missing, all of it or nothing, once."""

from datetime import date

import pytest
from sqlalchemy import select

from caseload.actions import mdt_closing
from caseload.actions.cases import close_case
from caseload.actions.mdt_closing import close_meeting
from caseload.actions.once import once
from caseload.audit_chain import verify
from caseload.domain.case_rules import ClosingReason
from caseload.domain.plan_words import MdtDecisionKind, MeetingState
from caseload.domain.words import CaseState, TaskKind, TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import AgendaItem, Case, MdtAction, MdtMeeting, Notice, Task, TaskEvent
from tests.support.at_once import at_once
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led, opened
from tests.support.mdt_work import DUE, make_room


@pytest.fixture
def room(store, town):
    cases = {1: led(store, town, 1, "ash.gp", "medical"), 2: opened(store, town, 2), 6: opened(store, town, 6)}
    return make_room(store, town, cases)


def close(room, username="chair", **options):
    meeting = room.row(MdtMeeting, room.meeting_id)
    return room.act(close_meeting, username, meeting_id=meeting.id, row_version=meeting.row_version, **options)


def tasks_of(room):
    return room.rows(Task, Task.kind == TaskKind.MDT_ACTION)


def test_a_meeting_is_not_closed_while_anything_is_missing_and_is_told_which_items(room):
    room.present("navigator", "chair")
    room.save(1, decision="continue")
    room.action(1, owner=None)
    room.save(6, decision="refer")
    room.action(6, due=None, owner="navigator")
    with pytest.raises(NotNow) as told:
        close(room)
    assert told.value.sentence == (
        "Item 1 has an action without an owner. Item 2 has no outcome. Item 3 has an action without a due date."
    )
    assert room.row(MdtMeeting, room.meeting_id).state is MeetingState.LOCKED
    assert tasks_of(room) == []


def test_closing_makes_every_action_a_task_of_its_owner(room, store, town):
    room.present("navigator", "chair")
    room.decide_all()
    first, second = room.action(1), room.action(2, "Visit at home", owner="navigator", due=date(2026, 10, 20))
    assert close(room) == {"meeting": room.meeting_id, "tasks": 2}
    tasks = tasks_of(room)
    assert [(task.title, task.owner_id, task.due_on, task.rule_ref, task.state) for task in tasks] == [
        ("Ring the pharmacy", town.users["ash.gp"], DUE, f"mdt_action:{first}", TaskState.OPEN),
        ("Visit at home", town.users["navigator"], date(2026, 10, 20), f"mdt_action:{second}", TaskState.OPEN),
    ]
    assert [action.task_id for action in room.rows(MdtAction)] == [task.id for task in tasks]
    assert len(room.rows(TaskEvent, TaskEvent.task_id.in_([task.id for task in tasks]))) == 2
    assert {notice.user_id for notice in room.rows(Notice, Notice.kind == "task_assigned")} >= {town.users["ash.gp"]}
    meeting = room.row(MdtMeeting, room.meeting_id)
    assert (meeting.state, meeting.closed_at, meeting.closed_by) == (MeetingState.CLOSED, NOW, town.users["chair"])
    assert audited(store)[-1] == ("mdt.close", sorted(town.people[number] for number in (1, 2, 6)))


def test_a_decision_to_remove_asks_the_lead_and_closes_no_case(room, town):
    room.present("navigator", "chair")
    room.decide_all()
    room.save(1, decision="remove", why="She has moved in with her son")
    room.save(6, decision="no_further_action")
    close(room)
    by_title = {task.title: task for task in tasks_of(room)}
    removing = by_title["Close the case, as the team meeting decided"]
    assert (removing.owner_id, removing.due_on, removing.rule_ref) == (
        town.users["ash.gp"], date(2026, 10, 12), f"mdt_decision:{room.items[1]}",
    )  # fmt: skip
    assert len(by_title) == 2
    assert {case.state for case in room.rows(Case)} == {CaseState.OPEN}


def test_what_was_not_reached_sets_nothing_and_stays_marked_for_the_next_meeting(room):
    room.present("navigator", "chair")
    room.decide_all(MdtDecisionKind.REMOVE)
    for number in room.items:
        room.save(number, decision="not_reached")
    assert close(room)["tasks"] == 0
    assert all(item.not_reached for item in room.rows(AgendaItem))


def test_too_few_people_close_it_with_a_reason_only_and_where_the_setting_lets_them(room):
    room.decide_all()
    room.present("navigator")
    for options in ({}, {"no_quorum_reason": " "}, {"no_quorum_reason": "Snow", "without_quorum": False}):
        with pytest.raises(NotNow) as told:
            close(room, **options)
        assert told.value.field == "no_quorum_reason"
    close(room, no_quorum_reason="Snow")
    assert room.row(MdtMeeting, room.meeting_id).no_quorum_reason == "Snow"


def test_a_reason_is_not_kept_where_the_quorum_was_met(room):
    room.decide_all()
    room.present("navigator", "chair")
    close(room, no_quorum_reason="Not needed")
    assert room.row(MdtMeeting, room.meeting_id).no_quorum_reason == ""


def test_only_chair_and_coordinator_close_a_meeting(room, store, town):
    room.decide_all()
    room.present("navigator", "chair")
    for username, refusal in (("therapist", NotThere), ("south.navigator", NotThere), ("ash.manager", NotThere)):
        with pytest.raises(refusal):
            close(room, username)
    assert close(room, "navigator")["tasks"] == 0


def test_a_page_that_is_older_than_the_meeting_closes_nothing(room):
    room.decide_all()
    room.present("navigator", "chair")
    with pytest.raises(Conflict):
        room.act(close_meeting, "chair", meeting_id=room.meeting_id, row_version=7)
    assert room.row(MdtMeeting, room.meeting_id).state is MeetingState.LOCKED


def test_nothing_goes_on_in_a_case_that_was_closed_before_the_meeting_was(room):
    room.present("navigator", "chair")
    room.decide_all(MdtDecisionKind.REMOVE)
    room.action(1)
    room.action(2, "Visit at home", owner="navigator")
    case = room.row(Case, room.row(AgendaItem, room.items[1]).case_id)
    room.act(close_case, "ash.gp", case_id=case.id, row_version=case.row_version, reason=ClosingReason.GOALS_MET)
    assert close(room)["tasks"] == 3  # two other decisions, and the action about one of them
    closed = [task for task in tasks_of(room) if task.case_id == case.id]
    assert [(task.state, task.ended_note) for task in closed] == [
        (TaskState.CANCELLED, "The case was closed before the meeting was.")
    ] * 2
    assert {action.task_id for action in room.rows(MdtAction)} <= {task.id for task in tasks_of(room)}
    assert {task.state for task in tasks_of(room) if task.case_id != case.id} == {TaskState.OPEN}
    kinds = [event.kind for event in room.rows(TaskEvent, TaskEvent.task_id == closed[0].id)]
    assert kinds == ["created", "cancelled"]


@pytest.mark.parametrize("where", ["_point_to_tasks", "record"])
def test_closing_that_ends_in_the_middle_leaves_nothing_half_done(room, store, monkeypatch, where):
    """The tasks are written by then, with their histories and notices; none of it is there afterwards."""
    room.present("navigator", "chair")
    room.decide_all()
    room.action(1)
    before, notices = audited(store), len(room.rows(Notice))

    def break_down(session, *_arguments, **_options):
        session.flush()
        assert session.execute(select(Task.id).where(Task.kind == TaskKind.MDT_ACTION)).first()
        raise SystemError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(mdt_closing, where, break_down)
        with pytest.raises(SystemError):
            close(room)
    assert tasks_of(room) == []
    assert len(room.rows(Notice)) == notices
    assert room.row(MdtMeeting, room.meeting_id).state is MeetingState.LOCKED
    assert [action.task_id for action in room.rows(MdtAction)] == [None]
    assert audited(store) == before
    assert close(room)["tasks"] == 1  # and can be closed afterwards


@pytest.mark.slow
def test_closing_twice_at_once_has_the_effect_of_one(room, store, town):
    room.present("navigator", "chair")
    room.decide_all()
    for number in room.items:
        room.action(number, owner="navigator")
    version = room.row(MdtMeeting, room.meeting_id).row_version
    with store.reading() as session:
        viewers = [town.viewer(session, name) for name in ("chair", "navigator")]

    def send(number):
        return once(
            store, close_meeting, by=viewers[number % 2], now=NOW, key=f"a form of its own {number:04}",
            meeting_id=room.meeting_id, row_version=version,
        )  # fmt: skip

    answers = at_once(16, send)
    done = [answer for answer in answers if isinstance(answer, dict)]
    assert done == [{"meeting": room.meeting_id, "tasks": 3}]
    assert {type(answer) for answer in answers if answer not in done} <= {Conflict, NotNow}
    assert len(tasks_of(room)) == 3
    assert [deed for deed, _ in audited(store)].count("mdt.close") == 1
    with store.reading() as session:
        verify(session, store.secrets.audit)
