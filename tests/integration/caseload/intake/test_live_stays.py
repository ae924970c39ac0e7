"""What a hospital told at once and what a monthly pack brings later: one stay, one row, and nobody undoes the other."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from caseload.actions.hospital_numbers import NHS_NUMBER
from caseload.intake.waiting_messages import act_on_waiting_messages
from caseload.tables import DischargePlan, Encounter, HospitalMessage, HospitalStay, Person, PersonEvent, WaitingNumber
from interfaces.progress import silent
from tests.integration.caseload.intake.conftest import LATER
from tests.support.case_app import NOW
from tests.support.hospital_work import HospitalWork
from tests.support.months import NOVEMBER
from tests.support.packs import admission, attendance, nhs

OCTOBER_20 = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Registered(HospitalWork):
    """A hospital whose people are those of a load."""

    def born(self, person):
        with self.store.reading() as session:
            found = session.execute(select(Person.date_of_birth).where(Person.nhs_number == nhs(person)))
            return found.scalar_one_or_none() or date(1950, 1, 1)


@pytest.fixture
def hospital(store, place):
    with store.reading() as session:
        people = {number: place.person(session, number).id for number in range(1, 13)}
    town = SimpleNamespace(people=people, users={}, nhs_numbers={number: nhs(number) for number in range(1, 30)})
    return Registered(
        store,
        town,
        provider_code="R1H",
        demographics=["phone", "death"],
        sender=[{"application": "ROYALPAS", "facility": "RYX"}],
    )


def rows(store):
    with store.reading() as session:
        found = session.execute(select(Encounter).order_by(Encounter.id)).scalars().all()
        return [(row.id, row.source, row.source_ref, row.started_on, row.ended_on, row.diagnosis_code) for row in found]


def linked(store):
    with store.reading() as session:
        return {row.visit_ref: row.encounter_id for row in session.execute(select(HospitalStay)).scalars()}


def test_the_packs_row_takes_the_place_of_the_live_one(store, place, hospital):
    hospital.tell("A01", at=OCTOBER_20, now=LATER)
    ((live_id, source, *_),) = rows(store)
    assert source == "hl7:royal"
    loaded = place.november(admissions=[admission(nhs(1), "2026-10-20", spell_id="S1", discharged_on="2026-10-28")])
    assert loaded.latest.stays.new == 0
    assert rows(store) == [(live_id, "admissions", "S1", date(2026, 10, 20), date(2026, 10, 28), "J189")]
    assert linked(store) == {"V1": live_id}


def test_what_the_pack_leaves_open_stays_as_messages_told_it(store, place, hospital):
    hospital.tell("A01", at=OCTOBER_20, now=LATER)
    hospital.tell("A03", at=OCTOBER_20 + 3 * DAY, now=LATER)
    stays = [admission(nhs(1), "2026-10-20", spell_id="S1", discharged_on=None)]
    place.november(admissions=stays)
    assert rows(store)[0][4] == date(2026, 10, 23)
    from caseload.intake.load_run import load_run
    from tests.support.months import make_month

    again = make_month(place.folder / "again", index=date(2026, 12, 1), admissions=stays)
    assert load_run(store, again.request, now=LATER + 30 * DAY).latest.stays.replaced == 0
    assert rows(store)[0][4] == date(2026, 10, 23)


def test_a_later_message_still_writes_to_the_packs_row_and_leaves_its_own_words_alone(store, place, hospital):
    hospital.tell("A01", at=OCTOBER_20, now=LATER)
    place.november(admissions=[admission(nhs(1), "2026-10-20", spell_id="S1", discharged_on=None)])
    ((live_id, *_),) = rows(store)
    hospital.tell("A02", at=OCTOBER_20 + DAY, now=LATER)
    assert rows(store) == [(live_id, "admissions", "S1", date(2026, 10, 20), None, "J189")]
    hospital.tell("A03", at=OCTOBER_20 + 5 * DAY, now=LATER)
    assert rows(store) == [(live_id, "admissions", "S1", date(2026, 10, 20), date(2026, 10, 25), "J189")]
    hospital.tell("A13", at=OCTOBER_20 + 5 * DAY, told=OCTOBER_20 + 6 * DAY, now=LATER)
    assert rows(store)[0][4] is None


def test_a_message_told_after_the_pack_finds_the_packs_row(store, place, hospital):
    place.november(admissions=[admission(nhs(1), "2026-10-20", spell_id="S1", discharged_on="2026-10-28")])
    before = rows(store)
    hospital.tell("A01", at=OCTOBER_20, now=LATER)
    hospital.tell("A11", at=OCTOBER_20, told=OCTOBER_20 + DAY, now=LATER)
    assert rows(store) == before  # what the pack brought, the pack takes back
    assert linked(store) == {"V1": before[0][0]}


def test_two_attendances_of_one_day_are_two_and_other_places_and_days_are_others(store, place, hospital):
    for visit, hour in (("E1", 1), ("E2", 8)):
        hospital.tell("A04", at=OCTOBER_20 + timedelta(hours=hour), visit=visit, pv1={2: "E"}, now=LATER)
    hospital.tell("A01", at=OCTOBER_20, visit="V1", now=LATER)
    place.november(
        admissions=[
            admission(nhs(1), "2026-10-21", spell_id="OTHER-DAY"),
            admission(nhs(1), "2026-10-20", spell_id="OTHER-TRUST", provider_code="RZZ01"),
            admission(nhs(2), "2026-10-20", spell_id="OTHER-PERSON"),
        ],
        ed_attendances=[
            attendance(nhs(1), "2026-10-20", attendance_id="A1"), attendance(nhs(1), "2026-10-20", attendance_id="A2"),
        ],
    )  # fmt: skip
    found = [(source, ref) for _, source, ref, *_ in rows(store)]
    assert found[:3] == [("ed_attendances", "A1"), ("ed_attendances", "A2"), ("hl7:royal", "V1")]
    assert len(found) == 6


def test_a_stay_a_pack_sends_no_more_is_live_again_while_the_hospital_tells_of_it(store, place, hospital):
    from caseload.intake.load_run import load_run
    from tests.support.months import make_month

    hospital.tell("A01", at=OCTOBER_20, visit="V1", now=LATER)
    hospital.tell("A01", at=OCTOBER_20 - DAY, visit="V2", now=LATER)
    other = admission(nhs(1), "2026-02-01", spell_id="S0")
    both = [admission(nhs(1), f"2026-10-{day}", spell_id=f"S{day}") for day in (19, 20)]
    place.november(admissions=[other, *both])
    hospital.tell("A11", at=OCTOBER_20 - DAY, told=OCTOBER_20, visit="V2", now=LATER)
    december = make_month(place.folder / "december", index=date(2026, 12, 1), admissions=[other])
    assert load_run(store, december.request, now=LATER + 30 * DAY).latest.stays.removed == 1
    assert {(source, ref) for _, source, ref, *_ in rows(store)} == {("admissions", "S0"), ("hl7:royal", "V1")}
    assert linked(store)["V2"] is None


def test_a_plan_for_the_discharge_stays_with_the_row(store, place, hospital):
    hospital.tell("A01", at=OCTOBER_20, now=LATER)
    ((live_id, *_),) = rows(store)
    by = place.staff("nurse", "practice", "Testborough")
    with store.writing() as session:
        session.add(DischargePlan(encounter_id=live_id, pathway="pathway_1", at=NOW, by=by))
    place.november(admissions=[admission(nhs(1), "2026-10-20", spell_id="S1")])
    assert [row[:3] for row in rows(store)] == [(live_id, "admissions", "S1")]


def test_a_register_does_not_undo_what_a_hospital_told_since_it_was_extracted(store, place, hospital):
    hospital.tell("A31", visit=None, at=LATER + DAY, now=LATER + DAY, pid={13: "01632960777"})
    hospital.tell("A31", visit=None, person=2, at=OCTOBER_20, now=LATER, pid={29: "20261019", 30: "Y"})
    hospital.tell("A31", visit=None, person=6, at=OCTOBER_20, now=LATER, pid={13: "01632960777"})
    place.november()
    with store.reading() as session:
        assert place.person(session, 1).phone == "01632960777"
        assert place.person(session, 2).date_of_death == date(2026, 10, 19)
        assert place.person(session, 6).phone == "01632 960000"  # the register of 1 November knows better
        kinds = session.execute(select(PersonEvent.kind).order_by(PersonEvent.id)).scalars().all()
        assert kinds == ["details_changed", "died", "details_changed", "details_changed"]


def test_a_register_with_another_date_of_death_is_right(store, place, hospital):
    hospital.tell("A31", visit=None, at=OCTOBER_20, now=LATER, pid={29: "20261019", 30: "Y"})
    place.november(register={1: {"date_of_death": "2026-10-18"}})
    with store.reading() as session:
        assert place.person(session, 1).date_of_death == date(2026, 10, 18)


def waiting(hospital, days_ago, number=20):
    """A message about somebody who is on no register yet, received so long before the load."""
    raw = hospital.raw("A01", person=number, at=OCTOBER_20, visit=f"V{days_ago}")
    (message_id,) = hospital.store_raw(raw, now=LATER - days_ago * DAY)
    hospital.apply(message_id, LATER - days_ago * DAY)
    return message_id


def join(store, place, *numbers):
    """People whom a load added."""
    with store.writing() as session:
        like = place.person(session, 1)
        for number in numbers:
            session.add(
                Person(nhs_number=nhs(number), pseudonym=f"{number:032}", family_name="New", given_name="",
                       name_key="new ", sex="1", date_of_birth=date(1950, 1, 1), practice_id=like.practice_id,
                       updated_at=NOW)
            )  # fmt: skip


def test_a_message_that_waited_is_acted_on_when_a_load_adds_its_person(store, place, hospital):
    recent, old = waiting(hospital, 10), waiting(hospital, 91)
    assert hospital.about(recent)[:2] == ("not_acted_on", "not_registered_here")
    join(store, place, 20)
    done = act_on_waiting_messages(store, [hospital.feed], now=LATER, progress=silent)
    assert done == 1
    assert hospital.about(recent)[0] == "applied"
    assert hospital.about(old)[0] == "not_acted_on"
    with store.reading() as session:
        assert session.execute(select(HospitalStay.visit_ref)).scalars().all() == ["V10"]
        names = session.execute(select(WaitingNumber.message_id, WaitingNumber.authority)).all()
        assert [tuple(one) for one in names] == [(old, NHS_NUMBER)]
        assert session.get_one(HospitalMessage, recent).person_id is not None
    assert act_on_waiting_messages(store, [], now=LATER, progress=silent) == 0


def failing_at(monkeypatch, bad, error, times=9):
    """Acting on one message fails so many times; answers how often it was tried."""
    from caseload.intake.hospital import applying

    acting, tries = applying.apply_message, []

    def apply(session, *, now, message_id, rules):
        state = acting(session, now=now, message_id=message_id, rules=rules)
        if message_id == bad:
            tries.append(message_id)
            if len(tries) <= times:
                raise error
        return state

    monkeypatch.setattr(applying, "apply_message", apply)
    return tries


def test_a_message_that_waited_and_fails_is_held_and_the_others_are_acted_on(store, place, hospital, monkeypatch):
    first, bad, last = (waiting(hospital, days, number) for days, number in ((12, 20), (11, 21), (10, 22)))
    join(store, place, 20, 21, 22)
    tries = failing_at(monkeypatch, bad, ValueError("what the message said"))
    assert act_on_waiting_messages(store, [hospital.feed], now=LATER, progress=silent) == 2
    assert hospital.about(bad) == ("held", "our_fault", None)
    assert [hospital.about(one)[0] for one in (first, last)] == ["applied", "applied"]
    with store.reading() as session:
        refs = session.execute(select(HospitalStay.visit_ref).order_by(HospitalStay.visit_ref)).scalars().all()
        assert refs == ["V10", "V12"]
    assert act_on_waiting_messages(store, [hospital.feed], now=LATER, progress=silent) == 0
    assert len(tries) == 1


def test_a_message_that_waited_is_tried_again_where_another_was_in_the_way(store, place, hospital, monkeypatch):
    crossed = waiting(hospital, 10)
    join(store, place, 20)
    tries = failing_at(monkeypatch, crossed, StaleDataError(), times=2)
    assert act_on_waiting_messages(store, [hospital.feed], now=LATER, progress=silent) == 1
    assert (hospital.about(crossed)[0], len(tries)) == ("applied", 3)


def test_a_load_acts_on_what_waited(store, place, hospital, monkeypatch):
    recent = waiting(hospital, 10, number=1)  # as if they had come when person 1 was not here
    with store.writing() as session:
        message = session.get_one(HospitalMessage, recent)
        message.state, message.reason_code, message.person_id = "not_acted_on", "not_registered_here", None
        session.add(WaitingNumber(message_id=recent, authority=NHS_NUMBER, value=nhs(1)))
    monkeypatch.setattr("caseload.intake.load_run.read_hospital_feeds", lambda _file: (hospital.feed,))
    loaded = place.november()
    assert loaded.messages == 1
    assert any("waited" in line for line in loaded.lines())
    assert hospital.about(recent)[0] == "applied"
    assert NOVEMBER
