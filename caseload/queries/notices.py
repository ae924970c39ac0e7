"""A user's own notices; whom one is about is told only where the user may open them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, select, tuple_
from sqlalchemy.orm import Session, aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import NoticeKind
from caseload.queries.visible import openable
from caseload.tables import Notice, Person


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice. `person_id` and the name are None where the viewer may not open (now) whom it is about, if anyone."""

    notice_id: int
    kind: NoticeKind
    at: datetime
    unread: bool
    about_somebody: bool
    person_id: int | None
    family_name: str | None
    given_name: str | None


def notices(
    session: Session, viewer: Viewer, now: datetime, *, before: int | None = None, limit: int
) -> list[NoticeRow]:
    """The viewer's notices, newest first, from behind `before` on; one more than `limit` where there are more.

    They are in the order of their times: what is told of later may have been written down before.
    """
    wanted = (
        select(Notice, Person.id, Person.family_name, Person.given_name)
        .outerjoin(Person, and_(Person.id == Notice.person_id, openable(viewer, now)))
        .where(Notice.user_id == viewer.user_id)
        .order_by(Notice.at.desc(), Notice.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        wanted = wanted.where(tuple_(Notice.at, Notice.id) < _place_of(viewer, before))
    return [
        NoticeRow(
            notice.id,
            notice.kind,
            notice.at,
            notice.read_at is None,
            notice.person_id is not None,
            person_id,
            family,
            given,
        )
        for notice, person_id, family, given in session.execute(wanted)
    ]


def _place_of(viewer: Viewer, notice_id: int) -> ScalarSelect[Any]:
    """The time and the id of one of the viewer's own notices; nothing comes behind anybody else's."""
    last = aliased(Notice)
    return select(last.at, last.id).where(last.id == notice_id, last.user_id == viewer.user_id).scalar_subquery()
