"""A form has one effect however often it arrives, and a change has its audit event or neither is there."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from caseload.actions.audit import record
from caseload.actions.once import once
from caseload.audit_chain import verify
from caseload.exceptions import Conflict, NotNow
from caseload.tables import ActionKey, Organisation, Person, Team
from tests.support.at_once import at_once
from tests.support.case_app import NOW, audited
from tests.support.patience import PATIENCE

KEY = "a-form-key-of-one"


def add_team(session, *, by, now, name, place_id):
    """An action as all are: a row, and its event."""
    team = Team(name=name, place_id=place_id)
    session.add(team)
    session.flush()
    record(session, "team.add", by=by.user_id, now=now, team=team.id)
    return {"team": team.id}


def refuse(session, *, by, now):
    """An action that changes something before it finds that it must not."""
    session.add(Organisation(code="X", name="X", kind="network", sector="health"))
    session.flush()
    record(session, "never", by=by.user_id, now=now)
    raise NotNow("Not now.")


@pytest.fixture
def viewer(store, town):
    with store.reading() as session:
        return town.viewer(session, "navigator")


@pytest.fixture
def other(store, town):
    with store.reading() as session:
        return town.viewer(session, "ash.manager")


def counted(store, table):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_same_key_again_answers_the_same_and_does_nothing(store, town, viewer):
    first = once(store, add_team, by=viewer, now=NOW, key=KEY, name="One", place_id=town.places["NORTH"])
    again = once(store, add_team, by=viewer, now=NOW, key=KEY, name="Two", place_id=town.places["NORTH"])
    assert again == first
    assert counted(store, Team) == 2  # the town has one
    assert audited(store) == [("team.add", [])]


def test_same_key_ten_times_at_once_has_one_effect(store, town, viewer):
    def send(_number):
        return once(store, add_team, by=viewer, now=NOW, key=KEY, name="One", place_id=town.places["NORTH"])

    answers = at_once(10, send)
    assert answers == [answers[0]] * 10
    assert set(answers[0]) == {"team"}
    assert (counted(store, Team), counted(store, ActionKey)) == (2, 1)
    assert audited(store) == [("team.add", [])]


def test_same_key_of_another_user_is_another_form(store, town, viewer, other):
    first = once(store, add_team, by=viewer, now=NOW, key=KEY, name="One", place_id=town.places["NORTH"])
    second = once(store, add_team, by=other, now=NOW, key=KEY, name="Two", place_id=town.places["NORTH"])
    assert first != second
    assert counted(store, Team) == 3


def test_two_forms_for_the_same_thing_have_one_effect_and_one_conflict(store, town, viewer):
    def send(number):
        return once(
            store, add_team, by=viewer, now=NOW, key=f"{KEY}{number}", name="One", place_id=town.places["NORTH"]
        )

    answers = at_once(10, send)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9
    assert counted(store, Team) == 2
    assert counted(store, ActionKey) == 1  # a form that was refused may be sent again
    assert audited(store) == [("team.add", [])]


def test_action_that_refuses_leaves_nothing(store, viewer):
    before = counted(store, Organisation)
    with pytest.raises(NotNow):
        once(store, refuse, by=viewer, now=NOW, key=KEY)
    assert counted(store, Organisation) == before
    assert counted(store, ActionKey) == 0
    assert audited(store) == []


def test_form_that_was_refused_may_be_sent_again(store, town, viewer):
    with pytest.raises(NotNow):
        once(store, refuse, by=viewer, now=NOW, key=KEY)
    once(store, add_team, by=viewer, now=NOW, key=KEY, name="One", place_id=town.places["NORTH"])
    assert counted(store, Team) == 2


def test_audit_that_fails_leaves_nothing(store, town, viewer, monkeypatch):
    def fails(*_arguments):
        raise RuntimeError("the audit log cannot be written")

    monkeypatch.setattr("caseload.audit_chain.event_hash", fails)
    with pytest.raises(RuntimeError):
        once(store, add_team, by=viewer, now=NOW, key=KEY, name="One", place_id=town.places["NORTH"])
    monkeypatch.undo()
    assert (counted(store, Team), counted(store, ActionKey)) == (1, 0)
    assert audited(store) == []


def test_row_changed_by_somebody_else_meanwhile_is_a_conflict(store, town, viewer):
    def move(session, *, by, now, other_first):
        person = session.get_one(Person, town.people[1])
        if other_first:
            session.execute(Person.__table__.update().where(Person.id == person.id).values(row_version=7))
        person.phone = "01632 960111"
        session.flush()

    with pytest.raises(Conflict, match="Somebody else changed this"):
        once(store, move, by=viewer, now=NOW, key=KEY, other_first=True)
    once(store, move, by=viewer, now=NOW, key=KEY, other_first=False)
    with store.reading() as session:
        person = session.get_one(Person, town.people[1])
        assert (person.phone, person.row_version) == ("01632 960111", 2)


def test_fault_of_ours_is_not_told_as_a_conflict(store, viewer):
    with pytest.raises(IntegrityError):
        once(store, add_team, by=viewer, now=NOW, key=KEY, name="nowhere", place_id=9999)


def test_actions_that_cross_are_carried_out_again(store, town, viewer):
    """Two actions lock two rows in opposite order: PostgreSQL ends one of them, which is then done again."""
    meet, tries = threading.Barrier(2, timeout=PATIENCE), []
    crossing = store.engine.dialect.name == "postgresql"  # SQLite's writers queue and cannot cross

    def swap(session, *, by, now, order):
        again = order in tries
        tries.append(order)
        for position, number in enumerate(order):
            person = session.get_one(Person, town.people[number], with_for_update=True)
            person.phone += str(number)
            session.flush()
            if position == 0 and crossing and not again:
                meet.wait()
        record(session, "swap", by=by.user_id, now=now)
        return "done"

    def send(number):
        order = (1, 2) if number else (2, 1)
        return once(store, swap, by=viewer, now=NOW, key=f"{KEY}{number}", order=order)

    assert at_once(2, send) == ["done", "done"]
    assert len(tries) == (3 if crossing else 2)
    with store.reading() as session:
        phones = [session.get_one(Person, town.people[number]).phone for number in (1, 2)]
    assert phones == ["01632 96000011", "01632 96000022"]
    assert len(audited(store)) == 2


def test_log_is_sound_after_many_at_once(store, town, viewer):
    def send(number):
        return once(
            store,
            add_team,
            by=viewer,
            now=NOW,
            key=f"{KEY}{number}",
            name=f"Team {number}",
            place_id=town.places["NORTH"],
        )

    answers = at_once(32, send)
    assert len({answer["team"] for answer in answers}) == 32
    with store.reading() as session:
        assert verify(session, store.secrets.audit).events == 32
