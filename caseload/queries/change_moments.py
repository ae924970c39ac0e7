"""Where in the change feed a reader begins who only knows a moment, and what the numbers in it are called outside."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.domain.outward import OutwardResource
from caseload.queries.changes import last_change_id
from caseload.tables import OutwardChange, PlanVersion


def change_before(session: Session, resource: OutwardResource, since: datetime) -> int:
    """The number behind which everything changed since a moment is; the last there is where nothing has."""
    first = select(func.min(OutwardChange.id)).where(
        OutwardChange.resource == resource.value, OutwardChange.at >= since
    )
    found = session.execute(first).scalar()
    return found - 1 if found is not None else last_change_id(session, resource)


def logical_ids(session: Session, resource: OutwardResource, row_ids: Sequence[int]) -> dict[int, str]:
    """What the rows of the feed are called outside: a flag by its own number, a plan by that of its case."""
    if resource is OutwardResource.FLAG:
        return {row_id: str(row_id) for row_id in row_ids}
    wanted = select(PlanVersion.id, PlanVersion.case_id).where(PlanVersion.id.in_(row_ids))
    return {version_id: str(case_id) for version_id, case_id in session.execute(wanted)}
