"""What somebody who can lead cases is reckoned with: profession, capacity, working days, leave."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import Profession
from caseload.exceptions import NotNow, NotThere
from caseload.queries.governed import governed_user
from caseload.tables import Leave, Practitioner

_WEEK = 0b1111111
_WEEKDAYS = 0b0011111


def set_profile(  # noqa: PLR0913 - the fields of one form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    user_id: int,
    profession: Profession,
    capacity: int,
    working_days: int,
) -> int:
    """Make somebody one who can lead, or change what they are reckoned with. `capacity` is in points of workload.

    `working_days` has bit 0 for Monday to bit 6 for Sunday.
    """
    _governed(session, by, now, user_id)
    put_profile(session, user_id, profession, capacity, working_days)
    record(
        session, "user.profile", by=by.user_id, now=now, user=user_id, profession=profession.value, capacity=capacity,
        working_days=working_days,
    )  # fmt: skip
    return user_id


def add_leave(session: Session, *, by: Viewer, now: datetime, user_id: int, first_day: date, last_day: date) -> int:
    """Days away, both included. NotNow where they end before they begin, or for somebody who cannot lead."""
    _theirs_or_governed(session, by, now, user_id)
    if last_day < first_day:
        raise NotNow("The last day of leave must be the first day or later.", field="last_day")
    if session.get(Practitioner, user_id) is None:
        raise NotNow("Leave is kept for people who can lead cases. Give them a profession first.")
    leave = Leave(user_id=user_id, first_day=first_day, last_day=last_day)
    session.add(leave)
    session.flush()
    record(session, "user.leave", by=by.user_id, now=now, user=user_id)
    return leave.id


def remove_leave(session: Session, *, by: Viewer, now: datetime, user_id: int, leave_id: int) -> int:
    """Take days away back."""
    _theirs_or_governed(session, by, now, user_id)
    leave = session.execute(select(Leave).where(Leave.id == leave_id, Leave.user_id == user_id)).scalar_one_or_none()
    if leave is None:
        raise NotThere
    session.delete(leave)
    record(session, "user.leave_end", by=by.user_id, now=now, user=user_id)
    return user_id


def put_profile(
    session: Session, user_id: int, profession: Profession, capacity: int, working_days: int = _WEEKDAYS
) -> None:
    """The row of a profile, as part of another action."""
    if not 0 <= capacity <= 10_000 or not 0 <= working_days <= _WEEK:
        raise NotNow("Capacity is between 0 and 10,000 points.", field="capacity")
    kept = session.get(Practitioner, user_id)
    if kept is None:
        session.add(Practitioner(user_id=user_id, profession=profession, capacity=capacity, working_days=working_days))
    else:
        kept.profession, kept.capacity, kept.working_days = profession, capacity, working_days
    session.flush()


def _governed(session: Session, by: Viewer, now: datetime, user_id: int) -> None:
    if not by.may(Permission.MANAGE_USERS):
        raise NotThere
    governed_user(session, by, now, user_id)


def _theirs_or_governed(session: Session, by: Viewer, now: datetime, user_id: int) -> None:
    if user_id != by.user_id:
        _governed(session, by, now, user_id)
