"""The condition-specific plans that one joint plan stands in for: listed while it is written, replaced when it is active."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.plan_versions import locked_case
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.tables import Case, ReplacedPlan


def list_plan(session: Session, *, by: Viewer, now: datetime, case_id: int, name: str, holder: str = "") -> int:
    """Put a condition-specific plan on the list of those the joint plan is to replace. Answers its id.

    NotNow for one that is on the list already, whatever its capitals and spaces.
    """
    if not by.may(Permission.WRITE_PLAN):
        raise NotThere
    case = locked_case(session, by, now, case_id)
    said = " ".join(name.split())
    if not said:
        raise NotNow("Enter the name of the plan.", field="name")
    if any(one.name.casefold() == said.casefold() for one in _waiting(session, case)):
        raise NotNow("This plan is on the list already.", field="name")
    plan = ReplacedPlan(case_id=case.id, name=said, holder=holder.strip(), added_at=now, added_by=by.user_id)
    session.add(plan)
    session.flush()
    record(session, "plan.list_other", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, other=plan.id)
    return plan.id


def mark_replaced(session: Session, case: Case, *, by: int, now: datetime) -> None:
    """Every listed plan of the case is replaced, inside the action that makes a version active."""
    for plan in _waiting(session, case):
        plan.replaced_at, plan.replaced_by = now, by
    session.flush()


def _waiting(session: Session, case: Case) -> list[ReplacedPlan]:
    wanted = select(ReplacedPlan).where(ReplacedPlan.case_id == case.id, ReplacedPlan.replaced_at.is_(None))
    return list(session.execute(wanted.order_by(ReplacedPlan.id)).scalars())
