"""Sentences with places for values: "{n:falls_365d|fall|falls} in the last 12 months, latest {date:falls_latest}".

A place is one of
    {n:FEATURE|one|many}   a whole count and its noun: "3 falls", "1 fall"
    {date:FEATURE}         the day that many days before the index date: "14 September 2026"
    {month:FEATURE}        the month that many days before: "September 2026"
    {number:FEATURE}       a value, with at most one decimal: "8.5"
    {whole:FEATURE}        a value as a whole number: "47"
    {years:FEATURE}        whole years gone by: "6 years", or "less than a year"

A sentence suits only a person for whom every value it shows is recorded, and every count it shows is at
least one, so that nobody is ever told of "0 falls".
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from stratify.conditions import Bools, Columns
from stratify.exceptions import ConfigRefused

Texts = npt.NDArray[np.object_]

DAYS_PER_YEAR = 365.25

_SLOT = re.compile(r"\{(?P<kind>[a-z]+):(?P<feature>[a-z][a-z0-9_]*)(?P<nouns>\|[^{}|]+\|[^{}|]+)?\}")
_MONTHS = (
    "January February March April May June July August September October November December"  # GOV.UK style
).split()


@dataclass(frozen=True)
class Slot:
    """One place in a sentence: what kind, which feature fills it, its nouns where it is a count.

    `scale` turns the feature into days where the place is a date and the feature counts years.
    """

    kind: str
    feature: str
    nouns: tuple[str, ...] = ()
    scale: float = 1.0


@dataclass(frozen=True)
class Phrase:
    """A sentence taken apart: plain text and places, in order."""

    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))

    def suits(self, columns: Columns, people: int) -> Bools:
        """True for each of `people` whose values make the sentence true to read; no one where a feature is absent."""
        fits = np.ones(people, dtype=np.bool_)
        for slot in self.slots:
            if slot.feature not in columns:
                return np.zeros(people, dtype=np.bool_)
            # A value not recorded is NaN, and no comparison with NaN holds.
            fits &= columns[slot.feature] * slot.scale >= _LEAST[slot.kind]
        return fits

    def render(self, columns: Columns, people: int, index_date: date) -> Texts:
        """The sentence for each of `people`, who must all suit it."""
        text: Texts = np.full(people, "", dtype=object)
        for part in self.parts:
            text = text + (part if isinstance(part, str) else _fill(part, columns, index_date))
        return text


def parse_phrase(text: str, in_years: Collection[str] = ()) -> Phrase:
    """The sentence a template says; ConfigRefused quotes one that cannot be read.

    `in_years` names the features that count years back from the index date; the others count days.

    >>> [part for part in parse_phrase("{n:falls|fall|falls} this year").parts]
    [Slot(kind='n', feature='falls', nouns=('fall', 'falls')), ' this year']
    """
    parts: list[str | Slot] = []
    at = 0
    for match in _SLOT.finditer(text):
        parts += [text[at : match.start()], _slot(match, text, in_years)]
        at = match.end()
    parts.append(text[at:])
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
        raise _unreadable(text)
    return Phrase(tuple(part for part in parts if part))


def day_in_words(day: date) -> str:
    """A date as GOV.UK writes it.

    >>> day_in_words(date(2026, 9, 4))
    '4 September 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_in_words(day: date) -> str:
    """The month of a date, as "September 2026"; the same in every locale."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _slot(match: re.Match[str], text: str, in_years: Collection[str]) -> Slot:
    kind, feature, nouns = match["kind"], match["feature"], match["nouns"]
    if kind not in _LEAST or (kind == "n") != (nouns is not None):
        raise _unreadable(text)
    scale = DAYS_PER_YEAR if kind in ("date", "month") and feature in in_years else 1.0
    return Slot(kind, feature, tuple(nouns[1:].split("|")) if nouns else (), scale)


def _unreadable(text: str) -> ConfigRefused:
    return ConfigRefused(
        "places such as {n:feature|one|many}, {date:feature}, {month:feature}, {number:feature}, {whole:feature} or {years:feature}",
        repr(text),
        "Correct reasons.toml and run again.",
    )


def _fill(slot: Slot, columns: Columns, index_date: date) -> Texts:
    values = columns[slot.feature]
    keys = np.round(values * 10) if slot.kind == "number" else _whole(slot, values)
    # Few different values meet many people: each is put in words once.
    distinct, which = np.unique(keys.astype(np.int64), return_inverse=True)
    say = _SAY[slot.kind]
    words = np.array([say(int(key), slot, index_date) for key in distinct], dtype=object)
    filled: Texts = words[which]
    return filled


def _whole(slot: Slot, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    # Years gone by are those completed; counts and days are whole already.
    rounded: npt.NDArray[Any] = np.floor(values) if slot.kind == "years" else np.round(values * slot.scale)
    return rounded


def _count(key: int, slot: Slot, _index: date) -> str:
    return f"{key:,} {slot.nouns[0] if key == 1 else slot.nouns[1]}"


def _date(key: int, _slot: Slot, index: date) -> str:
    return day_in_words(index - timedelta(days=key))


def _month(key: int, _slot: Slot, index: date) -> str:
    return month_in_words(index - timedelta(days=key))


def _whole_number(key: int, _slot: Slot, _index: date) -> str:
    return f"{key:,}"


def _number(key: int, _slot: Slot, _index: date) -> str:
    return f"{key // 10:,}" if key % 10 == 0 else f"{key // 10:,}.{key % 10}"


def _years(key: int, _slot: Slot, _index: date) -> str:
    return "less than a year" if key == 0 else "1 year" if key == 1 else f"{key} years"


_LEAST: dict[str, float] = {"n": 0.5, "date": 0.5, "month": 0.5, "number": 0.0, "whole": 0.0, "years": 0.0}
"""Smallest value that may be shown, by kind of place: a count that would read 0 is none."""

_SAY: dict[str, Callable[[int, Slot, date], str]] = {
    "n": _count,
    "date": _date,
    "month": _month,
    "number": _number,
    "whole": _whole_number,
    "years": _years,
}
