"""Messages of a hospital acted on: who they are about, what stays they make, and that their order does not matter."""

import logging
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from caseload.actions import hospital_events
from caseload.actions.audit import record
from caseload.actions.hospital_events import apply_message
from caseload.audit_chain import verify
from caseload.outward_changes import collected
from caseload.store import on_trial
from caseload.tables import HospitalEvent, HospitalMessage, HospitalStay, Person, PersonIdentifier, WaitingNumber
from tests.support.case_app import NOW, audited
from tests.support.hospital_work import START, HospitalWork, hl7_time

DAY_OF_BOTH = datetime(2026, 11, 1, tzinfo=UTC)
DAY_AFTER = DAY_OF_BOTH + timedelta(days=1)


@pytest.fixture
def hospital(store, town):
    return HospitalWork(store, town)


def linked(hospital):
    with hospital.store.reading() as session:
        wanted = select(PersonIdentifier.value, PersonIdentifier.person_id, PersonIdentifier.retired_into)
        number = {person_id: number for number, person_id in hospital.town.people.items()}
        return {value: (number[person_id], into) for value, person_id, into in session.execute(wanted)}


def rows_of(store, table):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_admission_of_somebody_known_makes_a_stay_and_links_the_hospitals_number(hospital, town):
    message_id = hospital.tell("A01", local="A1")
    assert hospital.about(message_id) == ("applied", "", town.people[1])
    assert hospital.stays() == [("V1", "in-progress", "I", "WARD 3, 2, B", 1)]
    assert hospital.encounters() == [("hl7:royal", "V1", "emergency_admission", date(2026, 10, 5), None, 1)]
    assert linked(hospital) == {"A1": (1, "")}
    with hospital.store.reading() as session:
        verify(session, hospital.store.secrets.audit)
    told = [
        (action, people) for action, people in audited(hospital.store) if action.startswith(("hospital", "message"))
    ]
    person = [town.people[1]]
    assert told == [("hospital_number.link", person), ("hospital_stay.change", person), ("message.apply", person)]


def test_acting_on_a_message_again_does_nothing(hospital):
    message_id = hospital.tell("A01", local="A1")
    before = (hospital.stays(), hospital.encounters(), len(audited(hospital.store)))
    assert hospital.apply(message_id) == "applied"
    assert (hospital.stays(), hospital.encounters(), len(audited(hospital.store))) == before
    assert rows_of(hospital.store, HospitalEvent) == 1


WHO = {
    "somebody nobody has": ({"pid": {3: "9990000980^^^NHS^NH~Z9^^^RYX^MR"}}, "not_acted_on", "not_registered_here"),
    "another date of birth": ({"pid": {7: "19410303"}}, "held", "dob_differs"),
    "no date of birth": ({"pid": {7: ""}}, "held", "dob_missing"),
    "not traced": ({"verified": False}, "held", "number_not_verified"),
    "not traced and nobody's": (
        {"verified": False, "pid": {3: "9990000980^^^NHS^NH"}}, "not_acted_on", "not_registered_here",
    ),
    "no NHS number": ({"person": None, "local": "A7"}, "held", "number_not_known"),
    "a trigger we do not serve": ({"trigger": "A17"}, "not_acted_on", "trigger_not_served"),
    "a visit without a number": ({"pv1": {19: ""}}, "held", "visit_number"),
    "a date that is none": ({"pid": {7: "19651399"}}, "held", "date"),
}  # fmt: skip


@pytest.mark.parametrize(("told", "state", "reason"), WHO.values(), ids=WHO)
def test_what_cannot_be_told_for_sure_waits(hospital, told, state, reason):
    told = dict(told)
    message_id = hospital.tell(told.pop("trigger", "A01"), **told)
    assert hospital.about(message_id) == (state, reason, None)
    assert hospital.stays() == hospital.encounters() == []
    assert linked(hospital) == {}
    action = "message.held" if state == "held" else "message.pass_over"
    assert [one for one, _ in audited(hospital.store) if one.startswith("message")] == [action]


