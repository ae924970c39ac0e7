"""Many people write down what is said about one person: what was taken is kept, and whoever was not first is told so."""

from collections import Counter

import pytest

from caseload.actions.attendance import Mark, mark_attendance
from caseload.actions.mdt_decisions import NewAction
from caseload.actions.mdt_notes import Outcome, save_item
from caseload.actions.once import once
from caseload.audit_chain import verify
from caseload.domain.plan_words import AttendanceState
from caseload.exceptions import Conflict
from caseload.tables import AgendaItem, AgendaNotes, MdtAction, MdtAttendance, MdtDecision
from tests.support.at_once import at_once
from tests.support.case_app import NOW, audited
from tests.support.led_cases import opened
from tests.support.mdt_work import NOTES, make_room

WRITERS = 64
INSISTENT = 24
"""Of those who try until they are taken: what they do grows with the square of how many they are."""
pytestmark = pytest.mark.slow


@pytest.fixture
def room(store, town):
    return make_room(store, town, {1: opened(store, town, 1)})


@pytest.fixture
def race(store, town, room):
    """A function: so many note-takers carry out an action at once, each with a form of their own; what each was told."""
    with store.reading() as session:
        viewers = [town.viewer(session, name) for name in ("chair", "navigator")]

    def raced(action, **arguments):
        def send(number):
            given = {name: value(number) if callable(value) else value for name, value in arguments.items()}
            key = f"a form of its own {action.__name__} {number:04}"
            return once(store, action, by=viewers[number % 2], now=NOW, key=key, **given)

        return at_once(WRITERS, send)

    yield raced
    with store.reading() as session:
        verify(session, store.secrets.audit)


def told(answers):
    return Counter(type(answer).__name__ if isinstance(answer, Exception) else "done" for answer in answers)


def test_of_sixty_four_notes_on_one_item_one_is_saved_and_the_others_are_told(room, race, store):
    answers = race(
        save_item, item_id=room.items[1], row_version=1, notes=lambda number: {**NOTES, "latest": f"News {number}"}
    )
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    (note,) = room.rows(AgendaNotes)
    assert room.row(AgendaItem, room.items[1]).latest == note.latest
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert {one.theirs["Latest news"] for one in refused if one.theirs} <= {note.latest}
    assert [deed for deed, _ in audited(store)].count("mdt.notes") == 1


def test_note_takers_who_go_on_until_they_are_taken_lose_no_word(room, store, town):
    """Each adds a line to what is there, and looks again when somebody was first: all lines are there."""
    with store.reading() as session:
        viewers = [town.viewer(session, name) for name in ("chair", "navigator")]

    def write(number):
        for attempt in range(INSISTENT * 4):
            item = room.row(AgendaItem, room.items[1])
            notes = {**NOTES, "latest": f"{item.latest}\nline {number}".strip()}
            try:
                return once(
                    store, save_item, by=viewers[number % 2], now=NOW, key=f"writer {number:04} try {attempt:04}",
                    item_id=item.id, row_version=item.row_version, notes=notes,
                )  # fmt: skip
            except Conflict:
                continue
        raise AssertionError("never taken")

    assert told(at_once(INSISTENT, write)) == {"done": INSISTENT}
    lines = room.row(AgendaItem, room.items[1]).latest.split("\n")
    assert sorted(lines) == sorted(f"line {number}" for number in range(INSISTENT))
    assert len(room.rows(AgendaNotes)) == INSISTENT


def test_of_sixty_four_decisions_one_is_taken_and_no_action_is_lost(room, race):
    decided = told(
        race(
            save_item, item_id=room.items[1], row_version=1, notes={}, seen=0,
            outcome=lambda number: Outcome("refer", f"Because {number}"),
        )
    )  # fmt: skip
    assert decided == {"done": 1, "Conflict": WRITERS - 1}
    assert len(room.rows(MdtDecision)) == 1


def test_sixty_four_actions_are_all_written_down(room, race):
    answers = race(
        save_item, item_id=room.items[1], row_version=1, notes={}, new=lambda number: NewAction(f"Action {number}")
    )
    assert told(answers) == {"done": WRITERS}
    assert len({row.what for row in room.rows(MdtAction)}) == WRITERS


def test_of_different_marks_for_one_person_one_is_taken(room, race, town):
    states = list(AttendanceState)
    answers = race(
        mark_attendance, meeting_id=room.meeting_id,
        marks=lambda number: {town.users["therapist"]: Mark(states[number % 3])},
    )  # fmt: skip
    (row,) = room.rows(MdtAttendance)
    same = sum(1 for number in range(WRITERS) if states[number % 3] is row.state)
    assert told(answers) == {"done": same, "Conflict": WRITERS - same}
