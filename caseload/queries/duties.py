"""What waits for a viewer because of a role: lists to review, decisions to confirm, openings to look at. Never a name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, null, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ProposalState
from caseload.queries.visible import openable
from caseload.tables import (
    Case,
    EmergencyAccess,
    LeadAllocation,
    Organisation,
    Person,
    Proposal,
    RiskRun,
    StagedDecision,
    User,
)


@dataclass(frozen=True, slots=True)
class ReviewDuty:
    """One practice's list: how many people await a decision, and how many decisions are marked but not confirmed."""

    practice_id: int
    practice: str
    to_decide: int
    staged: int


@dataclass(frozen=True, slots=True)
class Duties:
    """Counts, each None where the viewer has no such duty; and the month of the latest run."""

    without_lead: int | None
    openings_to_review: int | None
    locked_users: int | None
    latest_run: date | None


def review_duties(session: Session, viewer: Viewer, now: datetime) -> list[ReviewDuty]:
    """The viewer's practices with something to decide or to confirm, by name; somebody deferred counts from their date."""
    practices = viewer.practices(Permission.REVIEW_LIST)
    if not practices:
        return []
    shown = or_(
        Proposal.state == ProposalState.PROPOSED,
        and_(Proposal.state == ProposalState.DEFERRED, Proposal.deferred_until <= local_day(now)),
    )
    wanted = (
        select(Organisation.id, Organisation.name, func.count(Proposal.id), func.count(StagedDecision.proposal_id))
        .join(Proposal, Proposal.practice_id == Organisation.id)
        .join(Person, Person.id == Proposal.person_id)
        .outerjoin(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        .where(Organisation.id.in_(sorted(practices)), shown, openable(viewer, now))
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name, Organisation.id)
    )
    return [ReviewDuty(*row) for row in session.execute(wanted)]


def duties(session: Session, viewer: Viewer, now: datetime) -> Duties:
    """What else waits, in one question."""
    found = session.execute(
        select(
            _when(viewer.may(Permission.CONFIRM_LEAD), _without_lead(viewer, now)),
            _when(viewer.may(Permission.REVIEW_EMERGENCY), _openings(viewer)),
            _when(viewer.may(Permission.MANAGE_USERS), _locked(now)),
            select(func.max(RiskRun.index_date)).scalar_subquery(),
        )
    ).one()
    return Duties(*found)


def _when(may: bool, counted: ColumnElement[int]) -> ColumnElement[Any]:
    return counted if may else null()


def _without_lead(viewer: Viewer, now: datetime) -> ColumnElement[int]:
    led = exists().where(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None))
    return (
        select(func.count(Case.id))
        .join(Person, Person.id == Case.person_id)
        .where(Case.state != CaseState.CLOSED, ~led, openable(viewer, now))
        .scalar_subquery()
    )


def _openings(viewer: Viewer) -> ColumnElement[int]:
    """The same as the queue of the emergency pages shows: openings of the viewer's practices."""
    return (
        select(func.count(EmergencyAccess.id))
        .join(Person, Person.id == EmergencyAccess.person_id)
        .where(
            EmergencyAccess.reviewed_at.is_(None),
            Person.practice_id.in_(sorted(viewer.practices(Permission.REVIEW_EMERGENCY))),
        )
        .scalar_subquery()
    )


def _locked(now: datetime) -> ColumnElement[int]:
    return select(func.count(User.id)).where(User.locked_until > now, User.deactivated_at.is_(None)).scalar_subquery()
