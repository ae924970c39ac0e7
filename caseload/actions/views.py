"""Looks at people, which are audited like changes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.viewer import Viewer


def record_view(session: Session, *, by: Viewer, now: datetime, page: str, people: Iterable[int]) -> None:
    """One event for one page, with everyone it showed."""
    record(session, "view", by=by.user_id, now=now, people=people, page=page)
