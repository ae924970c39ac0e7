"""A message split into segments and fields, tolerantly: what hl7apy and the sender think of it comes afterwards.

Source: HL7 2.8 chapter 2, sections 2.5 (segments, fields) and 2.5.3 (a field that is absent, and one that is null). Segments end
with CR; senders write LF and CRLF as well, byte order marks, blank lines and comments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from interfaces.hl7v2.characters import Decoded, decoded
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.writing import Writing, unescaped, whole_writing, writing_of


class Untold(Enum):
    """Two ways of a field to say nothing: ABSENT leaves alone what is known, NULL (`""`) deletes it."""

    ABSENT = "absent"
    NULL = "null"


ABSENT: Final = Untold.ABSENT
NULL: Final = Untold.NULL
Told = str | Untold
"""What a field says: a text that is not empty, or one of the two ways of saying none."""

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")
_NULL_TEXT = '""'
_MOST_REPETITIONS = 100  # a message made to be slow to read has a million
_MOST_LINE_NOTES = 20


def said(told: Told) -> str:
    """The text, and nothing where none was said."""
    return told if isinstance(told, str) else ""


@dataclass(frozen=True, slots=True, repr=False)
class Segment:
    """One segment: `fields[0]` is its first field, as written. `position` counts the segments of its name from 1."""

    name: str
    position: int
    fields: tuple[str, ...]
    writing: Writing
    line: str
    _repeated: dict[int, tuple[str, ...]] = field(default_factory=dict, init=False, compare=False)

    def repeated(self, n: int) -> tuple[str, ...]:
        """The repetitions of field n as written, nothing where it is absent. Of more than a hundred, a hundred are looked at.

        Split once: a field can be most of a message, and each of its repetitions is asked for several times.
        """
        if n not in self._repeated:
            self._repeated[n] = self._split(n)
        return self._repeated[n]

    def _split(self, n: int) -> tuple[str, ...]:
        raw, mark = self.fields[n - 1] if 0 < n <= len(self.fields) else "", self.writing.repetition
        if not raw or not mark:
            return (raw,) if raw else ()
        return tuple(raw.split(mark, _MOST_REPETITIONS)[:_MOST_REPETITIONS])


@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """The fields of MSH as written, and what they say. Everything here works on a header that is half broken too.

    `writing` has all its delimiters even where the message's own were unusable: it is what the answer is written with.
    """

    writing: Writing
    fields: tuple[str, ...] = ()

    def raw(self, n: int) -> str:
        """MSH-n as it was written, nothing where there is none."""
        return self.fields[n - 1] if 0 < n <= len(self.fields) else ""

    def _text(self, n: int, comp: int = 1) -> str:
        return said(_told(self.raw(n), self.writing, (1, comp, 1))).strip()

    @property
    def sending_application(self) -> str:
        return self._text(3)

    @property
    def sending_facility(self) -> str:
        return self._text(4)

    @property
    def receiving_application(self) -> str:
        return self._text(5)

    @property
    def receiving_facility(self) -> str:
        return self._text(6)

    @property
    def sent_at(self) -> str:
        """MSH-7, a time as written."""
        return self._text(7)

    @property
    def message_type(self) -> str:
        """MSH-9.1, such as ADT."""
        return self._text(9)

    @property
    def trigger(self) -> str:
        """MSH-9.2, such as A01. The third component is missing or wrong in many feeds, and is not asked."""
        return self._text(9, 2)

    @property
    def kind(self) -> str:
        """Type and trigger, ADT^A01, at most 20 characters; empty where there is neither."""
        return f"{self.message_type}^{self.trigger}"[:20].strip("^")

    @property
    def control_id(self) -> str:
        """MSH-10 as written: what an answer repeats byte for byte."""
        return self.raw(10)

    @property
    def processing_id(self) -> str:
        """MSH-11.1: P, T or D."""
        return self._text(11)

    @property
    def version(self) -> str:
        """MSH-12.1, such as 2.4."""
        return self._text(12)

    @property
    def accept_ack(self) -> str:
        """MSH-15, of table 0155."""
        return self._text(15)

    @property
    def application_ack(self) -> str:
        """MSH-16, of table 0155."""
        return self._text(16)

    @property
    def charset(self) -> str:
        """MSH-18, its first repetition, as declared."""
        return self._text(18)


@dataclass(frozen=True, slots=True, repr=False)
class SplitMessage:
    """A message in segments. `charset` is the codec that read it; `notes` say what was out of order."""

    header: Header
    segments: tuple[Segment, ...]
    charset: str
    notes: tuple[Note, ...]
    _named: dict[str, list[Segment]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        """Put the segments in order by name once: a message can have hundreds of thousands, and is asked many times."""
        for segment in self.segments:
            self._named.setdefault(segment.name, []).append(segment)

    def first(self, name: str) -> Segment | None:
        """The first segment of that name."""
        return next(self.every(name), None)

    def every(self, name: str) -> Iterator[Segment]:
        """The segments of that name, in order."""
        return iter(self._named.get(name, ()))


def header_of(raw: bytes, charset_hint: str = "") -> Header:
    """The header of whatever came, never an exception: what an answer is addressed by."""
    return _header(decoded(raw, charset_hint))


def _header(content: Decoded) -> Header:
    text = content.text.lstrip("\r\n \t")
    writing = whole_writing(text, content.codec)
    if not text.startswith("MSH") or len(text) < 4 or text[3] != writing.field:
        return Header(writing)
    line = _LINE_ENDS.split(text, 1)[0]
    return Header(writing, (writing.field, *line[4:].split(writing.field)))


def split_message(raw: bytes, charset_hint: str = "") -> SplitMessage:
    """The segments of a message. MessageRefused where it does not begin with a header whose delimiters can be told.

    `charset_hint` is the feed's own word for its characters, for where MSH-18 is empty or wrong.
    """
    content = decoded(raw, charset_hint)
    text = content.text.lstrip("\r\n \t")
    if not text.startswith("MSH"):
        raise MessageRefused(
            Reason.NO_HEADER,
            ErrorCode.SEGMENT_SEQUENCE,
            "MSH",
            "The message does not begin with a header.",
            ack=AckCode.AR,
        )
    writing = writing_of(text, content.codec)
    if writing is None:
        raise MessageRefused(
            Reason.DELIMITERS, ErrorCode.DATA_TYPE, "MSH-2", "The delimiters of the header cannot be told apart."
        )
    segments, passed_over = _segments(text, writing)
    return SplitMessage(_header(content), segments, content.codec, content.notes + passed_over)


def _segments(text: str, writing: Writing) -> tuple[tuple[Segment, ...], tuple[Note, ...]]:
    counts: dict[str, int] = {}
    segments: list[Segment] = []
    notes: list[Note] = []
    for number, line in enumerate(_LINE_ENDS.split(text), start=1):
        if not line:
            continue
        if line[3:4] not in ("", writing.field) or not _SEGMENT.fullmatch(line[:3]):
            if len(notes) < _MOST_LINE_NOTES and line.strip():
                notes.append(Note(NoteCode.LINE_PASSED_OVER, f"line {number}"))
            continue
        counts[line[:3]] = counts.get(line[:3], 0) + 1
        segments.append(_segment(line, counts[line[:3]], writing))
    return tuple(segments), tuple(notes)


def _segment(line: str, position: int, writing: Writing) -> Segment:
    fields = line[4:].split(writing.field) if len(line) > 3 else []
    if line.startswith("MSH"):  # its first field is the separator itself
        fields.insert(0, writing.field)
    return Segment(line[:3], position, tuple(fields), writing, line)


def field_of(segment: Segment | None, n: int, *, rep: int = 1, comp: int = 1, sub: int = 1) -> Told:
    """What field n of a segment says; repetitions, components and subcomponents count from 1 as HL7 does.

    A null field is null in every part. Escapes are decoded after everything is split. A segment that is not there is
    absent in all its fields.
    """
    if segment is None or not 0 < n <= len(segment.fields):
        return ABSENT
    if segment.name == "MSH" and n <= 2:
        return segment.fields[n - 1] or ABSENT
    repeated = segment.repeated(n)
    return _told_once(repeated[rep - 1], segment.writing, comp, sub) if 0 < rep <= len(repeated) else ABSENT


def repetitions(segment: Segment | None, n: int) -> int:
    """How many times field n stands in a segment; 0 where it is absent. Of more than a hundred, a hundred are looked at."""
    return 0 if segment is None else len(segment.repeated(n))


def _told(raw: str, writing: Writing, place: tuple[int, int, int]) -> Told:
    rep, comp, sub = place
    part = _part(raw, writing.repetition, rep)
    return _told_once(part, writing, comp, sub)


def _told_once(part: str | None, writing: Writing, comp: int, sub: int) -> Told:
    """What a part of one repetition says."""
    for mark, number in ((writing.component, comp), (writing.subcomponent, sub)):
        if not part:
            return ABSENT
        if part == _NULL_TEXT:
            return NULL
        part = _part(part, mark, number)
    if not part:
        return ABSENT
    return NULL if part == _NULL_TEXT else unescaped(part, writing) or ABSENT


def _part(text: str, mark: str, number: int) -> str | None:
    if not mark:
        return text if number == 1 else None
    parts = text.split(mark, number)
    return parts[number - 1] if number <= len(parts) else None
