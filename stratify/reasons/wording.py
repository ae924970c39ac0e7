"""Chosen groups put in words, with source and dates of evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from stratify.conditions import Bools, Columns
from stratify.days import day_number
from stratify.reasons.book import GroupWords, ReasonBook, Variant
from stratify.reasons.choice import Choice
from stratify.reasons.phrases import Slot, Texts

NO_DAY = np.iinfo(np.int32).min
"""Stands for no date where days are whole numbers."""

Days = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Reasons:
    """Reasons of a list of people, end to end: person i has the entries from starts[i] to starts[i + 1].

    `group` indexes `codes` and `names` (the same in words); `first` and `last` are days since 1970-01-01 (NO_DAY: none). `other` and `baseline`
    make each person's contributions add up to the raw score.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    starts: npt.NDArray[np.int32]
    group: npt.NDArray[np.int16]
    text: Texts
    source: Texts
    contribution: npt.NDArray[np.float64]
    first: Days
    last: Days
    other: npt.NDArray[np.float64]
    baseline: npt.NDArray[np.float64]


def put_in_words(book: ReasonBook, codes: Sequence[str], choice: Choice, columns: Columns, index_date: date) -> Reasons:
    """Reasons for everyone in `choice`, whose feature values are in `columns` in the same order."""
    shown = choice.group >= 0
    entries = _Entries(choice, shown)
    for number, code in enumerate(codes):
        if code in book.groups and code not in book.sensitive:
            entries.say(number, book.groups[code], columns, index_date)
    return Reasons(
        codes=tuple(codes),
        names=_names(book, codes),
        starts=np.concatenate([[0], np.cumsum(shown.sum(axis=1))]).astype(np.int32),
        group=entries.group,
        text=entries.text,
        source=entries.source,
        contribution=choice.contribution[shown],
        first=entries.first,
        last=entries.last,
        other=choice.other,
        baseline=np.full(len(choice.other), choice.baseline),
    )


def nothing_to_tell(book: ReasonBook, codes: Sequence[str], columns: Columns, people: int) -> Bools:
    """By person and group: True where all the group's sentence could say is that something is not there."""
    found = np.zeros((people, len(codes)), dtype=np.bool_)
    for number, code in enumerate(codes):
        words = book.groups.get(code)
        if words is None or not any(variant.tells_of_nothing for variant in words.variants):
            continue
        for variant, rows in _variants(words, columns, people):
            if variant.tells_of_nothing:
                found[rows, number] = True
    return found


def text_of(group: GroupWords, columns: Columns, people: int, index_date: date) -> Texts:
    """The group's sentence for each of `people`, whose values are in `columns`."""
    text: Texts = np.full(people, "", dtype=object)
    for variant, rows in _variants(group, columns, people):
        text[rows] = _render(variant, columns, rows, index_date)
    return text


def _variants(group: GroupWords, columns: Columns, people: int) -> Iterator[tuple[Variant, Rows]]:
    """Each variant with the people it is the first to read true for; everyone appears exactly once."""
    left = np.ones(people, dtype=np.bool_)
    for variant in group.variants:
        mine = left & _applies(variant, columns, people)
        left &= ~mine
        if mine.any():
            yield variant, np.nonzero(mine)[0]


class _Entries:
    """Reasons of everybody in a row, filled in group by group."""

    def __init__(self, choice: Choice, shown: Bools) -> None:
        self.group = choice.group[shown]
        self._person = np.nonzero(shown)[0]
        self.text: Texts = np.full(len(self.group), "", dtype=object)
        self.source: Texts = np.full(len(self.group), "", dtype=object)
        self.first = np.full(len(self.group), NO_DAY, dtype=np.int32)
        self.last = np.full(len(self.group), NO_DAY, dtype=np.int32)

    def say(self, number: int, words: GroupWords, columns: Columns, index_date: date) -> None:
        """Fills in text and dates of every entry of this group."""
        mine = np.nonzero(self.group == number)[0]
        if len(mine) == 0:
            return
        people = self._person[mine]
        values = {name: columns[name][people] for name in words.names() if name in columns}
        for variant, rows in _variants(words, values, len(mine)):
            at = mine[rows]
            self.text[at] = _render(variant, values, rows, index_date)
            self.source[at] = variant.source
            self.first[at] = _days(variant.first, values, rows, index_date)
            self.last[at] = _days(variant.last, values, rows, index_date)


def _render(variant: Variant, columns: Columns, rows: Rows, index_date: date) -> Texts:
    shown = {slot.feature: columns[slot.feature][rows] for slot in variant.phrase.slots}
    return variant.phrase.render(shown, len(rows), index_date)


def _applies(variant: Variant, columns: Columns, people: int) -> Bools:
    fits = variant.phrase.suits(columns, people)
    if variant.when is None:
        return fits
    if not variant.when.names() <= set(columns):
        return np.zeros_like(fits)
    return fits & variant.when.holds(columns)


def _days(evidence: Slot | None, columns: Columns, rows: Rows, index_date: date) -> Days:
    if evidence is None or evidence.feature not in columns:
        return np.full(len(rows), NO_DAY, dtype=np.int32)
    ago = np.round(columns[evidence.feature][rows] * evidence.scale)
    return np.where(np.isnan(ago), NO_DAY, day_number(index_date) - np.nan_to_num(ago)).astype(np.int32)


def _names(book: ReasonBook, codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(book.groups[code].name if code in book.groups else code for code in codes)


def joined(book: ReasonBook, parts: Sequence[Reasons], codes: Sequence[str]) -> Reasons:
    """Reasons of several lists of people, one after the other; of nobody where there are no parts."""
    starts = [np.zeros(1, dtype=np.int32)]
    for part in parts:
        starts.append(part.starts[1:] + starts[-1][-1])
    return Reasons(
        codes=tuple(codes),
        names=_names(book, codes),
        starts=np.concatenate(starts).astype(np.int32),
        group=np.concatenate([np.empty(0, np.int16), *(part.group for part in parts)]),
        text=np.concatenate([np.empty(0, object), *(part.text for part in parts)]),
        source=np.concatenate([np.empty(0, object), *(part.source for part in parts)]),
        contribution=np.concatenate([np.empty(0), *(part.contribution for part in parts)]),
        first=np.concatenate([np.empty(0, np.int32), *(part.first for part in parts)]),
        last=np.concatenate([np.empty(0, np.int32), *(part.last for part in parts)]),
        other=np.concatenate([np.empty(0), *(part.other for part in parts)]),
        baseline=np.concatenate([np.empty(0), *(part.baseline for part in parts)]),
    )
