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
    emptied = {name: _emptied(getattr(part, name), leaves=leaves) for name, leaves in _texts_of(kind)}
    made: R = replace(part, **emptied)
    return made


_LEFT_OUT = frozenset({Kind.WORDS, Kind.STAFF})


@cache
def _texts_of(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields that can hold text, in themselves or further down, and whether that of each is to be left out.

    Read out of the types once: to ask them for each of thousands of records takes longer than to make the records.
    """
    declared = {name: of for name, of in get_type_hints(kind, include_extras=True).items() if _may_hold_text(of)}
    return tuple(
        (one.name, bool(kinds_of(declared[one.name]) & _LEFT_OUT)) for one in fields(kind) if one.name in declared
    )


def _may_hold_text(declared: Any) -> bool:
    return bool(kinds_of(declared)) or any(is_dataclass(part) or _may_hold_text(part) for part in get_args(declared))


def kinds_of(declared: Any) -> frozenset[Kind]:
    """Which kinds of text a declared type names itself, `Words | None` and `tuple[Words, ...]` among them."""
    if get_origin(declared) is Annotated:
        return frozenset(part for part in declared.__metadata__ if isinstance(part, Kind))
    return frozenset[Kind]().union(*(kinds_of(part) for part in get_args(declared)))


def _emptied(value: Any, *, leaves: bool) -> Any:
    if isinstance(value, str):
        return "" if leaves else value
    if isinstance(value, tuple):
        return () if leaves else tuple(without_names(one) if is_dataclass(one) else one for one in value)
    return without_names(value) if is_dataclass(value) else value
