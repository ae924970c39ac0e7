"""Who has an open case, an accountable lead, a joint care plan, as at a moment: the conditions of `caseload.domain.joint_plan`.

`at` is a moment, or a name for one that the question is asked with. Each condition asks history rows only, so that it
answers of a past moment what it would have answered then.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.sql.elements import BindParameter

from caseload.domain.joint_plan import AGREES, CONTRIBUTE
from caseload.domain.words import Sector
from caseload.tables import Case, LeadAllocation, Person, PlanAgreement, PlanSection, PlanVersion

Moment = datetime | BindParameter[Any]


def in_case(at: Moment) -> ColumnElement[bool]:
    """A condition on `Person`: a case of theirs was open at that moment, or had a lead, which only an open one has."""
    return exists().where(Case.person_id == Person.id, or_(_case_open(at), case_led(at))).correlate(Person)


def led(at: Moment) -> ColumnElement[bool]:
    """A condition on `Person`: a case of theirs had an accountable lead at that moment."""
    return exists().where(Case.person_id == Person.id, case_led(at)).correlate(Person)


def has_joint_plan(at: Moment) -> ColumnElement[bool]:
    """A condition on `Person`: a case of theirs had a joint care plan at that moment, and so a lead."""
    return exists().where(Case.person_id == Person.id, case_has_joint_plan(at)).correlate(Person)


def case_led(at: Moment) -> ColumnElement[bool]:
    """A condition on `Case`: somebody was its accountable lead at that moment."""
    return (
        exists()
        .where(
            LeadAllocation.case_id == Case.id,
            LeadAllocation.from_at <= at,
            or_(LeadAllocation.until_at.is_(None), LeadAllocation.until_at > at),
        )
        .correlate(Case)
    )


def case_has_joint_plan(at: Moment) -> ColumnElement[bool]:
    """A condition on `Case`: at that moment it had a lead and an active version, agreed and written by both sectors."""
    both = [_contributed(sector) for sector in CONTRIBUTE]
    version = exists().where(PlanVersion.case_id == Case.id, _in_force(at), _agreed(at), *both).correlate(Case)
    return and_(version, case_led(at))


def _case_open(at: Moment) -> ColumnElement[bool]:
    return and_(Case.opened_at <= at, or_(Case.closed_at.is_(None), Case.closed_at > at))


def _in_force(at: Moment) -> ColumnElement[bool]:
    return and_(PlanVersion.active_at <= at, or_(PlanVersion.ended_at.is_(None), PlanVersion.ended_at > at))


def _agreed(at: Moment) -> ColumnElement[bool]:
    """The last answer by that moment. Answers are only ever added, so the last is that with the largest id."""
    last = (
        select(func.max(PlanAgreement.id))
        .where(PlanAgreement.version_id == PlanVersion.id, PlanAgreement.at <= at)
        .correlate(PlanVersion)
        .scalar_subquery()
    )
    return exists().where(PlanAgreement.id == last, PlanAgreement.state.in_(AGREES)).correlate(PlanVersion)


def _contributed(sector: Sector) -> ColumnElement[bool]:
    """A section of the version names the sector in its list: looked for as the word in its quotes, on every database."""
    named = cast(PlanSection.contributed, String).contains(f'"{sector.value}"', autoescape=True)
    return exists().where(PlanSection.version_id == PlanVersion.id, named).correlate(PlanVersion)
