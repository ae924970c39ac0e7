"""Putting somebody before their practice by judgement, whatever their score."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from caseload.actions.audit import record
from caseload.clock import local_day
from caseload.domain.lead_rule import in_words
from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import CONCERN_CODE, UNDECIDED, same_words
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ProposalKind, ProposalState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.visible import person_for
from caseload.tables import Case, Person, Proposal, ProposalEvent


def raise_concern(session: Session, *, by: Viewer, now: datetime, person_id: int, note: str) -> int:
    """Put a person before their practice because of what somebody saw, in their words; the proposal's id.

    Somebody on the list already gets the concern beside their score and beside the concerns of others: the same words
    from two people are two concerns. NotNow where the viewer has said the same before, for a person with a current case,
    who died or who is not registered here; NotThere where the viewer may not.
    """
    if not by.may(Permission.RAISE_CONCERN):
        raise NotThere
    person = person_for(session, by, now, person_id)
    _check_can_be_proposed(session, person)
    if not note.strip():
        raise NotNow("Say what the concern is.", field="note")
    proposal = _undecided(session, person.id) or _new_concern(session, person, by, now)
    _check_not_said_before(session, proposal.id, by, note)
    proposal.note = note
    # A review that was previewed before this concern no longer holds, though its words be those of the last one.
    flag_modified(proposal, "note")
    session.add(
        ProposalEvent(
            proposal_id=proposal.id, state=proposal.state, reason_code=CONCERN_CODE, note=note, at=now, by=by.user_id
        )
    )
    record(session, "proposal.concern", by=by.user_id, now=now, people=[person.id], proposal=proposal.id)
    return proposal.id


def _check_can_be_proposed(session: Session, person: Person) -> None:
    if person.date_of_death is not None:
        raise NotNow("This person has died.")
    if person.deregistered_on is not None:
        raise NotNow("This person is not registered with a practice here any more.")
    current = exists().where(Case.person_id == person.id, Case.state != CaseState.CLOSED)
    if session.execute(select(current)).scalar_one():
        raise NotNow("This person is in care coordination already. Add a contact or a task to their case.")


def _check_not_said_before(session: Session, proposal_id: int, by: Viewer, note: str) -> None:
    """The same words once more by the same person say nothing new; that they are kept is said, not passed over."""
    mine = select(ProposalEvent.at, ProposalEvent.note).where(
        ProposalEvent.proposal_id == proposal_id,
        ProposalEvent.reason_code == CONCERN_CODE,
        ProposalEvent.by == by.user_id,
    )
    for at, said in session.execute(mine.order_by(ProposalEvent.id)):
        if same_words(said, note):
            day = in_words(local_day(at))
            raise NotNow(
                f"You raised this concern in the same words on {day}: it is kept. Add what is new.", field="note"
            )


def _undecided(session: Session, person_id: int) -> Proposal | None:
    wanted = select(Proposal).where(Proposal.person_id == person_id, Proposal.state.in_(UNDECIDED))
    return session.execute(wanted.with_for_update()).scalar_one_or_none()


def _new_concern(session: Session, person: Person, by: Viewer, now: datetime) -> Proposal:
    proposal = Proposal(
        person_id=person.id, practice_id=person.practice_id, kind=ProposalKind.CONCERN, state=ProposalState.PROPOSED,
        created_at=now, created_by=by.user_id,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    return proposal
