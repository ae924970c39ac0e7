"""Hospital stays: what is sent again replaces and never adds."""

from datetime import date

from sqlalchemy import select

from caseload.domain.words import EncounterKind
from caseload.intake.load_run import load_run
from caseload.tables import DischargePlan, Encounter, Organisation, Person, User
from tests.support.case_app import NOW
from tests.support.months import NOVEMBER, OCTOBER, TIERS, make_month
from tests.support.packs import admission, attendance, nhs


def stay(number, ref, admitted="2026-09-14", **more):
    return admission(nhs(number), admitted, spell_id=ref, **more)


def visit(number, ref, arrived="2026-09-01"):
    return attendance(nhs(number), arrived, attendance_id=ref)


def load(store, folder, index=OCTOBER, **tables):
    return load_run(store, make_month(folder / f"{index}", index=index, **tables).request, now=NOW).latest.stays


def kept(store):
    with store.reading() as session:
        wanted = select(Encounter.source_ref, Person.nhs_number, Encounter.started_on, Encounter.ended_on)
        rows = session.execute(wanted.join(Person).order_by(Encounter.source_ref)).all()
        return {ref: (number, started, ended) for ref, number, started, ended in rows}


def test_the_same_stays_again_add_nothing(store, tmp_path):
    stays = [stay(1, "S1"), stay(2, "S2", discharged_on=None)]
    load(store, tmp_path, admissions=stays, ed_attendances=[visit(1, "A1")])
    again = load(store, tmp_path, NOVEMBER, admissions=stays, ed_attendances=[visit(1, "A1")])
    assert (again.new, again.replaced, again.removed) == (0, 0, 0)
    assert set(kept(store)) == {"S1", "S2", "A1"}


def test_a_stay_sent_again_with_its_end_is_replaced(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "S1", discharged_on=None)])
    again = load(store, tmp_path, NOVEMBER, admissions=[stay(1, "S1", discharged_on="2026-10-30")])
    assert (again.new, again.replaced) == (0, 1)
    assert kept(store)["S1"] == (nhs(1), date(2026, 9, 14), date(2026, 10, 30))


def test_a_stay_that_turns_out_to_be_somebody_elses_moves(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "S1")])
    load(store, tmp_path, NOVEMBER, admissions=[stay(2, "S1")])
    assert kept(store)["S1"][0] == nhs(2)


def test_a_stay_no_longer_sent_is_removed_and_older_ones_are_kept(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "OLD", "2025-01-01"), stay(1, "GONE"), stay(2, "S2")])
    again = load(store, tmp_path, NOVEMBER, admissions=[stay(2, "S2", "2026-02-01"), stay(1, "S3")])
    assert again.removed == 1
    assert set(kept(store)) == {"OLD", "S2", "S3"}


def test_a_feed_that_did_not_come_removes_nothing(store, tmp_path):
    load(store, tmp_path, ed_attendances=[visit(1, "A1")])
    again = load(store, tmp_path, NOVEMBER, admissions=[stay(1, "S1")])
    assert again.removed == 0
    assert set(kept(store)) == {"A1", "S1"}


def test_stays_of_people_in_no_tier_and_without_a_case_are_not_taken(store, tmp_path):
    load(store, tmp_path, admissions=[stay(3, "S3"), stay(4, "S4")])
    assert set(kept(store)) == {"S4"}


def test_stays_of_somebody_with_a_case_are_taken_whatever_the_tier(store, place):
    place.open_case(1)
    place.november(tiers=TIERS | {1: "none"}, admissions=[stay(1, "S1", "2026-10-20"), stay(3, "S3")])
    assert set(kept(store)) == {"S1"}


def test_another_feeds_stays_are_left_alone(store, place):
    with store.writing() as session:
        person = place.person(session, 1)
        session.add(
            Encounter(
                person_id=person.id, source="hl7", source_ref="S1", kind=EncounterKind.OTHER_ADMISSION,
                started_on=date(2026, 10, 20),
            )
        )  # fmt: skip
    place.november(admissions=[stay(1, "S9", "2026-10-01")])
    assert set(kept(store)) == {"S1", "S9"}


def test_a_stay_before_three_years_is_left_out(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "S1", "2023-10-01"), stay(1, "S2", "2023-10-03")])
    assert set(kept(store)) == {"S2"}


def test_a_reference_of_any_length_is_kept_apart(store, tmp_path):
    long = "X" * 70
    load(store, tmp_path, admissions=[stay(1, long + "1"), stay(1, long + "2")])
    assert len(kept(store)) == 2


def plan_the_end_of(store, ref):
    """Somebody writes down how the person of this stay is to leave hospital."""
    with store.writing() as session:
        stay_id = session.execute(select(Encounter.id).where(Encounter.source_ref == ref)).scalar_one()
        home = Organisation(code="HOME", name="Home", kind="trust", sector="health")
        session.add(home)
        session.flush()
        by = User(username="nurse", display_name="Nurse", home_id=home.id, created_at=NOW)
        session.add(by)
        session.flush()
        session.add(DischargePlan(encounter_id=stay_id, pathway="pathway_1", at=NOW, by=by.id))


def test_a_stay_whose_discharge_was_planned_is_not_removed(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "PLANNED"), stay(1, "GONE"), stay(2, "S2")])
    plan_the_end_of(store, "PLANNED")
    again = load(store, tmp_path, NOVEMBER, admissions=[stay(2, "S2", "2026-02-01")])
    assert again.removed == 1
    assert set(kept(store)) == {"PLANNED", "S2"}


def test_a_stay_whose_discharge_was_planned_is_not_given_to_somebody_else(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "PLANNED"), stay(1, "OTHER")])
    plan_the_end_of(store, "PLANNED")
    load(store, tmp_path, NOVEMBER, admissions=[stay(2, "PLANNED"), stay(2, "OTHER")])
    assert (kept(store)["PLANNED"][0], kept(store)["OTHER"][0]) == (nhs(1), nhs(2))


def test_the_end_of_a_planned_stay_is_taken_over(store, tmp_path):
    load(store, tmp_path, admissions=[stay(1, "S1", discharged_on=None)])
    plan_the_end_of(store, "S1")
    load(store, tmp_path, NOVEMBER, admissions=[stay(1, "S1", discharged_on="2026-10-30")])
    assert kept(store)["S1"] == (nhs(1), date(2026, 9, 14), date(2026, 10, 30))
