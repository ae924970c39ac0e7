"""Cases that wait for a lead, one after another: how many there are, and which to open next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.queries.case_filters import waits_for_lead, without_lead_since
from caseload.queries.related_cases import related_to
from caseload.queries.visible import openable
from caseload.tables import Case, LeadAllocation, Person


@dataclass(frozen=True, slots=True)
class WithoutLead:
    """How many cases the list of those without a lead has, and the one to begin with: the first of the newest."""

    total: int
    first_id: int


def left_without_lead(session: Session, viewer: Viewer, now: datetime, practice_id: int) -> WithoutLead | None:
    """What is left to do after a practice's review: its newest cases come first. None where every case has a lead."""
    wanted = (
        select(Case.id, func.count().over())
        .join(Person, Person.id == Case.person_id)
        .where(_waiting(viewer, now))
        .order_by(case((Person.practice_id == practice_id, 0), else_=1), Case.opened_at.desc(), Case.id)
        .limit(1)
    )
    found = session.execute(wanted).one_or_none()
    return None if found is None else WithoutLead(found[1], found[0])


def next_without_lead(session: Session, viewer: Viewer, now: datetime, after_id: int) -> int | None:
    """The case that comes after this one in the list of those without a lead, which begins again at its end.

    Only cases that the viewer may name a lead for; None where there is none left.
    """
    since = without_lead_since()
    reached = session.execute(select(since).select_from(Case).where(Case.id == after_id)).scalar_one_or_none()
    behind = or_(since > reached, and_(since == reached, Case.id > after_id))
    mine = Person.practice_id.in_(sorted(viewer.practices(Permission.CONFIRM_LEAD)))
    wanted = (
        select(Case.id)
        .join(Person, Person.id == Case.person_id)
        .where(_waiting(viewer, now), mine, Case.id != after_id)
        .order_by(case((behind, 0), else_=1), since, Case.id)
        .limit(1)
    )
    return session.execute(wanted).scalar_one_or_none()


def _waiting(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Case` and `Person`: without a lead and waiting for one, and for this viewer to open."""
    led = exists().where(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)).correlate(Case)
    return and_(related_to(viewer, now), openable(viewer, now), waits_for_lead(), ~led)
