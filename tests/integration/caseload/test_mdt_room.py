"""What is written down in the room of a meeting: notes, outcomes, actions, who came; never over somebody else's words."""

from datetime import date, timedelta

import pytest

from caseload.actions.attendance import Mark, add_guest, mark_attendance, remove_guest
from caseload.actions.mdt_decisions import NewAction, carry_over_rest, change_action, remove_action
from caseload.actions.mdt_notes import Outcome, save_item
from caseload.domain.plan_words import AttendanceState, MdtDecisionKind, MeetingState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import AgendaItem, AgendaNotes, MdtAction, MdtAttendance, MdtDecision, MdtMeeting
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led, opened
from tests.support.mdt_work import DUE, NOTES, make_room


@pytest.fixture
def room(store, town):
    """A locked meeting about persons 1 (led by ash.gp), 2 and 6."""
    cases = {1: led(store, town, 1, "ash.gp", "medical"), 2: opened(store, town, 2), 6: opened(store, town, 6)}
    return make_room(store, town, cases)


def test_notes_are_saved_with_their_history_and_in_the_audit_log(room, store, town):
    room.save(1, notes=NOTES)
    room.save(1, notes={**NOTES, "latest": "At her daughter’s"})
    item = room.row(AgendaItem, room.items[1])
    assert (item.situation, item.latest, item.row_version) == ("Two falls", "At her daughter’s", 3)
    assert [row.latest for row in room.rows(AgendaNotes)] == ["Home again", "At her daughter’s"]
    assert {row.by for row in room.rows(AgendaNotes)} == {town.users["navigator"]}
    assert audited(store)[-2:] == [("mdt.notes", [town.people[1]])] * 2


def test_saving_what_stands_there_already_writes_nothing(room, store):
    room.save(1, notes=NOTES, decision="continue")
    before = audited(store)
    room.save(1, notes=NOTES, decision="continue")
    assert audited(store) == before
    assert len(room.rows(AgendaNotes)) == len(room.rows(MdtDecision)) == 1


def test_words_over_somebody_elses_words_are_a_conflict_that_shows_theirs(room, town):
    room.save(1, notes=NOTES, username="chair")
    with pytest.raises(Conflict) as told:
        room.act(save_item, item_id=room.items[1], row_version=1, notes={**NOTES, "situation": "One fall"})
    assert told.value.theirs["Situation"] == "Two falls"
    assert (told.value.by, told.value.at) == ("Chair", NOW)
    assert room.row(AgendaItem, room.items[1]).situation == "Two falls"


def test_two_people_writing_down_different_things_are_not_in_each_others_way(room):
    """One writes the notes while the other, whose page is older, adds an action and the same notes."""
    room.save(1, notes=NOTES, username="chair")
    room.act(save_item, item_id=room.items[1], row_version=1, notes=NOTES, new=NewAction("Ring the pharmacy"))
    assert [action.what for action in room.rows(MdtAction)] == ["Ring the pharmacy"]


def test_an_outcome_is_added_and_the_latest_holds(room, store, town):
    room.save(1, decision="continue", review=date(2026, 11, 2))
    room.save(1, decision="step_up", why="She fell again", username="chair")
    decisions = room.rows(MdtDecision)
    assert [(row.decision, row.rationale, row.next_review_on) for row in decisions] == [
        (MdtDecisionKind.CONTINUE, "It was agreed", date(2026, 11, 2)),
        (MdtDecisionKind.STEP_UP, "She fell again", None),
    ]
    assert [deed for deed, people in audited(store) if people == [town.people[1]]][-2:] == ["mdt.outcome"] * 2


def test_an_outcome_over_one_that_was_not_seen_is_a_conflict(room):
    room.save(1, decision="continue", username="chair")
    with pytest.raises(Conflict) as told:
        room.act(
            save_item, item_id=room.items[1], row_version=1, notes={}, seen=0, outcome=Outcome("refer", "To the clinic")
        )
    assert told.value.theirs == {"Outcome": MdtDecisionKind.CONTINUE, "Why": "It was agreed"}
    assert len(room.rows(MdtDecision)) == 1


