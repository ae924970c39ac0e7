"""What waits for a viewer because of a role: lists to review, decisions to confirm, openings to look at. Never a name."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, null, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.queries.case_filters import waits_for_lead
from caseload.queries.governed import governed, seen_by
from caseload.queries.review_practices import review_practices
from caseload.queries.visible import Shape, names_for, openable_by_name, shape_of
from caseload.tables import Case, EmergencyAccess, LeadAllocation, Person, RiskRun, User


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
    if not viewer.practices(Permission.REVIEW_LIST):
        return []
    found = [
        ReviewDuty(one.practice_id, one.name, one.awaiting, one.marked)
        for one in review_practices(session, viewer, now)
        if one.awaiting or one.marked
    ]
    return sorted(found, key=lambda duty: (duty.practice, duty.practice_id))


def duties(session: Session, viewer: Viewer, now: datetime) -> Duties:
    """What else waits, in one question."""
    reviews, manages = viewer.may(Permission.REVIEW_EMERGENCY), viewer.may(Permission.MANAGE_USERS)
    wanted = _waiting(shape_of(viewer), confirms=viewer.may(Permission.CONFIRM_LEAD))
    if reviews or manages:
        wanted = wanted.add_columns(
            _openings(viewer) if reviews else null(), _locked(viewer, now) if manages else null()
        )
    latest, without_lead, *others = session.execute(wanted, names_for(viewer, now)).one()
    openings, locked = others or (None, None)
    return Duties(without_lead, openings, locked, latest)


@cache
def _waiting(shape: Shape, *, confirms: bool) -> Select[*tuple[Any, ...]]:
    """What is asked for everybody, made once; for somebody in care it is the whole question."""
    without_lead = _without_lead(shape) if confirms else null()
    return select(select(func.max(RiskRun.index_date)).scalar_subquery(), without_lead)


def _without_lead(shape: Shape) -> ColumnElement[int]:
    led = exists().where(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None))
    return (
        select(func.count(Case.id))
        .join(Person, Person.id == Case.person_id)
        .where(waits_for_lead(), ~led, openable_by_name(shape))
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


def _locked(viewer: Viewer, now: datetime) -> ColumnElement[int]:
    """The same as the list of users shows: those the viewer looks after."""
    locked = and_(User.locked_until > now, User.deactivated_at.is_(None), seen_by(governed(viewer, now), now))
    return select(func.count(User.id)).where(locked).scalar_subquery()