def test_a_linked_number_is_enough_as_long_as_nothing_denies_it(hospital, town):
    hospital.tell("A01", local="A1")
    known = {"person": None, "local": "A1"}
    assert hospital.about(hospital.tell("A08", **known))[0] == "applied"
    assert hospital.about(hospital.tell("A08", **known, pid={7: "19410303"}))[1] == "dob_differs"
    other = {"local": "A1", "person": 2, "verified": False}
    assert hospital.about(hospital.tell("A08", **other))[1] == "number_differs"
    assert hospital.about(hospital.tell("A08", local="A1", person=2))[1] == "number_of_another"
    assert hospital.about(hospital.tell("A08", local="A1", pid={7: ""}))[0] == "applied"
    stranger = {"pid": {3: "9990000980^^^NHS^NH~A1^^^RYX^MR"}}
    assert hospital.about(hospital.tell("A08", **stranger))[1] == "number_differs"
    hospital.tell("A01", person=2, local="B1", visit="V2")
    both = {"person": None, "pid": {3: "A1^^^RYX^MR~B1^^^RYX^MR"}}
    assert hospital.about(hospital.tell("A08", **both))[1] == "two_people"


def test_what_waited_for_a_number_is_acted_on_when_it_becomes_known(hospital, town):
    first = hospital.tell("A01", person=None, local="A1")
    second = hospital.tell("A02", person=None, local="A1", at=START + timedelta(hours=1), pv1={3: "WARD 9"})
    assert hospital.about(first)[0] == hospital.about(second)[0] == "held"
    assert rows_of(hospital.store, WaitingNumber) == 2
    hospital.tell("A31", local="A1", visit=None)
    assert hospital.about(first) == hospital.about(second) == ("applied", "", town.people[1])
    assert hospital.stays() == [("V1", "in-progress", "I", "WARD 9", 1)]
    assert rows_of(hospital.store, WaitingNumber) == 0


def test_messages_about_people_make_no_stay(hospital):
    for trigger in ("A28", "A31"):
        assert hospital.about(hospital.tell(trigger, visit="V1", local="A1"))[0] == "applied"
    assert hospital.stays() == []
    assert rows_of(hospital.store, HospitalEvent) == 0


def test_a_visit_of_somebody_else_waits(hospital):
    hospital.tell("A01", visit="V1")
    assert hospital.about(hospital.tell("A02", person=2, visit="V1"))[1] == "visit_of_another"
    assert hospital.stays()[0][-1] == 1


HOUR = timedelta(hours=1)
STAYS = {
    "in and out": [("A01", 0), ("A02", 1), ("A03", 3)],
    "planned, in, out and back": [("A05", -9), ("A01", 0), ("A03", 3), ("A13", 4)],
    "taken back": [("A04", 0), ("A08", 1), ("A11", 2)],
    "through the emergency department": [("A04", 0), ("A06", 1), ("A02", 2), ("A12", 3)],
}


def what_is(hospital):
    with hospital.store.reading() as session:
        rows = session.execute(select(HospitalStay)).scalars()
        return [
            {
                name: value
                for name, value in vars(row).items()
                if name not in ("_sa_instance_state", "id", "row_version", "encounter_id")
            }
            for row in rows
        ]


@pytest.mark.parametrize("acts", STAYS.values(), ids=STAYS)
def test_any_order_gives_the_same_stay_and_the_same_encounter(hospital, acts):
    """Each order as the visit of a person of its own number, so that one database holds them all."""
    found = set()
    for number, order in enumerate(permutations(acts)):
        visit = f"V{number}"
        for trigger, hours in (*order, order[0]):
            hospital.tell(trigger, visit=visit, at=START + hours * HOUR, pv1={3: f"WARD {hours}"})
    for row in what_is(hospital):
        row.pop("visit_ref")
        found.add(tuple(sorted((name, str(value)) for name, value in row.items())))
    assert len(found) == 1
    encounters = {(source, kind, started, ended, who) for source, _, kind, started, ended, who in hospital.encounters()}
    assert len(encounters) <= 1
    assert len(hospital.encounters()) in (0, len(list(permutations(acts))))


