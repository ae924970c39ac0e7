"""Whether a meeting has taken place at all, as far as anything written down says so."""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from caseload.tables import AgendaItem, MdtAction, MdtAttendance, MdtDecision, MdtMeeting


def has_begun() -> ColumnElement[bool]:
    """A condition on `MdtMeeting`: somebody was marked, or an item has an outcome or an action. Notes can be prepared before."""
    said = or_(
        AgendaItem.not_reached, *(exists().where(table.item_id == AgendaItem.id) for table in (MdtDecision, MdtAction))
    )
    return or_(
        exists().where(MdtAttendance.meeting_id == MdtMeeting.id).correlate(MdtMeeting),
        exists().where(AgendaItem.meeting_id == MdtMeeting.id, said).correlate(MdtMeeting),
    )


def meeting_has_begun(session: Session, meeting_id: int) -> bool:
    """The same of one meeting."""
    return session.execute(select(MdtMeeting.id).where(MdtMeeting.id == meeting_id, has_begun())).first() is not None
