"""The signed-in user as a `Viewer`: roles in force now, the practices within their places, and their teams.

One question, because every request asks it: the user beside each place and team they have, the places by way of the
tree.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    literal,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind, Role
from caseload.tables import Organisation, TeamMembership, User, UserRole
from caseload.tables.base import UtcMoment

_TEAM = "team"


def viewer_of(session: Session, user_id: int, now: datetime) -> Viewer | None:
    """Who this user is now; None for one who was deactivated or never was."""
    return viewer_in(session.execute(_question(), {"user_id": user_id, "now": now}).all())


def beside_viewer(
    question: Select[*tuple[Any, ...]], user_id: SQLColumnExpression[Any], alone: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """A question about one row, asked together with who its user is: the row again for each place and team of theirs.

    `user_id` is the user as a column of the question, `alone` the same in words that need no other table. It is asked
    with `now`. Of a user who was deactivated or is not there, the answer says nothing.
    """
    has = _has(alone).subquery()
    return (
        question.add_columns(
            User.id.label("who"), User.display_name, User.home_id, Organisation.sector, has.c.role, has.c.place_id, has.c.kind
        )
        .outerjoin(User, and_(User.id == user_id, User.deactivated_at.is_(None)))
        .outerjoin(Organisation, Organisation.id == User.home_id)
        .outerjoin(has, true())
    )  # fmt: skip


def viewer_in(rows: Sequence[Row[*tuple[Any, ...]]]) -> Viewer | None:
    """The viewer in the answer to such a question; None where there is none."""
    if not rows or rows[0].who is None:
        return None
    places: dict[Role, set[int]] = defaultdict(set)
    for row in rows:
        if row.role:  # a role with no practice within its place is held all the same
            places[Role(row.role)].update({row.place_id} if row.kind == OrganisationKind.PRACTICE else ())
    who = rows[0]
    teams = frozenset(row.place_id for row in rows if row.kind == _TEAM)
    practices = {role: frozenset(ids) for role, ids in places.items()}
    return Viewer(who.who, who.display_name, who.sector, who.home_id, practices, teams)


@cache
def _question() -> Select[*tuple[Any, ...]]:
    """Made once: it is the same for everybody."""
    user_id = bindparam("user_id", type_=Integer)
    asked = select(user_id.label("id")).subquery()
    return beside_viewer(select(asked.c.id), asked.c.id, user_id)


def _has(user_id: ColumnElement[Any]) -> CompoundSelect[str, int, str]:
    """What a user has now: role, id and kind of every place at or below theirs; and teams, which have no role."""
    kind = type_coerce(Organisation.kind, String(40)).label("kind")
    role = type_coerce(UserRole.role, String(40)).label("role")
    held = (
        select(role, Organisation.id.label("place_id"), kind)
        .join(Organisation, Organisation.id == UserRole.place_id)
        .where(_theirs_now(UserRole, user_id))
        .cte("held", recursive=True)
    )
    held = held.union(
        select(held.c.role, Organisation.id, kind).join(Organisation, Organisation.parent_id == held.c.place_id)
    )
    teams = select(literal(""), TeamMembership.team_id, literal(_TEAM)).where(_theirs_now(TeamMembership, user_id))
    return select(held.c.role, held.c.place_id, held.c.kind).union_all(teams)


def _theirs_now(table: type[UserRole | TeamMembership], user_id: ColumnElement[Any]) -> ColumnElement[bool]:
    now = bindparam("now", type_=UtcMoment)
    in_force = and_(table.from_at <= now, or_(table.until_at.is_(None), table.until_at > now))
    return and_(table.user_id == user_id, in_force)
