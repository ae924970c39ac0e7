"""What the fields of a message say, as one reader or as two that are compared.

`Teller` asks our own splitter. `SecondOpinion` asks hl7apy as well, which knows each version's fields and types, and notes where
the two differ. Ours is what counts: hl7apy takes an 06 for the number 6 in 2.3.1, loses the place of fields that a version's table
does not have, and refuses whole segments for one field.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import hl7apy
from hl7apy import core as hl7apy_core
from hl7apy import factories as hl7apy_factories
from hl7apy import parser as hl7apy_parser
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException

from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.reading import Segment, Told, field_of
from interfaces.hl7v2.writing import Writing, unescaped

# hl7apy asks importlib for a version's tables at every element it makes. They are modules: asked once, it is an eighth faster.
hl7apy.load_library = hl7apy_core.load_library = hl7apy_factories.load_library = cache(hl7apy.load_library)

Place = tuple[int, int, int, int]

_LONGEST_SEGMENT = 16_384
# It has no types for what a place adds (Z), and of the header it would be asked the time alone, at a fifth of the whole cost.
_NOT_ASKED = ("MSH", "Z")
_NUMBER = re.compile(r"_([0-9]+)$")


class Teller:
    """Says what fields say, by our own splitter, and collects what is noticed on the way."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed, each once, in order."""
        return tuple(self._notes)

    def note(self, code: NoteCode, location: str) -> None:
        """Write down what is out of order at a field."""
        self._notes[Note(code, location)] = None

    def told(self, segment: Segment | None, n: int, *, rep: int = 1, comp: int = 1, sub: int = 1) -> Told:
        """What a field says; see `field_of`."""
        return field_of(segment, n, rep=rep, comp=comp, sub=sub)


class SecondOpinion(Teller):
    """The same, each field looked at by hl7apy too. What it cannot read, or reads otherwise, is noted."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self._version = version
        self._read: dict[tuple[str, int], dict[Place, str] | None] = {}

    def told(self, segment: Segment | None, n: int, *, rep: int = 1, comp: int = 1, sub: int = 1) -> Told:
        """What our splitter says, after hl7apy was asked."""
        ours = super().told(segment, n, rep=rep, comp=comp, sub=sub)
        if segment is None or not isinstance(ours, str) or segment.name.startswith(_NOT_ASKED):
            return ours
        theirs = self._theirs(segment)
        if theirs is not None:
            self._compare(segment, n, ours, theirs.get((n, rep, comp, sub)))
        return ours

    def _compare(self, segment: Segment, n: int, ours: str, theirs: str | None) -> None:
        if theirs is None:
            self.note(NoteCode.NOT_TYPED, f"{segment.name}-{n}")
        elif unescaped(theirs, segment.writing) != ours:
            self.note(NoteCode.TYPED_OTHERWISE, f"{segment.name}-{n}")

    def _theirs(self, segment: Segment) -> dict[Place, str] | None:
        key = (segment.name, segment.position)
        if key not in self._read:
            self._read[key] = typed_fields(segment, self._version)
            if self._read[key] is None:
                self.note(NoteCode.NOT_TYPED, segment.name)
        return self._read[key]


def typed_fields(segment: Segment, version: str) -> dict[Place, str] | None:
    """Every part of a segment as hl7apy reads it: field, repetition, component, subcomponent. None where it refuses it.

    None also for a segment too long to give it: it makes an object of every part, at some 50 microseconds each.
    """
    if len(segment.line) > _LONGEST_SEGMENT:
        return None
    try:
        parsed = hl7apy_parser.parse_segment(
            segment.line, version, _encoding_characters(segment.writing), VALIDATION_LEVEL.TOLERANT
        )
        return _parts(parsed)
    except (HL7apyException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None  # it raises whatever its tables run into, not only its own exceptions


def _parts(parsed: Any) -> dict[Place, str]:
    parts: dict[Place, str] = {}
    counts: dict[int, int] = {}
    for field in parsed.children:
        if field.name is None:
            continue  # beyond the version's table: hl7apy does not say where it stood
        n = _number(field.name)
        counts[n] = rep = counts.get(n, 0) + 1
        for component in field.children:
            comp = _number(component.name)
            for sub in component.children:
                parts[n, rep, comp, _number(sub.name)] = sub.to_er7()
    return parts


def prepare(versions: Iterable[str]) -> None:
    """Have hl7apy load its tables of these versions: up to half a second each, which the first message would wait for."""
    for version in versions:
        hl7apy_parser.parse_segment("EVN||20000101", version)


@lru_cache(maxsize=4096)
def _number(name: str | None) -> int:
    """The place in a name such as CX_4; 1 for a plain type such as ST."""
    match = _NUMBER.search(name or "")
    return int(match[1]) if match else 1


@lru_cache(maxsize=64)
def _encoding_characters(writing: Writing) -> dict[str, str]:
    marks = {
        "GROUP": "\r",
        "SEGMENT": "\r",
        "FIELD": writing.field,
        "COMPONENT": writing.component,
        "SUBCOMPONENT": writing.subcomponent,
        "REPETITION": writing.repetition,
        "ESCAPE": writing.escape,
    }
    return {**marks, "TRUNCATION": writing.truncation} if writing.truncation else marks
