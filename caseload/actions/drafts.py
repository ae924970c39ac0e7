"""Drafts: kept for the user who typed them, removed when the form is sent or they say so."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.tables import Draft

_KEPT_FOR = timedelta(days=7)


def save_draft(session: Session, *, by: int, now: datetime, path: str, content: dict[str, list[str]]) -> None:
    """Keep a user's draft of one form in place of an earlier one; drafts older than a week are removed."""
    session.execute(delete(Draft).where(Draft.saved_at < now - _KEPT_FOR))
    kept = session.execute(select(Draft).where(Draft.user_id == by, Draft.path == path)).scalar_one_or_none()
    if kept is None:
        session.add(Draft(user_id=by, path=path, content=dict(content), saved_at=now))
    else:
        kept.content, kept.saved_at = dict(content), now
    record(session, "draft.save", by=by, now=now, fields=sorted(content))


def drop_draft(session: Session, *, by: int, now: datetime, path: str) -> None:
    """Remove a user's draft of one form, where there is one."""
    kept = session.execute(select(Draft).where(Draft.user_id == by, Draft.path == path)).scalar_one_or_none()
    if kept is not None:
        session.delete(kept)
        record(session, "draft.drop", by=by, now=now)
