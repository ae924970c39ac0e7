"""Objections in the GP record: in force from the load on, told once, and lifted only where the record says so."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.domain.objections import HOW
from caseload.domain.words import ConsentPurpose, ConsentState, NoticeKind, ProposalState, Role
from caseload.intake.load_run import load_run
from caseload.tables import Consent, Notice, RiskScore
from tests.integration.caseload.intake.conftest import LATER
from tests.support.case_app import NOW
from tests.support.months import NOVEMBER, TIERS, make_month
from tests.support.packs import nhs

RISK = ConsentPurpose.RISK_STRATIFICATION
SHARING = {
    ConsentPurpose.SHARING_HEALTH,
    ConsentPurpose.SHARING_SOCIAL_CARE,
    ConsentPurpose.SHARING_VOLUNTARY,
    ConsentPurpose.SHARING_URGENT_CARE,
}


def objection(number, kind, from_date="2026-10-10", to_date=None):
    return {"nhs_number": nhs(number), "kind": kind, "from_date": from_date, "to_date": to_date}


def said(store, place, number):
    with store.reading() as session:
        person = place.person(session, number)
        wanted = select(Consent).where(Consent.person_id == person.id).order_by(Consent.id)
        return [(row.purpose, row.state) for row in session.execute(wanted).scalars()]


def without(number):
    return {one: tier for one, tier in TIERS.items() if one != number}


@pytest.mark.parametrize("kind", ["type_1", "risk_stratification"])
def test_an_objection_to_scoring_is_recorded_and_closes_the_proposal(store, place, kind):
    loaded = place.november(objections=[objection(1, kind)], tiers=without(1))
    assert said(store, place, 1) == [(RISK, ConsentState.REFUSED)]
    with store.reading() as session:
        (proposal,) = place.proposals(session, 1)
        assert (proposal.state, proposal.reason_code) == (ProposalState.CLOSED, "objected")
        (row,) = session.execute(select(Consent)).scalars()
        assert (row.how, row.by, row.at) == (HOW, None, LATER)
        assert "2026-10-10" in row.note
    assert loaded.latest.objections.refused == 1


def test_an_objection_to_sharing_refuses_every_sharing_purpose(store, place):
    place.november(objections=[objection(1, "sharing")])
    assert {purpose for purpose, state in said(store, place, 1) if state == ConsentState.REFUSED} == SHARING


def test_the_opt_out_from_research_says_nothing_about_care(store, place):
    place.november(objections=[objection(1, "national_opt_out")])
    assert said(store, place, 1) == []


@pytest.mark.parametrize(
    "row",
    [objection(1, "sharing", "2026-12-24"), objection(1, "sharing", "2026-01-01", "2026-11-01")],
    ids=["not begun", "over"],
)
def test_an_objection_that_is_not_in_force_is_not_recorded(store, place, row):
    place.november(objections=[row])
    assert said(store, place, 1) == []


def december(store, place, **tables):
    month = make_month(place.folder / "december", index=NOVEMBER + timedelta(days=30), **tables)
    return load_run(store, month.request, now=LATER + timedelta(days=30))


def test_the_same_objection_is_told_once(store, place):
    objections = [objection(1, "risk_stratification")]
    place.november(objections=objections, tiers=without(1))
    loaded = december(store, place, objections=objections, tiers=without(1))
    assert said(store, place, 1) == [(RISK, ConsentState.REFUSED)]
    assert loaded.latest.objections.refused == 0


def test_an_objection_to_scoring_that_ended_is_lifted_and_the_person_proposed(store, place):
    place.november(objections=[objection(1, "risk_stratification")], tiers=without(1))
    december(store, place, objections=[objection(1, "risk_stratification", to_date="2026-11-20")])
    assert said(store, place, 1) == [(RISK, ConsentState.REFUSED), (RISK, ConsentState.GIVEN)]
    with store.reading() as session:
        assert [proposal.state for proposal in place.proposals(session, 1)] == ["closed", "proposed"]


def test_an_objection_whose_end_was_taken_back_is_in_force_again(store, place):
    rows = [objection(1, "risk_stratification")]
    place.november(objections=rows, tiers=without(1))
    december(store, place, objections=[objection(1, "risk_stratification", to_date="2026-11-20")])
    later = make_month(place.folder / "later", index=NOVEMBER + timedelta(days=50), objections=rows, tiers=without(1))
    load_run(store, later.request, now=LATER + timedelta(days=50))
    assert [state for _, state in said(store, place, 1)] == ["refused", "given", "refused"]
    with store.reading() as session:
        assert place.proposals(session, 1)[-1].state == ProposalState.CLOSED


def test_one_of_two_objections_that_ended_lifts_nothing(store, place):
    both = [objection(1, "risk_stratification"), objection(1, "type_1")]
    place.november(objections=both, tiers=without(1))
    december(
        store, place, objections=[objection(1, "risk_stratification", to_date="2026-11-20"), both[1]], tiers=without(1)
    )
    assert [state for _, state in said(store, place, 1)] == [ConsentState.REFUSED, ConsentState.REFUSED]


def test_an_objection_that_vanished_from_the_extract_stays_in_force(store, place):
    place.november(objections=[objection(1, "risk_stratification")], tiers=without(1))
    december(store, place, tiers=without(1))
    assert said(store, place, 1) == [(RISK, ConsentState.REFUSED)]


def test_the_end_of_an_objection_to_sharing_is_no_agreement(store, place):
    place.november(objections=[objection(1, "sharing")])
    december(store, place, objections=[objection(1, "sharing", to_date="2026-11-20")])
    assert {state for _, state in said(store, place, 1)} == {ConsentState.REFUSED}


def test_what_staff_recorded_since_is_left_as_it_is(store, place):
    rows = [objection(1, "sharing")]
    place.november(objections=rows)
    manager = place.staff("manager", Role.PRACTICE, "F84001")
    with store.writing() as session:
        session.add(
            Consent(
                person_id=place.person(session, 1).id, purpose=ConsentPurpose.SHARING_HEALTH, state=ConsentState.GIVEN,
                how="signed", at=LATER, by=manager,
            )
        )  # fmt: skip
    december(store, place, objections=rows)
    assert said(store, place, 1)[-1] == (ConsentPurpose.SHARING_HEALTH, ConsentState.GIVEN)


def test_a_score_of_somebody_who_objected_in_the_app_is_not_kept(store, place):
    manager = place.staff("manager", Role.PRACTICE, "F84001")
    with store.writing() as session:
        person_id = place.person(session, 1).id
        session.add(
            Consent(person_id=person_id, purpose=RISK, state=ConsentState.REFUSED, how="said", at=NOW, by=manager)
        )
    loaded = place.november()
    assert (loaded.scores, loaded.scored) == (11, 12)
    with store.reading() as session:
        assert len(session.execute(select(RiskScore).where(RiskScore.person_id == person_id)).all()) == 1
        (proposal,) = place.proposals(session, 1)
        assert (proposal.state, proposal.reason_code) == (ProposalState.CLOSED, "objected")


def test_a_score_is_kept_under_no_record_of_somebody_who_objects(store, place):
    with store.writing() as session:
        kept, merged = place.person(session, 3), place.person(session, 1)
        merged.merged_into_id = kept.id
        ids = {kept.id, merged.id}
        session.add(Consent(person_id=kept.id, purpose=RISK, state=ConsentState.REFUSED, how=HOW, note="-", at=NOW))
    place.november()
    with store.reading() as session:
        scored = session.execute(select(RiskScore.person_id, RiskScore.run_id)).all()
        latest = max(run for _, run in scored)
        assert ids.isdisjoint(person for person, run in scored if run == latest)


def test_an_objection_to_sharing_reaches_the_people_of_the_case(store, place):
    lead = place.staff("lead", Role.LEAD, "F84001")
    place.open_case(1, lead=lead)
    place.november(objections=[objection(1, "sharing")])
    with store.reading() as session:
        told = session.execute(select(Notice.user_id).where(Notice.kind == NoticeKind.CONSENT_WITHDRAWN)).scalars()
        assert lead in set(told)
