"""What an action tells the audit log; it is chained when the transaction commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from caseload.audit_chain import PENDING, Pending


def record(
    session: Session,
    action: str,
    *,
    by: int | None,
    now: datetime,
    people: Iterable[int] = (),
    case_id: int | None = None,
    **detail: str | int | bool | list[str] | list[int] | None,
) -> None:
    """Tell the log of one act. `detail` holds codes, ids and names of fields, never a person's values.

    RuntimeError outside a writing transaction of the store: an act nobody could find again.
    """
    if PENDING not in session.info:
        raise RuntimeError("an act is audited in a writing transaction of the store")
    session.info[PENDING].append(Pending(now, by, action, tuple(people), case_id, dict(detail)))
