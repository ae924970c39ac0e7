"""Who may open whom: every combination against an oracle written from what was asked for, question by question."""

import pytest
from sqlalchemy import select

from caseload.queries.assignees import may_be_given
from caseload.queries.viewers import viewer_of
from caseload.queries.visible import openable, related
from caseload.tables import (
    CareTeamMember,
    Case,
    Consent,
    EmergencyAccess,
    Handover,
    LeadAllocation,
    Person,
    RestrictedAccess,
)
from tests.support.access_oracle import ASKED_FOR, EVERY, IN_CARE, ROLES, may_open
from tests.support.access_place import AccessPlace
from tests.support.case_app import NOW

SECTORS = [
    *((role, "health") for role in ROLES),
    ("lead", "social_care"),
    ("lead", "voluntary"),
    ("navigator", "social_care"),
    ("practice", "voluntary"),
]


def opened_by(session, probe, condition):
    """The numbers of the people in one user's part of the place for whom the condition holds."""
    viewer = viewer_of(session, probe.user_id, NOW)
    ids = set(session.execute(select(Person.id).where(condition(viewer, NOW))).scalars())
    return {one.number for one in probe.people if one.ids["person_id"] in ids}


def wrong(probe, found, **options):
    """Every combination whose answer is not the oracle's, with the answer that was given."""
    return [
        (probe.role, probe.sector, one.stands, one.number in found)
        for one in probe.people
        if (one.number in found) != may_open(probe.role, one.stands, probe.sector, **options)
    ]


@pytest.mark.slow
def test_every_combination_is_answered_as_the_oracle_says(store):
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for number, (role, sector) in enumerate(SECTORS):
            place.probe(f"user.{number}", role, EVERY if sector == "health" else ASKED_FOR, sector)
        place.write()
    answers = 0
    with store.reading() as session:
        for probe in place.probes:
            assert wrong(probe, opened_by(session, probe, openable)) == []
            assert wrong(probe, opened_by(session, probe, related), in_emergency=False) == []
            answers += len(probe.people)
    assert answers == 8 * 315 + 4 * 126


def test_the_answer_is_the_same_in_a_question_about_cases_leads_and_consent(store):
    """A condition whose parts were tied to the rows of the question around it would open everybody's people."""
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for role in IN_CARE:
            place.probe(role, role, EVERY[::4])
        place.write()
    with store.reading() as session:
        for probe in place.probes:
            viewer = viewer_of(session, probe.user_id, NOW)
            wanted = select(Person.id).where(openable(viewer, NOW))
            for table in (CareTeamMember, Handover, LeadAllocation):
                joined = wanted.join(Case, Case.person_id == Person.id).join(table, table.case_id == Case.id)
                joined = joined.outerjoin(Consent, Consent.person_id == Person.id)
                joined = joined.outerjoin(RestrictedAccess, RestrictedAccess.person_id == Person.id)
                joined = joined.outerjoin(EmergencyAccess, EmergencyAccess.person_id == Person.id)
                ids = set(session.execute(joined).scalars())
                assert wrong(probe, {one.number for one in probe.people if one.ids["person_id"] in ids}) == []


def test_links_of_one_user_open_nothing_for_another(store):
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for name in ("one", "other"):
            place.probe(name, "lead", EVERY)
        place.write()
    with store.reading() as session:
        one, other = place.probes
        viewer = viewer_of(session, one.user_id, NOW)
        ids = set(session.execute(select(Person.id).where(openable(viewer, NOW))).scalars())
        assert not ids & {person.ids["person_id"] for person in other.people}


def test_a_merged_record_is_opened_by_nobody(store):
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for role in IN_CARE:
            place.probe(role, role, ASKED_FOR[::9])
        place.write()
    with store.reading() as session:
        merged = [one.ids["merged_id"] for probe in place.probes for one in probe.people]
        for probe in place.probes:
            viewer = viewer_of(session, probe.user_id, NOW)
            for condition in (openable, related):
                wanted = select(Person.id).where(condition(viewer, NOW), Person.id.in_(merged))
                assert session.execute(wanted).all() == []


def _far(one):
    return one.emergency == "in force" and one.relationship in ("none", "other place")


@pytest.mark.slow
def test_whoever_may_be_given_work_is_whoever_may_open_the_record(store):
    """But for one to whom a case is only offered: they may look before they answer, and are given nothing yet."""
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for number, (role, sector) in enumerate(SECTORS):
            place.probe(
                f"user.{number}", role, [one for one in ASKED_FOR if one.emergency == "no" or _far(one)], sector
            )
        place.write()
    with store.reading() as session:
        for probe in place.probes:
            given = {
                one.number
                for one in probe.people
                if may_be_given(session, NOW, one.ids["person_id"], owner_id=probe.user_id, team_id=None)
            }
            probe.people = [one for one in probe.people if one.stands.relationship != "handover addressed"]
            assert wrong(probe, given, in_emergency=False) == []
