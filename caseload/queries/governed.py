"""Whom an administrator looks after: the users of the places at or below the ones they are administrator of.

seen by them        whoever has a role within those places, or is employed there; and whoever is employed by an
                    organisation outside the place tree (a trust, a council, a charity) and has no role elsewhere
theirs altogether   a user they see who has no role outside those places: only of these the account itself is theirs
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind, Role
from caseload.exceptions import NotNow, NotThere
from caseload.tables import Organisation, User, UserRole

_EMPLOYERS = (OrganisationKind.TRUST, OrganisationKind.COUNCIL, OrganisationKind.VOLUNTARY)


def in_force(now: datetime) -> ColumnElement[bool]:
    """A condition on `UserRole`: held at this moment."""
    return and_(UserRole.from_at <= now, or_(UserRole.until_at.is_(None), UserRole.until_at > now))


def governed_places(session: Session, viewer: Viewer, now: datetime) -> frozenset[int]:
    """The ids of the places at or below those the viewer is administrator of."""
    return frozenset(session.execute(governed(viewer, now)).scalars())


def governed(viewer: Viewer, now: datetime) -> Select[int]:
    """The same as part of another question."""
    at = select(UserRole.place_id.label("id")).where(
        UserRole.user_id == viewer.user_id, UserRole.role == Role.ADMIN, in_force(now)
    )
    below = at.cte("governed", recursive=True)
    below = below.union(select(Organisation.id).join(below, Organisation.parent_id == below.c.id))
    return select(below.c.id)


def seen_by(places: frozenset[int] | Select[int], now: datetime) -> ColumnElement[bool]:
    """A condition on `User`: an administrator of these places sees them."""
    outside = select(Organisation.id).where(Organisation.id == User.home_id, Organisation.kind.in_(_EMPLOYERS))
    return or_(
        has_role(places, now, within=True),
        User.home_id.in_(_listed(places)),
        and_(outside.correlate(User).exists(), ~has_role(places, now, within=False)),
    )


def has_role(places: frozenset[int] | Select[int], now: datetime, *, within: bool) -> ColumnElement[bool]:
    """A condition on `User`: they hold a role at one of these places, or (not `within`) at another."""
    inside = UserRole.place_id.in_(_listed(places))
    return exists().where(UserRole.user_id == User.id, in_force(now), inside if within else ~inside)


def _listed(places: frozenset[int] | Select[int]) -> list[int] | Select[int]:
    return sorted(places) if isinstance(places, frozenset) else places


def governed_user(session: Session, viewer: Viewer, now: datetime, user_id: int) -> User:
    """The user, for an administrator who sees them, locked until the end of a writing transaction; NotThere otherwise."""
    places = governed_places(session, viewer, now)
    wanted = select(User).where(User.id == user_id, seen_by(places, now)).with_for_update(key_share=True)
    user = session.execute(wanted).scalar_one_or_none() if places else None
    if user is None:
        raise NotThere
    return user


def account_of_ours(session: Session, viewer: Viewer, now: datetime, user_id: int) -> User:
    """The user, for an administrator whose places hold all their roles; NotNow where they have one elsewhere."""
    user = governed_user(session, viewer, now, user_id)
    elsewhere = has_role(governed_places(session, viewer, now), now, within=False)
    if session.execute(select(User.id).where(User.id == user_id, elsewhere)).first():
        raise NotNow(
            "This person also has a role outside your places. Ask the administrator of a larger place to change their account."
        )
    return user
