"""Two records found to be one person: merged with everything that was recorded, and taken apart again exactly.

What was recorded about the merged record goes to the one that is kept, row by row, and every row is listed in the merge.
The audit log and the record's own history stay where they were written: the log cannot be changed, and is read for all
records of a person together. A row that would stand twice stays behind, unseen, until the merge is undone.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import last_change
from caseload.actions.versions import check_version
from caseload.domain.border_words import MessageState
from caseload.domain.duplicates import Record, why_not_merged
from caseload.domain.hospital_reasons import HoldReason
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ProposalState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.merges import NOT_DUPLICATE, current_id, mergeable
from caseload.tables import (
    CareFlag,
    Case,
    CohortMember,
    Consent,
    Contact,
    EmergencyAccess,
    Encounter,
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    IdentityChange,
    Notice,
    OutwardChange,
    PartnerMessage,
    Person,
    PersonEvent,
    PersonIdentifier,
    PersonMeasure,
    PersonMerge,
    Proposal,
    RestrictedAccess,
    RiskScore,
    Task,
)

MOVED: tuple[Any, ...] = (
    CareFlag,
    Case,
    CohortMember,
    Consent,
    Contact,
    EmergencyAccess,
    Encounter,
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    Notice,
    OutwardChange,
    PartnerMessage,
    PersonIdentifier,
    PersonMeasure,
    Proposal,
    RestrictedAccess,
    RiskScore,
    Task,
)
"""Everything that is recorded about a person, by its `person_id`."""

STAYS = frozenset(
    {
        "audit_subject.person_id",
        "person.merged_into_id",
        "person_event.person_id",
        "person_merge.kept_id",
        "person_merge.merged_id",
    }
)
"""What points to a person and is not moved. A test holds that every reference to a person is in one list or the other."""

_BY_NAME: dict[str, Any] = {table.__tablename__: table for table in MOVED}
_WITH_CASE: tuple[Any, ...] = (CareFlag, Contact, Notice, PartnerMessage, Task)
_UNDECIDED = (ProposalState.PROPOSED, ProposalState.DEFERRED)


def merge_people(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    kept_id: int,
    merged_id: int,
    row_versions: dict[str, int],
    reason: str,
) -> int:
    """Merge one record into the other; answers the merge's id. `row_versions` is by person id, as text.

    NotNow where both have a case that is not closed, or only one is restricted; Conflict where either was changed.
    """
    kept, merged = _both(session, by, now, kept_id, merged_id)
    for person in (kept, merged):
        last = partial(last_change, session, PersonEvent, PersonEvent.person_id, person.id)
        check_version(person, row_versions[str(person.id)], last=last)
    refusal = why_not_merged(_record(session, kept), _record(session, merged))
    if refusal:
        raise NotNow(refusal)
    merge = PersonMerge(
        kept_id=kept.id, merged_id=merged.id, reason=reason, merged_at=now, merged_by=by.user_id,
        moved=_move_all(session, merged, kept),
    )  # fmt: skip
    merged.merged_into_id = kept.id
    session.add(merge)
    _tell(session, merge, kept, merged, "merged", by=by, now=now)
    return merge.id


def unmerge_people(session: Session, *, by: Viewer, now: datetime, merge_id: int) -> int:
    """Take a merge back: every row it moved returns, and what was added to a moved case since goes with that case.

    Answers the id of the record that was merged. NotNow where it was undone, or the kept record was merged on since.
    """
    merge = session.execute(
        select(PersonMerge).where(PersonMerge.id == merge_id).with_for_update()
    ).scalar_one_or_none()
    if merge is None:
        raise NotThere
    kept, merged = session.get_one(Person, merge.kept_id), session.get_one(Person, merge.merged_id)
    _check_may_undo(session, merge, kept, by, now)
    for row in _moved_rows(session, merge):
        row.person_id = merged.id
    session.flush()
    _follow_cases(session, merge)
    _take_numbers_apart(session, merge, by=by, now=now)
    merged.merged_into_id = None
    merge.undone_at, merge.undone_by = now, by.user_id
    _tell(session, merge, kept, merged, "unmerged", by=by, now=now)
    return merged.id


def keep_apart(session: Session, *, by: Viewer, now: datetime, first_id: int, second_id: int) -> int:
    """Say that two records are two people, so that they are not proposed again. Answers the first one's id."""
    first, second = _both(session, by, now, min(first_id, second_id), max(first_id, second_id))
    session.add(PersonEvent(person_id=first.id, kind=NOT_DUPLICATE, at=now, by=by.user_id, after={"other": second.id}))
    record(session, "person.not_duplicate", by=by.user_id, now=now, people=[first.id, second.id])
    return first.id


