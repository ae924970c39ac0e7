"""Taking back what a hospital said of its numbers or visits, or what somebody linked by hand: exactly what was moved.

What was acted on because of it is decided on again without it: a message that would not have been acted on then waits, and
what it told of a stay or of a person counts no longer.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.hospital_alerts import StayChange, encounter_of, tell_of_stay
from caseload.actions.hospital_details import take_back_details
from caseload.actions.hospital_events import hold
from caseload.actions.hospital_locks import hold_names, hold_people, hold_row
from caseload.actions.hospital_merges import MADE
from caseload.actions.hospital_numbers import Acting, NotFound, own_numbers, stop_waiting, wait_with, whom
from caseload.actions.hospital_stays import events_of, read_stay, settle_stay, visit_now, visits_of
from caseload.actions.hospital_visits import VISIT
from caseload.domain.border_words import IdentityChangeKind, MessageState
from caseload.domain.hospital_reasons import PassReason
from caseload.domain.hospital_stays import StayNow
from caseload.exceptions import NotNow
from caseload.tables import (
    Encounter,
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    IdentityChange,
    PersonIdentifier,
)
from interfaces.hl7v2.adt import read_adt
from interfaces.hl7v2.reading import header_of, split_message
from interfaces.hl7v2.refusals import MessageRefused
from interfaces.hl7v2.triggers import TRIGGERS, Act

_TABLES: dict[str, Any] = {
    table.__tablename__: table for table in (Encounter, HospitalEvent, HospitalMessage, HospitalStay, PersonIdentifier)
}
_OF_NUMBERS = frozenset(
    code
    for code, trigger in TRIGGERS.items()
    if trigger.act in (Act.MERGE_PATIENT, Act.CHANGE_NUMBER, Act.MERGE_VISIT, Act.MOVE_VISIT)
)
_Visits = dict[str, tuple[StayNow | None, int | None, frozenset[int]]]


def take_back(acting: Acting, change: IdentityChange, *, by: int) -> list[int]:
    """Undo one change that is held on to; answers the ids of the messages that count no longer.

    NotNow for a move of a visit that was moved again since: the later one lists where that had left it.
    """
    session = acting.session
    _check_is_last(session, change)
    messages = _affected(session, change)
    people = {message.person_id for message in messages if message.person_id is not None}
    hold_people(session, people)
    visits = _visits(session, change, messages)
    was = {ref: _as_it_is(session, change.feed, ref) for ref in visits}
    _put_back(session, change)
    change.undone_at, change.undone_by = acting.now, by
    session.flush()
    gone = [message.id for message in messages if _counts_no_longer(acting, message, change, by)]
    _settle(acting, was, visits)
    own = session.get(HospitalMessage, change.message_id) if change.message_id is not None else None
    if own is not None and change.kind is not IdentityChangeKind.LINKED and not _has_others(session, change):
        own.state, own.reason_code = MessageState.DISMISSED, PassReason.CHANGE_UNDONE.value
        own.settled_at, own.settled_by = acting.now, by
        session.flush()
    record(
        session, "hospital_number.undo", by=by, now=acting.now, people=sorted(people), change=change.id, messages=gone
    )
    return gone


def _check_is_last(session: Session, change: IdentityChange) -> None:
    if change.kind is not IdentityChangeKind.VISIT_MOVED:
        return
    goes_on = visit_now(session, change.feed, change.kept_value)
    refs = visits_of(session, change.feed, goes_on) | {change.kept_value, change.retired_value}
    hold_names(session, change.feed, {(VISIT, ref) for ref in refs})
    later = (
        select(IdentityChange.id)
        .where(
            IdentityChange.feed == change.feed,
            IdentityChange.kind == IdentityChangeKind.VISIT_MOVED,
            IdentityChange.undone_at.is_(None),
            IdentityChange.id > change.id,
            or_(IdentityChange.kept_value.in_(refs), IdentityChange.retired_value.in_(refs)),
        )
        .order_by(IdentityChange.id.desc())
        .limit(1)
    )
    last = session.execute(later).scalar_one_or_none()
    if last is not None:
        raise NotNow(f"The visit was moved again after this. Take change {last} back first.")


def _affected(session: Session, change: IdentityChange) -> list[HospitalMessage]:
    """The messages acted on because of it: those it let go on, and those that came after it about the same person."""
    listed = {ref for name, ref, *_ in change.moved if name == HospitalMessage.__tablename__}
    whose = select(HospitalMessage.person_id).where(HospitalMessage.id == change.message_id)
    person_id = session.execute(whose).scalar_one_or_none()
    after = (HospitalMessage.person_id == person_id) & (HospitalMessage.id >= (change.message_id or 0))
    wanted = select(HospitalMessage.id).where(
        HospitalMessage.feed == change.feed,
        HospitalMessage.state == MessageState.APPLIED,
        or_(HospitalMessage.id.in_(listed), after),
    )
    return [
        hold_row(session, message_id) for message_id in session.execute(wanted.order_by(HospitalMessage.id)).scalars()
    ]


def _visits(session: Session, change: IdentityChange, messages: Iterable[HospitalMessage]) -> set[str]:
    """The visits that may be other ones without it."""
    ids = [message.id for message in messages]
    wanted = select(HospitalEvent.visit_ref).where(HospitalEvent.message_id.in_(ids))
    found = {visit_now(session, change.feed, ref) for ref in session.execute(wanted).scalars()}
    if change.kind is IdentityChangeKind.VISIT_MOVED:
        found |= {change.kept_value, change.retired_value}
    return found


def _as_it_is(session: Session, feed: str, visit_ref: str) -> tuple[StayNow | None, int | None, frozenset[int]]:
    events = events_of(session, feed, visit_ref)
    person_id = events[-1].person_id if events else None
    return read_stay(session, feed, visit_ref), person_id, encounter_of(session, feed, visit_ref)


def _put_back(session: Session, change: IdentityChange) -> None:
    """Every row as it was; one that was made goes. Messages are decided on again, and not put back."""
    for name, ref, column, value in change.moved:
        row = session.get(_TABLES[str(name)], ref)
        if row is None or name == HospitalMessage.__tablename__:
            continue
        if column == MADE:
            session.delete(row)
        else:
            setattr(row, str(column), value)
    session.flush()


def _counts_no_longer(acting: Acting, message: HospitalMessage, change: IdentityChange, by: int) -> bool:
    """Decide on a message again; whether it waits now, with what it told taken back."""
    by_hand = message.settled_by is not None and message.id != change.message_id
    if header_of(message.raw, acting.feed.charset).trigger in _OF_NUMBERS or by_hand:
        return False
    try:
        adt = read_adt(split_message(message.raw, acting.feed.charset), acting.feed)
    except MessageRefused as refused:
        _wait_unread(acting, message, refused, by)
        return True
    found = whom(acting, adt.patient)
    if not isinstance(found, NotFound):
        _give(acting.session, message, found)
        return False
    take_back_details(acting.session, message, now=acting.now, by=by)
    message.state, message.reason_code, message.person_id = found.state, found.reason.value, None
    message.settled_at, message.settled_by, message.settled_note = None, None, ""
    acting.session.flush()
    nhs = [adt.patient.nhs_number] if adt.patient.nhs_number is not None else []
    wait_with(acting.session, message, own_numbers(adt.patient.identifiers), nhs)
    return True


def _wait_unread(acting: Acting, message: HospitalMessage, refused: MessageRefused, by: int) -> None:
    """The feed's rules have changed since, and do not let it be read any more: somebody says what becomes of it."""
    take_back_details(acting.session, message, now=acting.now, by=by)
    message.settled_at, message.settled_by, message.settled_note = None, None, ""
    stop_waiting(acting.session, message)
    hold(acting, message, refused.reason.value)


