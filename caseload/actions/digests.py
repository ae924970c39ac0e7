"""Remembering who was sent the daily e-mail: it is claimed before it is sent, so that nobody is ever sent two."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.tables import DigestSent


def claim_digest(session: Session, *, now: datetime, user_id: int, day: date) -> None:
    """This user's e-mail of this day is being sent. IntegrityError where somebody else has claimed it."""
    session.add(DigestSent(user_id=user_id, day=day, at=now))
    session.flush()
    record(session, "digest.send", by=None, now=now, to_user=user_id)


def release_digest(session: Session, *, now: datetime, user_id: int, day: date) -> None:
    """It could not be sent: the next run tries again."""
    claim = session.get(DigestSent, (user_id, day))
    if claim is not None:
        session.delete(claim)
        record(session, "digest.failed", by=None, now=now, to_user=user_id)
