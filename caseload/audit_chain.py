"""The audit log's chain: how events are written, and how a broken one is found.

Every event's hash is HMAC-SHA-256, under a key kept outside the database, of everything in the event and the hash of the
one before. The head row repeats the last number and hash, so that a tail cannot be cut off unseen by somebody without
the key. A head put back together with its tail is found by a note kept elsewhere (`caseload audit verify --note`).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from caseload.exceptions import AuditBroken
from caseload.tables import AuditEvent, AuditHead, AuditSubject

PENDING = "caseload_pending_audit"
FIRST_HASH = "0" * 64
_BATCH = 5_000
_EVENTS, _SUBJECTS, _HEAD = (cast(Table, each.__table__) for each in (AuditEvent, AuditSubject, AuditHead))


@dataclass(frozen=True)
class Pending:
    """An event as its action tells it; it gets its number and hash at the end of the transaction."""

    at: datetime
    user_id: int | None
    action: str
    people: tuple[int, ...]
    case_id: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """An event with its number, as its hash is taken of it."""

    number: int
    at: datetime
    user_id: int | None
    action: str
    case_id: int | None
    detail: str
    previous_hash: str


@dataclass(frozen=True)
class Verified:
    """What `verify` found sound: how many events, and the last one's hash."""

    events: int
    last_hash: str


def chain_pending(session: Session, key: bytes) -> None:
    """Write the transaction's events behind the last one. The head row is locked from here until the commit."""
    pending: list[Pending] = session.info.get(PENDING, [])
    if not pending:
        return
    number, last = session.execute(select(AuditHead.number, AuditHead.hash).with_for_update()).one()
    rows: list[dict[str, Any]] = []
    for event in pending:
        number += 1
        detail = json.dumps({**event.detail, "people": list(event.people)}, sort_keys=True, ensure_ascii=False)
        written = Written(number, event.at, event.user_id, event.action, event.case_id, detail, last)
        last = event_hash(key, written)
        rows.append({**asdict(written), "hash": last})
    session.execute(insert(_EVENTS), rows)
    subjects = [
        {"person_id": person, "number": row["number"]}
        for row, event in zip(rows, pending, strict=True)
        for person in sorted(set(event.people))
    ]
    if subjects:
        session.execute(insert(_SUBJECTS), subjects)
    session.execute(update(_HEAD).values(number=number, hash=last))
    pending.clear()


def event_hash(key: bytes, event: Written) -> str:
    """The keyed hash of one event as it stands."""
    content = [
        event.number, event.at.astimezone(UTC).isoformat(timespec="microseconds"), event.user_id, event.action, event.case_id,
        event.detail, event.previous_hash,
    ]  # fmt: skip
    return hmac.digest(key, json.dumps(content, ensure_ascii=False).encode(), hashlib.sha256).hex()


def verify(session: Session, key: bytes) -> Verified:
    """Read the whole log in order; AuditBroken names the first event that is not as it was written."""
    head = session.execute(select(AuditHead)).scalar_one_or_none()
    if head is None:
        raise AuditBroken("the audit log's head row", "none", "Restore the database from a backup.")
    number, last = 0, FIRST_HASH
    columns = [_EVENTS.columns[field.name] for field in fields(Written)]
    events = session.execute(select(*columns, AuditEvent.hash).order_by(AuditEvent.number))
    for rows in events.yield_per(_BATCH).partitions(_BATCH):
        subjects = _subjects(session, rows[0].number, rows[-1].number)
        for *written, found in rows:
            event = Written(*written)
            _check(key, event, found, (number, last), subjects.get(event.number, []))
            number, last = event.number, found
    if (head.number, head.hash) != (number, last):
        raise _broken(number + 1, f"the log ends at event {number} where its head says {head.number}")
    _no_stray_subjects(session, number)
    return Verified(number, last)


def check_note(session: Session, noted: Verified) -> None:
    """AuditBroken where the log, sound as it may be, no longer holds what was verified earlier: its tail was cut since."""
    wanted = select(AuditEvent.hash).where(AuditEvent.number == noted.events)
    if noted.events and session.execute(wanted).scalar_one_or_none() != noted.last_hash:
        raise _broken(noted.events, f"event {noted.events} is not the one that was noted")


def _check(key: bytes, event: Written, found: str, before: tuple[int, str], subjects: list[int]) -> None:
    number, last = before
    if event.number != number + 1:
        raise _broken(number + 1, f"event {number + 1} is missing")
    if event.previous_hash != last or not hmac.compare_digest(found, event_hash(key, event)):
        raise _broken(event.number, f"event {event.number} is not as it was written")
    if sorted(set(json.loads(event.detail)["people"])) != subjects:
        raise _broken(event.number, f"event {event.number} no longer lists the people it concerned")


def _subjects(session: Session, first: int, last: int) -> dict[int, list[int]]:
    wanted = select(AuditSubject.number, AuditSubject.person_id).where(AuditSubject.number.between(first, last))
    found: dict[int, list[int]] = {}
    for row in session.execute(wanted.order_by(AuditSubject.number, AuditSubject.person_id)):
        found.setdefault(row.number, []).append(row.person_id)
    return found


def _no_stray_subjects(session: Session, number: int) -> None:
    stray: Iterable[int] = session.execute(
        select(AuditSubject.number).where(AuditSubject.number > number).order_by(AuditSubject.number).limit(1)
    ).scalars()
    for found in stray:
        raise _broken(found, f"people are listed for event {found}, which is not there")


def _broken(number: int, found: str) -> AuditBroken:
    return AuditBroken(
        f"an unbroken audit log up to event {number}",
        found,
        "Keep this database as evidence, tell the information governance officer, and compare it with the last backup.",
    )