def test_a_failed_audit_event_leaves_nothing_behind(hospital, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("the log cannot be written")

    (message_id,) = hospital.store_raw(hospital.raw("A01", local="A1"))
    monkeypatch.setattr("caseload.actions.hospital_events.record", broken)
    with pytest.raises(RuntimeError):
        hospital.apply(message_id)
    assert hospital.about(message_id)[0] == "received"
    assert hospital.stays() == hospital.encounters() == []
    assert linked(hospital) == {}


def test_the_message_itself_is_never_changed(hospital):
    raw = hospital.raw("A01", local="A1")
    (message_id,) = hospital.store_raw(raw)
    with hospital.store.writing() as session:
        apply_message(session, now=NOW, message_id=message_id, rules=hospital.feed)
    with hospital.store.reading() as session:
        assert session.get_one(HospitalMessage, message_id).raw == raw


def test_a_discharge_told_by_its_day_ends_the_stay_that_began_that_day(hospital):
    hospital.tell("A01", at=DAY_OF_BOTH.replace(hour=9), evn={6: ""}, pv1={44: "202611010900"}, now=DAY_AFTER)
    hospital.tell("A03", evn={2: "202611011705", 6: ""}, pv1={44: "202611010900", 45: "20261101"}, now=DAY_AFTER)
    assert hospital.stays()[0][1] == "finished"
    with hospital.store.reading() as session:
        left = session.execute(select(HospitalStay.discharged_at)).scalar_one()
    assert left == DAY_OF_BOTH.replace(hour=17, minute=5)


def test_a_day_alone_undoes_no_discharge_of_that_day_that_was_told_before(hospital):
    typed = {"evn": {2: "202611011400", 6: "20261101"}, "pv1": {2: "I", 44: ""}, "now": DAY_AFTER}
    hospital.tell("A04", evn={6: "202611010900"}, pv1={2: "E"}, now=DAY_AFTER)
    hospital.tell("A01", **typed)
    assert hospital.stays()[0][1:3] == ("in-progress", "I")
    hospital.tell("A03", at=DAY_OF_BOTH.replace(hour=20), now=DAY_AFTER)
    hospital.tell("A01", **{**typed, "evn": {2: "202611012300", 6: "20261101"}})
    assert hospital.stays()[0][1] == "finished"
    hospital.tell("A13", evn={2: "202611020900", 6: "20261101"}, now=DAY_AFTER)
    assert hospital.stays()[0][1] == "in-progress"


def test_a_discharge_told_with_two_times_is_taken_back_by_one_cancel(hospital):
    hospital.tell("A01")
    hospital.tell("A03", at=START + 3 * HOUR)
    hospital.tell("A13", at=START + 3 * HOUR, told=START + 5 * HOUR)
    hospital.tell("A03", at=START + 2 * HOUR, told=START + 4 * HOUR)  # on its way for longer than the cancel
    assert hospital.stays()[0][1] == "in-progress"


def test_when_it_was_said_is_the_header_time_where_the_event_has_only_its_day(hospital):
    hospital.tell("A01")
    left = {"at": START + 3 * HOUR, "evn": {2: "20261005", 6: hl7_time(START + 3 * HOUR)}}
    hospital.tell("A03", **left)
    hospital.tell("A13", at=START + 3 * HOUR, told=START + 4 * HOUR)
    assert hospital.stays()[0][1] == "in-progress"
    hospital.tell("A03", **left, told=START + 5 * HOUR)
    assert hospital.stays()[0][1] == "finished"


EVENT = ("message_id", "person_id", "feed", "visit_ref", "trigger", "at", "content")


def row_of(session):
    """The event that was written last."""
    return session.execute(select(HospitalEvent).order_by(HospitalEvent.id.desc()).limit(1)).scalar_one()


def failing_at(monkeypatch, visit, error, times=99):
    """What a stay of that visit sets off fails so often, after everything before it was written."""
    whole, failed = hospital_events.tell_of_stay, []

    def failing(session, *, now, change):
        whole(session, now=now, change=change)
        if change.visit_ref == visit and len(failed) < times:
            failed.append(error)
            if error is None:  # as the database says it, which on PostgreSQL then takes no other statement
                session.add(HospitalEvent(**{name: getattr(row_of(session), name) for name in EVENT}))
                session.flush()
            raise error

    monkeypatch.setattr(hospital_events, "tell_of_stay", failing)


def waiting_and_named(hospital):
    """Two messages that wait for a number, and a third, not acted on yet, that says whose it is."""
    waits = [hospital.tell("A01", person=None, local="A1", visit=visit) for visit in ("V1", "V2")]
    return waits, *hospital.store_raw(hospital.raw("A31", local="A1", visit=None))


@pytest.mark.parametrize(
    ("error", "name"), [(ValueError("what the message said"), "ValueError"), (None, "IntegrityError")]
)
def test_one_that_waits_and_fails_is_held_whole_and_holds_nothing_up(hospital, town, monkeypatch, caplog, error, name):
    (bad, good), names = waiting_and_named(hospital)
    failing_at(monkeypatch, "V1", error)
    with caplog.at_level(logging.ERROR):
        assert hospital.apply(names) == "applied"
    assert hospital.about(bad) == ("held", "our_fault", None)
    assert hospital.about(good) == ("applied", "", town.people[1])
    assert [stay[0] for stay in hospital.stays()] == ["V2"]
    assert rows_of(hospital.store, HospitalEvent) == 1
    assert caplog.messages == [f"message {bad} could not be acted on ({name})"]
    told = [action for action, _ in audited(hospital.store) if action.startswith(("message", "hospital_stay"))]
    assert told.count("message.held") == len(["as it came", "as it came", "as it failed"])
    assert told.count("hospital_stay.change") == len(["of V2"])
    with hospital.store.reading() as session:
        verify(session, hospital.store.secrets.audit)
    monkeypatch.undo()
    assert hospital.apply(bad) == "applied"
    assert [stay[0] for stay in hospital.stays()] == ["V1", "V2"]


def test_one_that_waits_and_that_another_program_was_in_the_way_of_is_done_again(hospital, monkeypatch):
    (first, second), names = waiting_and_named(hospital)
    failing_at(monkeypatch, "V1", StaleDataError(), times=2)
    assert hospital.apply(names) == "applied"
    assert hospital.about(first)[0] == hospital.about(second)[0] == "applied"


def test_nothing_goes_on_where_the_database_does_not_answer(hospital, monkeypatch):
    (first, _), names = waiting_and_named(hospital)
    failing_at(monkeypatch, "V1", OperationalError("a statement", {}, Exception("away")))
    with pytest.raises(OperationalError):
        hospital.apply(names)
    assert hospital.about(names)[0] == "received"
    assert hospital.about(first)[1] == "number_not_known"


def test_what_fails_on_trial_leaves_no_row_no_audit_event_and_nothing_to_tell_outside(store, town):
    def change(session, name, *, fails=False):
        session.get_one(Person, town.people[1]).restricted = True
        record(session, name, by=None, now=NOW)
        session.flush()
        if fails:
            raise ValueError("it fails")

    with store.writing() as session:
        record(session, "message.apply", by=None, now=NOW)
        with pytest.raises(ValueError, match="fails"), on_trial(session):
            change(session, "message.held", fails=True)
        assert collected(session).people == {}
        assert not session.get_one(Person, town.people[1]).restricted
        with on_trial(session):
            change(session, "message.retry")
        assert set(collected(session).people) == {town.people[1]}
    assert [action for action, _ in audited(store) if action.startswith("message")] == [
        "message.apply",
        "message.retry",
    ]


def test_an_admission_told_by_its_day_follows_the_attendance_of_that_day(hospital):
    hospital.tell("A04", evn={6: "202611010900"}, pv1={2: "E"}, now=DAY_AFTER)
    hospital.tell("A01", evn={2: "202611011400", 6: ""}, pv1={2: "I", 44: "20261101"}, now=DAY_AFTER)
    assert hospital.stays()[0][1:3] == ("in-progress", "I")


def test_messages_that_repeat_the_days_of_a_stay_alone_leave_its_times(hospital):
    days = {44: "20261101", 45: "20261101"}
    hospital.tell("A01", evn={6: "202611010900"}, pv1={44: "20261101"}, now=DAY_AFTER)
    hospital.tell("A02", evn={6: "202611011000"}, pv1={44: "20261101"}, now=DAY_AFTER)
    hospital.tell("A03", evn={6: "202611011705"}, pv1=days, now=DAY_AFTER)
    hospital.tell("A08", evn={2: "202611012000", 6: "202611012000"}, pv1=days, now=DAY_AFTER)
    with hospital.store.reading() as session:
        came, left = session.execute(select(HospitalStay.admitted_at, HospitalStay.discharged_at)).one()
    assert (came, left) == (DAY_OF_BOTH.replace(hour=9), DAY_OF_BOTH.replace(hour=17, minute=5))
