"""A text somebody typed about a person, for a reader who may not know whom it is about."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

_NAME, _BORN, _POSTCODE, _NUMBER = "[name]", "[date of birth]", "[postcode]", "[NHS number]"
_LEAST_LETTERS = 2
_NHS_DIGITS = 10
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip

Span = tuple[int, int, str]
"""Where something begins and ends in a text, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What would tell a reader who the person is."""

    family_name: str
    given_name: str
    nhs_number: str
    date_of_birth: date
    postcode: str


def masked(text: str, person: Identifiers) -> str:
    """The text without the person's names, date of birth and postcode, and without anybody's NHS number.

    Any ten digits count as an NHS number, whatever stands between them but letters: the same as a search takes.
    """
    spans = [
        *_number_spans(text, person.nhs_number),
        *_spans(text, _born(person.date_of_birth), _BORN),
        *_spans(text, _postcode(person.postcode), _POSTCODE),
        *_spans(text, _names((person.family_name, person.given_name)), _NAME),
    ]
    return _replaced(text, spans)


def _replaced(text: str, spans: Iterable[Span]) -> str:
    """Each span by its words; of those that overlap, all is taken out and the first one's words stand there."""
    written, done = [], 0
    for begins, ends, words in sorted(spans, key=lambda span: (span[0], -span[1])):
        if begins >= done:
            written += [text[done:begins], words]
        done = max(done, ends)
    return "".join([*written, text[done:]])


def _spans(text: str, pattern: str, words: str) -> Iterator[Span]:
    if pattern:
        yield from ((*found.span(), words) for found in re.finditer(pattern, text, flags=re.I))


def _names(names: tuple[str, ...]) -> str:
    parts = {part for name in names for part in re.split(r"[\s\-’']+", name) if len(part) >= _LEAST_LETTERS}
    longest_first = sorted((*(names if parts else ()), *parts), key=len, reverse=True)
    return "|".join(rf"\b{re.escape(name)}\b" for name in longest_first if name)


def _postcode(postcode: str) -> str:
    written = r"\W{0,3}".join(mark for mark in postcode if mark.isalnum())
    return rf"\b{written}\b" if written else ""


def _born(day: date) -> str:
    """The day as it is written: 02/03/1941, 2.3.41, 1941-03-02, 02031941, 2nd of March 1941, March 2, 1941."""
    month, apart = _MONTHS[day.month - 1], r"\W{1,3}"
    name = rf"(?:{month}|{month[:4]}|{month[:3]})"
    in_month, days = f"0?{day.month}", rf"0?{day.day}(?:st|nd|rd|th)?"
    year = rf"(?:{day.year}|{day:%y})"
    ways = (
        rf"{days}{apart}{in_month}{apart}{year}",
        rf"{in_month}{apart}{days}{apart}{year}",
        rf"{day.year}{apart}{in_month}{apart}{days}",
        rf"{days}\W{{0,3}}(?:of\W{{1,3}})?{name}\W{{0,3}}{year}",
        rf"{name}\W{{0,3}}{days}{apart}{year}",
        rf"{day.year}\W{{0,3}}{name}\W{{0,3}}{days}",
        *(f"{day:{form}}" for form in ("%d%m%Y", "%Y%m%d", "%d%m%y")),
    )
    return rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)"


def _number_spans(text: str, own: str) -> Iterator[Span]:
    """Ten digits that stand by themselves; the person's own wherever they stand."""
    for digits in _digit_runs(text):
        for first in range(len(digits) - _NHS_DIGITS + 1):
            window = digits[first : first + _NHS_DIGITS]
            begins, ends = window[0][0], window[-1][0] + 1
            joined = _touches(digits, first) or _touches(digits, first + _NHS_DIGITS)
            if not joined or "".join(digit for _, digit in window) == own:
                yield begins, ends, _NUMBER


def _touches(digits: list[tuple[int, str]], at: int) -> bool:
    """Whether the digit here follows the one before it without anything between them."""
    return any(after - before <= 1 for (before, _), (after, _) in pairwise(digits[max(at - 1, 0) : at + 1]))


def _digit_runs(text: str) -> list[list[tuple[int, str]]]:
    """Digits with no letter between them, each with its place in the text; of any script, as a search takes them."""
    runs: list[list[tuple[int, str]]] = [[]]
    for place, mark in enumerate(text):
        for plain in unicodedata.normalize("NFKC", mark):
            if plain.isdecimal():
                runs[-1].append((place, str(unicodedata.decimal(plain))))
            elif plain.isalpha():
                runs.append([])
    return runs
