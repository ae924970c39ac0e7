"""Search parameters as conditions on rows: one small maker for each kind of parameter."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from caseload.clock import local_day
from caseload.domain.names import folded
from interfaces.fhir.search_values import Amount, Filter, Modifier, Pointer, Prefix, Span, Token, Value, Words

Condition = Callable[[Filter], ColumnElement[bool]]
Codes = Mapping[str, ColumnElement[bool]]
NOWHERE = false()
"""A condition nothing fulfils."""


def asked(
    chosen: Filter, one: Callable[[Value], ColumnElement[bool]], there: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Any of the values; or, with `:missing`, whether there is anything; or, with `:not`, none of them."""
    if chosen.modifier is Modifier.MISSING:
        return not_(there) if chosen.missing else there
    found = or_(*(one(value) for value in chosen.values))
    return not_(func.coalesce(found, False)) if chosen.modifier is Modifier.NOT else found


def token(systems: Mapping[str, Codes], there: ColumnElement[bool] | None = None) -> Condition:
    """A closed set of codes: system -> code -> the rows it stands for. A system alone asks for any code of it."""

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Token)
        chosen = [codes for system, codes in systems.items() if value.system in (None, system)]
        if not value.code:
            return or_(NOWHERE, *(rows for codes in chosen for rows in codes.values()))
        return or_(NOWHERE, *(codes[value.code] for codes in chosen if value.code in codes))

    return lambda chosen: asked(chosen, one, true() if there is None else there)


def words_of(column: Any, words: Mapping[str, Any]) -> Codes:
    """FHIR code -> rows, where each code stands for one word of a column."""
    return {code: column == word for code, word in words.items()}


def open_token(system: str, column: Any) -> Condition:
    """Codes that are whatever the column holds."""

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Token)
        if value.system not in (None, system):
            return NOWHERE
        return and_(column == value.code if value.code else column != "")

    return lambda chosen: asked(chosen, one, func.coalesce(column, "") != "")


def nothing(chosen: Filter) -> ColumnElement[bool]:
    """What must not be asked by who is not told it: nothing is found."""
    return NOWHERE


def own_number(system: Any, number: Any) -> Condition:
    """A number that somebody else gave, of a system that they named, or of none: `system|number`, `|number`, `number`, `system|`."""
    there = func.coalesce(number, "") != ""

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Token)
        of_system = [] if value.system is None else [func.coalesce(system, "") == value.system]
        return and_(there, *of_system, *([number == value.code] if value.code else []))

    return lambda chosen: asked(chosen, one, there)


def pointer(resource: str, column: Any) -> Condition:
    """A reference to a resource whose id is a row id."""

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Pointer)
        row_id = row_id_of(value.id)
        return NOWHERE if row_id is None or value.resource not in ("", resource) else column == row_id

    return lambda chosen: asked(chosen, one, column.is_not(None))


_LARGEST = 2**31 - 1


def row_id_of(logical_id: str) -> int | None:
    """A logical id as a row id; None for what can be none."""
    if (
        not logical_id.isascii()
        or not logical_id.isdecimal()
        or len(logical_id) > 10
        or logical_id != str(int(logical_id))
    ):
        return None
    return int(logical_id) if int(logical_id) <= _LARGEST else None


def moment(column: Any) -> Condition:
    """A date asked of a moment."""
    return _range(lambda span: _compared(span.prefix, column, column, span.first, span.after), column.is_not(None))


def day(column: Any) -> Condition:
    """A date asked of a day: a moment stands for the day it is in."""

    def one(span: Span) -> ColumnElement[bool]:
        return _compared(span.prefix, column, column, *_days(span))

    return _range(one, column.is_not(None))


def days(first: Any, last: Any) -> Condition:
    """A date asked of a period of whole days, the last one included; one without an end goes on."""

    def one(span: Span) -> ColumnElement[bool]:
        return _compared(span.prefix, first, last, *_days(span))

    return _range(one, true())


def days_until(first: Any, end: Any) -> Condition:
    """A date asked of a period from a whole day until a moment."""

    def one(span: Span) -> ColumnElement[bool]:
        return _compared(span.prefix, first, end, _days(span)[0], span.after)

    return _range(one, true())


