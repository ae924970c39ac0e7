"""Marking, confirming, taking back: what a review does to the database, and what two people at once cannot do."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.emergency import open_in_emergency
from caseload.actions.proposals import raise_concern
from caseload.actions.review import as_marks, confirm, stage, unstage
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.proposal_rules import digest_of
from caseload.domain.words import CaseState, Decision, NoticeKind, ProposalKind, ProposalState, TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.proposals import marked_rows
from caseload.tables import (
    Case,
    CaseEvent,
    LeadProposal,
    Notice,
    Person,
    Proposal,
    ProposalEvent,
    StagedDecision,
    Task,
)
from tests.support.case_app import NOW, audited, propose

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def act(store, town):
    """A function: an action by a user of Ash Surgery's staff, in a transaction of its own."""

    def acted(action, username="ash.manager", now=NOW, **given):
        with store.writing() as session:
            return action(session, by=town.viewer(session, username), now=now, **given)

    return acted


@pytest.fixture
def ash(town):
    return town.places["Y90001"]


@pytest.fixture
def previewed(store, town, ash):
    """A function: the digest that the preview shows to somebody now."""

    def digest(username="ash.manager"):
        with store.reading() as session:
            rows = marked_rows(session, town.viewer(session, username), NOW, ash, None)
            wanted = select(Proposal, StagedDecision).join(StagedDecision, StagedDecision.proposal_id == Proposal.id)
            marked = [pair for pair in session.execute(wanted) if pair[0].id in {row.proposal_id for row in rows}]
            return digest_of(as_marks(marked))

    return digest


def all_of(store, table):
    with store.reading() as session:
        rows = list(session.execute(select(table)).scalars())
        session.expunge_all()
        return rows


def states(store):
    return {proposal.id: proposal.state for proposal in all_of(store, Proposal)}


def test_marking_has_no_effect_before_it_is_confirmed(store, town, act, ash):
    ids = propose(store, town, [1, 2])
    assert act(stage, practice_id=ash, proposal_ids=list(ids.values()), decision=Decision.ACCEPT) == 2
    assert set(states(store).values()) == {ProposalState.PROPOSED}
    assert all_of(store, Case) == []
    assert {mark.decision for mark in all_of(store, StagedDecision)} == {Decision.ACCEPT}
    assert audited(store) == [("review.stage", [town.people[1], town.people[2]])]


def test_confirming_accepts_declines_and_defers_at_once(store, town, act, ash, previewed):
    ids = propose(store, town, [1, 2, 3])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT)
    act(stage, practice_id=ash, proposal_ids=[ids[2]], decision=Decision.DECLINE, reason_code="needs_met")
    act(stage, practice_id=ash, proposal_ids=[ids[3]], decision=Decision.DEFER, deferred_until=date(2026, 11, 2))
    done = act(confirm, practice_id=ash, digest=previewed(), now=LATER)
    assert done == {"accept": 1, "decline": 1, "defer": 1}
    assert states(store) == {
        ids[1]: ProposalState.ACCEPTED, ids[2]: ProposalState.DECLINED, ids[3]: ProposalState.DEFERRED,
    }  # fmt: skip
    assert all_of(store, StagedDecision) == []
    with store.reading() as session:
        deferred, declined = session.get_one(Proposal, ids[3]), session.get_one(Proposal, ids[2])
        assert deferred.deferred_until == date(2026, 11, 2)
        assert (declined.reason_code, declined.decided_by, declined.decided_at) == (
            "needs_met", town.users["ash.manager"], LATER,
        )  # fmt: skip
    assert [(event.proposal_id, event.state) for event in all_of(store, ProposalEvent)] == list(states(store).items())


def test_accepting_opens_a_case_with_history_lead_proposal_first_contact_and_notice(store, town, act, ash, previewed):
    ids = propose(store, town, [1])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT)
    act(confirm, practice_id=ash, digest=previewed(), first_contact_days=3)
    (case,) = all_of(store, Case)
    assert (case.person_id, case.state, case.proposal_id) == (town.people[1], CaseState.OPEN, ids[1])
    assert case.opened_by == town.users["ash.manager"]
    assert [(event.kind, event.after) for event in all_of(store, CaseEvent)] == [("opened", "open")]
    assert [proposal.case_id for proposal in all_of(store, LeadProposal)] == [case.id]
    (task,) = all_of(store, Task)
    assert (task.kind, task.due_on, task.team_id) == (TaskKind.FIRST_CONTACT, date(2026, 10, 8), town.team_id)
    notices = [notice for notice in all_of(store, Notice) if notice.kind is NoticeKind.NEW_CASE]
    assert [(notice.user_id, notice.case_id) for notice in notices] == [(town.users["navigator"], case.id)]
    assert ("case.open", [town.people[1]]) in audited(store)
    assert ("review.confirm", [town.people[1]]) in audited(store)


