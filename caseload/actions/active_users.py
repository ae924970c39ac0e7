"""Holding on to a user who is given something, so that they cannot be deactivated at the same moment."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.exceptions import NotNow
from caseload.tables import User


def keep_active(session: Session, user_id: int) -> None:
    """Until this transaction ends nobody deactivates this user. NotNow where somebody has.

    To be called before a case or a request to take one over is given to them: `deactivate_user` locks the row before it
    counts what they hold, so one of the two waits for the other and sees what it did. Users are locked for changing them
    `key_share`: rows that only name them, as every audit event does, are written meanwhile.
    """
    active = select(User.id).where(User.id == user_id, User.deactivated_at.is_(None))
    if session.execute(active.with_for_update(read=True)).first() is None:
        raise NotNow("This person's account has been deactivated. Choose somebody else.", field="user_id")
