"""The stay or attendance a message is about: PV1, PV2 and DG1.

Source: HL7 2.8 chapter 3, PV1 and PV2, chapter 6, DG1; NHS Interoperability Toolkit, HL7 v2: PV1-4 is the admission method, PV1-10 the
treatment function, PV1-14 the source of admission, PV1-36 and PV1-37 method and destination of discharge (NHS Data Dictionary
codes). PV1-16: PDS confidentiality codes S and R and a hospital's own.
"""

from dataclasses import dataclass
from datetime import datetime

from interfaces.hl7v2.feed_rules import FeedRules, VisitNumberFrom
from interfaces.hl7v2.moments import Moment
from interfaces.hl7v2.notes import NoteCode
from interfaces.hl7v2.reading import ABSENT, NULL, Segment, SplitMessage, Told, Untold, said
from interfaces.hl7v2.refusals import ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.telling import Teller
from interfaces.hl7v2.times import time_in

LONGEST_VISIT_NUMBER = 64
_LONGEST_LOCATION = 200
_NO_VISIT = "N"  # PV1-2 of a message that is about a person and no stay (NHS Interoperability Toolkit)


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """A stay as one message tells it. Whatever is ABSENT leaves alone what is known, NULL deletes it.

    `visit_ref` is the hospital's number of it. `sensitive` is None where PV1-16 says nothing. A time is `by_day` where
    the day alone is told of it: it is then no more than a moment of that day.
    """

    visit_ref: str
    patient_class: Told
    location: Told
    site: Told
    admission_method: Told
    admission_source: Told
    treatment_function: Told
    discharge_method: Told
    discharge_destination: Told
    diagnosis_code: Told
    sensitive: bool | None
    expected_at: datetime | Untold
    expected_discharge_at: datetime | Untold
    admitted_at: datetime | Untold
    admitted_by_day: bool
    discharged_at: datetime | Untold
    discharged_by_day: bool


def has_visit(message: SplitMessage, rules: FeedRules) -> bool:
    """Whether the message names a visit: it has a PV1 of a class other than N, and a number for it."""
    teller = Teller()
    pv1 = message.first("PV1")
    return said(teller.told(pv1, 2)).strip().upper() != _NO_VISIT and bool(_number(message, pv1, rules, teller))


def visit_in(message: SplitMessage, rules: FeedRules, teller: Teller) -> Visit:
    """The visit. MessageRefused where it has no number, or a date is none."""
    pv1, pv2 = message.first("PV1"), message.first("PV2")

    def time_of(segment: Segment | None, n: int) -> Moment | Untold:
        found = time_in(segment, n, rules, teller)
        if isinstance(found, Untold) or found.is_a_day:
            return found
        teller.note(NoteCode.DATE_PRECISION, f"{segment.name if segment else ''}-{n}")
        return ABSENT

    admitted, discharged = time_of(pv1, 44), time_of(pv1, 45)
    return Visit(
        visit_ref=visit_number(message, pv1, rules, teller),
        patient_class=_code(pv1, 2, teller),
        location=_location(pv1, teller),
        site=_trimmed(teller.told(pv1, 3, comp=4)),
        admission_method=_code(pv1, 4, teller),
        admission_source=_code(pv1, 14, teller),
        treatment_function=_code(pv1, 10, teller),
        discharge_method=_code(pv1, 36, teller),
        discharge_destination=_code(pv1, 37, teller),
        diagnosis_code=_trimmed(teller.told(message.first("DG1"), 3)),
        sensitive=_sensitive(pv1, rules, teller),
        expected_at=_at(time_of(pv2, 8)),
        expected_discharge_at=_at(time_of(pv2, 9)),
        admitted_at=_at(admitted),
        admitted_by_day=_is_by_day(admitted),
        discharged_at=_at(discharged),
        discharged_by_day=_is_by_day(discharged),
    )


def _at(found: Moment | Untold) -> datetime | Untold:
    return found if isinstance(found, Untold) else found.at


def _is_by_day(found: Moment | Untold) -> bool:
    return isinstance(found, Moment) and not found.is_exact


def visit_number(message: SplitMessage, pv1: Segment | None, rules: FeedRules, teller: Teller) -> str:
    """The number of a visit, from the fields the feed has it in. MessageRefused (AE) where it is missing or too long."""
    number = _number(message, pv1, rules, teller)
    if not number:
        raise MessageRefused(
            Reason.VISIT_NUMBER, ErrorCode.REQUIRED_FIELD, rules.visit_number_from[0].value, "The visit has no number."
        )
    if len(number) > LONGEST_VISIT_NUMBER:
        raise MessageRefused(
            Reason.VISIT_NUMBER,
            ErrorCode.DATA_TYPE,
            rules.visit_number_from[0].value,
            "The number of the visit is too long.",
        )
    return number


def _number(message: SplitMessage, pv1: Segment | None, rules: FeedRules, teller: Teller) -> str:
    places = {VisitNumberFrom.PV1_19: (pv1, 19), VisitNumberFrom.PID_18: (message.first("PID"), 18)}
    numbers = (said(teller.told(*places[place])).strip() for place in rules.visit_number_from)
    return next((number for number in numbers if number), "")


def _location(pv1: Segment | None, teller: Teller) -> Told:
    """Ward, room and bed in one (PL.1 to PL.3), else the description (PL.9)."""
    parts = [teller.told(pv1, 3, comp=comp) for comp in (1, 2, 3)]
    text = ", ".join(part for told in parts if (part := said(told).strip()))
    text = text or said(teller.told(pv1, 3, comp=9)).strip()
    return text[:_LONGEST_LOCATION] or (NULL if NULL in parts else ABSENT)


def is_marked_sensitive(message: SplitMessage, rules: FeedRules) -> bool:
    """Whether any PV1 is marked as sensitive, also of a message that is about no visit."""
    return any(_sensitive(pv1, rules, Teller()) for pv1 in message.every("PV1"))


def _sensitive(pv1: Segment | None, rules: FeedRules, teller: Teller) -> bool | None:
    told = _code(pv1, 16, teller)
    if isinstance(told, Untold):
        return False if told is NULL else None
    return told not in rules.not_sensitive


def _code(segment: Segment | None, n: int, teller: Teller) -> Told:
    told = _trimmed(teller.told(segment, n))
    return told.upper() if isinstance(told, str) else told


def _trimmed(told: Told) -> Told:
    return told.strip() or ABSENT if isinstance(told, str) else told
