"""Flags for urgent care: which are in force now, and what a page says of them.

Whether a flag is in force is worked out at every question and never read from what a nightly run left behind: past its
review date, or after a no, it is gone from every outlet at once, whether or not anybody has written its ending down yet.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select

from caseload.clock import local_day
from caseload.domain.border_words import FlagState
from caseload.domain.plan_words import PlanState
from caseload.domain.words import CaseState, ConsentPurpose
from caseload.queries.objections import said_no, said_yes
from caseload.tables import CareFlag, Case, Person, PlanVersion


def flag_in_force(now: datetime) -> ColumnElement[bool]:
    """A condition on `CareFlag` and `Person`, for a question that reads both: true for flags that urgent care may be told.

    It is active, begun and not past its review date; its case is current and has an active plan; and its person is one of
    whom urgent care may be told anything.
    """
    return and_(CareFlag.person_id == Person.id, _holds_on(local_day(now)), urgent_care_may_know())


def flags_in_force(today: Any) -> ScalarSelect[int]:
    """How many flags of a `Person` are in force on a day, which may be a name for one."""
    count = select(func.count()).where(CareFlag.person_id == Person.id, _holds_on(today), urgent_care_may_know())
    return count.select_from(CareFlag).correlate(Person).scalar_subquery()


def flag_may_be_set() -> ColumnElement[bool]:
    """A condition on `Person`: urgent care may be told of them, and there is an active plan to tell of."""
    planned = (
        exists()
        .where(Case.person_id == Person.id, Case.state != CaseState.CLOSED)
        .where(PlanVersion.case_id == Case.id, PlanVersion.state == PlanState.ACTIVE)
        .correlate(Person)
    )
    return and_(planned, urgent_care_may_know())


def flagged(now: datetime) -> ColumnElement[bool]:
    """A condition on `Person` alone: somebody with a flag in force."""
    # Not asked person by person: the embedded database would look through all active flags for each of them.
    whose = select(CareFlag.person_id).where(_holds_on(local_day(now)))
    return and_(urgent_care_may_know(), Person.id.in_(whose))


def urgent_care_may_know() -> ColumnElement[bool]:
    """A condition on `Person`: alive, registered here and not restricted, and agreed that urgent care is told.

    The answers are those of `caseload.domain.sharing_rules` for urgent care: a yes to being told of, no no to coordination.
    """
    return and_(
        Person.merged_into_id.is_(None),
        Person.restricted.is_(False),
        Person.date_of_death.is_(None),
        Person.deregistered_on.is_(None),
        said_yes(ConsentPurpose.SHARING_URGENT_CARE),
        ~said_no(ConsentPurpose.CARE_COORDINATION),
    )


def _holds_on(today: Any) -> ColumnElement[bool]:
    current = exists().where(Case.id == CareFlag.case_id, Case.state != CaseState.CLOSED).correlate(CareFlag)
    planned = (
        exists()
        .where(PlanVersion.case_id == CareFlag.case_id, PlanVersion.state == PlanState.ACTIVE)
        .correlate(CareFlag)
    )
    return and_(
        CareFlag.state == FlagState.ACTIVE, CareFlag.starts_on <= today, CareFlag.review_on >= today, current, planned
    )
