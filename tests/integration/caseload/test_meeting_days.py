"""A meeting and its day: prepared before it, held on it or late, never unnoticed ahead of it, and seen when it was not held."""

from datetime import date, timedelta

import pytest

from caseload.actions.attendance import Mark, add_guest, mark_attendance
from caseload.actions.mdt_closing import close_meeting
from caseload.actions.mdt_decisions import NewAction, carry_over_rest
from caseload.actions.meetings import cancel_meeting, hold_today
from caseload.domain.plan_words import AttendanceState, MeetingState
from caseload.exceptions import Conflict, NotNow
from caseload.tables import AgendaItem, AuditEvent, MdtAttendance, MdtDecision, MdtMeeting
from tests.support.agenda_work import WEDNESDAYS, add_cases, make_agendas
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led, opened
from tests.support.mdt_work import NOTES, make_room

AHEAD = date(2026, 12, 14)
PAST = date(2026, 9, 28)
SENTENCE = (
    "This meeting is planned for 14 December 2026. Who came, decisions and closing wait for that day. To hold it now, choose "
    "“Hold it today instead” on the page of the meeting first."
)


@pytest.fixture
def cases(store, town):
    return {1: led(store, town, 1, "ash.gp", "medical"), 6: opened(store, town, 6)}


@pytest.fixture
def ahead(store, town, cases):
    """A locked meeting whose day is to come."""
    return make_room(store, town, cases, held_on=AHEAD)


@pytest.fixture
def missed(store, town, cases):
    """A locked meeting whose day went by, with nothing written down at it."""
    return make_room(store, town, cases, held_on=PAST)


def meeting(room):
    return room.row(MdtMeeting, room.meeting_id)


def hold(room, username="navigator", now=NOW):
    return room.act(hold_today, username, now, meeting_id=room.meeting_id, row_version=meeting(room).row_version)


def test_nothing_that_says_a_meeting_took_place_is_written_down_before_its_day(ahead, store, town):
    mark = {town.users["chair"]: Mark(AttendanceState.ATTENDED)}
    version = meeting(ahead).row_version
    attempts = (
        lambda: ahead.act(mark_attendance, meeting_id=ahead.meeting_id, marks=mark),
        lambda: ahead.act(add_guest, meeting_id=ahead.meeting_id, name="Pat", organisation=""),
        lambda: ahead.save(1, decision="continue"),
        lambda: ahead.save(1, notes=NOTES, action=NewAction("Ring the pharmacy")),
        lambda: ahead.act(carry_over_rest, meeting_id=ahead.meeting_id),
        lambda: ahead.act(close_meeting, "chair", meeting_id=ahead.meeting_id, row_version=version),
    )
    before = audited(store)
    for attempt in attempts:
        with pytest.raises(NotNow) as refused:
            attempt()
        assert refused.value.sentence == SENTENCE
    assert ahead.rows(MdtAttendance) == ahead.rows(MdtDecision) == []
    assert audited(store) == before
    assert ahead.row(AgendaItem, ahead.items[1]).situation == ""


def test_notes_are_prepared_before_the_day_and_the_meeting_is_held_on_it(ahead):
    ahead.save(1, notes=NOTES)
    assert ahead.row(AgendaItem, ahead.items[1]).situation == "Two falls"
    on_the_day = NOW.replace(month=12, day=14)
    assert ahead.act(carry_over_rest, now=on_the_day, meeting_id=ahead.meeting_id) == 2


def test_a_meeting_is_held_today_instead_and_the_change_is_kept(ahead, store):
    hold(ahead)
    assert (meeting(ahead).held_on, meeting(ahead).state) == (NOW.date(), MeetingState.LOCKED)
    assert len(ahead.rows(AgendaItem)) == 2
    with store.reading() as session:
        event = session.query(AuditEvent).filter_by(action="meeting.move").one()
        assert '"before": "2026-12-14"' in event.detail.replace('":"', '": "')
        assert '"after": "2026-10-05"' in event.detail.replace('":"', '": "')
    ahead.present("navigator", "chair")
    ahead.decide_all()
    with pytest.raises(NotNow, match="planned for today already"):
        hold(ahead)


@pytest.mark.parametrize("username", ["chair", "navigator"])
def test_a_meeting_that_was_not_held_is_held_late(missed, username):
    hold(missed, username)
    assert meeting(missed).held_on == NOW.date()


def test_what_was_said_on_the_day_can_be_written_down_late(missed):
    missed.present("navigator", "chair")
    missed.decide_all()
    assert meeting(missed).held_on == PAST
    with pytest.raises(NotNow, match="was begun on 28 September 2026. Go on with it"):
        hold(missed)


