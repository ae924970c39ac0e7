"""Dates and times of HL7: from a year to a fraction of a second, with an offset or in the feed's own time zone.

Source: HL7 2.8 chapter 2A, data types DT and DTM: YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]; TS of the earlier versions is the
same, with a second component that is not read.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from interfaces.hl7v2.notes import NoteCode

FIRST_YEAR, LAST_YEAR = 1850, 2199  # nobody alive was born before; later is a slip of the keyboard
_SHAPE = re.compile(
    r"""
    (?P<year>[0-9]{4})
    (?:(?P<month>[0-9]{2})
    (?:(?P<day>[0-9]{2})
    (?:(?P<hour>[0-9]{2})
    (?:(?P<minute>[0-9]{2})
    (?:(?P<second>[0-9]{2})
    (?:\.(?P<fraction>[0-9]{1,4}))?)?)?)?)?)?
    (?P<offset>[+-][0-9]{4})?
    """,
    re.VERBOSE,
)
_MOST_OFFSET = timedelta(hours=14)
_PARTS = ("month", "day", "hour", "minute", "second")


class Precision(StrEnum):
    """How exactly a time was told."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC, as the beginning of what was told; `day` is the day as written, of no time zone.

    `noted` is what was out of order with it: 2400 for the end of a day, or a local time that the change of clocks leaves
    out or has twice (the first is meant).
    """

    at: datetime
    day: date
    precision: Precision
    noted: NoteCode | None = None

    @property
    def is_a_day(self) -> bool:
        """Whether it tells a day at least."""
        return self.precision not in (Precision.YEAR, Precision.MONTH)

    @property
    def is_exact(self) -> bool:
        """Whether it tells a time of the day."""
        return self.is_a_day and self.precision is not Precision.DAY


class NotAMoment(ValueError):
    """A text that is no date and time. Never says the text."""


def moment(text: str, zone: ZoneInfo) -> Moment:
    """The time that a text tells, where it has no offset in that zone. NotAMoment where it tells none.

    >>> moment("20260329", ZoneInfo("Europe/London")).at.isoformat()
    '2026-03-29T00:00:00+00:00'
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise NotAMoment("not of the form YYYYMMDDHHMMSS")
    told = [name for name in _PARTS if match[name] is not None]
    precision = Precision(told[-1] if told else "year")
    local, noted = _local(match)
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise NotAMoment("a year out of all bounds")
    day = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    if match["offset"]:
        return Moment(_shifted(local, match["offset"]), day, precision, noted)
    at = local.replace(tzinfo=zone).astimezone(UTC)
    exists = at.astimezone(zone).replace(tzinfo=None) == local
    twice = local.replace(tzinfo=zone, fold=1).utcoffset() != local.replace(tzinfo=zone).utcoffset()
    if precision not in (Precision.YEAR, Precision.MONTH, Precision.DAY) and (twice or not exists):
        noted = NoteCode.CLOCK_CHANGE
    return Moment(at, day, precision, noted)


def _local(match: re.Match[str]) -> tuple[datetime, NoteCode | None]:
    year, month, day, hour, minute, second = (
        int(match[name] or least) for name, least in zip(("year", *_PARTS), (1, 1, 1, 0, 0, 0), strict=True)
    )
    microsecond = int((match["fraction"] or "0").ljust(6, "0"))
    try:
        if hour == 24 and not (minute or second or microsecond):  # ISO 8601 had it; some systems still write it
            return datetime(year, month, day) + timedelta(days=1), NoteCode.END_OF_DAY  # noqa: DTZ001
        return datetime(year, month, day, hour, minute, second, microsecond), None  # noqa: DTZ001
    except (ValueError, OverflowError):
        raise NotAMoment("no such date or time") from None


def _shifted(local: datetime, offset: str) -> datetime:
    hours, minutes = int(offset[1:3]), int(offset[3:])
    shift = timedelta(hours=hours, minutes=minutes)
    if minutes >= 60 or shift > _MOST_OFFSET:
        raise NotAMoment("no such offset")
    return local.replace(tzinfo=timezone(-shift if offset[0] == "-" else shift)).astimezone(UTC)