def test_a_review_of_several_gives_the_team_one_notice_that_names_nobody(store, town, act, ash, previewed):
    ids = propose(store, town, [1, 2, 3])
    act(stage, practice_id=ash, proposal_ids=list(ids.values()), decision=Decision.ACCEPT)
    act(confirm, practice_id=ash, digest=previewed())
    notices = [notice for notice in all_of(store, Notice) if notice.kind is NoticeKind.NEW_CASE]
    assert [(notice.person_id, notice.case_id) for notice in notices] == [(None, None)]


def test_confirming_what_somebody_changed_after_the_preview_does_nothing(store, town, act, ash, previewed):
    ids = propose(store, town, [1, 2])
    act(stage, practice_id=ash, proposal_ids=[ids[1], ids[2]], decision=Decision.ACCEPT)
    seen = previewed()
    act(stage, "ash.gp", practice_id=ash, proposal_ids=[ids[2]], decision=Decision.DECLINE, reason_code="passing")
    with pytest.raises(Conflict):
        act(confirm, practice_id=ash, digest=seen)
    assert set(states(store).values()) == {ProposalState.PROPOSED}
    assert all_of(store, Case) == []


@pytest.mark.parametrize("what", ["one more mark", "one mark less", "another note", "a concern raised"])
def test_the_preview_no_longer_holds_after(store, town, act, ash, previewed, what):
    ids = propose(store, town, [1, 2])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.DECLINE, reason_code="needs_met", note="a")
    seen = previewed()
    if what == "one more mark":
        act(stage, practice_id=ash, proposal_ids=[ids[2]], decision=Decision.ACCEPT)
    elif what == "one mark less":
        act(unstage, practice_id=ash, proposal_ids=[ids[1]])
    elif what == "another note":
        act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.DECLINE, reason_code="needs_met", note="b")
    else:
        act(raise_concern, "ash.gp", person_id=town.people[1], note="Fell twice this week")
    with pytest.raises((Conflict, NotNow)):
        act(confirm, practice_id=ash, digest=seen)
    assert set(states(store).values()) == {ProposalState.PROPOSED}


def test_confirming_twice_decides_once(store, town, act, ash, previewed):
    ids = propose(store, town, [1])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT)
    seen = previewed()
    act(confirm, practice_id=ash, digest=seen)
    with pytest.raises(Conflict):
        act(confirm, practice_id=ash, digest=seen)
    assert len(all_of(store, Case)) == 1


def test_a_page_that_did_not_show_the_others_mark_is_refused(store, town, act, ash):
    ids = propose(store, town, [1])
    act(stage, "ash.gp", practice_id=ash, proposal_ids=[ids[1]], decision=Decision.DECLINE, reason_code="needs_met")
    with pytest.raises(Conflict):
        act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT, seen={ids[1]: 0})
    (mark,) = all_of(store, StagedDecision)
    assert mark.decision is Decision.DECLINE
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT, seen={ids[1]: 1})
    (mark,) = all_of(store, StagedDecision)
    assert (mark.decision, mark.reason_code, mark.row_version) == (Decision.ACCEPT, None, 2)


def test_somebody_who_was_decided_meanwhile_cannot_be_marked(store, town, act, ash, previewed):
    ids = propose(store, town, [1])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT)
    act(confirm, practice_id=ash, digest=previewed())
    with pytest.raises(Conflict):
        act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.DECLINE, reason_code="needs_met")


