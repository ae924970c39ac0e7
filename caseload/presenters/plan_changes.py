"""Two versions of a plan side by side: what was added, taken out and reworded, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from caseload.domain.plan_entries import lines_of, name_of
from caseload.domain.plan_headings import FIELDS, KEY, Contents, Entry
from caseload.domain.plan_words import PlanHeading
from caseload.presenters.writing import day

_WORDS = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of something from the one version to the other."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


CHANGE_WORDS = {
    Change.SAME: "The same",
    Change.ADDED: "Added",
    Change.REMOVED: "Taken out",
    Change.CHANGED: "Changed",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text; `marked` where the other version does not have them."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class LineChange:
    """One field of an entry in both versions, cut into pieces."""

    label: str
    change: Change
    first: tuple[Piece, ...]
    second: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry in both versions."""

    title: str
    change: Change
    lines: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of the plan in both versions."""

    heading: PlanHeading
    change: Change
    entries: tuple[EntryChange, ...]


def plan_changes(first: Contents, second: Contents) -> list[PartChange]:
    """Every part that either version has, in the order of the plan."""
    return [_part(heading, first, second) for heading in FIELDS if first.get(heading) or second.get(heading)]


def _part(heading: PlanHeading, first: Contents, second: Contents) -> PartChange:
    pairs = _paired(heading, first.get(heading, ()), second.get(heading, ()))
    entries = tuple(_entry(heading, one, other, first, second) for one, other in pairs)
    return PartChange(heading, _change_of([entry.change for entry in entries]), entries)


def _paired(
    heading: PlanHeading, first: Sequence[Entry], second: Sequence[Entry]
) -> list[tuple[Entry | None, Entry | None]]:
    """Each entry with what it became: by its key, else by what it is called, else by its place among those left."""
    if not FIELDS[heading].several:
        return [(next(iter(first), None), next(iter(second), None))]
    left = list(second)
    pairs: list[tuple[Entry | None, Entry | None]] = []
    for one in first:
        other = next((two for two in left if _identity(heading, two) == _identity(heading, one)), None)
        pairs.append((one, other))
        if other is not None:
            left.remove(other)
    if KEY not in FIELDS[heading].names:
        pairs = [(one, left.pop(0) if other is None and left else other) for one, other in pairs]
    return [*pairs, *((None, other) for other in left)]


def _identity(heading: PlanHeading, entry: Entry) -> str:
    return entry.get(KEY) or name_of(heading, entry)


def _entry(
    heading: PlanHeading, one: Entry | None, other: Entry | None, first: Contents, second: Contents
) -> EntryChange:
    before = dict(lines_of(heading, one, first, write_day=day)) if one is not None else {}
    after = dict(lines_of(heading, other, second, write_day=day)) if other is not None else {}
    labels = [field.label for field in FIELDS[heading].fields if field.label in before or field.label in after]
    lines = tuple(_line(label, before.get(label, ""), after.get(label, "")) for label in labels)
    title = name_of(heading, other or one or {}) if FIELDS[heading].several else ""
    return EntryChange(title, _whole(one, other, lines), lines)


def _whole(one: Entry | None, other: Entry | None, lines: Sequence[LineChange]) -> Change:
    if one is None:
        return Change.ADDED
    if other is None:
        return Change.REMOVED
    return Change.SAME if all(line.change is Change.SAME for line in lines) else Change.CHANGED


def _change_of(changes: Sequence[Change]) -> Change:
    found = set(changes)
    return found.pop() if len(found) == 1 else Change.CHANGED


def _line(label: str, before: str, after: str) -> LineChange:
    if before == after:
        return LineChange(label, Change.SAME, (Piece(before, False),), (Piece(after, False),))
    first, second = _pieces(before, after)
    change = Change.ADDED if not before else Change.REMOVED if not after else Change.CHANGED
    return LineChange(label, change, first, second)


def _pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts cut at words, with what only one of them has marked."""
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    first: list[Piece] = []
    second: list[Piece] = []
    for kind, from_one, to_one, from_other, to_other in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = kind == "equal"
        if to_one > from_one:
            first.append(Piece("".join(one[from_one:to_one]), not same))
        if to_other > from_other:
            second.append(Piece("".join(other[from_other:to_other]), not same))
    return tuple(first), tuple(second)
