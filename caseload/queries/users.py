"""Users, for the administrators who look after them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind, Profession, Role
from caseload.exceptions import NotThere
from caseload.queries.governed import governed_places, has_role, in_force, seen_by
from caseload.tables import Leave, Organisation, Practitioner, Team, TeamMembership, User, UserRole


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Part of a name or username, a state (active, locked, deactivated, or empty for all), and where the page begins."""

    find: str = ""
    state: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class UserLine:
    """One user in the list. `has_way_in`: a password, or a link to an identity provider."""

    id: int
    username: str
    display_name: str
    job_title: str
    employer: str
    roles: tuple[tuple[Role, str], ...]
    has_way_in: bool
    locked: bool
    deactivated: bool


@dataclass(frozen=True, slots=True)
class UserList:
    """A page of the list; `next_after` is the username the next page begins behind."""

    lines: tuple[UserLine, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role held now; `ours` where its place is the administrator's."""

    id: int
    role: Role
    place: str
    since: datetime
    ours: bool


@dataclass(frozen=True, slots=True)
class HeldTeam:
    """A membership now."""

    id: int
    team: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody who can lead cases is reckoned with; `leave` is from today on."""

    profession: Profession
    capacity: int
    working_days: int
    leave: tuple[tuple[int, date, date], ...]


@dataclass(frozen=True, slots=True)
class UserHead:
    """One user's account. `whole` where it is the viewer's to change altogether, `oneself` where it is their own."""

    id: int
    username: str
    display_name: str
    job_title: str
    email: str
    home_id: int
    employer: str
    local: bool
    issuer: str
    subject: str
    must_change_password: bool
    second_factor: bool
    locked_until: datetime | None
    created_at: datetime
    deactivated_at: datetime | None
    row_version: int
    whole: bool
    oneself: bool


@dataclass(frozen=True, slots=True)
class UserDetails:
    """Everything an administrator sees of one user."""

    head: UserHead
    roles: tuple[HeldRole, ...]
    teams: tuple[HeldTeam, ...]
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What an administrator may choose from: places of roles, employers, teams, each id with its name."""

    places: tuple[tuple[int, str], ...]
    employers: tuple[tuple[int, str], ...]
    teams: tuple[tuple[int, str], ...]


def users_seen(session: Session, viewer: Viewer, now: datetime, chosen: UserFilter, rows: int) -> UserList:
    """The users the viewer looks after, by username."""
    places = governed_places(session, viewer, now)
    wanted = (
        select(User, Organisation.name)
        .join(Organisation, Organisation.id == User.home_id)
        .where(seen_by(places, now), *_narrowed(chosen, now), User.username > chosen.after)
        .order_by(User.username)
        .limit(rows + 1)
    )
    found = [(user, name) for user, name in session.execute(wanted)]
    roles = _roles_of(session, [user.id for user, _ in found[:rows]], now)
    lines = tuple(_line(user, name, roles.get(user.id, ()), now) for user, name in found[:rows])
    return UserList(lines, lines[-1].username if len(found) > rows else None)


def user_head(session: Session, viewer: Viewer, now: datetime, user_id: int) -> UserHead:
    """One user's account; NotThere for one the viewer does not look after."""
    return _head(session, viewer, now, user_id, governed_places(session, viewer, now))


def user_details(session: Session, viewer: Viewer, now: datetime, user_id: int) -> UserDetails:
    """One user; NotThere for one the viewer does not look after."""
    places = governed_places(session, viewer, now)
    head = _head(session, viewer, now, user_id, places)
    return UserDetails(
        head,
        _held_roles(session, user_id, places, now),
        _held_teams(session, user_id, now),
        profile_of(session, user_id, now),
    )


def choices_of(session: Session, viewer: Viewer, now: datetime) -> Choices:
    """What the viewer may choose from for a user."""
    governed = governed_places(session, viewer, now)
    organisations = session.execute(select(Organisation).order_by(Organisation.name, Organisation.id)).scalars().all()
    outside = {OrganisationKind.TRUST, OrganisationKind.COUNCIL, OrganisationKind.VOLUNTARY}
    teams = select(Team.id, Team.name).where(Team.place_id.in_(sorted(governed))).order_by(Team.name)
    return Choices(
        tuple((one.id, one.name) for one in organisations if one.id in governed),
        tuple((one.id, one.name) for one in organisations if one.id in governed or one.kind in outside),
        tuple((team_id, name) for team_id, name in session.execute(teams)),
    )


def profile_of(session: Session, user_id: int, now: datetime) -> Profile | None:
    """What a user is reckoned with as a lead; None for one who cannot lead. For themselves and their administrators."""
    found = session.get(Practitioner, user_id)
    if found is None:
        return None
    away = (
        select(Leave.id, Leave.first_day, Leave.last_day)
        .where(Leave.user_id == user_id, Leave.last_day >= local_day(now))
        .order_by(Leave.first_day, Leave.id)
    )
    leave = tuple((one, first, last) for one, first, last in session.execute(away))
    return Profile(found.profession, found.capacity, found.working_days, leave)


def _head(session: Session, viewer: Viewer, now: datetime, user_id: int, places: frozenset[int]) -> UserHead:
    wanted = (
        select(User, Organisation.name, has_role(places, now, within=False))
        .join(Organisation, Organisation.id == User.home_id)
        .where(User.id == user_id, seen_by(places, now))
    )
    found = session.execute(wanted).one_or_none() if places else None
    if found is None:
        raise NotThere
    user, employer, elsewhere = found
    return UserHead(
        id=user.id, username=user.username, display_name=user.display_name, job_title=user.job_title,
        email=user.email or "", home_id=user.home_id, employer=employer, local=user.password_hash is not None,
        issuer=user.oidc_issuer or "", subject=user.oidc_subject or "",
        must_change_password=user.password_hash is not None and user.password_changed_at is None,
        second_factor=user.totp_confirmed_at is not None,
        locked_until=user.locked_until if user.locked_until and user.locked_until > now else None,
        created_at=user.created_at, deactivated_at=user.deactivated_at, row_version=user.row_version,
        whole=not elsewhere, oneself=user_id == viewer.user_id,
    )  # fmt: skip


def _narrowed(chosen: UserFilter, now: datetime) -> list[ColumnElement[bool]]:
    states: dict[str, ColumnElement[bool]] = {
        "active": User.deactivated_at.is_(None),
        "deactivated": User.deactivated_at.is_not(None),
        "locked": User.locked_until > now,
    }
    found = [states[chosen.state]] if chosen.state in states else []
    if chosen.find:
        named = (column.icontains(chosen.find, autoescape=True) for column in (User.username, User.display_name))
        found.append(or_(*named))
    return found


def _line(user: User, employer: str, roles: tuple[tuple[Role, str], ...], now: datetime) -> UserLine:
    return UserLine(
        user.id, user.username, user.display_name, user.job_title, employer, roles,
        has_way_in=user.password_hash is not None or user.oidc_subject is not None,
        locked=user.locked_until is not None and user.locked_until > now, deactivated=user.deactivated_at is not None,
    )  # fmt: skip


def _roles_of(session: Session, ids: list[int], now: datetime) -> dict[int, tuple[tuple[Role, str], ...]]:
    wanted = (
        select(UserRole.user_id, UserRole.role, Organisation.name)
        .join(Organisation, Organisation.id == UserRole.place_id)
        .where(UserRole.user_id.in_(ids), in_force(now))
        .order_by(UserRole.id)
    )
    found: dict[int, tuple[tuple[Role, str], ...]] = {}
    for user_id, role, place in session.execute(wanted):
        found[user_id] = (*found.get(user_id, ()), (role, place))
    return found


def _held_roles(session: Session, user_id: int, places: frozenset[int], now: datetime) -> tuple[HeldRole, ...]:
    wanted = (
        select(UserRole, Organisation.name)
        .join(Organisation, Organisation.id == UserRole.place_id)
        .where(UserRole.user_id == user_id, in_force(now))
        .order_by(UserRole.id)
    )
    return tuple(
        HeldRole(held.id, held.role, name, held.from_at, held.place_id in places)
        for held, name in session.execute(wanted)
    )


def _held_teams(session: Session, user_id: int, now: datetime) -> tuple[HeldTeam, ...]:
    wanted = (
        select(TeamMembership.id, Team.name, TeamMembership.from_at)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(
            TeamMembership.user_id == user_id,
            TeamMembership.from_at <= now,
            or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now),
        )
        .order_by(Team.name, TeamMembership.id)
    )
    return tuple(HeldTeam(*row) for row in session.execute(wanted))
