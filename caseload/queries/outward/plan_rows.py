"""Versions of care plans as rows for what leaves: those that were ready, and of them the one that holds.

A version that is being written is nobody's outside. The one that holds is the active one, else the one that was put to
the person, else the last there was. Urgent care is told of an active one only.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from caseload.domain.plan_words import PlanState
from caseload.domain.viewer import Viewer
from caseload.queries.joint_plan import case_has_joint_plan
from caseload.queries.outward.listing import Question, urgent_only
from caseload.queries.outward.newest import newest_of
from caseload.queries.reach import reachable
from caseload.tables import Case, Person, PlanAgreement, PlanVersion

_RANK = {PlanState.ACTIVE.value: 0, PlanState.READY.value: 1}
_OTHER = aliased(PlanVersion)


def told(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `PlanVersion`: one that this kind of viewer may be told of."""
    if urgent_only(viewer):
        return PlanVersion.state == PlanState.ACTIVE
    return and_(PlanVersion.ready_at.is_not(None), PlanVersion.state != PlanState.DRAFT)


@cache
def holds() -> ColumnElement[bool]:
    """A condition on `PlanVersion`: of its case's versions that were ever ready the one that holds."""
    other, active = aliased(PlanVersion), aliased(PlanVersion)
    first = (
        select(other.id)
        .where(other.case_id == PlanVersion.case_id, other.ready_at.is_not(None), other.state != PlanState.DRAFT)
        .order_by(case(_RANK, value=other.state, else_=len(_RANK)), other.number.desc())
        .limit(1)
        .correlate(PlanVersion)
        .scalar_subquery()
    )
    beside = (
        select(active.id)
        .where(active.case_id == PlanVersion.case_id, active.state == PlanState.ACTIVE)
        .correlate(PlanVersion)
        .exists()
    )
    # Nearly every one that holds is active, and there is one active at most: only of the rest the others are looked through.
    return or_(PlanVersion.state == PlanState.ACTIVE, and_(~beside, PlanVersion.id == first))


def has_plan(case_id: Any) -> ColumnElement[bool]:
    """Whether a case has a plan that anybody is told of: whether a reference to it leads anywhere."""
    return (
        select(_OTHER.id)
        .where(_OTHER.case_id == case_id, _OTHER.ready_at.is_not(None), _OTHER.state != PlanState.DRAFT)
        .exists()
    )


def plan_rows(viewer: Viewer, now: datetime) -> Question:
    """Versions with their case and person, and whether each is a joint care plan now."""
    joint = and_(PlanVersion.state == PlanState.ACTIVE, case_has_joint_plan(now))
    return (
        select(PlanVersion, Case, Person.practice_id, Person.pseudonym, joint.label("joint"))
        .join(Case, Case.id == PlanVersion.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(reachable(viewer, now), told(viewer))
    )


def plan_changed() -> Any:
    """When a version last changed in what is told of it, as an expression on `PlanVersion`."""
    answered = (
        select(func.max(PlanAgreement.at))
        .where(PlanAgreement.version_id == PlanVersion.id)
        .correlate(PlanVersion)
        .scalar_subquery()
    )
    return newest_of(
        PlanVersion.created_at,
        PlanVersion.ready_at,
        PlanVersion.signed_at,
        PlanVersion.active_at,
        PlanVersion.ended_at,
        answered,
    )


def version_id(version: PlanVersion, *, joint: bool) -> str:
    """The versionId of a CarePlan: what makes it another text is the number of the version, its row, and being joint."""
    return f"{version.number}-{version.row_version}{'-joint' if joint else ''}"
