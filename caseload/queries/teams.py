"""Which team works for a practice."""

from datetime import datetime

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from caseload.tables import Organisation, Team, TeamMembership


def team_serving(session: Session, practice_id: int) -> int | None:
    """The team of the smallest place around the practice that has one (the first made, where it has several)."""
    around = (
        select(Organisation.id, Organisation.parent_id, literal(0).label("steps"))
        .where(Organisation.id == practice_id)
        .cte("around", recursive=True)
    )
    around = around.union_all(
        select(Organisation.id, Organisation.parent_id, around.c.steps + 1).join(
            around, Organisation.id == around.c.parent_id
        )
    )
    wanted = select(Team.id).join(around, around.c.id == Team.place_id).order_by(around.c.steps, Team.id).limit(1)
    return session.execute(wanted).scalar_one_or_none()


def members_of(session: Session, team_id: int, now: datetime) -> list[int]:
    """The ids of those who are in the team now."""
    wanted = select(TeamMembership.user_id).where(
        TeamMembership.team_id == team_id,
        TeamMembership.from_at <= now,
        or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now),
    )
    return sorted(set(session.execute(wanted).scalars()))
