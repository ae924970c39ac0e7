"""Who changed something last, and when: for somebody whose form was overtaken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from caseload.tables import CaseEvent, FlagEvent, PersonEvent, TaskEvent, User

Event = type[CaseEvent] | type[FlagEvent] | type[PersonEvent] | type[TaskEvent]


@dataclass(frozen=True, slots=True)
class Change:
    """A change by somebody of that name; without a name where a load made it, without a time where none is
    known."""

    by: str
    at: datetime | None


def change_by(session: Session, user_id: int | None, at: datetime) -> Change:
    """The change that a row says was made by this user then."""
    user = None if user_id is None else session.get(User, user_id)
    return Change(user.display_name if user else "", at)


def last_change(session: Session, event: Event, about: InstrumentedAttribute[int], row_id: int) -> Change | None:
    """The last change in a history, of the row whose id is in its column `about`; None where it tells none."""
    wanted = select(event.by, event.at).where(about == row_id).order_by(event.id.desc()).limit(1)
    last = session.execute(wanted).first()
    return None if last is None else change_by(session, last.by, last.at)
