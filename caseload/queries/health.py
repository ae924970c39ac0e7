"""Whether the case database answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.tables import AuditHead


def answers(session: Session) -> bool:
    """True where the case database answers and has its tables; whatever stops it is raised as it comes."""
    return session.execute(select(AuditHead.id).limit(1)).first() is not None
