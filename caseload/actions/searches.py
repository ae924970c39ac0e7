"""Looking for somebody is audited too, also where nobody was found: fishing shows."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.viewer import Viewer


def record_person_search(session: Session, *, by: Viewer, now: datetime, how: str, found: int) -> None:
    """One search by `nhs_number` or `name`, with how many records it found; what was typed is not kept."""
    record(session, "person.search", by=by.user_id, now=now, how=how, found=found)


def record_audit_search(  # noqa: PLR0913 - the filters of one search
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int | None,
    user_id: int | None,
    action: str,
    exported: bool,
) -> None:
    """One search of the audit log, by reference and codes."""
    code = "audit.export" if exported else "audit.search"
    people = [] if person_id is None else [person_id]
    record(session, code, by=by.user_id, now=now, people=people, of_user=user_id, of_action=action)
