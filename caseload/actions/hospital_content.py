"""What a message says of a visit, as it is kept: field by field in our words, with what it deletes."""

from collections.abc import Iterator
from datetime import UTC, datetime

from caseload.domain.hospital_stays import (
    ADMISSION_METHOD,
    ADMITTED_AT,
    ADMITTED_BY_DAY,
    BY_DAY,
    CLASS,
    DIAGNOSIS,
    DISCHARGE_DESTINATION,
    DISCHARGE_METHOD,
    DISCHARGED_AT,
    DISCHARGED_BY_DAY,
    EXPECTED_AT,
    LOCATION,
    PROVIDER,
    SENSITIVE,
    TOLD_AT,
    TREATMENT_FUNCTION,
    YES,
)
from interfaces.hl7v2.adt import Adt
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.moments import Precision
from interfaces.hl7v2.reading import ABSENT, NULL, SplitMessage, Told, Untold
from interfaces.hl7v2.telling import Teller
from interfaces.hl7v2.times import time_in
from interfaces.hl7v2.visit import Visit

_LONGEST_CODE, _LONGEST_LOCATION = 20, 200
_LONGEST = {LOCATION: _LONGEST_LOCATION}


def content_of(message: SplitMessage, adt: Adt, rules: FeedRules) -> dict[str, str | None]:
    """The fields a message tells of a visit; None for one that it deletes. What it does not tell is not there."""
    if adt.visit is None:
        return {}
    fields = dict(_fields(message, adt.visit, rules))
    if adt.event_precision is Precision.DAY:
        fields[BY_DAY] = YES
    return {name: text for name, text in fields.items() if text is None or text}


def _fields(message: SplitMessage, visit: Visit, rules: FeedRules) -> Iterator[tuple[str, str | None]]:
    yield PROVIDER, rules.provider_code
    codes = {
        CLASS: visit.patient_class,
        LOCATION: visit.location,
        TREATMENT_FUNCTION: visit.treatment_function,
        ADMISSION_METHOD: visit.admission_method,
        DISCHARGE_METHOD: visit.discharge_method,
        DISCHARGE_DESTINATION: visit.discharge_destination,
        DIAGNOSIS: visit.diagnosis_code,
    }
    for name, told in codes.items():
        yield name, _text(told, _LONGEST.get(name, _LONGEST_CODE))
    if visit.sensitive is not None:
        yield SENSITIVE, YES if visit.sensitive else None
    moments = {EXPECTED_AT: visit.expected_at, ADMITTED_AT: visit.admitted_at, DISCHARGED_AT: visit.discharged_at}
    for name, moment in moments.items():
        if moment is not ABSENT:
            yield name, None if isinstance(moment, Untold) else _written(moment)
    days = {ADMITTED_BY_DAY: visit.admitted_by_day, DISCHARGED_BY_DAY: visit.discharged_by_day}
    yield from ((name, YES) for name, by_day in days.items() if by_day)
    yield TOLD_AT, _told_at(message, rules)


def _text(told: Told, longest: int) -> str | None:
    """Nothing for what no column can hold: a code that long is none."""
    if told is NULL:
        return None
    return told if isinstance(told, str) and len(told) <= longest and "\x00" not in told else ""


def _told_at(message: SplitMessage, rules: FeedRules) -> str:
    """EVN-2, else MSH-7: when the hospital said it. A day alone only where neither tells more."""
    read = [time_in(message.first(name), n, rules, Teller()) for name, n in (("EVN", 2), ("MSH", 7))]
    told = [found for found in read if not isinstance(found, Untold)]
    exact = [found for found in told if found.is_exact]
    return _written((exact or told)[0].at) if told else ""


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
