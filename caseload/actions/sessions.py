"""Sessions: begun, kept, ended. They are the browser's own; signing in and out is audited by `caseload.actions.sign_ins`."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from caseload.tables import WebSession

_KEPT_FOR = timedelta(days=7)


def begin_session(
    session: Session, *, now: datetime, token_hash: str, user_id: int | None, content: dict[str, Any]
) -> None:
    """A session under the hash of its token; `user_id` is empty before signing in."""
    session.add(
        WebSession(token_hash=token_hash, user_id=user_id, content=content, started_at=now, seen_at=now, ended_at=None)
    )


def keep_session(session: Session, *, now: datetime, token_hash: str, content: dict[str, Any]) -> None:
    """Write what a session holds and that it was seen; one that was ended meanwhile stays as it is."""
    kept = session.get(WebSession, token_hash)
    if kept is not None and kept.ended_at is None:
        kept.content, kept.seen_at = content, now


def end_session(session: Session, *, now: datetime, token_hash: str) -> None:
    """End one session here, so that its token opens nothing any more."""
    kept = session.get(WebSession, token_hash)
    if kept is not None and kept.ended_at is None:
        kept.ended_at = now


def end_sessions_of(session: Session, *, now: datetime, user_id: int) -> None:
    """End every session of a user."""
    wanted = select(WebSession).where(WebSession.user_id == user_id, WebSession.ended_at.is_(None))
    for kept in session.execute(wanted).scalars():
        kept.ended_at = now


def clear_sessions(session: Session, *, now: datetime) -> None:
    """Remove sessions nobody used for a week; an ended one is kept until then, to know whose draft a late form is."""
    session.execute(delete(WebSession).where(WebSession.seen_at < now - _KEPT_FOR))
