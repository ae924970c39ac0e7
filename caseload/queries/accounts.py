"""An account as signing in and its own page see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.tables import Organisation, Team, TeamMembership, User, UserRole


@dataclass(frozen=True, slots=True)
class Secrets:
    """What an account is checked against; all of it empty for a username nobody has."""

    user_id: int | None = None
    password_hash: str | None = None
    totp_secret: bytes | None = None
    totp_last_step: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """The signed-in user's own account. `local` is one with a password here, not at an identity provider."""

    username: str
    display_name: str
    job_title: str
    email: str
    employer: str
    local: bool
    password_changed_at: datetime | None
    second_factor_since: datetime | None
    wants_digest: bool
    roles: tuple[tuple[Role, str], ...]
    teams: tuple[str, ...]
    row_version: int


def secrets_of(session: Session, username: str) -> Secrets:
    """What the account of this username is checked against."""
    return _secrets(session, User.username == username.strip().casefold())


def secrets_by_id(session: Session, user_id: int) -> Secrets:
    """What this user's account is checked against."""
    return _secrets(session, User.id == user_id)


def account_of(session: Session, viewer: Viewer, now: datetime) -> Account:
    """The viewer's own account."""
    wanted = select(User, Organisation.name).join(Organisation, Organisation.id == User.home_id)
    user, employer = session.execute(wanted.where(User.id == viewer.user_id)).one()
    return Account(
        user.username,
        user.display_name,
        user.job_title,
        user.email or "",
        employer,
        user.password_hash is not None,
        user.password_changed_at,
        user.totp_confirmed_at,
        user.wants_digest,
        _roles(session, viewer.user_id, now),
        _teams(session, viewer.user_id, now),
        user.row_version,
    )


def _secrets(session: Session, which: object) -> Secrets:
    columns = select(User.id, User.password_hash, User.totp_secret, User.totp_last_step)
    found = session.execute(columns.where(which)).one_or_none()  # type: ignore[arg-type]
    return Secrets() if found is None else Secrets(*found)


def _roles(session: Session, user_id: int, now: datetime) -> tuple[tuple[Role, str], ...]:
    wanted = select(UserRole.role, Organisation.name).join(Organisation, Organisation.id == UserRole.place_id)
    held = wanted.where(
        UserRole.user_id == user_id,
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
    )
    return tuple((role, name) for role, name in session.execute(held.order_by(UserRole.id)))


def _teams(session: Session, user_id: int, now: datetime) -> tuple[str, ...]:
    wanted = select(Team.name).join(TeamMembership, TeamMembership.team_id == Team.id)
    held = wanted.where(
        TeamMembership.user_id == user_id,
        TeamMembership.from_at <= now,
        or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now),
    )
    return tuple(session.execute(held.order_by(Team.name)).scalars())
