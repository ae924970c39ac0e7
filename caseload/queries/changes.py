"""The change feed: what of somebody's flags and plans has to be read again since a reader last asked.

The numbers are in the order of the commits (`caseload.outward_changes`): whoever asks again from the last number they were
told misses nothing and is told nothing twice. What is told is that something changed; what it says now is read like any
other resource. What the reader may not see any more is told as gone, and only where they were shown the person before.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.outward import OutwardResource
from caseload.domain.viewer import Viewer
from caseload.queries.reach import reachable
from caseload.tables import AuditEvent, AuditSubject, OutwardChange, Person

MOST = 500
"""As many changes as are looked through at once."""
_RECORD = aliased(Person)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change. `gone` says that the reader may not see it any more; there is nothing to read then."""

    change_id: int
    resource: OutwardResource
    row_id: int
    person_id: int
    at: datetime
    gone: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reader is told. `last_id` is where to go on from, whether or not anything was for them; `more` if at once."""

    rows: tuple[ChangeRow, ...]
    last_id: int
    more: bool


def changes_since(
    session: Session, viewer: Viewer, now: datetime, resource: OutwardResource, after_id: int, count: int
) -> Changes:
    """The next `count` changes (MOST at most) after a number, each row's last one only; 0 begins at the beginning.

    Fewer rows than `count` may be told although there are `more`: others were not for this reader.
    """
    count = max(1, min(count, MOST))
    wanted = (
        select(OutwardChange, reachable(viewer, now).label("reached"), _shown_before(viewer).label("shown"))
        .join(Person, Person.id == OutwardChange.person_id)
        .where(OutwardChange.resource == resource.value, OutwardChange.id > after_id)
        .order_by(OutwardChange.id)
        .limit(count + 1)
    )
    found = session.execute(wanted).all()
    here = found[:count]
    last: dict[int, ChangeRow] = {}
    for change, reached, shown in here:
        last.pop(change.row_id, None)
        if reached or shown:
            last[change.row_id] = ChangeRow(
                change.id, resource, change.row_id, change.person_id, change.at, gone=not reached
            )
    return Changes(tuple(last.values()), here[-1].OutwardChange.id if here else after_id, len(found) > count)


def last_change_id(session: Session, resource: OutwardResource) -> int:
    """The number of the last change there is, for a reader who begins now; 0 where there is none."""
    wanted = select(func.max(OutwardChange.id)).where(OutwardChange.resource == resource.value)
    return session.execute(wanted).scalar() or 0


def _shown_before(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Person`: the viewer was once shown them, or a record that was merged into theirs."""
    return (
        exists()
        .where(
            or_(_RECORD.id == Person.id, _RECORD.merged_into_id == Person.id),
            AuditSubject.person_id == _RECORD.id,
            AuditEvent.number == AuditSubject.number,
            AuditEvent.user_id == viewer.user_id,
            AuditEvent.action == "view",
        )
        .correlate(Person)
    )
