"""What the entries of a plan say, in words."""

from collections.abc import Callable, Iterator
from datetime import date

from caseload.domain.plan_headings import FIELDS, KEY, Contents, Entry, Field, FieldKind
from caseload.domain.plan_words import PlanHeading


def lines_of(
    heading: PlanHeading, entry: Entry, contents: Contents, *, write_day: Callable[[date], str] = date.isoformat
) -> Iterator[tuple[str, str]]:
    """What an entry says, as pairs of the field's words and its text, without fields that are empty.

    Choices and links are put into words, and for a person the name that was kept with their id is said. `write_day`
    turns a day into words.
    """
    part = FIELDS[heading]
    named = {field.named_in for field in part.fields if field.named_in and entry.get(field.name)}
    for field in part.fields:
        text = "" if field.name in named else _said(field, entry, contents, write_day)
        if text:
            yield field.label, text


def name_of(heading: PlanHeading, entry: Entry) -> str:
    """Which entry it is, in its own words."""
    field = FIELDS[heading].field(FIELDS[heading].first)
    return _said(field, entry, {}, date.isoformat)


def _said(field: Field, entry: Entry, contents: Contents, write_day: Callable[[date], str]) -> str:
    value = entry.get(field.name, "")
    if not value or field.kind is FieldKind.KEY:
        return ""
    match field.kind:
        case FieldKind.CHOICE:
            return dict(field.choices).get(value, value)
        case FieldKind.DAY:
            return write_day(date.fromisoformat(value))
        case FieldKind.PERSON:
            return entry.get(field.named_in, "")
        case FieldKind.LINK:
            return _linked(field.links_to, value, contents)
        case _:
            return value


def _linked(heading: PlanHeading | None, key: str, contents: Contents) -> str:
    if heading is None:
        return ""
    return next((name_of(heading, entry) for entry in contents.get(heading, ()) if entry.get(KEY) == key), "")
