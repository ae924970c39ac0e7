"""Cohorts and a stay in hospital in the made-up place with work under way, made by the actions."""

from datetime import date, timedelta

from sqlalchemy import select

from caseload.actions.cohorts import take_cohort
from caseload.actions.discharges import plan_discharge
from caseload.domain.cohort_rules import CaseWish, CohortRule, digest_of
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import DischargePathway
from caseload.domain.words import EncounterKind, Tier
from caseload.queries.cohort_candidates import picked
from caseload.tables import CohortMember, Encounter
from tests.support.case_app import NOW

_BEGUN = timedelta(days=4)
"""The cohorts were taken on the day of the newest extract, so that their reports have something to compare."""


def cohorts_at_work(work):
    """One of Ash, with people who have a case and who have none; one of the network, of whom each may open some only."""
    for name, username, place, tiers in (
        ("cohort", "ash.manager", "Y90001", (Tier.VERY_HIGH, Tier.HIGH)),
        ("cohort_north", "navigator", "NORTH", (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE)),
    ):
        work.ids[name] = _taken(work, username, place, CohortRule(3, tiers, CaseWish.EITHER), f"{place}, October")
    with work.store.reading() as session:
        for member in session.execute(select(CohortMember)).scalars():
            number = next(number for number, person in work.town.people.items() if person == member.person_id)
            work.ids[f"member_{number}"] = member.id


def _taken(work, username, place, rule, name):
    """Take a cohort of a place by the newest run, as somebody who has just looked at who would be in it."""
    place_id, run_id = work.town.places[place], max(work.town.runs.values())
    with work.store.reading() as session:
        viewer = work.town.viewer(session, username, NOW - _BEGUN)
        practices = viewer.practices(Permission.WORK_COHORT)
        inside = {place_id} if place_id in practices else practices
        found = picked(session, viewer, NOW - _BEGUN, run_id, inside, rule)
    digest = digest_of(run_id, place_id, rule, (person for person, _rank in found.people))
    return work.act(
        take_cohort, username, name=name, place_id=place_id, rule=rule, digest=digest, hidden_days=62, ago=_BEGUN
    )


def stays_at_work(work):
    """Person 6 is in hospital, and how they are to leave it was planned."""
    with work.store.writing() as session:
        stay = Encounter(
            person_id=work.town.people[6], source="made up", source_ref="now", started_on=date(2026, 10, 2),
            kind=EncounterKind.EMERGENCY_ADMISSION, provider_code="RX901", diagnosis_code="J18",
        )  # fmt: skip
        session.add(stay)
        session.flush()
        work.ids["stay"] = stay.id
        past = session.execute(
            select(Encounter.id).where(Encounter.ended_on.is_not(None)).order_by(Encounter.id)
        ).scalars()
        work.ids["stay_over"] = next(iter(past))
    work.act(
        plan_discharge, "birch.gp", encounter_id=work.ids["stay"], seen_id=0, pathway=DischargePathway.PATHWAY_1,
        expected_on=date(2026, 10, 9), note="Her daughter is there from Friday",
    )  # fmt: skip