def _give(session: Session, message: HospitalMessage, person_id: int) -> None:
    """It was about this person all along, and another had the visit meanwhile."""
    if message.person_id == person_id:
        return
    message.person_id = person_id
    for event in session.execute(select(HospitalEvent).where(HospitalEvent.message_id == message.id)).scalars():
        event.person_id = person_id
    session.flush()


def _settle(acting: Acting, was: _Visits, visits: set[str]) -> None:
    """Every stay is worked out anew, and those who had it or have it now are told what changed for them."""
    session, feed = acting.session, acting.feed.name
    for ref in sorted(visits):
        before, had, listed = was[ref]
        events = events_of(session, feed, ref)
        has = events[-1].person_id if events else had
        if has is None:
            continue
        after = settle_stay(session, now=acting.now, feed=feed, visit_ref=ref, person_id=has, before=before)
        listed |= encounter_of(session, feed, ref)
        if had is not None and had != has:
            tell_of_stay(session, now=acting.now, change=StayChange(had, feed, ref, before, None, listed))
            before = None
        tell_of_stay(session, now=acting.now, change=StayChange(has, feed, ref, before, after, listed))


def _has_others(session: Session, change: IdentityChange) -> bool:
    """Whether the same message changed something else that stands."""
    others = select(IdentityChange.id).where(
        IdentityChange.message_id == change.message_id,
        IdentityChange.id != change.id,
        IdentityChange.undone_at.is_(None),
    )
    return session.execute(others.limit(1)).first() is not None
