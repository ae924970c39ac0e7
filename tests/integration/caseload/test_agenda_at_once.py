"""Sixty-four people at once on one agenda: nothing is lost, nobody is there twice, every place is somebody's alone."""

from collections import Counter

import pytest

from caseload.actions.agenda import add_to_agenda, lock_agenda, move_item, remove_from_agenda
from caseload.actions.agenda_building import build_agenda
from caseload.actions.mdt_requests import request_discussion
from caseload.actions.once import once
from caseload.audit_chain import verify
from caseload.tables import AgendaItem, AuditEvent, MdtMeeting, MdtRequest
from tests.support.agenda_work import add_cases, make_agendas
from tests.support.at_once import at_once
from tests.support.case_app import NOW

WRITERS = 64
pytestmark = pytest.mark.slow


@pytest.fixture
def agendas(store, town):
    return make_agendas(store, town, capacity=100)


@pytest.fixture
def race(store, agendas):
    """A function: so many forms at once, each what `form(number)` says: an action, a user, arguments; what each was told."""
    with store.reading() as session:
        viewers = {name: agendas.town.viewer(session, name) for name in ("navigator", "chair", "ash.gp")}

    def raced(form, times=WRITERS):
        def send(number):
            action, username, arguments = form(number)
            key = f"a form of its own {action.__name__} {number:04}"
            return once(store, action, by=viewers[username], now=NOW, key=key, **arguments)

        return at_once(times, send)

    yield raced
    with store.reading() as session:
        verify(session, store.secrets.audit)


def told(answers):
    return Counter(type(answer).__name__ if isinstance(answer, Exception) else "done" for answer in answers)


def places(agendas):
    return [item.position for item in agendas.items()]


def count_events(store, action):
    with store.reading() as session:
        return session.query(AuditEvent).filter_by(action=action).count()


def test_sixty_four_people_are_added_by_sixty_four_at_once(agendas, race, store, town):
    cases = add_cases(store, town, WRITERS)

    def form(number):
        who = ("navigator", "chair")[number % 2]
        return (
            add_to_agenda,
            who,
            {"meeting_id": agendas.meetings[0], "case_id": cases[number], "why": f"Reason {number}"},
        )

    answers = race(form)
    assert told(answers) == {"done": WRITERS}
    items = agendas.items()
    assert sorted(item.case_id for item in items) == sorted(cases)
    assert places(agendas) == list(range(1, WRITERS + 1))
    texts = {item.case_id: item.reason_text for item in items}
    assert all(texts[case_id].endswith(f": Reason {number}") for number, case_id in enumerate(cases))
    assert len(agendas.rows(MdtRequest)) == count_events(store, "agenda.add") == WRITERS


def test_one_person_added_by_sixty_four_is_there_once(agendas, race, store, town):
    (case_id,) = add_cases(store, town, 1)
    answers = race(
        lambda number: (add_to_agenda, "navigator", {"meeting_id": agendas.meetings[0], "case_id": case_id, "why": "x"})
    )
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert (agendas.on(), len(agendas.rows(MdtRequest))) == ([case_id], 1)


def test_sixty_four_buildings_are_one_agenda(agendas, race, store, town):
    cases = add_cases(store, town, 40)
    answers = race(
        lambda number: (build_agenda, ("navigator", "chair")[number % 2], {"meeting_id": agendas.meetings[0]})
    )
    assert told(answers) == {"done": WRITERS}
    assert sum(answer["added"] for answer in answers) == 40
    assert (agendas.on(), places(agendas)) == (cases, list(range(1, 41)))


def test_everything_at_once_loses_nobody_and_doubles_nobody(agendas, race, store, town):
    """Building, adding, moving, taking off and asking, by turns; then the agenda is built once more."""
    cases = add_cases(store, town, 60)
    agendas.build()
    items = {item.case_id: item for item in agendas.items()}
    gone, moved = cases[:10], cases[20:40]
    meeting_id = agendas.meetings[0]

    def form(number):
        if number < 10:
            item = items[gone[number]]
            return remove_from_agenda, "chair", {"item_id": item.id, "row_version": item.row_version, "why": "x"}
        if number < 30:
            item = items[moved[number - 10]]
            return move_item, "navigator", {"item_id": item.id, "row_version": item.row_version, "up": number % 2 == 0}
        if number < 45:
            return build_agenda, "navigator", {"meeting_id": meeting_id}
        wanted = {"case_id": cases[number - 4], "series_id": agendas.series_id, "why": "x"}
        return request_discussion, "ash.gp", wanted

    answers = race(form)
    assert set(told(answers)) <= {"done", "Conflict"}
    taken_off = {gone[number] for number in range(10) if not isinstance(answers[number], Exception)}
    asked = [answer for answer in answers[45:] if not isinstance(answer, Exception)]
    assert len(asked) == WRITERS - 45
    agendas.build()
    assert sorted(agendas.on()) == sorted(set(cases) - taken_off)
    assert len(set(places(agendas))) == len(agendas.on())
    assert count_events(store, "agenda.remove") == len(taken_off)


def test_one_of_sixty_four_lockings_takes_effect(agendas, race, store, town):
    add_cases(store, town, 5)
    agendas.build()
    seen = agendas.row(MdtMeeting, agendas.meetings[0]).row_version
    answers = race(lambda number: (lock_agenda, "chair", {"meeting_id": agendas.meetings[0], "row_version": seen}))
    assert told(answers) == {"done": 1, "Conflict": WRITERS - 1}
    assert count_events(store, "agenda.lock") == 1


def test_nobody_comes_onto_an_agenda_unseen_by_the_chair_who_locks_it(agendas, race, store, town):
    """The lock says which agenda was seen: additions are before it and refuse it, or after it and are refused."""
    cases = add_cases(store, town, 9, tier="moderate", previous="moderate")
    agendas.act(add_to_agenda, meeting_id=agendas.meetings[0], case_id=cases[0], why="x")
    seen = agendas.row(MdtMeeting, agendas.meetings[0]).row_version

    def form(number):
        if number == 4:
            return lock_agenda, "chair", {"meeting_id": agendas.meetings[0], "row_version": seen}
        case_id = cases[1 + number - (number > 4)]
        return add_to_agenda, "navigator", {"meeting_id": agendas.meetings[0], "case_id": case_id, "why": "x"}

    answers = race(form, times=9)
    added = sum(not isinstance(answer, Exception) for number, answer in enumerate(answers) if number != 4)
    locked = not isinstance(answers[4], Exception)
    assert locked == (added == 0)
    assert len(agendas.rows(AgendaItem)) == 1 + added