def test_not_reached_and_a_decision_replace_each_other(room):
    room.save(1, decision="continue")
    room.save(1, decision="not_reached")
    assert room.row(AgendaItem, room.items[1]).not_reached
    with pytest.raises(Conflict) as told:
        room.act(save_item, item_id=room.items[1], row_version=1, notes={}, seen=0, outcome=Outcome("refer", "x"))
    assert told.value.theirs["Outcome"].startswith("Not reached")
    room.save(1, decision="refer")
    assert not room.row(AgendaItem, room.items[1]).not_reached


@pytest.mark.parametrize(
    ("why", "review", "field"), [("  ", None, "rationale"), ("Well", NOW.date(), "next_review_on")]
)
def test_a_decision_needs_a_reason_and_a_review_in_the_future(room, why, review, field):
    with pytest.raises(NotNow) as told:
        room.save(1, decision="continue", why=why, review=review)
    assert told.value.field == field
    assert room.rows(MdtDecision) == []


def test_a_refused_outcome_takes_the_notes_back_with_it(room):
    with pytest.raises(NotNow):
        room.save(1, notes=NOTES, decision="continue", why="")
    assert room.row(AgendaItem, room.items[1]).situation == ""
    assert room.rows(AgendaNotes) == []


def test_actions_are_added_changed_and_removed(room, store, town):
    action_id = room.action(1, owner=None, due=None)
    room.act(
        change_action, action_id=action_id, row_version=1, wanted=NewAction("Ring them", town.users["ash.gp"], DUE)
    )
    action = room.row(MdtAction, action_id)
    assert (action.what, action.owner_id, action.due_on) == ("Ring them", town.users["ash.gp"], DUE)
    with pytest.raises(Conflict) as told:
        room.act(change_action, action_id=action_id, row_version=1, wanted=NewAction("Write to them"))
    assert told.value.theirs == {"What": "Ring them", "Owner": "Ash Gp", "Due": "12 October 2026"}
    with pytest.raises(Conflict):
        room.act(remove_action, action_id=action_id, row_version=1)
    room.act(remove_action, action_id=action_id, row_version=2)
    assert room.rows(MdtAction) == []
    with pytest.raises(NotThere):
        room.act(remove_action, action_id=action_id, row_version=2)
    deeds = [deed for deed, people in audited(store) if people == [town.people[1]]]
    assert deeds[-3:] == ["mdt.action_add", "mdt.action_change", "mdt.action_remove"]


def test_an_owner_must_be_able_to_open_the_person_and_the_day_be_no_earlier_than_the_meeting(room):
    for owner, due, field in (("social.worker", DUE, "owner_id"), ("ash.gp", date(2026, 10, 4), "due_on")):
        with pytest.raises(NotNow) as told:
            room.action(1, owner=owner, due=due)
        assert told.value.field == field
    assert room.rows(MdtAction) == []


def test_what_was_not_reached_is_carried_over_at_once_also_of_people_nobody_here_may_open(room, store, town):
    room.save(1, decision="continue")
    assert room.act(carry_over_rest, "chair", meeting_id=room.meeting_id) == 2
    assert [room.row(AgendaItem, room.items[number]).not_reached for number in (1, 2, 6)] == [False, True, True]
    assert audited(store)[-1] == ("mdt.carry_over", sorted([town.people[2], town.people[6]]))
    with pytest.raises(NotNow):
        room.act(carry_over_rest, "chair", meeting_id=room.meeting_id)


@pytest.mark.parametrize("state", [MeetingState.PLANNED, MeetingState.CLOSED])
def test_nothing_is_written_down_before_the_agenda_is_locked_or_after_the_meeting_is_closed(store, town, state):
    room = make_room(store, town, {1: opened(store, town, 1)}, state=state)
    for attempt in (
        lambda: room.save(1, notes=NOTES),
        lambda: room.save(1, decision="continue"),
        lambda: room.present("navigator"),
        lambda: room.act(add_guest, meeting_id=room.meeting_id, name="A", organisation=""),
        lambda: room.act(carry_over_rest, meeting_id=room.meeting_id),
    ):
        with pytest.raises(NotNow):
            attempt()


