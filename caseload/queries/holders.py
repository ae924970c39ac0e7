"""Who holds a role over a practice."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.domain.words import Role
from caseload.tables import Organisation, User, UserRole


def holders_over(session: Session, now: datetime, practice_id: int, role: Role) -> set[int]:
    """The ids of the active users who hold the role at the practice, or at a larger place it lies in, now."""
    around = (
        select(Organisation.id, Organisation.parent_id)
        .where(Organisation.id == practice_id)
        .cte("around", recursive=True)
    )
    larger = select(Organisation.id, Organisation.parent_id).join(around, Organisation.id == around.c.parent_id)
    places = around.union_all(larger)
    wanted = (
        select(UserRole.user_id)
        .join(places, places.c.id == UserRole.place_id)
        .join(User, User.id == UserRole.user_id)
        .where(
            UserRole.role == role,
            UserRole.from_at <= now,
            or_(UserRole.until_at.is_(None), UserRole.until_at > now),
            User.deactivated_at.is_(None),
        )
    )
    return set(session.execute(wanted).scalars())
