"""How one message is written: its delimiters, its characters, and the escapes that stand for them.

Source: HL7 2.8 chapter 2, sections 2.5.4 (delimiters, MSH-1 and MSH-2) and 2.7 (escape sequences).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_SEPARATORS = "^~\\&"
_SPARE = "^~\\&|!$%*"
_WRITTEN_WITH = '".+-'
_SHORTEST, _LONGEST = 1, 5
_FORMATS = {"br": "\n", "sp": "\n", "ce": "\n"}  # line ends; the other formatting commands mean nothing in plain text
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f]")
_NULL = '""'


@dataclass(frozen=True, slots=True)
class Writing:
    """Delimiters of a message, and the codec of its bytes. A delimiter that the message does not have is empty."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""
    codec: str = "ascii"

    @property
    def encoding_characters(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent + self.truncation


def can_delimit(character: str) -> bool:
    """Whether a character can be a delimiter: one that is seen, and that no number, time, name or HL7 null is written with."""
    return "!" <= character <= "~" and not character.isalnum() and character not in _WRITTEN_WITH


def writing_of(text: str, codec: str = "ascii") -> Writing | None:
    """How the message is written that begins with this text; None where MSH-1 and MSH-2 cannot be delimiters.

    A fifth character of MSH-2 is the truncation character of 2.7; fewer than four leave the last ones out.

    >>> writing_of("MSH|^~\\\\&#|").truncation
    '#'
    """
    if not text.startswith("MSH") or len(text) < 5:
        return None
    bar = text[3]
    given = re.split(r"[\r\n]", text[4:12].partition(bar)[0])[0]
    marks = bar + given
    usable = all(map(can_delimit, marks)) and len(set(marks)) == len(marks)
    if not usable or not _SHORTEST <= len(given) <= _LONGEST:
        return None
    return _written(bar, given, codec)


def whole_writing(text: str, codec: str = "ascii") -> Writing:
    """The same, with what is missing or unusable made good: what an answer is written with, whatever came."""
    found = writing_of(text, codec)
    bar = text[3] if text.startswith("MSH") and len(text) > 3 and can_delimit(text[3]) else "|"
    given = found.encoding_characters if found else ""
    for spare in _SEPARATORS[len(given) :] + _SPARE:
        if len(given) < len(_SEPARATORS) and spare not in given + bar:
            given += spare
    return _written(bar, given, codec)


def _written(bar: str, given: str, codec: str) -> Writing:
    component, repetition, escape, subcomponent, truncation = (given[at : at + 1] for at in range(_LONGEST))
    return Writing(bar, component, repetition, escape, subcomponent, truncation, codec)


def unescaped(text: str, writing: Writing) -> str:
    """The text that an escaped one stands for. What is no escape sequence stays as it is: senders forget to escape.

    Highlighting is dropped, a line break becomes one, hexadecimal bytes are read in the message's own characters.
    """
    if not writing.escape or writing.escape not in text:
        return text
    return _sequences(writing.escape).sub(lambda match: _meaning(match[1], writing), text)


@lru_cache(maxsize=64)
def _sequences(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(rf"{mark}([FSTREPHN]|X(?:[0-9A-Fa-f]{{2}})+|\.[a-z]{{2}}[+-]?[0-9]*){mark}")


def _meaning(sequence: str, writing: Writing) -> str:
    if sequence in "HN":
        return ""
    if sequence.startswith("."):
        return _FORMATS.get(sequence[1:3], "")
    if sequence.startswith("X"):
        return _characters(bytes.fromhex(sequence[1:]), writing.codec)
    return _delimiter(sequence, writing)


def _delimiter(letter: str, writing: Writing) -> str:
    return {
        "F": writing.field,
        "S": writing.component,
        "T": writing.subcomponent,
        "R": writing.repetition,
        "E": writing.escape,
        "P": writing.truncation,
    }[letter]


def _characters(given: bytes, codec: str) -> str:
    try:
        return given.decode(codec)
    except UnicodeDecodeError:
        return given.decode("iso8859-1")


def escaped(text: str, writing: Writing) -> str:
    """A text so that it can stand in a field; needs a writing that has an escape character.

    >>> escaped("Smith & Jones", Writing())
    'Smith \\\\T\\\\ Jones'
    """
    mark = writing.escape
    letters = {_delimiter(letter, writing): letter for letter in "PTRSFE"}
    letters.pop("", None)
    plain = "".join(f"{mark}{letters[sign]}{mark}" if sign in letters else sign for sign in text)
    plain = _UNWRITABLE.sub(lambda match: f"{mark}X{ord(match[0]):02X}{mark}", plain)
    return f"{mark}X2222{mark}" if plain == _NULL else plain