def test_only_chair_and_coordinator_hold_it_on_another_day_and_only_when_it_is_locked(ahead, store, town, cases):
    with store.writing() as session:
        session.get_one(MdtMeeting, ahead.meeting_id).chair_id = town.users["navigator"]
    with pytest.raises(NotNow, match="Only the chair of the meeting or the coordinator"):
        hold(ahead, "chair")
    planned = make_room(
        store, town, cases, state=MeetingState.PLANNED, held_on=AHEAD + timedelta(7), series_id=ahead.series_id
    )
    with pytest.raises(NotNow, match="not locked yet"):
        hold(planned)


def test_two_meetings_of_a_series_are_not_held_on_one_day_nor_over_a_change(ahead, store, town, cases):
    with pytest.raises(Conflict):
        ahead.act(hold_today, meeting_id=ahead.meeting_id, row_version=99)
    make_room(store, town, cases, held_on=NOW.date(), series_id=ahead.series_id)
    with pytest.raises(NotNow, match="another meeting today"):
        hold(ahead)


def test_who_was_on_a_meeting_that_was_not_held_is_on_the_next_agenda_even_when_it_is_cancelled(store, town):
    agendas = make_agendas(store, town)
    wanted = add_cases(store, town, 2)
    agendas.build()
    agendas.lock()
    later = NOW + timedelta(days=4)
    agendas.build(1, now=later)
    carried = {item.case_id: item.reason.value for item in agendas.items(1)}
    assert carried == dict.fromkeys(wanted, "carried_over")
    first = agendas.row(MdtMeeting, agendas.meetings[0])
    agendas.act(cancel_meeting, now=later, meeting_id=first.id, row_version=first.row_version)
    agendas.build(2, now=NOW + timedelta(days=11))
    assert sorted(agendas.on(2)) == sorted(wanted)
    assert sorted(agendas.on(1)) == sorted(wanted)
    assert [row.held_on for row in sorted(agendas.rows(MdtMeeting), key=lambda row: row.held_on)] == WEDNESDAYS[1:]


# Pages


def address(room, page=""):
    return f"/mdt/meetings/{room.meeting_id}{page}"


def test_the_pages_of_a_meeting_to_come_offer_preparing_and_say_what_waits(ahead, client_as, get):
    client = client_as("chair")
    html = get(client, address(ahead))
    assert "Prepare the meeting" in html
    assert f'href="{address(ahead, "/hold-today")}"' in html
    html = get(client, address(ahead, "/room"))
    assert "This meeting is planned for 14 December 2026. You can prepare notes now." in html
    assert "Who is here" not in html
    assert "Check and close" not in html
    assert "It can be closed from that day on." in get(client, address(ahead, "/close"))
    assert "Who came is written down from that day on." in get(client, address(ahead, "/attendance"))
    html = get(client, f"/mdt/items/{ahead.items[1]}")
    assert 'name="situation"' in html
    assert 'name="outcome"' not in html
    assert 'name="what"' not in html


def test_holding_it_today_is_asked_and_then_done(ahead, client_as, get, post):
    client = client_as("chair")
    page = address(ahead, "/hold-today")
    html = get(client, page)
    assert "This meeting is planned for 14 December 2026. Hold it today, 5 October 2026, instead?" in html
    answer = post(client, page)
    assert "The meeting is held today." in answer.text
    assert "Who is here" in answer.text
    assert meeting(ahead).held_on == NOW.date()


def test_a_form_from_before_is_answered_with_the_sentence(ahead, client_as, post):
    item = f"/mdt/items/{ahead.items[1]}"
    answer = post(client_as("navigator"), item, {"outcome": "continue", "rationale": "As before"})
    assert answer.status_code == 422
    assert SENTENCE in answer.text


def test_a_meeting_that_was_not_held_is_called_so_with_the_ways_on(missed, client_as, get):
    client = client_as("chair")
    assert "Not held" in get(client, "/mdt")
    assert "Not held" in get(client, f"/mdt/series/{missed.series_id}")
    assert "Not held" in get(client, address(missed, "/room"))
    html = get(client, address(missed))
    assert "This meeting was planned for 28 September 2026 and was not held." in html
    for way in ("/hold-today", "/cancel", "/room"):
        assert f'href="{address(missed, way)}"' in html
    missed.present("navigator")
    for path in ("/mdt", address(missed), address(missed, "/room")):
        assert "not held" not in get(client, path).lower()


def test_a_planned_meeting_whose_day_went_by_can_be_moved_or_cancelled(store, town, cases, client_as, get):
    room = make_room(store, town, cases, held_on=PAST, state=MeetingState.PLANNED)
    html = get(client_as("chair"), address(room))
    assert "was not held" in html
    for way in ("/move-day", "/cancel"):
        assert f'href="{address(room, way)}"' in html
