"""The audit log for the information governance officer: who did what, when, to whom by reference, never by name.

An officer sees the events that concern people of their practices, and those that concern nobody (signing in, users).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.queries.merges import current_id, records_of
from caseload.tables import AuditEvent, AuditSubject, Person, User

EXPORT_ROWS = 50_000
"""The most rows of one file: more than that is a question to be narrowed."""

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is looked for; None and empty look for anything. `until_at` is the first moment not included."""

    user_id: int | None = None
    action: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event. `people` are the ids of those concerned in the officer's practices, `elsewhere` counts the others."""

    number: int
    at: datetime
    user_id: int | None
    username: str
    user: str
    action: str
    case_id: int | None
    people: tuple[int, ...]
    elsewhere: int
    detail: dict[str, object]


def audit_events(
    session: Session, viewer: Viewer, wanted: AuditFilter, *, before: int | None = None, limit: int
) -> list[AuditRow]:
    """Events newest first, from the one before number `before`; one more than `limit` where there are more."""
    question = _events(session, viewer, wanted).limit(limit + 1)
    if before is not None:
        question = question.where(AuditEvent.number < before)
    found = list(session.execute(question))
    ids = {int(person) for event, _, _ in found for person in json.loads(event.detail)["people"]}
    here = _of_practices(session, viewer, ids)
    return [_row(event, username or "", user or "", here) for event, username, user in found]


def audit_file(session: Session, viewer: Viewer, wanted: AuditFilter) -> Iterator[AuditRow]:
    """The same events for a file, newest first, at most EXPORT_ROWS."""
    before, left = None, EXPORT_ROWS
    while left:
        rows = audit_events(session, viewer, wanted, before=before, limit=min(_BATCH, left) - 1)
        yield from rows
        left -= len(rows)
        if len(rows) < _BATCH:
            return
        before = rows[-1].number


def person_with_reference(session: Session, viewer: Viewer, nhs_number: str) -> int | None:
    """The reference of the person with this NHS number in the officer's practices; None for everybody else."""
    found = session.execute(select(Person.id).where(Person.nhs_number == nhs_number)).scalar_one_or_none()
    kept = current_id(session, found or 0)
    return next(iter(_of_practices(session, viewer, {kept})), None)


def user_with_name(session: Session, username: str) -> int | None:
    """The id of the user with this username; None where there is none."""
    return session.execute(select(User.id).where(User.username == username)).scalar_one_or_none()


def username_of(session: Session, user_id: int) -> str | None:
    """The username of a user; None where there is none."""
    return session.execute(select(User.username).where(User.id == user_id)).scalar_one_or_none()


def may_search_for(session: Session, viewer: Viewer, person_id: int) -> bool:
    """Whether this reference is of somebody in the officer's practices."""
    return bool(_of_practices(session, viewer, {person_id}))


def _events(session: Session, viewer: Viewer, wanted: AuditFilter) -> Select[AuditEvent, str | None, str | None]:
    question = (
        select(AuditEvent, User.username, User.display_name)
        .outerjoin(User, User.id == AuditEvent.user_id)
        .where(_in_scope(viewer), *_conditions(wanted))
        .order_by(AuditEvent.number.desc())
    )
    if wanted.person_id is None:
        return question
    concerned = select(AuditSubject.number).where(AuditSubject.person_id.in_(records_of(session, wanted.person_id)))
    return question.where(AuditEvent.number.in_(concerned))


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.user_id is not None:
        yield AuditEvent.user_id == wanted.user_id
    if wanted.action:
        yield AuditEvent.action == wanted.action
    if wanted.from_at is not None:
        yield AuditEvent.at >= wanted.from_at
    if wanted.until_at is not None:
        yield AuditEvent.at < wanted.until_at


def _in_scope(viewer: Viewer) -> ColumnElement[bool]:
    concerns = AuditSubject.number == AuditEvent.number
    practices = sorted(viewer.practices(Permission.SEARCH_AUDIT))
    here = exists().where(concerns, Person.id == AuditSubject.person_id, Person.practice_id.in_(practices))
    return or_(here, ~exists().where(concerns))


def _of_practices(session: Session, viewer: Viewer, ids: Iterable[int]) -> set[int]:
    practices = sorted(viewer.practices(Permission.SEARCH_AUDIT))
    wanted = select(Person.id).where(Person.id.in_(sorted(ids)), Person.practice_id.in_(practices))
    return set(session.execute(wanted).scalars())


def _row(event: AuditEvent, username: str, user: str, here: set[int]) -> AuditRow:
    detail = json.loads(event.detail)
    people = sorted({int(person) for person in detail.pop("people")})
    known = tuple(person for person in people if person in here)
    return AuditRow(
        event.number, event.at, event.user_id, username, user, event.action, event.case_id, known,
        len(people) - len(known), detail,
    )  # fmt: skip
