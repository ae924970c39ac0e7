"""Who has looked at a person's record, or changed something about them: every event of the audit log that names them."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.queries.merges import records_of
from caseload.queries.visible import person_for
from caseload.tables import AuditEvent, AuditSubject, Organisation, User, UserRole


@dataclass(frozen=True, slots=True)
class LookRow:
    """One event. `page` is set where it was a look; `others` is how many other people the same page showed.

    `roles` are those the user held at that moment. `user` is None where a load did it.
    """

    number: int
    at: datetime
    action: str
    page: str
    others: int
    user: str | None
    job_title: str
    organisation: str
    roles: tuple[Role, ...]


def looks_at(
    session: Session, viewer: Viewer, now: datetime, person_id: int, *, before: int | None, most: int
) -> list[LookRow]:
    """At most so many events about the person, the latest first, from before an event's number.

    A record merged into this one was this person too. NotThere where the viewer may not open the person.
    """
    person_for(session, viewer, now, person_id)
    concerned = AuditSubject.person_id.in_(records_of(session, person_id))
    numbers = select(AuditSubject.number).where(concerned)
    if before is not None:
        numbers = numbers.where(AuditSubject.number < before)
    latest = numbers.distinct().order_by(AuditSubject.number.desc()).limit(most).subquery()
    wanted = (
        select(AuditEvent, User.display_name, User.job_title, Organisation.name)
        .join(latest, latest.c.number == AuditEvent.number)
        .outerjoin(User, User.id == AuditEvent.user_id)
        .outerjoin(Organisation, Organisation.id == User.home_id)
        .order_by(AuditEvent.number.desc())
    )
    found = session.execute(wanted).all()
    held = _held(session, {event.user_id for event, *_ in found if event.user_id is not None})
    return [_look(*row, held) for row in found]


def _look(
    event: AuditEvent,
    user: str | None,
    job_title: str | None,
    organisation: str | None,
    held: dict[int, list[UserRole]],
) -> LookRow:
    detail = json.loads(event.detail)
    return LookRow(
        number=event.number,
        at=event.at,
        action=event.action,
        page=str(detail.get("page", "")),
        others=max(0, len(set(detail.get("people", []))) - 1),
        user=user,
        job_title=job_title or "",
        organisation=organisation or "",
        roles=_roles_at(held.get(event.user_id or 0, []), event.at),
    )


def _roles_at(held: list[UserRole], at: datetime) -> tuple[Role, ...]:
    then = {row.role for row in held if row.from_at <= at and (row.until_at is None or row.until_at > at)}
    return tuple(role for role in Role if role in then)


def _held(session: Session, user_ids: set[int]) -> dict[int, list[UserRole]]:
    held: dict[int, list[UserRole]] = defaultdict(list)
    wanted = select(UserRole).where(UserRole.user_id.in_(sorted(user_ids))).order_by(UserRole.id)
    for row in session.execute(wanted).scalars() if user_ids else ():
        held[row.user_id].append(row)
    return held
