"""Letters to people, told to the audit log as they are made."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.visible import case_for


def record_letter(session: Session, *, by: Viewer, now: datetime, case_id: int, made_as: str) -> None:
    """A letter about this case's lead was made, as a page or as a file. Making it changes nothing else."""
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    case = case_for(session, by, now, case_id)
    record(session, "letter.make", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, made_as=made_as)
