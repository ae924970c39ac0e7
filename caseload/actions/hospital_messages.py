"""Keeping what hospitals send, before anybody is told that it arrived.

A message sent twice is kept once. One that is refused is kept too, held for somebody to look at, without a key: the sender
may put it right and send it under the same control id. Sent again as it was, it is not kept a second time.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.data_quality import tell_data_quality
from caseload.actions.hospital_locks import hold_row
from caseload.domain.arrivals import NO_FEED, ArrivalOutcome, same_but_for_line_ends
from caseload.domain.border_words import MessageState
from caseload.domain.words import NoticeKind
from caseload.tables import HospitalMessage
from interfaces.hl7v2.refusals import Reason


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as it came, with what its header says. `refused` is why it is not taken, empty where it is."""

    raw: bytes
    feed: str
    message_key: str | None
    control_id: str = ""
    kind: str = ""
    hl7_version: str = ""
    charset: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """The row that holds a message, and what became of the arrival."""

    message_id: int
    outcome: ArrivalOutcome


def store_messages(session: Session, *, now: datetime, arrivals: Sequence[Arrival]) -> list[Stored]:
    """Keep these messages as they came; answers for each, in order, what became of it.

    IntegrityError where another program keeps one of them at the same moment: done again, it is found to be here.
    """
    shelf = _shelf(session, arrivals)
    placed = [_place(session, shelf, arrival, now) for arrival in arrivals]
    session.flush()
    held = [(row.id, reason) for row, reason in shelf.held]
    for message_id, reason in held:
        record(session, "message.held", by=None, now=now, message=message_id, reason=reason)
    if held:
        tell_data_quality(session, now=now, kind=NoticeKind.MESSAGE_HELD)
    return [Stored(row.id, outcome) for row, outcome in placed]


_Kept = HospitalMessage | Row[int, str | None, str, str]
"""A message on the shelf: one of this transaction, or what is wanted of an earlier one."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What is here under the keys and hashes of these arrivals; grows as they are put there."""

    keyed: dict[str, _Kept]
    keyless: dict[tuple[str, str], _Kept]
    held: list[tuple[HospitalMessage, str]] = field(default_factory=list)


def _shelf(session: Session, arrivals: Sequence[Arrival]) -> _Shelf:
    columns = (HospitalMessage.id, HospitalMessage.message_key, HospitalMessage.sha256, HospitalMessage.feed)
    keys = {arrival.message_key for arrival in arrivals if arrival.message_key and not arrival.refused}
    keyed = session.execute(select(*columns).where(HospitalMessage.message_key.in_(keys))).all() if keys else []
    hashes = {_hash(arrival.raw) for arrival in arrivals}
    keyless = session.execute(
        select(*columns)
        .where(HospitalMessage.message_key.is_(None), HospitalMessage.sha256.in_(hashes))
        .order_by(HospitalMessage.id)
    ).all()
    return _Shelf(
        {str(row.message_key): row for row in keyed},
        {(row.feed, row.sha256): row for row in keyless},
    )


def _place(session: Session, shelf: _Shelf, arrival: Arrival, now: datetime) -> tuple[_Kept, ArrivalOutcome]:
    if arrival.refused or arrival.message_key is None:
        return _held(session, shelf, arrival, now, arrival.refused or Reason.CONTROL_ID), ArrivalOutcome.REFUSED
    earlier = shelf.keyed.get(arrival.message_key)
    if earlier is None:
        row = _row(arrival, now, MessageState.RECEIVED)
        row.message_key = arrival.message_key
        row.corrects_id = _taken_after_all(session, shelf, arrival, now)
        session.add(row)
        shelf.keyed[arrival.message_key] = row
        return row, ArrivalOutcome.TAKEN
    if _same(session, earlier, arrival):
        return earlier, ArrivalOutcome.HERE_ALREADY
    return _held(session, shelf, arrival, now, Reason.KEY_USED), ArrivalOutcome.KEY_REUSED


def _held(session: Session, shelf: _Shelf, arrival: Arrival, now: datetime, reason: str) -> _Kept:
    """The row of a message that is not taken: the one it was given when it came before, else a new one."""
    place = (arrival.feed, _hash(arrival.raw))
    if place not in shelf.keyless:
        row = _row(arrival, now, MessageState.HELD)
        row.reason_code = reason
        session.add(row)
        shelf.keyless[place] = row
        shelf.held.append((row, reason))
    return shelf.keyless[place]


def _taken_after_all(session: Session, shelf: _Shelf, arrival: Arrival, now: datetime) -> int | None:
    """The row of the same bytes that were refused before, by rules that have changed since: nobody need look at it now."""
    for feed in (arrival.feed, NO_FEED):
        earlier = shelf.keyless.get((feed, _hash(arrival.raw)))
        row = None if earlier is None else session.get(HospitalMessage, earlier.id)
        if row is not None and row.state is MessageState.HELD:
            row.state = MessageState.CORRECTED
            record(session, "message.taken_after_all", by=None, now=now, message=row.id)
            return row.id
    return None


def _same(session: Session, earlier: _Kept, arrival: Arrival) -> bool:
    if earlier.sha256 == _hash(arrival.raw):
        return True
    if isinstance(earlier, HospitalMessage):
        return same_but_for_line_ends(earlier.raw, arrival.raw)
    raw = session.execute(select(HospitalMessage.raw).where(HospitalMessage.id == earlier.id)).scalar_one()
    return same_but_for_line_ends(raw, arrival.raw)


def _row(arrival: Arrival, now: datetime, state: MessageState) -> HospitalMessage:
    return HospitalMessage(
        feed=arrival.feed, received_at=now, raw=arrival.raw, sha256=_hash(arrival.raw), state=state,
        control_id=_text(arrival.control_id, 200), kind=_text(arrival.kind, 20),
        hl7_version=_text(arrival.hl7_version, 12), charset=_text(arrival.charset, 20),
    )  # fmt: skip


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _text(value: str, size: int) -> str:
    """What a column of text can hold: PostgreSQL keeps no NUL, and neither any half of a surrogate pair."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:size]


def hold_message(
    session: Session,
    *,
    now: datetime,
    message_id: int,
    reason: str,
    of: Collection[MessageState] = (MessageState.RECEIVED,),
) -> MessageState:
    """A stored message waits for somebody to look at it; answers the state that it is in then.

    One that is in none of the states `of` is left as it is: another program, or somebody, has decided on it meanwhile.
    """
    row = hold_row(session, message_id)
    if row.state not in of:
        return row.state
    row.state, row.reason_code = MessageState.HELD, reason
    session.flush()
    record(session, "message.held", by=None, now=now, message=message_id, reason=reason)
    tell_data_quality(session, now=now, kind=NoticeKind.MESSAGE_HELD)
    return MessageState.HELD
