"""Keeping a record from everyone but named users. The accountable lead may open it in any case."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import last_change
from caseload.actions.flag_endings import end_flags
from caseload.actions.tasks import pass_on_unreachable_tasks
from caseload.actions.versions import check_version
from caseload.domain.border_words import FlagEnding
from caseload.domain.permissions import Permission
from caseload.domain.restriction import NOBODY_LEFT, LiftReason, RestrictReason
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.restrictions import LIFTED, NAMED, RESTRICTED, nameable_ids, nobody_left, somebody_can_change
from caseload.queries.visible import person_for, person_to_change
from caseload.tables import Person, PersonEvent, RestrictedAccess


def restrict_person(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    row_version: int,
    reason: RestrictReason,
    user_ids: Iterable[int],
) -> int:
    """Restrict a record to these users and whoever restricts it. Answers the person's id.

    NotNow where it is restricted already, or where a user has nothing to do with the person.
    """
    person = _person(session, by, now, person_id, row_version)
    if person.restricted:
        raise NotNow("This record is restricted already.")
    person.restricted = True
    named = _name(session, person, {*user_ids, by.user_id}, by=by, now=now)
    _tell(session, person, RESTRICTED, by=by, now=now, before=[], after=named, reason=reason.value)
    end_flags(session, now=now, person_id=person.id, ending=FlagEnding.RESTRICTED, by=by.user_id)
    pass_on_unreachable_tasks(session, now=now, person_id=person.id, by=by.user_id)
    return person.id


def name_users(
    session: Session, *, by: Viewer, now: datetime, person_id: int, row_version: int, user_ids: Iterable[int]
) -> int:
    """Make these the users named for a restricted record, instead of those who are. Answers the person's id.

    NotNow where nobody of the person's practice would be left who can change it again.
    """
    person = _person(session, by, now, person_id, row_version)
    if not person.restricted:
        raise NotNow("This record is not restricted.")
    before = _named(session, person)
    named = _name(session, person, set(user_ids), by=by, now=now)
    _tell(session, person, NAMED, by=by, now=now, before=sorted(before), after=named, reason="")
    pass_on_unreachable_tasks(session, now=now, person_id=person.id, by=by.user_id)
    return person.id


def lift_restriction(
    session: Session, *, by: Viewer, now: datetime, person_id: int, row_version: int, reason: LiftReason
) -> int:
    """Open a restricted record again to everyone with a relationship. Answers the person's id."""
    person = _person(session, by, now, person_id, row_version)
    if not person.restricted:
        raise NotNow("This record is not restricted.")
    named = _named(session, person)
    person.restricted = False
    for access in named.values():
        session.delete(access)
    _tell(session, person, LIFTED, by=by, now=now, before=sorted(named), after=[], reason=reason.value)
    return person.id


def _person(session: Session, by: Viewer, now: datetime, person_id: int, row_version: int) -> Person:
    person = person_for(session, by, now, person_id)
    if person.practice_id not in by.practices(Permission.RESTRICT_PERSON):
        raise NotThere
    if not nobody_left(session, person, now):
        person = person_to_change(session, by, now, person_id)
    check_version(
        person, row_version, last=partial(last_change, session, PersonEvent, PersonEvent.person_id, person.id)
    )
    return person


def _named(session: Session, person: Person) -> dict[int, RestrictedAccess]:
    wanted = select(RestrictedAccess).where(RestrictedAccess.person_id == person.id)
    return {access.user_id: access for access in session.execute(wanted).scalars()}


def _name(session: Session, person: Person, user_ids: set[int], *, by: Viewer, now: datetime) -> list[int]:
    if not user_ids <= nameable_ids(session, person, now):
        raise NotNow("Choose from those who work with this person.", field="users")
    if not somebody_can_change(session, person, now, user_ids):
        raise NotNow(NOBODY_LEFT, field="users")
    named = _named(session, person)
    for user_id in sorted(named.keys() - user_ids):
        session.delete(named[user_id])
    session.add_all(
        RestrictedAccess(person_id=person.id, user_id=user_id, given_at=now, given_by=by.user_id)
        for user_id in sorted(user_ids - named.keys())
    )
    return sorted(user_ids)


def _tell(  # noqa: PLR0913 - one history row and its event
    session: Session,
    person: Person,
    kind: str,
    *,
    by: Viewer,
    now: datetime,
    before: list[int],
    after: list[int],
    reason: str,
) -> None:
    """The history row, the audit event, and a new version of the person, so that two changes at once conflict."""
    person.updated_at = now
    session.add(
        PersonEvent(
            person_id=person.id,
            kind=kind,
            at=now,
            by=by.user_id,
            before={"users": before},
            after={"users": after, "reason": reason},
        )  # fmt: skip
    )
    session.flush()
    record(
        session, f"person.{kind}", by=by.user_id, now=now, people=[person.id], code=reason or None,
        users_before=before, users_after=after,
    )  # fmt: skip
