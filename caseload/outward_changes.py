"""What the change feed is told: every change of a flag, of a plan in force, or of whether somebody may still be told of.

Rows are collected wherever they are written, so that no action can forget one, and numbered just before the commit, while
the head of the audit log is locked: the numbers are in the order of the commits on both databases. A reader who asks for
what came after the last number they saw misses nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, event, insert, inspect, select
from sqlalchemy.orm import Session

from caseload.domain.outward import OutwardResource
from caseload.domain.plan_words import PlanState
from caseload.domain.words import ConsentState
from caseload.tables import AuditHead, CareFlag, Case, Consent, OutwardChange, Person, PlanVersion

_TOLD = "caseload_told_outside"
_CHANGES = cast(Table, OutwardChange.__table__)
_AT_ONCE = 500
_STANDING = ("restricted", "date_of_death", "deregistered_on", "merged_into_id", "practice_id")
"""What of a person decides whether anything of theirs may leave."""
_OPENING = ("state", "person_id", "starts_on", "review_on")
"""What of a flag decides whether its person is one urgent care may read of."""
_AGAINST = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


@dataclass
class Told:
    """What a transaction has to tell: rows by resource and id, and people whose rows have to be read again."""

    rows: dict[tuple[OutwardResource, int], tuple[int | None, datetime]] = field(default_factory=dict)
    people: dict[int, tuple[bool, datetime]] = field(default_factory=dict)
    flagged: dict[int, datetime] = field(default_factory=dict)
    """People whose flags say anew whether urgent care may read their plans: the plans alone are told again."""


def listen_for_changes(session: Session) -> None:
    """Collect from now on what this writing transaction changes of what others are told."""
    session.info[_TOLD] = Told()
    event.listen(session, "after_flush", _collect)


def collected(session: Session) -> Told:
    """What was collected until now, to `collect_only` again where what follows is undone."""
    told: Told = session.info[_TOLD]
    return Told(dict(told.rows), dict(told.people), dict(told.flagged))


def collect_only(session: Session, told: Told) -> None:
    """Forget what was collected since: it did not happen."""
    session.info[_TOLD] = told


def tell_people(session: Session, person_ids: Iterable[int], *, at: datetime, gone: bool) -> None:
    """Have everything of these people's told again, where rows about them were not written one by one."""
    told: Told = session.info[_TOLD]
    told.people.update((person_id, (gone, at)) for person_id in person_ids)


def tell_changes(session: Session) -> None:
    """Write what was collected behind everything that was told before. The head row is locked from here until the commit."""
    told: Told = session.info[_TOLD]
    rows = [*_of_rows(session, told), *_of_people(session, told)]
    told.rows.clear()
    told.people.clear()
    told.flagged.clear()
    if rows:
        session.execute(select(AuditHead.number).with_for_update()).one()
        session.execute(insert(_CHANGES), rows)


def _collect(session: Session, _context: object) -> None:
    told: Told = session.info[_TOLD]
    for row in (*session.new, *session.dirty):
        if isinstance(row, CareFlag):
            _collect_flag(told, row, is_new=row in session.new)
        elif isinstance(row, PlanVersion):
            _collect_plan(told, row)
        elif isinstance(row, Person) and row not in session.new and _changed(row, *_STANDING):
            _collect_person(told, row)
        elif isinstance(row, Consent):
            told.people[row.person_id] = (row.state in _AGAINST, row.at)


def _collect_flag(told: Told, flag: CareFlag, *, is_new: bool) -> None:
    """With their plans, which urgent care may read for as long as there is a flag in force."""
    told.rows[OutwardResource.FLAG, flag.id] = (flag.person_id, flag.changed_at)
    if is_new or _changed(flag, *_OPENING):
        for person_id in (flag.person_id, *inspect(flag).attrs.person_id.history.deleted):
            told.flagged[person_id] = flag.changed_at


def _collect_person(told: Told, person: Person) -> None:
    """With whoever the record was merged into, or taken out of again: what was theirs has moved."""
    others = inspect(person).attrs.merged_into_id.history
    for person_id in (*others.added, *others.deleted):
        if person_id is not None:
            told.people.setdefault(person_id, (False, person.updated_at))
    told.people[person.id] = (_is_gone(person), person.updated_at)


def _collect_plan(told: Told, version: PlanVersion) -> None:
    """Only what holds or held: nobody outside is told of what is still being written."""
    states = {version.state, *inspect(version).attrs.state.history.deleted}
    moments = (version.ended_at, version.active_at, version.created_at)
    if PlanState.ACTIVE in states:
        at = next(moment for moment in moments if moment is not None)
        told.rows[OutwardResource.CARE_PLAN, version.id] = (None, at)


def _changed(row: Any, *names: str) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _is_gone(person: Person) -> bool:
    dates = (person.date_of_death, person.deregistered_on, person.merged_into_id)
    return person.restricted or any(one is not None for one in dates)


def _of_rows(session: Session, told: Told) -> Iterator[dict[str, Any]]:
    plans = [row_id for resource, row_id in told.rows if resource is OutwardResource.CARE_PLAN]
    whose: dict[int, int] = {}
    if plans:
        cases = select(PlanVersion.id, Case.person_id).join(Case, Case.id == PlanVersion.case_id)
        whose = {row.id: row.person_id for row in session.execute(cases.where(PlanVersion.id.in_(plans)))}
    for (resource, row_id), (person_id, at) in told.rows.items():
        yield _row(resource, row_id, whose[row_id] if person_id is None else person_id, at, gone=False)


def _of_people(session: Session, told: Told) -> Iterator[dict[str, Any]]:
    """Every flag and every plan that was ever in force of people of whom it changed what may be told."""
    changed = {person_id: (False, at) for person_id, at in told.flagged.items()} | told.people
    people = sorted(changed)
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        flags = select(CareFlag.id, CareFlag.person_id).where(CareFlag.person_id.in_(some)).order_by(CareFlag.id)
        plans = (
            select(PlanVersion.id, Case.person_id)
            .join(Case, Case.id == PlanVersion.case_id)
            .where(Case.person_id.in_(some), PlanVersion.active_at.is_not(None))
            .order_by(PlanVersion.id)
        )
        for resource, wanted in ((OutwardResource.FLAG, flags), (OutwardResource.CARE_PLAN, plans)):
            for row_id, person_id in session.execute(wanted):
                gone, at = changed[person_id]
                only_plans = resource is OutwardResource.FLAG and person_id not in told.people
                if not only_plans and ((resource, row_id) not in told.rows or gone):
                    yield _row(resource, row_id, person_id, at, gone=gone)


def _row(resource: OutwardResource, row_id: int, person_id: int, at: datetime, *, gone: bool) -> dict[str, Any]:
    return {"resource": resource.value, "row_id": row_id, "person_id": person_id, "gone": gone, "at": at}
