"""What the text of a hospital's message names, whether it can be read as a message or not.

Looked for in the text itself, so that a message with a broken header or a missing segment hides nobody. It rather finds too
much than too little: what is found decides who may not read the text.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from caseload.domain.names import folded

MOST_PARTS = 4_000
_LONGEST_NUMBER = 64
_DELIMITERS = "|^~\\&\r\n\t"
_NHS_NUMBER = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)")
_LINES = re.compile(r"[\r\n]+")
_SENSITIVITY = 16  # PV1-16


@dataclass(frozen=True, slots=True, repr=False)
class NamedInText:
    """Numbers that may be NHS numbers, and every part that may be a hospital's number for somebody or for a visit.

    `too_long` where there is more than anybody looks through.
    """

    nhs_numbers: frozenset[str]
    parts: frozenset[str]
    too_long: bool


def named_in(text: str) -> NamedInText:
    """The numbers in a message, by its own delimiters and by the usual ones."""
    numbers = frozenset("".join(found) for found in _NHS_NUMBER.findall(text))
    marks = re.escape(_DELIMITERS + (text[3:8] if text.startswith("MSH") else ""))
    parts = frozenset(part.strip() for part in re.split(f"[{marks}]+", text) if 0 < len(part) <= _LONGEST_NUMBER)
    too_long = len(numbers) + len(parts) > MOST_PARTS
    return NamedInText(frozenset(), frozenset(), True) if too_long else NamedInText(numbers, parts, False)


def is_sensitive(text: str, ordinary: Collection[str]) -> bool:
    """Whether a visit in it is marked as one that goes no further: a PV1-16 that is none of the ordinary values."""
    for line in _LINES.split(text):
        fields = line.split(line[3:4]) if line.startswith("PV1") and len(line) > len("PV1") else []
        told = fields[_SENSITIVITY].strip().upper() if len(fields) > _SENSITIVITY else ""
        if told not in ("", '""', *ordinary):
            return True
    return False


def speaks_of(text: str, key: str, born: date) -> bool:
    """Whether a text has somebody's whole name in it, or their date of birth and a part of their name.

    `key` as `caseload.domain.names.name_key` writes it; `text` as `folded_text` gives it.
    """
    there = [bool(part) and part in text for part in key.split(" ", 1)]
    return all(there) or (any(there) and born.strftime("%Y%m%d") in text)


def folded_text(text: str) -> str:
    """A text as names are compared in it."""
    return folded(text)
