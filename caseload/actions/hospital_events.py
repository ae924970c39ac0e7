"""What a stored message of a hospital does here, in one transaction with its history, its audit and what it sets off.

A message is acted on once; one that waits is decided on anew each time it is asked about. What it does depends on what has
been told and never on the order it came in.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from caseload.actions.audit import record
from caseload.actions.data_quality import tell_data_quality
from caseload.actions.hospital_alerts import StayChange, encounter_of, tell_of_stay
from caseload.actions.hospital_content import content_of
from caseload.actions.hospital_details import take_details, why_not_told
from caseload.actions.hospital_locks import hold_names, hold_people, hold_row
from caseload.actions.hospital_merges import act_on_merge
from caseload.actions.hospital_numbers import (
    Acting,
    NotFound,
    held,
    link,
    own_numbers,
    stop_waiting,
    wait_with,
    waiting_for,
    whom,
)
from caseload.actions.hospital_stays import events_of, settle_stay, visit_now
from caseload.actions.hospital_visits import VISIT, act_on_visit_move, person_of_visit
from caseload.database import is_sqlite, was_taken
from caseload.domain.border_words import MessageState
from caseload.domain.hospital_reasons import HoldReason, PassReason
from caseload.domain.hospital_stays import Fields, StayEvent, StayNow, fold, is_sensitive
from caseload.domain.words import NoticeKind
from caseload.store import on_trial
from caseload.tables import HospitalEvent, HospitalMessage, IdentityChange, Person
from interfaces.hl7v2.adt import Adt, check_header, read_adt
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.reading import split_message
from interfaces.hl7v2.refusals import MessageRefused, Reason
from interfaces.hl7v2.triggers import Act

_DONE = frozenset({MessageState.APPLIED, MessageState.CORRECTED, MessageState.DISMISSED})
_MERGES = frozenset({Act.MERGE_PATIENT, Act.CHANGE_NUMBER})
_MOVES = frozenset({Act.MERGE_VISIT, Act.MOVE_VISIT})
_ASKED_AGAIN = 3
_ATTEMPTS = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Telling:
    """A message as it was read; `told` is what it says of a visit, `visit_ref` the number that the visit goes on under."""

    adt: Adt
    told: Fields
    visit_ref: str | None


def apply_message(session: Session, *, now: datetime, message_id: int, rules: FeedRules) -> MessageState:
    """Act on a stored message of a feed with these rules; answers what became of it.

    One that was acted on, corrected or dismissed is left alone. One that is held or was not acted on is decided on again.
    Messages that waited for a number which became known by this one are acted on as well.
    """
    acting = Acting(session, now, rules)
    message = hold_row(session, message_id)
    state = act_on(acting, message)
    _list_with_change(session, message, act_on_waiting(acting, but=message.id))
    return state


def act_on(acting: Acting, message: HospitalMessage, *, chosen: int | None = None) -> MessageState:
    """Act on one message that is held on to. `chosen` is the person that somebody says it is about."""
    if message.state in _DONE:
        return message.state
    if chosen is None and message.settled_by is not None:
        chosen = message.person_id
    try:
        telling = _read(acting, message)
    except MessageRefused as refused:
        return hold(acting, message, refused.reason.value)
    if telling is None:
        return _pass_over(acting, message, PassReason.TRIGGER.value)
    found = _done(acting, message, telling, chosen)
    if isinstance(found, NotFound):
        _wait(acting, message, telling.adt)
        held_up = found.state is MessageState.HELD
        return (hold if held_up else _pass_over)(acting, message, found.reason.value)
    message.reason_code = ""
    stop_waiting(acting.session, message)
    record(
        acting.session, "message.apply", by=message.settled_by, now=acting.now, people=[found], message=message.id,
        trigger=telling.adt.trigger.code,
    )  # fmt: skip
    return MessageState.APPLIED


def act_on_waiting(acting: Acting, *, but: int = 0) -> list[list[object]]:
    """Act on what waited for the numbers that became known; answers those messages as they were, as a change lists rows.

    One that our program fails at is held for somebody to look at, and keeps nothing else from going on.
    """
    was: list[list[object]] = []
    tried = {but}
    while acting.named:
        waiting = [one for one in waiting_for(acting, acting.named) if one not in tried]
        acting.named.clear()
        for message_id in waiting:
            tried.add(message_id)
            was += _tried(acting, message_id)
    return was


def _tried(acting: Acting, message_id: int) -> list[list[object]]:
    """Act on a message that waits, on trial: what it was where it is applied now."""
    named = list(acting.named)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with on_trial(acting.session):
                return _let_go_on(acting, message_id)
        except (OperationalError, InterfaceError):
            raise  # the database does not answer: nothing of all this is kept, and it is tried again
        except Exception as error:  # noqa: BLE001 - whatever one message does, the one that named its number is acted on
            acting.named[:] = named
            if attempt < _ATTEMPTS and _was_another(error):
                continue
            _log.error("message %d could not be acted on (%s)", message_id, type(error).__name__)
            hold(acting, hold_row(acting.session, message_id), Reason.OUR_FAULT.value)
            return []
    raise AssertionError("every attempt returns")


def _was_another(error: Exception) -> bool:
    """Whether another program wrote the same at the same moment."""
    return isinstance(error, StaleDataError) or (isinstance(error, DBAPIError) and was_taken(error))


def _let_go_on(acting: Acting, message_id: int) -> list[list[object]]:
    message = hold_row(acting.session, message_id)
    before = {"state": message.state.value, "reason_code": message.reason_code, "person_id": None}
    if message.state in _DONE or act_on(acting, message) is not MessageState.APPLIED:
        return []
    return [[message.__tablename__, message.id, name, value] for name, value in before.items()]


def _list_with_change(session: Session, message: HospitalMessage, was: list[list[object]]) -> None:
    """What a merge let go on is listed with it."""
    if not was:
        return
    wanted = select(IdentityChange).where(IdentityChange.message_id == message.id, IdentityChange.undone_at.is_(None))
    change = session.execute(wanted.order_by(IdentityChange.id.desc()).limit(1)).scalar_one_or_none()
    if change is not None:
        change.moved = [*change.moved, *was]
        session.flush()


def _read(acting: Acting, message: HospitalMessage) -> _Telling | None:
    """None for a trigger that is not acted on; everything it names is held on to."""
    split = split_message(message.raw, acting.feed.charset)
    if check_header(split, acting.feed) is None:
        return None
    adt = read_adt(split, acting.feed)
    numbers = {(one.authority, one.value) for one in own_numbers(adt.patient.identifiers)}
    numbers |= {(one.authority, one.value) for merge in adt.merges for one in own_numbers(merge.retired.others)}
    hold_names(acting.session, acting.feed.name, numbers)
    if adt.visit is None:
        return _Telling(adt, {}, None)
    visit_ref = visit_now(acting.session, acting.feed.name, adt.visit.visit_ref)
    hold_names(acting.session, acting.feed.name, {(VISIT, adt.visit.visit_ref), (VISIT, visit_ref)})
    return _Telling(adt, content_of(split, adt, acting.feed), visit_ref)


def _done(acting: Acting, message: HospitalMessage, telling: _Telling, chosen: int | None) -> int | NotFound:
    """Whom it was about, with everything done; or why nothing was."""
    if telling.adt.trigger.act in _MERGES:
        return act_on_merge(acting, message, telling.adt, chosen)
    if telling.adt.trigger.act in _MOVES:
        return act_on_visit_move(acting, message, telling.adt, chosen)
    return _about_person(acting, message, telling, chosen)


def _about_person(acting: Acting, message: HospitalMessage, telling: _Telling, chosen: int | None) -> int | NotFound:
    person = _person(acting, telling.adt, chosen)
    if isinstance(person, NotFound):
        return person
    owner = person_of_visit(acting.session, acting.feed.name, telling.visit_ref) if telling.visit_ref else None
    moved = owner is not None and owner.person_id != person.id
    if owner is not None and moved:
        if not owner.took_over(person.id, telling.adt.event_at):
            return held(HoldReason.VISIT_OF_ANOTHER)
        person = hold_people(acting.session, [owner.person_id])[owner.person_id]
    events = _events(acting, telling)
    before, after = fold(events[:-1]), fold(events)
    why = why_not_told(acting, person, telling.adt, before, after)
    if why is not None:
        return held(why)
    if not moved:
        link(acting, message, person.id, own_numbers(telling.adt.patient.identifiers), message.settled_by)
    message.state, message.person_id = MessageState.APPLIED, person.id
    acting.session.flush()
    if not moved:
        sensitive = telling.adt.sensitive or is_sensitive(events)
        take_details(acting, person, telling.adt, message, after, sensitive=sensitive)
    if telling.visit_ref is not None:
        _tell_visit(acting, message, telling, person.id, before)
    return person.id


def _person(acting: Acting, adt: Adt, chosen: int | None) -> Person | NotFound:
    """Whom it is about, held on to. Asked again then, where others write as well: they may have been merged or linked."""
    alone = chosen is not None or is_sqlite(acting.session)
    for _ in range(_ASKED_AGAIN):
        found = whom(acting, adt.patient) if chosen is None else chosen
        if isinstance(found, NotFound):
            return found
        person = hold_people(acting.session, [found])[found]
        if person.merged_into_id is not None:
            chosen = None if chosen is None else person.merged_into_id
        elif alone or whom(acting, adt.patient) == found:
            return person
    return held(HoldReason.TWO_PEOPLE)


def _events(acting: Acting, telling: _Telling) -> list[StayEvent]:
    """Everything told of the visit, this message last; nothing for a message about none."""
    if telling.visit_ref is None:
        return []
    told = events_of(acting.session, acting.feed.name, telling.visit_ref)
    this = StayEvent(telling.adt.trigger.code, telling.adt.event_at, telling.told)
    return [*(StayEvent(event.trigger, event.at, event.content) for event in told), this]


def _tell_visit(
    acting: Acting, message: HospitalMessage, telling: _Telling, person_id: int, before: StayNow | None
) -> None:
    """Keep what was told of the visit, and bring the stay and what it sets off in line with it."""
    session, feed, visit_ref = acting.session, acting.feed.name, telling.visit_ref
    assert visit_ref is not None, "asked only of a message about a visit"
    assert telling.adt.visit is not None, "it has a number"
    _keep_event(acting, message, telling, telling.adt.visit.visit_ref, person_id)
    listed = encounter_of(session, feed, visit_ref)
    after = settle_stay(
        session, now=acting.now, feed=feed, visit_ref=visit_ref, person_id=person_id, before=before,
        message_id=message.id,
    )  # fmt: skip
    listed |= encounter_of(session, feed, visit_ref)
    tell_of_stay(session, now=acting.now, change=StayChange(person_id, feed, visit_ref, before, after, listed))


def _keep_event(acting: Acting, message: HospitalMessage, telling: _Telling, visit_ref: str, person_id: int) -> None:
    """Once for a message: one that was taken back and is acted on again says the same, of the same or of somebody else."""
    wanted = select(HospitalEvent).where(HospitalEvent.message_id == message.id, HospitalEvent.visit_ref == visit_ref)
    event = acting.session.execute(wanted).scalar_one_or_none()
    if event is None:
        acting.session.add(
            HospitalEvent(
                message_id=message.id, person_id=person_id, feed=acting.feed.name, visit_ref=visit_ref,
                trigger=telling.adt.trigger.code, at=telling.adt.event_at, content=dict(telling.told),
            )
        )  # fmt: skip
    elif event.person_id != person_id:
        event.person_id = person_id
    acting.session.flush()


def _wait(acting: Acting, message: HospitalMessage, adt: Adt) -> None:
    sides = [side for merge in adt.merges for side in (merge.kept, merge.retired)]
    numbers = [*own_numbers(adt.patient.identifiers), *(one for side in sides for one in own_numbers(side.others))]
    nhs = {number for number in (adt.patient.nhs_number, *(side.nhs_number for side in sides)) if number is not None}
    wait_with(acting.session, message, numbers, nhs)


def hold(acting: Acting, message: HospitalMessage, reason: str) -> MessageState:
    """Somebody has to look; told once, and not each time the same is found again."""
    if (message.state, message.reason_code) != (MessageState.HELD, reason):
        _set(acting, message, MessageState.HELD, reason)
        record(acting.session, "message.held", by=None, now=acting.now, message=message.id, reason=reason)
        tell_data_quality(acting.session, now=acting.now, kind=NoticeKind.MESSAGE_HELD)
    return MessageState.HELD


def _pass_over(acting: Acting, message: HospitalMessage, reason: str) -> MessageState:
    if (message.state, message.reason_code) != (MessageState.NOT_ACTED_ON, reason):
        _set(acting, message, MessageState.NOT_ACTED_ON, reason)
        record(acting.session, "message.pass_over", by=None, now=acting.now, message=message.id, reason=reason)
    return MessageState.NOT_ACTED_ON


def _set(acting: Acting, message: HospitalMessage, state: MessageState, reason: str) -> None:
    message.state, message.reason_code, message.person_id = state, reason, None
    acting.session.flush()
