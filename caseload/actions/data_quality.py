"""Telling those who look after the hospitals' feeds that one of them needs looking at."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.notices import notify
from caseload.domain.words import NoticeKind, Role
from caseload.tables import Notice, UserRole


def tell_data_quality(session: Session, *, now: datetime, kind: NoticeKind) -> None:
    """One notice to every data quality officer who has none of this kind unread.

    It says that there is something to look at, so that a hundred messages held in one night are one notice.
    """
    unread = select(Notice.user_id).where(Notice.kind == kind, Notice.read_at.is_(None))
    officers = select(UserRole.user_id).where(
        UserRole.role == Role.DATA_QUALITY,
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
        UserRole.user_id.not_in(unread),
    )
    notify(session, now=now, user_ids=session.execute(officers).scalars(), kind=kind)
