"""Search parameters asked of the JSON that is sent, slowly and by the words of the standard: what the queries have to answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from interfaces.fhir.search_parameters import Param
from interfaces.fhir.search_values import ParamKind, Prefix, Span, parse_filter

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = datetime(1800, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC)
_CHOICES = {"occurrence": "occurrenceDateTime", "probability": "probabilityDecimal"}


def values_at(resource: Any, path: str) -> list[Any]:
    """What stands at a path, through lists; `[x]` elements by the type they are sent with."""
    return list(_walk(resource, [_CHOICES.get(part, part) for part in path.split(".")]))


def _walk(part: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(part, list):
        for one in part:
            yield from _walk(one, path)
    elif not path:
        yield part
    elif isinstance(part, dict) and path[0] in part:
        yield from _walk(part[path[0]], path[1:])


def tokens(value: Any) -> list[tuple[str | None, str]]:
    """System and code of everything a token can be asked of."""
    if isinstance(value, bool):
        return [(None, str(value).lower())]
    if isinstance(value, str):
        return [(None, value)]
    if "coding" in value or "text" in value:
        return [pair for one in value.get("coding", ()) for pair in tokens(one)]
    return [(value.get("system"), value.get("code") or value.get("value"))]


def pointers(value: Any) -> list[tuple[str, str]]:
    """Type and id of a reference; nothing of one that is only a name."""
    kind, _, rest = value.get("reference", "").partition("/")
    return [(kind, rest.split("/")[0])] if rest else []


def span_of(value: Any) -> tuple[datetime, datetime]:
    """From when and before when a date, a moment or a period is."""
    if isinstance(value, dict):
        start, end = value.get("start"), value.get("end")
        return (span_of(start)[0] if start else FIRST, span_of(end)[1] if end else LAST)
    if len(value) > 10:
        at = datetime.fromisoformat(value)
        return at, at + timedelta(milliseconds=1)
    day = date.fromisoformat(value)
    return datetime.combine(day, time(), LONDON), datetime.combine(day + timedelta(days=1), time(), LONDON)


def dated(resource: Any, param: Param, text: str) -> bool:
    """Whether a date parameter fits a resource (FHIR R4, Search, "Prefixes")."""
    (span,) = parse_filter(ParamKind.DATE, "", text, LONDON).values
    assert isinstance(span, Span)
    return any(_fits(span, *span_of(value)) for value in values_at(resource, param.path))


def _fits(span: Span, start: datetime, after: datetime) -> bool:
    within = span.first <= start and after <= span.after
    match span.prefix:
        case Prefix.EQ:
            return within
        case Prefix.NE:
            return not within
        case Prefix.GT:
            return after > span.after
        case Prefix.LT:
            return start < span.first
        case Prefix.GE:
            return after > span.after or within
        case Prefix.LE:
            return start < span.first or within
