"""The values of search parameters, typed by the kind of their parameter.

Source: FHIR R4 4.0.1, Search, "Search Parameter Types" and "Prefixes": a comma stands for "or", a parameter given twice
for "and". A date without a time is a day where the service is used, so the caller says which time zone that is.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from interfaces.fhir.values import can_be_kept


class ParamKind(StrEnum):
    """FHIR's kinds of search parameters, those that are served."""

    TOKEN = "token"  # noqa: S105 # nosec B105 - a kind of parameter
    REFERENCE = "reference"
    DATE = "date"
    STRING = "string"
    NUMBER = "number"


class Prefix(StrEnum):
    """How a date or a number is compared."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"


class Modifier(StrEnum):
    """What follows a parameter's name after a colon."""

    NONE = ""
    EXACT = "exact"
    CONTAINS = "contains"
    MISSING = "missing"
    NOT = "not"


MODIFIERS: Mapping[ParamKind, frozenset[Modifier]] = {
    ParamKind.TOKEN: frozenset({Modifier.NONE, Modifier.MISSING, Modifier.NOT}),
    ParamKind.REFERENCE: frozenset({Modifier.NONE, Modifier.MISSING}),
    ParamKind.DATE: frozenset({Modifier.NONE, Modifier.MISSING}),
    ParamKind.STRING: frozenset({Modifier.NONE, Modifier.MISSING, Modifier.EXACT, Modifier.CONTAINS}),
    ParamKind.NUMBER: frozenset({Modifier.NONE, Modifier.MISSING}),
}
"""Which can follow which kind; any other is refused (FHIR: a server rejects a modifier it does not support)."""


class SearchRefused(ValueError):
    """A value that cannot be one of its parameter. The sentence never repeats the value: it can be somebody's number."""


@dataclass(frozen=True, slots=True)
class Token:
    """`system` is None where any will do (`code`), empty where the code must have none (`|code`)."""

    system: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """A reference: `resource` is empty where only an id was given."""

    resource: str
    id: str


@dataclass(frozen=True, slots=True)
class Span:
    """From `first`, before `after`: the moments a date of its precision stands for."""

    prefix: Prefix
    first: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Amount:
    """A number from `least` to `most`: as exactly as it was written."""

    prefix: Prefix
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Words:
    """Text, compared without regard to case and accents but for `:exact`."""

    text: str


Value = Token | Pointer | Span | Amount | Words


@dataclass(frozen=True, slots=True)
class Filter:
    """One giving of a parameter: any of `values` will do. With `:missing` there is none, and `missing` says which way."""

    values: tuple[Value, ...]
    modifier: Modifier = Modifier.NONE
    missing: bool = False


def parse_filter(kind: ParamKind, modifier: str, text: str, zone: tzinfo) -> Filter:
    """What was typed for a parameter of a kind; SearchRefused where it cannot be one. `zone` is that of plain days."""
    if modifier not in {one.value for one in MODIFIERS[kind]}:
        raise SearchRefused("this parameter does not take this modifier")
    if not can_be_kept(text):
        raise SearchRefused("a value must be of characters that text can have")
    chosen = Modifier(modifier)
    if chosen is Modifier.MISSING:
        if text not in ("true", "false"):
            raise SearchRefused("a parameter with :missing must be true or false")
        return Filter((), chosen, text == "true")
    values = tuple(_PARSERS[kind](one, zone) for one in _alternatives(text))
    if not values:
        raise SearchRefused("the parameter has no value")
    return Filter(values, chosen)


def _alternatives(text: str) -> list[str]:
    """Cut at the commas that are not escaped; the escapes of `|` and `$` are kept for the parser of the kind."""
    parts = re.split(r"(?<!\\),", text)
    return [part.replace("\\,", ",") for part in parts if part]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\|$,])", r"\1", text)


def _token(text: str, zone: tzinfo) -> Token:
    system, bar, code = re.split(r"(?<!\\)(\|)", text, maxsplit=1) if re.search(r"(?<!\\)\|", text) else ("", "", text)
    if bar and not code and not system:
        raise SearchRefused("a token needs a code, or a system and a code")
    return Token(_unescaped(system) if bar else None, _unescaped(code))


_REFERENCE = re.compile(r"(?:.*/)?(?P<resource>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9.-]{1,64})")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def _pointer(text: str, zone: tzinfo) -> Pointer:
    found = _REFERENCE.fullmatch(text)
    if found:
        return Pointer(found["resource"], found["id"])
    if not _ID.fullmatch(text):
        raise SearchRefused("a reference must be an id, or a type and an id")
    return Pointer("", text)


_PREFIXED = re.compile(r"(?P<prefix>eq|ne|gt|lt|ge|le)?(?P<rest>.*)", re.S)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


_EARLIEST, _LATEST = 1900, 2200
"""Years that a search can be of: those whose moments are in every calendar, whatever the time zone."""


def _split(text: str) -> tuple[Prefix, str]:
    found = _PREFIXED.fullmatch(text)
    assert found is not None  # the pattern takes any text
    return Prefix(found["prefix"] or "eq"), found["rest"]


def _span(text: str, zone: tzinfo) -> Span:
    prefix, rest = _split(text)
    found = _DATE.fullmatch(rest.replace(" ", "+"))  # a plus sign that came as a space
    if not found:
        raise SearchRefused(
            "a date must be as 2026, 2026-10, 2026-10-05 or 2026-10-05T09:00:00Z, after a prefix if any"
        )
    if not _EARLIEST <= int(found["year"]) <= _LATEST:
        raise SearchRefused(f"a date must be of a year from {_EARLIEST} to {_LATEST}")
    try:
        first, after = (moment.astimezone(UTC) for moment in _moments(found, zone))
    except (ValueError, OverflowError):
        raise SearchRefused("the date is not in the calendar") from None
    return Span(prefix, first, after)


def _moments(found: re.Match[str], zone: tzinfo) -> tuple[datetime, datetime]:
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    begin = date(year, month, day)
    if found["hour"]:
        return _exact(found, begin, zone)
    if found["day"]:
        days = 1
    elif found["month"]:
        days = calendar.monthrange(year, month)[1]
    else:
        days = 366 if calendar.isleap(year) else 365
    end = begin + timedelta(days=days)
    return datetime.combine(begin, time(), zone), datetime.combine(end, time(), zone)


def _exact(found: re.Match[str], day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    written = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    its_zone = (
        datetime.fromisoformat(f"2000-01-01T00:00{found['zone'].replace('Z', '+00:00')}").tzinfo
        if found["zone"]
        else zone
    )
    first = datetime.combine(day, written, its_zone)
    return first, first + (timedelta(seconds=1) if found["second"] else timedelta(minutes=1))


_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")


def _amount(text: str, zone: tzinfo) -> Amount:
    prefix, rest = _split(text)
    if not _NUMBER.fullmatch(rest):
        raise SearchRefused("a number must be written with digits and a point")
    try:
        number = Decimal(rest)
    except InvalidOperation:  # pragma: no cover - the pattern takes only what Decimal takes
        raise SearchRefused("a number must be written with digits and a point") from None
    exponent = number.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    return Amount(prefix, number - half, number + half)


def _words(text: str, zone: tzinfo) -> Words:
    return Words(_unescaped(text))


_PARSERS: Mapping[ParamKind, Callable[[str, tzinfo], Value]] = {
    ParamKind.TOKEN: _token,
    ParamKind.REFERENCE: _pointer,
    ParamKind.DATE: _span,
    ParamKind.STRING: _words,
    ParamKind.NUMBER: _amount,
}