def test_marks_are_taken_back_one_by_one_or_all(store, town, act, ash):
    ids = propose(store, town, [1, 2, 3])
    act(stage, practice_id=ash, proposal_ids=list(ids.values()), decision=Decision.ACCEPT)
    assert act(unstage, practice_id=ash, proposal_ids=[ids[2]]) == 1
    assert {mark.proposal_id for mark in all_of(store, StagedDecision)} == {ids[1], ids[3]}
    assert act(unstage, "ash.gp", practice_id=ash) == 2
    assert all_of(store, StagedDecision) == []
    assert audited(store)[-1] == ("review.unstage", [town.people[1], town.people[3]])
    assert act(unstage, practice_id=ash) == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"decision": Decision.DECLINE}, "Select why"),
        ({"decision": Decision.DECLINE, "reason_code": "because"}, "Select why"),
        ({"decision": Decision.DECLINE, "reason_code": "other"}, "Say what it was"),
        ({"decision": Decision.DEFER}, "Enter the date"),
        ({"decision": Decision.DEFER, "deferred_until": date(2026, 10, 5)}, "in the future"),
        ({"decision": Decision.DEFER, "deferred_until": date(2027, 12, 1)}, "within a year"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused(store, town, act, ash, given, sentence):
    ids = propose(store, town, [1])
    with pytest.raises(NotNow, match=sentence):
        act(stage, practice_id=ash, proposal_ids=[ids[1]], **given)
    assert all_of(store, StagedDecision) == []


def test_a_deferral_that_came_due_between_marking_and_confirming_is_refused(store, town, act, ash, previewed):
    ids = propose(store, town, [1])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.DEFER, deferred_until=date(2026, 10, 6))
    with pytest.raises(NotNow, match="in the future"):
        act(confirm, practice_id=ash, digest=previewed(), now=NOW + timedelta(days=1))
    assert states(store) == {ids[1]: ProposalState.PROPOSED}


@pytest.mark.parametrize("username", ["birch.manager", "navigator", "chair", "integration", "ash.partner"])
def test_nobody_else_reviews_the_practices_list(store, town, act, ash, username):
    ids = propose(store, town, [1])
    for action, given in (
        (stage, {"proposal_ids": [ids[1]], "decision": Decision.ACCEPT}),
        (unstage, {}),
        (confirm, {"digest": digest_of([])}),
    ):
        with pytest.raises(NotThere):
            act(action, username, practice_id=ash, **given)


def test_another_practices_proposal_cannot_be_marked_with_ones_own(store, town, act, ash):
    ids = propose(store, town, [1, 6])
    with pytest.raises(NotThere):
        act(stage, practice_id=ash, proposal_ids=[ids[1], ids[6]], decision=Decision.ACCEPT)
    assert all_of(store, StagedDecision) == []


def test_a_restricted_person_is_neither_marked_nor_confirmed_by_who_is_not_named(store, town, act, ash, previewed):
    ids = propose(store, town, [1, 4])
    with pytest.raises(NotThere):
        act(stage, practice_id=ash, proposal_ids=[ids[4]], decision=Decision.ACCEPT)
    with store.writing() as session:
        session.add(
            StagedDecision(
                proposal_id=ids[4], practice_id=ash, decision=Decision.ACCEPT, staged_at=NOW,
                staged_by=town.users["ash.gp"],
            )
        )  # fmt: skip
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT)
    assert act(confirm, practice_id=ash, digest=previewed())["accept"] == 1
    assert [mark.proposal_id for mark in all_of(store, StagedDecision)] == [ids[4]]


def test_somebody_who_died_after_the_preview_stops_the_confirmation(store, town, act, ash, previewed):
    ids = propose(store, town, [1, 2])
    act(stage, practice_id=ash, proposal_ids=list(ids.values()), decision=Decision.ACCEPT)
    seen = previewed()
    with store.writing() as session:
        session.get_one(Person, town.people[2]).date_of_death = date(2026, 10, 4)
    with pytest.raises(NotNow, match="died"):
        act(confirm, practice_id=ash, digest=seen)
    assert all_of(store, Case) == []


def test_a_concern_puts_somebody_on_the_list_apart_from_the_score(store, town, act):
    proposal_id = act(raise_concern, "ash.gp", person_id=town.people[2], note="Her husband is in hospital.")
    (proposal,) = all_of(store, Proposal)
    assert (proposal.id, proposal.kind, proposal.run_id) == (proposal_id, ProposalKind.CONCERN, None)
    assert (proposal.practice_id, proposal.created_by) == (town.places["Y90001"], town.users["ash.gp"])
    (event,) = all_of(store, ProposalEvent)
    assert (event.note, event.reason_code, event.by) == ("Her husband is in hospital.", "concern", town.users["ash.gp"])
    assert audited(store) == [("proposal.concern", [town.people[2]])]