def test_who_has_no_part_in_the_meeting_or_may_not_open_the_person_finds_nothing(room, store, town):
    for username in ("south.navigator", "ash.gp", "integration"):
        with pytest.raises(NotThere):
            room.save(1, notes=NOTES, username=username)
    far = make_room(store, town, {10: opened(store, town, 10)}, series_id=room.series_id, held_on=date(2026, 10, 12))
    with pytest.raises(NotThere):  # the person is of another place
        far.save(10, notes=NOTES)


def test_attendance_is_marked_once_for_each_and_counts_what_changed(room, store, town):
    users = town.users
    marks = {users["navigator"]: Mark(AttendanceState.ATTENDED), users["therapist"]: Mark(AttendanceState.APOLOGIES)}
    assert room.act(mark_attendance, meeting_id=room.meeting_id, marks=marks) == 2
    shown = {row.user_id: row.row_version for row in room.rows(MdtAttendance)}
    again = {user: Mark(AttendanceState.ATTENDED, shown[user]) for user in shown}
    assert room.act(mark_attendance, meeting_id=room.meeting_id, marks=again) == 1
    assert {row.state for row in room.rows(MdtAttendance)} == {AttendanceState.ATTENDED}
    assert {(row.name, row.organisation) for row in room.rows(MdtAttendance)} == {
        ("Navigator", "East Community Trust"), ("Therapist", "East Community Trust"),
    }  # fmt: skip
    assert audited(store)[-1] == ("mdt.attendance", [])


def test_a_mark_over_one_that_was_not_seen_is_a_conflict_and_the_same_mark_is_none(room, town):
    room.present("navigator")
    same = {town.users["navigator"]: Mark(AttendanceState.ATTENDED)}
    assert room.act(mark_attendance, meeting_id=room.meeting_id, marks=same) == 0
    other = {town.users["navigator"]: Mark(AttendanceState.APOLOGIES)}
    with pytest.raises(Conflict):
        room.act(mark_attendance, meeting_id=room.meeting_id, marks=other)


def test_a_mark_can_be_taken_back_and_a_stranger_is_not_marked(room, town):
    room.present("navigator")
    (row,) = room.rows(MdtAttendance)
    room.act(mark_attendance, meeting_id=room.meeting_id, marks={row.user_id: Mark(None, row.row_version)})
    assert room.rows(MdtAttendance) == []
    marks = {town.users["volunteer"]: Mark(AttendanceState.ATTENDED)}
    with pytest.raises(NotThere):
        room.act(mark_attendance, meeting_id=room.meeting_id, marks=marks)


def test_guests_come_by_name_and_go_again(room, store):
    guest = room.act(
        add_guest, meeting_id=room.meeting_id, name=" Pat Example ", organisation="Charity", deputy_for="Sam"
    )
    row = room.row(MdtAttendance, guest)
    assert (row.name, row.organisation, row.deputy_for, row.state) == ("Pat Example", "Charity", "Sam", "attended")
    with pytest.raises(NotNow):
        room.act(add_guest, meeting_id=room.meeting_id, name=" ", organisation="")
    room.act(remove_guest, attendance_id=guest, row_version=1)
    assert room.rows(MdtAttendance) == []
    assert [deed for deed, _ in audited(store)][-2:] == ["mdt.guest", "mdt.guest_remove"]


def test_a_meeting_goes_on_after_midnight(room):
    later = NOW + timedelta(days=1)
    room.act(save_item, now=later, item_id=room.items[1], row_version=1, notes=NOTES, new=NewAction("Ring", None, DUE))
    assert room.row(MdtMeeting, room.meeting_id).state is MeetingState.LOCKED
    assert room.rows(AgendaNotes)[0].at == later
