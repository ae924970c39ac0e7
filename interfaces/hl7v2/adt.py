"""What an ADT message says, in our words: who, what happened, when, which stay, which numbers are one person's.

Source: HL7 2.8 chapter 3 (ADT messages, EVN, MRG); NHS Interoperability Toolkit, HL7 v2, for what English hospitals put where.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.identities import check_identified
from interfaces.hl7v2.merges import Merge, merges_in
from interfaces.hl7v2.moments import Moment, Precision
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.patient import Patient, patient_in
from interfaces.hl7v2.reading import SplitMessage
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.telling import SecondOpinion, Teller
from interfaces.hl7v2.times import time_in
from interfaces.hl7v2.triggers import TRIGGERS, Act, Trigger, is_trigger
from interfaces.hl7v2.visit import Visit, has_visit, is_marked_sensitive, visit_in

LONGEST_CONTROL_ID = 199  # HL7 2.8; 20 before 2.7

# When it happened: EVN-6 where the sender says so. PV1-44 and PV1-45 tell the admission and the discharge, so only of these
# messages are they the time of the event; EVN-2 is when it was typed in, MSH-7 when it was sent.
_ADMISSION_TIMES = (("EVN", 6), ("PV1", 44), ("EVN", 2), ("MSH", 7))
_DISCHARGE_TIMES = (("EVN", 6), ("PV1", 45), ("EVN", 2), ("MSH", 7))
_OTHER_TIMES = (("EVN", 6), ("EVN", 2), ("MSH", 7))
_OF_THE_EVENT = ("EVN-6", "PV1-44", "PV1-45")
_OPENING = frozenset({"A01", "A04", "A05", "A06"})
_COMING = _OPENING - {"A05"}
_TIMES = {Act.ADMIT: _ADMISSION_TIMES, Act.REGISTER: _ADMISSION_TIMES, Act.DISCHARGE: _DISCHARGE_TIMES}


@dataclass(frozen=True, slots=True, repr=False)
class Adt:
    """One ADT message. `event_at` is the time by which messages are put in order, `event_at_from` the field it is from.

    Where `event_precision` is a day, the sender told of no time, and `event_at` is only a place within that day.
    `visit` is None where the message is about a person only; `sensitive` where PV1-16 marks it, also then. `notes` say what was out of order, never with a value.
    """

    trigger: Trigger
    version: str
    event_at: datetime
    event_at_from: str
    event_precision: Precision
    patient: Patient
    visit: Visit | None
    sensitive: bool
    merges: tuple[Merge, ...]
    notes: tuple[Note, ...]


def check_before_ack(message: SplitMessage, rules: FeedRules) -> Trigger | None:
    """Whether a message can be taken, by our own splitter alone: cheap enough to do before it is answered.

    None for one that HL7 has and we do not act on. MessageRefused otherwise; a message that passes is never refused later.
    """
    trigger = check_header(message, rules)
    if trigger is not None:
        _adt(message, trigger, rules, Teller())
    return trigger


def read_adt(message: SplitMessage, rules: FeedRules) -> Adt:
    """What a message says, with hl7apy's opinion in the notes. MessageRefused as `check_before_ack`.

    MessageRefused (AR, 201) also for a trigger that we do not act on.
    """
    trigger = check_header(message, rules)
    if trigger is None:
        raise _trigger_refused()
    return _adt(message, trigger, rules, SecondOpinion(message.header.version))


def check_header(message: SplitMessage, rules: FeedRules) -> Trigger | None:
    """What the header asks for, None where that is nothing we act on. MessageRefused: AR for MSH-9, 11 and 12, AE for MSH-10."""
    header = message.header
    if header.message_type != "ADT":
        raise MessageRefused(
            Reason.MESSAGE_TYPE, ErrorCode.MESSAGE_TYPE, "MSH-9", "Only ADT messages are taken here.", ack=AckCode.AR
        )
    if not is_trigger(header.trigger):
        raise _trigger_refused()
    if header.processing_id not in rules.processing_ids:
        raise MessageRefused(
            Reason.PROCESSING_ID,
            ErrorCode.PROCESSING_ID,
            "MSH-11",
            "Messages of this processing id are not taken from this feed.",
            ack=AckCode.AR,
        )
    if header.version not in rules.versions:
        raise MessageRefused(
            Reason.VERSION, ErrorCode.VERSION_ID, "MSH-12", "This version is not agreed for this feed.", ack=AckCode.AR
        )
    _check_control_id(header.control_id)
    return TRIGGERS.get(header.trigger)


def _check_control_id(control_id: str) -> None:
    if not control_id.strip():
        raise MessageRefused(Reason.CONTROL_ID, ErrorCode.REQUIRED_FIELD, "MSH-10", "The message has no control id.")
    if len(control_id) > LONGEST_CONTROL_ID:
        raise MessageRefused(Reason.CONTROL_ID, ErrorCode.DATA_TYPE, "MSH-10", "The control id is too long.")


def _trigger_refused() -> MessageRefused:
    return MessageRefused(
        Reason.TRIGGER,
        ErrorCode.EVENT_CODE,
        "MSH-9",
        "This trigger is no event we know of ADT messages.",
        ack=AckCode.AR,
    )


def _adt(message: SplitMessage, trigger: Trigger, rules: FeedRules, teller: Teller) -> Adt:
    for name in trigger.needs:
        if message.first(name) is None:
            raise MessageRefused(
                Reason.SEGMENT_MISSING,
                ErrorCode.SEGMENT_SEQUENCE,
                name,
                f"A message of this trigger has a segment {name}.",
            )
    pid = message.first("PID")
    check_identified(pid, 3, rules)
    patient = patient_in(message, pid, rules, teller)
    at, location = _event_time(message, trigger, rules, teller)
    return Adt(
        trigger=trigger,
        version=message.header.version,
        event_at=at.at,
        event_at_from=location,
        event_precision=at.precision,
        patient=patient,
        visit=_visit(message, trigger, (at, location), rules, teller),
        sensitive=is_marked_sensitive(message, rules),
        merges=merges_in(message, trigger, rules, teller) if "MRG" in trigger.needs else (),
        notes=message.notes + teller.notes,
    )


def _visit(
    message: SplitMessage, trigger: Trigger, event: tuple[Moment, str], rules: FeedRules, teller: Teller
) -> Visit | None:
    """The visit; where it tells the day alone of what happened, and EVN-6 the time of that day, at that time."""
    if not _is_about_a_visit(message, trigger, rules):
        return None
    visit, (at, location) = visit_in(message, rules, teller), event
    timed = location == "EVN-6" and at.is_exact
    if visit.admitted_by_day and trigger.code in _COMING and timed and _is_of(at, _day(message, 44, rules), rules):
        return replace(visit, admitted_at=at.at, admitted_by_day=False)
    if not visit.discharged_by_day or trigger.act is not Act.DISCHARGE:
        return visit
    left = _day(message, 45, rules)
    if _is_of(at, left, rules):
        return replace(visit, discharged_at=at.at, discharged_by_day=not timed)
    return replace(visit, discharged_at=_at_its_end(left, rules).at)


def _day(message: SplitMessage, n: int, rules: FeedRules) -> Moment:
    found = time_in(message.first("PV1"), n, rules, Teller())
    assert isinstance(found, Moment), "asked only of a field that tells a day"
    return found


def _is_about_a_visit(message: SplitMessage, trigger: Trigger, rules: FeedRules) -> bool:
    """An update (A08) is about a visit only where it names one; the others need one."""
    return trigger.visit and ("PV1" in trigger.needs or has_visit(message, rules))


def _event_time(message: SplitMessage, trigger: Trigger, rules: FeedRules, teller: Teller) -> tuple[Moment, str]:
    told: list[tuple[Moment, str]] = []
    for name, n in _TIMES.get(trigger.act, _OTHER_TIMES):
        found = time_in(message.first(name), n, rules, teller)  # each is checked, also those behind the first
        if isinstance(found, Moment) and not found.is_a_day:
            teller.note(NoteCode.DATE_PRECISION, f"{name}-{n}")
        elif isinstance(found, Moment):
            told.append((found, f"{name}-{n}"))
    if not told:
        raise MessageRefused(
            Reason.NO_TIME, ErrorCode.REQUIRED_FIELD, "EVN-2", "Nothing says when it happened, not even the header."
        )
    return _best_told(told, trigger, rules)


def _best_told(told: list[tuple[Moment, str]], trigger: Trigger, rules: FeedRules) -> tuple[Moment, str]:
    """The first, unless it has only the day and a later one the hour of it: by a day, who left would not have come yet.

    When it was typed in or sent stands in for its place within the day. Told on another day, what opens a stay is at the
    beginning of its own, and all else at the end: neither undoes what has a time of that day.
    """
    (first, location), *others = told
    if first.precision is not Precision.DAY:
        return first, location
    for exact, at in others:
        if exact.is_exact and _is_of(exact, first, rules):
            return (exact if at in _OF_THE_EVENT else replace(exact, precision=Precision.DAY)), at
    return (first if trigger.code in _OPENING else _at_its_end(first, rules)), location


def _is_of(exact: Moment, day: Moment, rules: FeedRules) -> bool:
    return exact.at.astimezone(rules.zone).date() == day.day


def _at_its_end(day: Moment, rules: FeedRules) -> Moment:
    """The last second of a day in the feed's time zone."""
    following = datetime.combine(day.day + timedelta(days=1), time(), rules.zone)
    return replace(day, at=following.astimezone(UTC) - timedelta(seconds=1))
