"""Who may open a restricted record, and who could be named for one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Role
from caseload.exceptions import NotNow, NotThere
from caseload.queries.visible import EMERGENCY_ONLY, person_for, related_to
from caseload.tables import (
    CareTeamMember,
    Case,
    LeadAllocation,
    Organisation,
    Person,
    PersonEvent,
    RestrictedAccess,
    User,
    UserRole,
)

RESTRICTED, NAMED, LIFTED = "restricted", "users_named", "restriction_lifted"
"""The kinds of events about a restriction."""

_BY_PLACE = (Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR)


@dataclass(frozen=True, slots=True)
class NameableUser:
    """A member of staff who could be named for a record, and whether they are."""

    user_id: int
    name: str
    job_title: str
    organisation: str
    named: bool


@dataclass(frozen=True, slots=True)
class RestrictionChange:
    """One change of a restriction: what, when, by whom, why."""

    kind: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """How a record is kept; `lead` is the accountable lead's name, who may open it in any case."""

    person_id: int
    row_version: int
    restricted: bool
    lead: str | None
    users: tuple[NameableUser, ...]
    changes: tuple[RestrictionChange, ...]


def restriction_of(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Restriction:
    """The restriction of a record, for somebody of its practice who may open it; NotThere otherwise.

    NotNow where break-glass alone opens it to them, but for a record that nobody is left to change.
    """
    person = person_for(session, viewer, now, person_id)
    if person.practice_id not in viewer.practices(Permission.RESTRICT_PERSON):
        raise NotThere
    if not related_to(session, viewer, now, person_id) and not nobody_left(session, person, now):
        raise NotNow(EMERGENCY_ONLY)
    lead = session.execute(select(User.display_name).where(_leads(person_id))).scalar_one_or_none()
    return Restriction(
        person.id, person.row_version, person.restricted, lead, tuple(_nameable(session, person, now)),
        tuple(_changes(session, person_id)),
    )  # fmt: skip


def nobody_left(session: Session, person: Person, now: datetime) -> bool:
    """Everyone named has left: their practice may then put it right, having opened it in an emergency."""
    named = select(RestrictedAccess.user_id).where(RestrictedAccess.person_id == person.id)
    return person.restricted and not somebody_can_change(session, person, now, session.execute(named).scalars())


def nameable_ids(session: Session, person: Person, now: datetime) -> set[int]:
    """The ids of everybody who could be named for this record."""
    return {user.user_id for user in _nameable(session, person, now)}


def somebody_can_change(session: Session, person: Person, now: datetime, user_ids: Iterable[int]) -> bool:
    """Whether one of these users is active and may change the restrictions of the person's practice."""
    roles = sorted(PERMISSIONS[Permission.RESTRICT_PERSON])
    wanted = select(User.id).where(
        User.id.in_(sorted(user_ids)), User.deactivated_at.is_(None), _holds(person.practice_id, now, roles)
    )
    return session.execute(wanted.limit(1)).scalar_one_or_none() is not None


def _nameable(session: Session, person: Person, now: datetime) -> list[NameableUser]:
    """Everyone active who has a relationship, restriction and consent left aside, and whoever is named already."""
    named = exists().where(RestrictedAccess.person_id == person.id, RestrictedAccess.user_id == User.id)
    wanted = (
        select(User.id, User.display_name, User.job_title, Organisation.name, named)
        .join(Organisation, Organisation.id == User.home_id)
        .where(
            User.deactivated_at.is_(None),
            or_(named, _holds(person.practice_id, now, _BY_PLACE), _leads(person.id), _on_team(person.id)),
        )
        .order_by(User.display_name, User.id)
    )
    return [NameableUser(*row) for row in session.execute(wanted)]


def _changes(session: Session, person_id: int) -> list[RestrictionChange]:
    wanted = (
        select(PersonEvent.kind, PersonEvent.at, User.display_name, PersonEvent.after)
        .join(User, User.id == PersonEvent.by)
        .where(PersonEvent.person_id == person_id, PersonEvent.kind.in_([RESTRICTED, NAMED, LIFTED]))
        .order_by(PersonEvent.id.desc())
    )
    return [
        RestrictionChange(kind, at, by, str(after.get("reason", ""))) for kind, at, by, after in session.execute(wanted)
    ]


def _holds(practice_id: int, now: datetime, roles: Iterable[Role]) -> ColumnElement[bool]:
    return exists().where(
        UserRole.user_id == User.id,
        UserRole.role.in_(list(roles)),
        UserRole.place_id.in_(_places_above(practice_id)),
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
    )


def _places_above(practice_id: int) -> Select[int]:
    start = select(Organisation.id, Organisation.parent_id).where(Organisation.id == practice_id)
    above = start.cte("above", recursive=True)
    larger = select(Organisation.id, Organisation.parent_id).join(above, above.c.parent_id == Organisation.id)
    return select(above.union(larger).c.id)


def _leads(person_id: int) -> ColumnElement[bool]:
    return exists().where(
        Case.person_id == person_id,
        Case.state != CaseState.CLOSED,
        LeadAllocation.case_id == Case.id,
        LeadAllocation.user_id == User.id,
        LeadAllocation.until_at.is_(None),
    )


def _on_team(person_id: int) -> ColumnElement[bool]:
    return exists().where(
        Case.person_id == person_id,
        Case.state != CaseState.CLOSED,
        CareTeamMember.case_id == Case.id,
        CareTeamMember.user_id == User.id,
        CareTeamMember.until_on.is_(None),
    )
