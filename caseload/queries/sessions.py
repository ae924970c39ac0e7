"""The session behind a browser's token, and whose it is."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, func, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.queries.viewers import beside_viewer, viewer_in
from caseload.tables import Notice, WebSession


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it is kept. `user_id` is empty before somebody has signed in."""

    user_id: int | None
    content: dict[str, Any]
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a request: the session, the viewer (None before signing in), and how many notices they have not read."""

    row: SessionRow
    viewer: Viewer | None
    unread: int


def asker(session: Session, token_hash: str, now: datetime) -> Asker | None:
    """All that every page needs to know of who asks for it, in one question; None where there is no such session."""
    rows = session.execute(_question(), {"token_hash": token_hash, "now": now}).all()
    if not rows:
        return None
    kept = rows[0]
    row = SessionRow(kept.user_id, dict(kept.content), kept.started_at, kept.seen_at, kept.ended_at)
    return Asker(row, viewer_in(rows), kept.unread)


@cache
def _question() -> Select[*tuple[Any, ...]]:
    """Made once: it is the same for everybody."""
    kept, token_hash = WebSession, bindparam("token_hash", type_=String)
    whose = select(kept.user_id).where(kept.token_hash == token_hash).scalar_subquery()
    unread = select(func.count()).where(Notice.user_id == whose, Notice.read_at.is_(None)).scalar_subquery()
    wanted = select(
        kept.user_id, kept.content, kept.started_at, kept.seen_at, kept.ended_at, unread.label("unread")
    ).where(kept.token_hash == token_hash)
    return beside_viewer(wanted, kept.user_id, whose)


def session_row(session: Session, token_hash: str) -> SessionRow | None:
    """What is kept under this hash, ended or not; None where there is nothing."""
    kept = WebSession
    wanted = select(kept.user_id, kept.content, kept.started_at, kept.seen_at, kept.ended_at)
    found = session.execute(wanted.where(kept.token_hash == token_hash)).one_or_none()
    return None if found is None else SessionRow(found[0], dict(found[1]), found[2], found[3], found[4])
