"""Who joins the list and who leaves it: proposals are closed, cases never."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.proposals import raise_concern
from caseload.domain.words import CaseState, Decision, NoticeKind, ProposalState, Role
from caseload.intake.load_run import load_run
from caseload.queries.viewers import viewer_of
from caseload.tables import Case, Notice, ProposalEvent, StagedDecision
from tests.integration.caseload.intake.conftest import LATER
from tests.support.case_app import NOW
from tests.support.months import OCTOBER, TIERS, make_month
from tests.support.packs import nhs


def last_event(session, proposal):
    wanted = select(ProposalEvent).where(ProposalEvent.proposal_id == proposal.id).order_by(ProposalEvent.id.desc())
    return session.execute(wanted).scalars().first()


def states(store, place, number):
    with store.reading() as session:
        return [proposal.state for proposal in place.proposals(session, number)]


@pytest.mark.parametrize(
    ("number", "month", "code"),
    [
        (1, {"tiers": TIERS | {1: "moderate"}}, "left_tiers"),
        (1, {"tiers": {2: "high"}}, "not_scored"),
        (1, {"register": {1: {"date_of_death": "2026-10-20"}}}, "died"),
        (1, {"register": {1: {"deregistered_on": "2026-10-20"}}}, "left"),
    ],
)
def test_a_proposal_nobody_decided_is_closed_with_its_cause(store, place, number, month, code):
    loaded = place.november(**month)
    with store.reading() as session:
        (proposal,) = place.proposals(session, number)
        event = last_event(session, proposal)
        assert (proposal.state, proposal.reason_code, proposal.decided_by) == (ProposalState.CLOSED, code, None)
        assert (event.state, event.reason_code, event.by, event.at) == (ProposalState.CLOSED, code, None, LATER)
    assert loaded.latest.listed.changed[code] >= 1


def test_who_stays_on_the_list_keeps_the_proposal_they_have(store, place):
    place.november(tiers=TIERS | {1: "high"})
    with store.reading() as session:
        (proposal,) = place.proposals(session, 1)
        assert (proposal.state, proposal.row_version) == (ProposalState.PROPOSED, 1)


def test_a_deferred_proposal_is_closed_too(store, place):
    place.decide(1, ProposalState.DEFERRED, deferred_until=date(2027, 1, 1))
    place.november(tiers=TIERS | {1: "none"})
    assert states(store, place, 1) == [ProposalState.CLOSED]


def test_a_mark_of_the_review_goes_with_the_proposal_it_was_made_on(store, place):
    manager = place.staff("manager", Role.PRACTICE, "F84001")
    with store.writing() as session:
        for number in (1, 2):
            (proposal,) = place.proposals(session, number)
            session.add(
                StagedDecision(
                    proposal_id=proposal.id, practice_id=proposal.practice_id, decision=Decision.ACCEPT, staged_at=NOW,
                    staged_by=manager,
                )
            )  # fmt: skip
    place.november(tiers=TIERS | {1: "none"})
    with store.reading() as session:
        marks = session.execute(select(StagedDecision.proposal_id)).scalars().all()
        assert marks == [place.proposals(session, 2)[0].id]


def test_a_falling_tier_never_closes_a_case(store, place):
    case_id = place.open_case(1)
    place.november(tiers=TIERS | {1: "none"})
    with store.reading() as session:
        assert place.case(session, case_id).state == CaseState.OPEN
    assert states(store, place, 1) == [ProposalState.ACCEPTED]


def test_somebody_with_a_current_case_is_not_proposed(store, place):
    place.open_case(2)
    place.november(tiers=TIERS | {2: "very_high"})
    assert states(store, place, 2) == [ProposalState.ACCEPTED]


@pytest.mark.parametrize(("tier", "asked_again"), [("high", False), ("very_high", True)])
def test_a_declined_person_is_proposed_again_only_when_risen(store, place, tier, asked_again):
    place.decide(2, ProposalState.DECLINED)
    place.november(tiers=TIERS | {2: tier})
    expected = [ProposalState.DECLINED, *([ProposalState.PROPOSED] if asked_again else [])]
    assert states(store, place, 2) == expected


def test_a_month_run_again_asks_about_nobody_who_was_decided(store, place):
    place.decide(2, ProposalState.DECLINED)
    again = make_month(place.folder / "again", index=OCTOBER, tiers=TIERS | {8: "high"})
    load_run(store, again.request, now=NOW + timedelta(days=3))
    assert states(store, place, 2) == [ProposalState.DECLINED]
    assert states(store, place, 8) == [ProposalState.PROPOSED]


def test_a_person_whose_case_was_closed_is_proposed_again_when_risen(store, place):
    case_id = place.open_case(2)
    with store.writing() as session:
        case = session.get_one(Case, case_id)
        case.state, case.closed_at, case.closed_by = CaseState.CLOSED, NOW, case.opened_by
    place.november(tiers=TIERS | {2: "very_high"})
    assert states(store, place, 2) == [ProposalState.ACCEPTED, ProposalState.PROPOSED]


def test_new_people_on_the_list_are_proposed_and_their_practice_is_told(store, place):
    manager = place.staff("manager", Role.PRACTICE, "F84001")
    elsewhere = place.staff("elsewhere", Role.PRACTICE, "F84003")
    loaded = place.november(tiers=TIERS | {4: "high", 5: "very_high"})
    assert states(store, place, 4) == states(store, place, 5) == [ProposalState.PROPOSED]
    with store.reading() as session:
        told = session.execute(select(Notice.user_id).where(Notice.kind == NoticeKind.NEW_LIST)).scalars().all()
    assert told == [manager]
    assert elsewhere not in told
    assert sum(loaded.latest.listed.joined.values()) == 2


def concern(store, place, number):
    manager = place.staff(f"concerned.{number}", Role.PRACTICE, "Testborough")
    with store.writing() as session:
        by = viewer_of(session, manager, NOW)
        raise_concern(session, by=by, now=NOW, person_id=place.person(session, number).id, note="Not coping at home.")


@pytest.mark.parametrize("number", [1, 3])  # one proposed by the score already, one by concern alone
def test_a_concern_outlives_the_score(store, place, number):
    concern(store, place, number)
    place.november(tiers=TIERS | {number: "none"})
    assert states(store, place, number) == [ProposalState.PROPOSED]


def test_a_concern_goes_with_a_death(store, place):
    concern(store, place, 3)
    place.november(register={3: {"date_of_death": "2026-10-20"}})
    assert states(store, place, 3) == [ProposalState.CLOSED]


def test_a_move_between_practices_passes_the_proposal_on(store, place):
    place.decide(1, ProposalState.DEFERRED, deferred_until=date(2027, 1, 1))
    place.november(register={1: {"practice_code": "F84003"}})
    with store.reading() as session:
        (proposal,) = place.proposals(session, 1)
        assert (proposal.state, proposal.deferred_until) == (ProposalState.PROPOSED, None)
        assert proposal.practice_id == place.person(session, 1).practice_id
        assert last_event(session, proposal).reason_code == "moved_practice"


def test_a_merged_record_is_neither_proposed_nor_closed(store, place):
    with store.writing() as session:
        place.person(session, 1).merged_into_id = place.person(session, 3).id
    place.november(tiers=TIERS | {1: "none"})
    assert states(store, place, 1) == [ProposalState.PROPOSED]
    with store.reading() as session:
        assert place.proposals(session, 3) == []


def test_a_month_of_a_thousand_undecided_is_closed_whole(store, place, monkeypatch):
    monkeypatch.setattr("caseload.intake.proposals._AT_ONCE", 2)
    place.november(tiers={12: "high"})
    for number in (1, 2, 6, 7, 10):
        assert states(store, place, number) == [ProposalState.CLOSED], nhs(number)
    assert states(store, place, 12) == [ProposalState.PROPOSED]
    assert LATER - NOW == timedelta(days=30)
