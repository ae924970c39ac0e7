"""Series of team meetings and their days."""

from datetime import date, timedelta

import pytest

from caseload.actions.agenda import add_to_agenda
from caseload.actions.mdt_requests import request_discussion
from caseload.actions.mdt_series import change_series, create_series, end_series
from caseload.actions.meetings import cancel_meeting, move_meeting, plan_meetings
from caseload.domain.plan_words import MeetingState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import AgendaItem, AgendaLeftOut, AgendaNotes, MdtAttendance, MdtMeeting, MdtSeries, User
from tests.support.agenda_work import WEDNESDAYS, add_cases, make_agendas
from tests.support.case_app import NOW, audited
from tests.support.led_cases import opened


@pytest.fixture
def agendas(store, town):
    return make_agendas(store, town)


def days(agendas):
    return [row.held_on for row in sorted(agendas.rows(MdtMeeting), key=lambda row: row.held_on)]


def changed(agendas, username="navigator", **fields):
    series = agendas.row(MdtSeries, agendas.series_id)
    kept = {
        name: getattr(series, name)
        for name in ("name", "weekday", "starts", "venue", "chair_id", "coordinator_id", "quorum", "capacity")
    }
    version = fields.pop("row_version", series.row_version)
    return agendas.act(change_series, username, series_id=series.id, row_version=version, **{**kept, **fields})


def move(agendas, which, to, username="navigator"):
    meeting = agendas.row(MdtMeeting, agendas.meetings[which])
    return agendas.act(move_meeting, username, meeting_id=meeting.id, row_version=meeting.row_version, held_on=to)


def cancel(agendas, which, username="navigator"):
    meeting = agendas.row(MdtMeeting, agendas.meetings[which])
    return agendas.act(cancel_meeting, username, meeting_id=meeting.id, row_version=meeting.row_version)


def test_a_series_is_made_with_its_next_six_meetings(agendas, store, town):
    assert days(agendas) == WEDNESDAYS
    meetings = agendas.rows(MdtMeeting)
    assert {(row.state, row.chair_id) for row in meetings} == {(MeetingState.PLANNED, town.users["chair"])}
    assert [action for action, _ in audited(store)][-2:] == ["mdt_series.create", "meeting.plan"]


@pytest.mark.parametrize(
    ("username", "team", "chair", "field"),
    [
        ("south.navigator", "own", "south.navigator", "team_id"),
        ("navigator", "own", "nurse", "chair_id"),
        ("navigator", "own", "south.navigator", "chair_id"),
        ("navigator", "none", "chair", "team_id"),
    ],
)
def test_a_series_needs_a_team_of_ones_own_and_people_who_run_meetings(agendas, town, username, team, chair, field):
    with pytest.raises(NotNow) as refused:
        agendas.act(
            create_series, username, name="x", team_id=town.team_id if team == "own" else 999, weekday=1,
            starts="10:00", venue="", chair_id=town.users[chair], coordinator_id=town.users["navigator"], quorum=1,
            capacity=5,
        )  # fmt: skip
    assert refused.value.field == field
    assert len(agendas.rows(MdtSeries)) == 1


def test_who_runs_no_meetings_makes_none(agendas, town):
    with pytest.raises(NotThere):
        agendas.act(
            create_series, "ash.gp", name="x", team_id=town.team_id, weekday=1, starts="10:00", venue="",
            chair_id=town.users["chair"], coordinator_id=town.users["navigator"], quorum=1, capacity=5,
        )  # fmt: skip


def test_a_new_chair_chairs_every_meeting_that_has_not_begun(agendas, store, town):
    """A locked agenda as well: only its chair can unlock it, and the old one may be gone."""
    cases = add_cases(store, town, 2)
    agendas.build()
    agendas.lock()
    agendas.act(add_to_agenda, meeting_id=agendas.meetings[1], case_id=cases[0], why="Falls")
    agendas.lock(1)
    with store.writing() as session:
        session.add(MdtAttendance(meeting_id=agendas.meetings[0], name="A guest", state="attended"))
    changed(agendas, chair_id=town.users["navigator"], capacity=25)
    assert agendas.row(MdtSeries, agendas.series_id).capacity == 25
    chairs = [agendas.row(MdtMeeting, meeting).chair_id for meeting in agendas.meetings]
    assert chairs == [town.users["chair"]] + [town.users["navigator"]] * 5
    assert len(agendas.on()) == len(cases)


def test_a_change_over_somebody_elses_is_refused(agendas):
    changed(agendas, name="Another name")
    with pytest.raises(Conflict):
        changed(agendas, name="A third", row_version=1)
    with pytest.raises(NotThere):
        changed(agendas, "south.navigator", name="x")
    assert agendas.row(MdtSeries, agendas.series_id).name == "Another name"