def period(start: Any, end: Any) -> Condition:
    """A date asked of a period of moments; one without an end goes on, one without a beginning has not begun."""
    return _range(lambda span: _compared(span.prefix, start, end, span.first, span.after), start.is_not(None))


def _range(one: Callable[[Span], ColumnElement[bool]], there: ColumnElement[bool]) -> Condition:
    def value_of(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Span)
        return one(value)

    return lambda chosen: asked(chosen, value_of, there)


def _days(span: Span) -> tuple[date, date]:
    return local_day(span.first), local_day(span.after - timedelta(microseconds=1)) + timedelta(days=1)


def _compared(prefix: Prefix, start: Any, end: Any, first: Any, after: Any) -> ColumnElement[bool]:
    """FHIR R4, Search, "Prefixes": what is asked for is from `first` and before `after`, what is there from start to end."""
    goes_on = or_(end.is_(None), end >= after)
    within = and_(start >= first, end.is_not(None), end < after)
    match prefix:
        case Prefix.EQ:
            return within
        case Prefix.NE:
            return and_(or_(start.is_not(None), end.is_not(None)), not_(func.coalesce(within, False)))
        case Prefix.GT:
            return and_(start.is_not(None), goes_on)
        case Prefix.LT:
            return and_(start < first)
        case Prefix.GE:
            return or_(and_(start.is_not(None), goes_on), within)
        case Prefix.LE:
            return or_(start < first, within)


def number(column: Any) -> Condition:
    """A number asked of a column: equal is to as many digits as were written."""

    def one(value: Value) -> ColumnElement[bool]:
        assert isinstance(value, Amount)
        least, most = float(value.least), float(value.most)
        exact = (least + most) / 2
        match value.prefix:
            case Prefix.EQ:
                return and_(column >= least, column < most)
            case Prefix.NE:
                return or_(column < least, column >= most)
            case Prefix.GT:
                return and_(column > exact)
            case Prefix.LT:
                return and_(column < exact)
            case Prefix.GE:
                return and_(column >= exact)
            case Prefix.LE:
                return and_(column <= exact)

    return lambda chosen: asked(chosen, one, column.is_not(None))


def words(column: Any) -> Condition:
    """Text from its beginning, without regard to case; with `:contains` anywhere, with `:exact` as it stands."""

    def makes(chosen: Filter) -> Callable[[Value], ColumnElement[bool]]:
        def one(value: Value) -> ColumnElement[bool]:
            assert isinstance(value, Words)
            if chosen.modifier is Modifier.EXACT:
                return and_(column == value.text)
            lower = func.lower(column)
            if chosen.modifier is Modifier.CONTAINS:
                return and_(lower.contains(value.text.lower(), autoescape=True))
            return and_(lower.startswith(value.text.lower(), autoescape=True))

        return one

    return lambda chosen: asked(chosen, makes(chosen), column != "")


def name_part(key: Any, exact: Any, *, first: bool, second: bool) -> Condition:
    """A part of a name, by the key that names are compared by: the family name comes first in it, the given name second."""

    def makes(chosen: Filter) -> Callable[[Value], ColumnElement[bool]]:
        def one(value: Value) -> ColumnElement[bool]:
            assert isinstance(value, Words)
            if chosen.modifier is Modifier.EXACT:
                return or_(*(column == value.text for column in exact))
            part = folded(value.text)
            if not part:
                return NOWHERE
            if chosen.modifier is Modifier.CONTAINS:
                return _contains(key, part, first=first, second=second)
            begins = [key.startswith(part, autoescape=True)] if first else []
            return or_(*begins, *([key.contains(f" {part}", autoescape=True)] if second else []))

        return one

    return lambda chosen: asked(chosen, makes(chosen), true())


def _contains(key: Any, part: str, *, first: bool, second: bool) -> ColumnElement[bool]:
    """Within the family name (before the space of the key), within the given name (after it), or either."""
    in_first = key.op("LIKE")(f"%{part}% %")
    in_second = key.op("LIKE")(f"% %{part}%")
    return or_(*([in_first] if first else []), *([in_second] if second else []))
