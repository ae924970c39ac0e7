"""What an address or a form asks of one kind of resource, read into one value; what cannot be read is refused or passed over.

FHIR R4 4.0.1, Search: a parameter that is not known is refused under `Prefer: handling=strict` and passed over otherwise, and
then left out of the address the answer says it is at. A value that cannot be one of its parameter is always refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import request

from caseload.api.problems import ErrorCode, Problem
from caseload.clock import LONDON
from caseload.queries.outward.wanted import MOST, Wanted
from interfaces.fhir.search_parameters import Param, includes_of, parameters_of
from interfaces.fhir.search_values import Filter, ParamKind, Pointer, Prefix, SearchRefused, Span, Token, parse_filter

DEFAULT_COUNT = 50
ONLY_BY_ID = (
    "_sort can only be _id: by anything else pages would shift while rows change. "
    "For what is new, ask with _lastUpdated=ge and a moment, or follow Flag/_history and CarePlan/_history."
)
_TICK = timedelta(microseconds=1)
_PASSED_OVER = frozenset({"_format", "_pretty"})
_MOST_VALUES = 100

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One search. `used` are the parameters that count, as they were sent; `personal` whether one of them is somebody's own."""

    resource: str
    wanted: Wanted
    used: Pairs = ()
    includes: tuple[str, ...] = ()
    elements: frozenset[str] = frozenset()
    count_only: bool = False
    personal: bool = False


def question_of(resource: str, pairs: Iterable[tuple[str, str]], *, in_address: bool) -> Question:
    """The question; `in_address` where it came in an address, in which nothing may identify anybody."""
    asked = Question(resource, Wanted(count=DEFAULT_COUNT))
    for number, (name, value) in enumerate(pairs):
        if number >= _MOST_VALUES:
            raise Problem(ErrorCode.INVALID_PARAMETER, "There are too many parameters.")
        if name not in _PASSED_OVER:
            asked = _with(asked, name, value, in_address)
    return asked


def is_strict() -> bool:
    """Whether what is not known is to be refused."""
    return "handling=strict" in request.headers.get("Prefer", "").replace(" ", "").lower()


def _with(asked: Question, name: str, value: str, in_address: bool) -> Question:
    parameter, _, modifier = name.partition(":")
    of_result = _RESULT.get(name)
    if of_result is not None:
        return of_result(asked, name, value)
    known = parameters_of(asked.resource).get(parameter)
    if known is None:
        return _unknown(asked)
    if known.personal and in_address:
        raise Problem(ErrorCode.USE_POST)
    chosen = _filter(known, modifier, value)
    marked = replace(asked, used=(*asked.used, (name, value)), personal=asked.personal or known.personal)
    return replace(marked, wanted=_narrowed(asked.wanted, known, chosen))


def _unknown(asked: Question) -> Question:
    if is_strict():
        raise Problem(ErrorCode.UNKNOWN_PARAMETER)
    return asked


def _filter(known: Param, modifier: str, value: str) -> Filter:
    try:
        return parse_filter(known.kind, modifier, value, LONDON)
    except SearchRefused as error:
        words = str(error)
        raise Problem(ErrorCode.INVALID_PARAMETER, f"{words[:1].upper()}{words[1:]}.") from None


def _narrowed(wanted: Wanted, known: Param, chosen: Filter) -> Wanted:
    if known.name == "_id":
        ids = tuple(one.code for one in chosen.values if isinstance(one, Token))
        return replace(wanted, ids=_both(wanted.ids, ids))
    if known.name == "_lastUpdated":
        return _changed(wanted, chosen)
    if known.name in ("patient", "subject") and known.kind is ParamKind.REFERENCE and not chosen.modifier:
        people = tuple(one.id for one in chosen.values if isinstance(one, Pointer) and one.resource in ("", "Patient"))
        return replace(wanted, patient_ids=_both(wanted.patient_ids, people))
    return replace(wanted, filters={**wanted.filters, known.name: (*wanted.filters.get(known.name, ()), chosen)})


def _both(earlier: tuple[str, ...] | None, more: tuple[str, ...]) -> tuple[str, ...]:
    """A parameter given twice means both."""
    return more if earlier is None else tuple(one for one in earlier if one in more)


def _changed(wanted: Wanted, chosen: Filter) -> Wanted:
    for span in chosen.values:
        if not isinstance(span, Span) or len(chosen.values) > 1 or span.prefix is Prefix.NE:
            raise Problem(ErrorCode.INVALID_PARAMETER, "_lastUpdated takes one date, with eq, gt, lt, ge or le.")
        wanted = _bounded(wanted, span)
    return wanted


def _bounded(wanted: Wanted, span: Span) -> Wanted:
    since = {Prefix.GE: span.first, Prefix.EQ: span.first, Prefix.GT: span.after}.get(span.prefix)
    until = {Prefix.LE: span.after - _TICK, Prefix.EQ: span.after - _TICK, Prefix.LT: span.first - _TICK}.get(
        span.prefix
    )
    return replace(wanted, since=_later(wanted.since, since), until=_earlier(wanted.until, until))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _count(asked: Question, name: str, value: str) -> Question:
    if not value.isascii() or not value.isdecimal() or len(value) > 6:
        raise Problem(ErrorCode.INVALID_PARAMETER, "_count must be a whole number.")
    count = min(int(value), MOST)
    marked = replace(asked, used=(*asked.used, (name, str(count))), count_only=asked.count_only or count == 0)
    return replace(marked, wanted=replace(asked.wanted, count=count))


def _sort(asked: Question, name: str, value: str) -> Question:
    """Pages are in the order of ids, which never shifts. To pass another one over would be to answer in a wrong order."""
    if value != "_id":
        raise Problem(ErrorCode.UNKNOWN_PARAMETER, ONLY_BY_ID)
    return replace(asked, used=(*asked.used, (name, value)))


def _summary(asked: Question, name: str, value: str) -> Question:
    if value == "count":
        return replace(asked, used=(*asked.used, (name, value)), count_only=True, wanted=replace(asked.wanted, count=0))
    return replace(asked, used=(*asked.used, (name, value))) if value == "false" else _unknown(asked)


def _elements(asked: Question, name: str, value: str) -> Question:
    names = frozenset(part.strip() for part in value.split(",") if part.strip().isalnum())
    return (
        replace(asked, used=(*asked.used, (name, value)), elements=asked.elements | names) if names else _unknown(asked)
    )


def _include(asked: Question, name: str, value: str) -> Question:
    parts = value.split(":")
    if len(parts) not in (2, 3) or ":".join(parts[:2]) not in includes_of(asked.resource):
        return _unknown(asked)
    wanted = ":".join(parts[:2])
    return replace(asked, used=(*asked.used, (name, value)), includes=(*asked.includes, wanted))


_RESULT = {"_count": _count, "_sort": _sort, "_summary": _summary, "_elements": _elements, "_include": _include}
"""Parameters of the answer, and not of what is found."""


def without(pairs: Sequence[tuple[str, str]], name: str) -> Pairs:
    """The parameters but for one."""
    return tuple((one, value) for one, value in pairs if one != name)
