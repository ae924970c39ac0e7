"""How many notices a viewer has not read, for the header of every page."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.tables import Notice


def unread_notices(session: Session, viewer: Viewer) -> int:
    """The viewer's own unread notices, counted."""
    wanted = select(func.count()).where(Notice.user_id == viewer.user_id, Notice.read_at.is_(None))
    return session.execute(wanted).scalar_one()
