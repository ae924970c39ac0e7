"""That a practice's file was made is written down before it can be taken: whom it names, and what is in it by its hash."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record


def record_gp_file(
    session: Session, *, now: datetime, practice_id: int, day: date, people: Iterable[int], sha256: str
) -> None:
    """Write down one practice's file of a day with everybody in it."""
    record(
        session,
        "gp_file.make",
        by=None,
        now=now,
        people=people,
        practice=practice_id,
        day=day.isoformat(),
        sha256=sha256,
    )