def _both(session: Session, by: Viewer, now: datetime, first_id: int, second_id: int) -> tuple[Person, Person]:
    """Both records, locked in the order of their ids, for somebody who may merge them."""
    wanted = select(Person).where(Person.id.in_([first_id, second_id]), mergeable(by, now))
    found = session.execute(wanted.order_by(Person.id).with_for_update()).scalars()
    people = {person.id: person for person in found}
    if people.keys() != {first_id, second_id} or first_id == second_id:
        raise NotThere
    return people[first_id], people[second_id]


def _record(session: Session, person: Person) -> Record:
    current = select(Case.id).where(Case.person_id == person.id, Case.state != CaseState.CLOSED).with_for_update()
    return Record(person.id, person.restricted, session.execute(current).first() is not None)


def _move_all(session: Session, merged: Person, kept: Person) -> list[list[object]]:
    moved: list[list[object]] = []
    for table in MOVED:
        for row in _rows_of(session, table, merged.id):
            if not _stands_twice(session, row, kept.id):
                row.person_id = kept.id
                moved.append([table.__tablename__, _ref(row), "person_id"])
        session.flush()
    return moved


def _rows_of(session: Session, table: Any, person_id: int) -> list[Any]:
    return list(session.execute(select(table).where(table.person_id == person_id)).scalars())


def _stands_twice(session: Session, row: Any, kept_id: int) -> bool:
    """Whether the kept record has the same already: a run's score, a named user, an undecided proposal."""
    if isinstance(row, RiskScore):
        return session.get(RiskScore, (kept_id, row.run_id)) is not None
    if isinstance(row, CohortMember):
        return any(member.cohort_id == row.cohort_id for member in _rows_of(session, CohortMember, kept_id))
    if isinstance(row, RestrictedAccess):
        return any(named.user_id == row.user_id for named in _rows_of(session, RestrictedAccess, kept_id))
    if isinstance(row, Proposal) and row.state in _UNDECIDED:
        return any(other.state in _UNDECIDED for other in _rows_of(session, Proposal, kept_id))
    return False


def _ref(row: Any) -> int:
    """What finds the row again together with the person: its id; a score has its run's."""
    found: int = row.run_id if isinstance(row, RiskScore) else row.id
    return found


def _moved_rows(session: Session, merge: PersonMerge) -> Iterator[Any]:
    """The rows the merge moved that are still there."""
    for name, ref, _column in merge.moved:
        table = _BY_NAME[str(name)]
        row = session.get(table, (merge.kept_id, ref) if table is RiskScore else ref)
        if row is not None:
            yield row


def _follow_cases(session: Session, merge: PersonMerge) -> None:
    cases = [ref for name, ref, _column in merge.moved if name == Case.__tablename__]
    for table in _WITH_CASE:
        for row in session.execute(select(table).where(table.case_id.in_(cases))).scalars():
            row.person_id = merge.merged_id
    session.flush()


def _take_numbers_apart(session: Session, merge: PersonMerge, *, by: Viewer, now: datetime) -> None:
    """A hospital's merge of numbers that rested on this one holds no more: its message waits again, as about two people."""
    wanted = select(IdentityChange).where(IdentityChange.merge_id == merge.id, IdentityChange.undone_at.is_(None))
    for change in session.execute(wanted.order_by(IdentityChange.id).with_for_update()).scalars().all():
        for name, ref, column, before in change.moved:
            row = session.get(PersonIdentifier, ref) if name == PersonIdentifier.__tablename__ else None
            if row is not None and column != "id":
                setattr(row, str(column), before)
        change.undone_at, change.undone_by = now, by.user_id
        message = session.get(HospitalMessage, change.message_id)
        if message is not None:
            message.state, message.reason_code = MessageState.HELD, HoldReason.TWO_PEOPLE.value
        session.flush()
        record(
            session, "hospital_number.undo", by=by.user_id, now=now, people=[merge.kept_id, merge.merged_id],
            change=change.id,
        )  # fmt: skip


def _check_may_undo(session: Session, merge: PersonMerge, kept: Person, by: Viewer, now: datetime) -> None:
    stands_for = current_id(session, kept.id)
    allowed = select(Person.id).where(Person.id == stands_for, mergeable(by, now))
    if session.execute(allowed).scalar_one_or_none() is None:
        raise NotThere
    if stands_for != kept.id:
        raise NotNow("The record that was kept has been merged since. Undo that merge first.")
    if merge.undone_at is not None:
        raise NotNow("This merge has been undone already.")


def _tell(  # noqa: PLR0913 - the history rows and the event of one change
    session: Session, merge: PersonMerge, kept: Person, merged: Person, kind: str, *, by: Viewer, now: datetime
) -> None:
    kept.updated_at = merged.updated_at = now
    session.flush()
    session.add_all(
        PersonEvent(person_id=person.id, kind=kind, at=now, by=by.user_id, after={"merge": merge.id, "other": other.id})
        for person, other in ((kept, merged), (merged, kept))
    )
    record(
        session, f"person.{kind}", by=by.user_id, now=now, people=[kept.id, merged.id], merge_id=merge.id,
        rows=len(merge.moved),
    )  # fmt: skip