def test_somebody_who_was_deactivated_chairs_nothing(agendas, store, town):
    with store.writing() as session:
        session.get_one(User, town.users["chair"]).deactivated_at = NOW
    with pytest.raises(NotNow) as refused:
        changed(agendas, name="Another name")
    assert refused.value.field == "chair_id"


def test_more_meetings_are_planned_behind_the_last_one(agendas):
    assert agendas.act(plan_meetings, series_id=agendas.series_id) == 0
    later = NOW + timedelta(days=15)
    assert agendas.act(plan_meetings, now=later, series_id=agendas.series_id) == 2
    assert days(agendas) == [*WEDNESDAYS, date(2026, 11, 18), date(2026, 11, 25)]
    with pytest.raises(NotThere):
        agendas.act(plan_meetings, "south.navigator", series_id=agendas.series_id)


@pytest.mark.parametrize("to", [date(2026, 11, 9), date(2026, 11, 13)])
def test_a_last_meeting_that_was_moved_still_stands_for_its_week(agendas, to):
    move(agendas, 5, to)
    agendas.act(plan_meetings, now=NOW + timedelta(days=7), series_id=agendas.series_id)
    assert days(agendas)[-1] == date(2026, 11, 18)


def test_a_meeting_moves_to_another_day_with_its_agenda(agendas, store, town):
    add_cases(store, town, 2)
    agendas.build()
    before = agendas.on()
    move(agendas, 0, date(2026, 10, 9))
    assert days(agendas)[0] == date(2026, 10, 9)
    assert agendas.on() == before
    assert audited(store)[-1][0] == "meeting.move"


@pytest.mark.parametrize("to", [date(2026, 10, 4), date(2026, 10, 14)])
def test_a_meeting_moves_neither_into_the_past_nor_onto_another(agendas, to):
    with pytest.raises(NotNow) as refused:
        move(agendas, 0, to)
    assert refused.value.field == "held_on"


def test_only_chair_and_coordinator_move_and_cancel(agendas, store, town):
    changed(agendas, chair_id=town.users["navigator"], coordinator_id=town.users["navigator"])
    for attempt in (lambda: move(agendas, 0, date(2026, 10, 9), "chair"), lambda: cancel(agendas, 0, "chair")):
        with pytest.raises(NotNow, match="Only the chair of the meeting or the coordinator"):
            attempt()


def test_a_cancelled_meeting_goes_with_its_agenda_and_requests_wait_again(agendas, store, town):
    add_cases(store, town, 2)
    case_id = opened(store, town, 2)
    request_id = agendas.act(request_discussion, "ash.gp", case_id=case_id, series_id=agendas.series_id, why="Falls")
    agendas.build()
    cancel(agendas, 0)
    assert days(agendas) == WEDNESDAYS[1:]
    assert agendas.rows(AgendaItem) == agendas.rows(AgendaLeftOut) == []
    request = agendas.request(request_id)
    assert (request.item_id, request.ended_at) == (None, None)
    action, people = audited(store)[-1]
    assert (action, sorted(people)) == ("meeting.cancel", sorted(town.people[number] for number in (2, 300, 301)))
    agendas.build(1)
    assert agendas.on(1)[0] == case_id


def test_a_meeting_with_something_written_down_is_not_cancelled_locked_or_not(agendas, store, town):
    (case_id,) = add_cases(store, town, 1)
    item_id = agendas.act(add_to_agenda, meeting_id=agendas.meetings[0], case_id=case_id, why="Falls")
    with store.writing() as session:
        session.add(
            AgendaNotes(
                item_id=item_id, situation="x", action_to_date="", latest="", persons_view="", at=NOW,
                by=town.users["chair"],
            )
        )  # fmt: skip
    with pytest.raises(NotNow, match="written down"):
        cancel(agendas, 0)
    agendas.lock()
    with pytest.raises(NotNow, match="written down"):
        cancel(agendas, 0)


def test_a_locked_meeting_that_does_not_take_place_is_cancelled(agendas, store, town):
    add_cases(store, town, 1)
    agendas.build()
    agendas.lock()
    cancel(agendas, 0)
    assert days(agendas) == WEDNESDAYS[1:]
    assert agendas.rows(AgendaItem) == []


def test_a_series_ends_when_nothing_of_it_is_left_to_hold(agendas, store):
    version = agendas.row(MdtSeries, agendas.series_id).row_version
    with pytest.raises(NotNow, match="not closed yet"):
        agendas.act(end_series, series_id=agendas.series_id, row_version=version)
    for which in range(6):
        cancel(agendas, which)
    agendas.act(end_series, series_id=agendas.series_id, row_version=version)
    assert agendas.row(MdtSeries, agendas.series_id).ended_on == NOW.date()
    for attempt in (
        lambda: agendas.act(plan_meetings, series_id=agendas.series_id),
        lambda: changed(agendas, name="x"),
    ):
        with pytest.raises(NotNow, match="has ended"):
            attempt()
    assert audited(store)[-1][0] == "mdt_series.end"
