"""A hospital's message on a page: what it was sent for, its text segment by segment, and who it speaks of beside somebody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from caseload.domain.words import Sex
from caseload.presenters.hospital_reasons import reason_words
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, nhs_number
from caseload.queries.hospital_people import PersonBeside
from interfaces.codes import Sex as ToldSex
from interfaces.hl7v2.adt import check_before_ack, read_adt
from interfaces.hl7v2.characters import decoded
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.patient import Patient
from interfaces.hl7v2.reading import NULL, SplitMessage, Told, Untold, split_message
from interfaces.hl7v2.refusals import MessageRefused
from interfaces.hl7v2.triggers import TRIGGERS

LONGEST_EDITED = 200_000
_MOST_LINES, _LONGEST_LINE = 300, 20_000
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_UNSEEN = {**{code: 0x2400 + code for code in range(0x20)}, 0x7F: 0x2421}  # the pictures of control characters
_UNTYPABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TRIGGER_SAID = "not acted on"


@dataclass(frozen=True, slots=True)
class FieldPart:
    """A piece of a line: `wrong` is the field that is marked, such as PID-7, and empty for everything else."""

    text: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One segment as it was written, in pieces."""

    name: str
    parts: tuple[FieldPart, ...]


@dataclass(frozen=True, slots=True)
class RawText:
    """A whole message. `wrong` says which field is marked and why; `missing` where there is none such to mark."""

    lines: tuple[RawLine, ...]
    wrong: str
    sentence: str
    missing: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class BesideRow:
    """One line of a message's demographics beside a person's."""

    label: str
    told: str
    known: str

    @property
    def compared(self) -> bool:
        """Whether both say something."""
        return bool(self.told and self.known)

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return self.compared and _plain(self.told) != _plain(self.known)


def trigger_words(kind: str) -> str:
    """What a message was sent for: `ADT^A01` in words."""
    trigger = kind.partition("^")[2]
    known = TRIGGERS.get(trigger)
    if known is not None:
        return f"{trigger}: {known.meaning}"
    return f"{trigger}: {_TRIGGER_SAID}" if trigger else kind or "Not known"


def edited_text(raw: bytes) -> str | None:
    """A message for a box somebody types in, one segment a line; None where a form cannot hold it as it is."""
    text = decoded(raw).text
    lines = _LINE_ENDS.sub("\n", text).strip("\n")
    return None if len(lines) > LONGEST_EDITED or _UNTYPABLE.search(lines) else lines


def edited_bytes(typed: str, original: bytes) -> bytes:
    """What was typed as a message, in the characters of the one it takes the place of. UnicodeEncodeError for others."""
    lines = [line for line in _LINE_ENDS.split(typed) if line.strip()]
    return "".join(f"{line}\r" for line in lines).encode(decoded(original).codec)


def raw_text(raw: bytes, reason: str, rules: FeedRules | None) -> RawText:
    """A message segment by segment, with the field marked that is wrong by its reason or by the feed's rules."""
    text = decoded(raw).text
    wrong, sentence = _wrong(raw, reason, rules)
    lines = [line for line in _LINE_ENDS.split(text) if line]
    bar = text[3] if text.startswith("MSH") and len(text) > 3 else "|"
    shown = tuple(_line(line[:_LONGEST_LINE], bar, wrong) for line in lines[:_MOST_LINES])
    marked = any(part.wrong for line in shown for part in line.parts)
    cut = len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines)
    return RawText(shown, wrong, sentence, bool(wrong) and not marked, cut)


def beside(raw: bytes, rules: FeedRules | None, person: PersonBeside | None) -> list[BesideRow] | None:
    """Who a message speaks of, beside a person's record; None where it cannot be read."""
    if rules is None:
        return None
    try:
        told = read_adt(split_message(raw, rules.charset), rules).patient
    except MessageRefused:
        return None
    return [BesideRow(*row) for row in _rows(told, person)]


def _rows(told: Patient, person: PersonBeside | None) -> Iterator[tuple[str, str, str]]:
    name = "" if isinstance(told.name, Untold) else f"{told.name.family.upper()}, {told.name.given}"
    born = told.birth_date if isinstance(told.birth_date, date) else None
    here = (
        "" if isinstance(told.address, Untold) else ", ".join(filter(None, (told.address.line, told.address.postcode)))
    )
    numbers = ", ".join(one.value for one in told.identifiers)
    yield "Name", name, "" if person is None else f"{person.family_name.upper()}, {person.given_name}"
    yield "Born", "" if born is None else day(born), "" if person is None else day(person.date_of_birth)
    yield "Sex", _sex(told.sex), "" if person is None else words_of(person.sex)
    number = "" if told.nhs_number is None else nhs_number(told.nhs_number.digits)
    yield "NHS number", number, "" if person is None else nhs_number(person.nhs_number)
    yield "Address", here, "" if person is None else ", ".join(filter(None, (person.address_line, person.postcode)))
    yield "Phone", _said(told.phone), "" if person is None else person.phone
    yield "Practice", _said(told.practice_code), "" if person is None else person.practice_code
    yield "Hospital’s own numbers", numbers, ""


def _sex(told: ToldSex | Untold) -> str:
    return "" if isinstance(told, Untold) else words_of(Sex(told.value))


def _said(told: Told) -> str:
    if told is NULL:
        return "Deleted by the message"
    return told if isinstance(told, str) else ""


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def _wrong(raw: bytes, reason: str, rules: FeedRules | None) -> tuple[str, str]:
    """Where the feed's rules refuse it and why; else what its reason points to."""
    known = reason_words(reason)
    if rules is None:
        return known.field, known.words
    try:
        split: SplitMessage = split_message(raw, rules.charset)
        check_before_ack(split, rules)
    except MessageRefused as refused:
        return refused.location, refused.sentence
    return known.field, known.words


def _line(line: str, bar: str, wrong: str) -> RawLine:
    name = line[:3]
    at, _, number = wrong.partition("-")
    if name != at or not number.isdecimal():
        return RawLine(name, (FieldPart(_seen(line)),))
    place = int(number) - 1 if name == "MSH" else int(number)  # the first field of MSH is the separator itself
    fields = line.split(bar)
    if place < 1 or place >= len(fields):
        return RawLine(name, (FieldPart(_seen(line)), FieldPart("", wrong)))
    before, after = bar.join(fields[:place]) + bar, bar + bar.join(fields[place + 1 :]) if fields[place + 1 :] else ""
    return RawLine(name, (FieldPart(_seen(before)), FieldPart(_seen(fields[place]), wrong), FieldPart(_seen(after))))


def _seen(text: str) -> str:
    return text.translate(_UNSEEN)
