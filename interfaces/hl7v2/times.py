"""The time that a field of a message tells, refused where it is none: hl7apy lets 19651399 and 00000000 through."""

from datetime import date

from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.moments import Moment, NotAMoment, moment
from interfaces.hl7v2.notes import NoteCode
from interfaces.hl7v2.reading import ABSENT, Segment, Untold
from interfaces.hl7v2.refusals import ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.telling import Teller


def time_in(segment: Segment | None, n: int, rules: FeedRules, teller: Teller) -> Moment | Untold:
    """The time of a field. MessageRefused (AE, 102) where it is neither a time nor absent nor null."""
    told = teller.told(segment, n)
    if segment is None or isinstance(told, Untold) or not told.strip():
        return told if isinstance(told, Untold) else ABSENT
    location = f"{segment.name}-{n}"
    try:
        found = moment(told.strip(), rules.zone)
    except NotAMoment:
        raise MessageRefused(
            Reason.DATE, ErrorCode.DATA_TYPE, location, "It is no date or time of the form YYYYMMDDHHMMSS."
        ) from None
    if found.noted:
        teller.note(found.noted, location)
    return found


def day_in(segment: Segment | None, n: int, rules: FeedRules, teller: Teller) -> date | Untold:
    """The day of a field, as written; absent where only a month or year is told, which is noted."""
    found = time_in(segment, n, rules, teller)
    if isinstance(found, Untold):
        return found
    if not found.is_a_day:
        teller.note(NoteCode.DATE_PRECISION, f"{segment.name if segment else ''}-{n}")
        return ABSENT
    return found.day
