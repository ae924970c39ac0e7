"""Telling users in the app what they should know of, and that they have read it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.viewer import Viewer
from caseload.domain.words import NoticeKind
from caseload.tables import Notice, User


def notify(
    session: Session,
    *,
    now: datetime,
    user_ids: Iterable[int],
    kind: NoticeKind,
    person_id: int | None = None,
    case_id: int | None = None,
) -> None:
    """One notice to each of these users, inside somebody else's action. Who was deactivated is told nothing.

    The notice holds no words of its own: whom it is about is shown only to who may open them.
    """
    wanted = sorted(set(user_ids))
    if not wanted:
        return
    active = select(User.id).where(User.id.in_(wanted), User.deactivated_at.is_(None)).order_by(User.id)
    session.add_all(
        Notice(user_id=user_id, kind=kind, person_id=person_id, case_id=case_id, at=now)
        for user_id in session.execute(active).scalars()
    )
    session.flush()


def read_notices(session: Session, *, by: Viewer, now: datetime, up_to: int) -> int:
    """Mark the viewer's own notices as read up to the last one their page showed; answers how many were.

    One that arrived while they were reading stays unread.
    """
    unread = select(Notice).where(Notice.user_id == by.user_id, Notice.read_at.is_(None), Notice.id <= up_to)
    notices = session.execute(unread).scalars().all()
    for notice in notices:
        notice.read_at = now
    if notices:
        record(session, "notice.read", by=by.user_id, now=now, notices=len(notices))
    return len(notices)