def test_a_concern_about_somebody_on_the_list_is_kept_beside_their_score(store, town, act):
    ids = propose(store, town, [2])
    assert act(raise_concern, person_id=town.people[2], note="Fell twice this week.") == ids[2]
    assert [proposal.kind for proposal in all_of(store, Proposal)] == [ProposalKind.SCORE]
    assert [event.note for event in all_of(store, ProposalEvent)] == ["Fell twice this week."]


def test_the_same_words_of_the_same_person_again_are_refused_and_said_to_be_kept(store, town, act):
    act(raise_concern, "ash.gp", person_id=town.people[2], note="Fell twice this week.")
    with pytest.raises(NotNow, match="You raised this concern in the same words on 5 October 2026: it is kept"):
        act(raise_concern, "ash.gp", person_id=town.people[2], note=" fell  twice this week. ")
    assert len(all_of(store, ProposalEvent)) == 1
    act(raise_concern, "ash.gp", person_id=town.people[2], note="Fell twice this week. Now in bed.")
    assert len(all_of(store, ProposalEvent)) == 2


def test_the_same_words_of_somebody_else_are_kept_and_the_preview_no_longer_holds(store, town, act, ash, previewed):
    proposal_id = act(raise_concern, "ash.gp", person_id=town.people[2], note="Fell twice.")
    act(stage, practice_id=ash, proposal_ids=[proposal_id], decision=Decision.DECLINE, reason_code="needs_met")
    seen = previewed()
    assert act(raise_concern, person_id=town.people[2], note="Fell twice.") == proposal_id
    assert [event.by for event in all_of(store, ProposalEvent)] == [town.users["ash.gp"], town.users["ash.manager"]]
    with pytest.raises(Conflict):
        act(confirm, practice_id=ash, digest=seen)


def test_a_decided_concern_may_be_raised_again_in_the_same_words(store, town, act, ash, previewed):
    proposal_id = act(raise_concern, "ash.gp", person_id=town.people[2], note="Fell twice.")
    act(stage, practice_id=ash, proposal_ids=[proposal_id], decision=Decision.DECLINE, reason_code="needs_met")
    act(confirm, practice_id=ash, digest=previewed())
    assert act(raise_concern, "ash.gp", person_id=town.people[2], note="Fell twice.") != proposal_id


@pytest.mark.parametrize(
    ("number", "username", "sentence"), [(5, "ash.gp", "died"), (9, "birch.manager", "not registered")]
)
def test_no_concern_about_somebody_who_died_or_left(store, town, act, number, username, sentence):
    with pytest.raises(NotNow, match=sentence):
        act(raise_concern, username, person_id=town.people[number], note="x")
    assert all_of(store, Proposal) == []


def test_no_concern_without_words_nor_about_somebody_in_care_coordination(store, town, act, ash, previewed):
    with pytest.raises(NotNow, match="Say what"):
        act(raise_concern, person_id=town.people[1], note="  ")
    ids = propose(store, town, [1])
    act(stage, practice_id=ash, proposal_ids=[ids[1]], decision=Decision.ACCEPT)
    act(confirm, practice_id=ash, digest=previewed())
    with pytest.raises(NotNow, match="already"):
        act(raise_concern, person_id=town.people[1], note="Fell again.")


@pytest.mark.parametrize("username", ["navigator", "therapist", "birch.manager", "integration", "admin"])
def test_a_concern_only_about_somebody_one_may_open(store, town, act, username):
    with pytest.raises(NotThere):
        act(raise_concern, username, person_id=town.people[2], note="x")
    assert audited(store) == []


def test_who_opened_somebody_in_an_emergency_may_tell_their_practice(store, town, act):
    """A concern opens the record to nobody: it is for the practice to decide."""
    with pytest.raises(NotThere):
        act(raise_concern, "therapist", person_id=town.people[6], note="Unwell")
    act(
        open_in_emergency, "therapist", nhs_number=town.nhs_numbers[6], reason_code=EmergencyReason.URGENT_CARE,
        minutes=60, reason="Found unwell on the stairs",
    )  # fmt: skip
    act(raise_concern, "therapist", person_id=town.people[6], note="Unwell")
    assert [proposal.practice_id for proposal in all_of(store, Proposal)] == [town.places["Y90002"]]


def test_nothing_ticked_and_nothing_marked_is_said(town, act, ash):
    with pytest.raises(NotNow, match="Tick at least one person"):
        act(stage, practice_id=ash, proposal_ids=[], decision=Decision.ACCEPT)
    with pytest.raises(NotNow, match="Nobody is marked"):
        act(confirm, practice_id=ash, digest=digest_of([]))
