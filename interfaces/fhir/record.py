"""What the records that become resources are made of, and what of them stays here when nobody is to be known by name.

Every text of a record says of what kind it is: words that somebody wrote, a code or an id out of a closed set, or a
member of staff. For a warehouse the words and the staff are left out, and a test holds that no text is of no kind.
"""

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints


class Kind(Enum):
    """What a text of a record is."""

    WORDS = "words"
    CODE = "code"
    STAFF = "staff"


Words = Annotated[str, Kind.WORDS]
"""Written or said by somebody, or a name or number somebody is known by."""
Code = Annotated[str, Kind.CODE]
"""Out of a closed set, or an id of this server."""
Staff = Annotated[str, Kind.STAFF]
"""The logical id of a Practitioner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Base of the records. `updated_at` is of the newest row it was made from; None where no row has a moment.

    `version` is empty where the version is a hash of the content.
    """

    id: Code
    updated_at: datetime | None = None
    version: Code = ""


R = TypeVar("R")


def without_names(record: R) -> R:
    """The record without any words and without staff, all the way down; what is left are codes, days and numbers."""
    part: Any = record
    kind: Any = type(part)
    emptied = {name: _emptied(getattr(part, name), declared) for name, declared in _texts_of(kind)}
    made: R = replace(part, **emptied)
    return made


@cache
def _texts_of(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields that can hold text, in themselves or further down, with the declared type of each."""
    declared = get_type_hints(kind, include_extras=True)
    return tuple((one.name, declared[one.name]) for one in fields(kind) if _may_hold_text(declared[one.name]))


def _may_hold_text(declared: Any) -> bool:
    return bool(kinds_of(declared)) or any(is_dataclass(part) or _may_hold_text(part) for part in get_args(declared))


def kinds_of(declared: Any) -> frozenset[Kind]:
    """Which kinds of text a declared type names itself, `Words | None` and `tuple[Words, ...]` among them."""
    if get_origin(declared) is Annotated:
        return frozenset(part for part in declared.__metadata__ if isinstance(part, Kind))
    return frozenset[Kind]().union(*(kinds_of(part) for part in get_args(declared)))


def _emptied(value: Any, declared: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return without_names(value)
    leaves = kinds_of(declared) & {Kind.WORDS, Kind.STAFF}
    if isinstance(value, tuple):
        return () if leaves else tuple(_emptied(one, None) if is_dataclass(one) else one for one in value)
    if not leaves or not isinstance(value, str):
        return value
    return ""
