"""Answers to messages: which are wanted, and what they look like.

Source: HL7 2.8 chapter 2, sections 2.9.2 and 2.9.3 (original and enhanced mode, tables 0008 and 0155), MSH, MSA and ERR; NHS
Interoperability Toolkit, HL7 v2 (A.3). hl7apy lays out the segments of each group of versions, once; what is repeated from the
message goes in as it was written, so that it comes back byte for byte.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

from hl7apy.core import Message

from interfaces.hl7v2.feed_rules import VERSIONS
from interfaces.hl7v2.reading import Header
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused
from interfaces.hl7v2.triggers import TRIGGERS
from interfaces.hl7v2.writing import Writing, escaped

BASE_VERSION = "2.4"
"""What an answer is written in where the message's own version is none we know."""

NOT_ACTED_ON = "Stored, not acted on"
"""What the sender of a trigger that we do nothing about is told."""

_ANSWERED_IN = (*VERSIONS, "2.8.1", "2.8.2")
_TRIGGER = re.compile(r"[A-Z][0-9A-Z]{2}")
_LOCATION = re.compile(r"([A-Z][A-Z0-9]{2})(?:-([0-9]+))?")
_ACCEPT = {AckCode.AA: AckCode.CA, AckCode.AE: AckCode.CE, AckCode.AR: AckCode.CR}
_TRUNCATION_FROM = "2.7"

# Field by field what goes where; a word in capitals is filled in. hl7apy gives the layout for the first version of a group.
_HEADER = {
    "msh_3": "SENDING_APPLICATION",
    "msh_4": "SENDING_FACILITY",
    "msh_5": "RECEIVING_APPLICATION",
    "msh_6": "RECEIVING_FACILITY",
    "msh_9": "MESSAGE_TYPE",
    "msh_10": "CONTROL_ID",
    "msh_11": "PROCESSING_ID",
    "msh_18": "CHARSET",
}
_MSA = {"msa_1": "CODE", "msa_2": "MESSAGE_CONTROL_ID"}
_MSA_TEXT = {**_MSA, "msa_3": "TEXT"}  # withdrawn in 2.7, where ERR-8 took its place
_OLD_ERR = {"err_1": "LOCATION_AND_CODE"}
_ERR = {"err_2": "LOCATION", "err_3": "ERROR", "err_4": "SEVERITY", "err_8": "TEXT"}


class When(StrEnum):
    """HL7 table 0155: when an answer is wanted."""

    ALWAYS = "AL"
    NEVER = "NE"
    ON_ERROR = "ER"
    ON_SUCCESS = "SU"

    def holds_for(self, code: AckCode) -> bool:
        """Whether an answer of that code is wanted."""
        success = code is AckCode.AA
        return self is When.ALWAYS or self is (When.ON_SUCCESS if success else When.ON_ERROR)


@dataclass(frozen=True, slots=True)
class AcksWanted:
    """Which answers a sender wants. In original mode both are None: it is one, always."""

    accept: When | None
    application: When | None

    def for_outcome(self, code: AckCode) -> tuple[AckCode, ...]:
        """The answers to send, in order, to an outcome AA, AE or AR: the accept answer (CA, CE, CR) goes before the application's."""
        if self.accept is None or self.application is None:
            return (code,)
        asked = ((self.accept, _ACCEPT[code]), (self.application, code))
        return tuple(answer for when, answer in asked if when.holds_for(code))


def acks_wanted(header: Header) -> AcksWanted:
    """What MSH-15 and MSH-16 ask for. A code that the table does not have counts as always: nobody waits for nothing."""
    accept, application = header.accept_ack, header.application_ack
    if not accept and not application:
        return AcksWanted(None, None)
    return AcksWanted(_when(accept), _when(application))


def _when(code: str) -> When:
    if not code:
        return When.NEVER  # in enhanced mode, the one of the two that is left empty
    return next((when for when in When if when == code), When.ALWAYS)


def acknowledge(
    header: Header,
    code: AckCode,
    *,
    now: datetime,
    control_id: str,
    error: MessageRefused | None = None,
    text: str = "",
) -> bytes:
    """The answer to the message of a header, without its frame. Works on whatever header came.

    `control_id` is ours. `text` is a sentence about what was done, without a person's data; an error brings its own, and a trigger
    that nothing is done about has one too.
    MSH-12 is the message's, or 2.4 where that is no version of HL7 we know.
    """
    version = header.version if header.version in _ANSWERED_IN else BASE_VERSION
    writing = _writing(header.writing, version)
    sentence = error.sentence if error else text or _what_becomes_of(header, code)
    values = (
        _header_values(header, writing)
        | _error_values(error, writing)
        | {
            "MOMENT": now.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000"),
            "CONTROL_ID": escaped(control_id, writing),
            "VERSION": header.raw(12) if version == header.version else version,
            "CODE": code.value,
            "MESSAGE_CONTROL_ID": header.control_id,
            "TEXT": escaped(sentence, writing),
        }
    )
    with_err = error is not None or (bool(sentence) and _group(version) == _TRUNCATION_FROM)
    layout = _layout(_group(version), with_err=with_err)
    return _filled(layout, values, writing).encode(writing.codec)


def prepare() -> None:
    """Have every layout ready: hl7apy takes up to a second to load the tables of a version."""
    for version in _ANSWERED_IN:
        for with_err in (True, False):
            _layout(_group(version), with_err=with_err)


def _what_becomes_of(header: Header, code: AckCode) -> str:
    return "" if code is not AckCode.AA or header.trigger in TRIGGERS else NOT_ACTED_ON


def _writing(writing: Writing, version: str) -> Writing:
    """The message's own delimiters; the fifth only from 2.7 on, where readers know it."""
    keep = writing.truncation if version >= _TRUNCATION_FROM else ""
    return Writing(
        writing.field, writing.component, writing.repetition, writing.escape, writing.subcomponent, keep, writing.codec
    )


def _header_values(header: Header, writing: Writing) -> dict[str, str]:
    trigger = header.trigger if _TRIGGER.fullmatch(header.trigger) else ""
    kind = ("ACK", trigger, "ACK") if trigger else ("ACK",)
    return {
        "SENDING_APPLICATION": header.raw(5),
        "SENDING_FACILITY": header.raw(6),
        "RECEIVING_APPLICATION": header.raw(3),
        "RECEIVING_FACILITY": header.raw(4),
        "MESSAGE_TYPE": writing.component.join(kind),
        "PROCESSING_ID": header.raw(11),
        "CHARSET": header.raw(18),
    }


def _error_values(error: MessageRefused | None, writing: Writing) -> dict[str, str]:
    code = error.code if error else ErrorCode.ACCEPTED
    parts = (str(code.value), escaped(code.text, writing), "HL70357")
    place = _place(error.location) if error else []
    return {
        "LOCATION": writing.component.join(place),
        "ERROR": writing.component.join(parts),
        "SEVERITY": "E" if error else "I",
        "LOCATION_AND_CODE": writing.component.join(
            [*place, *[""] * (3 - len(place)), writing.subcomponent.join(parts)]
        ),
    }


def _place(location: str) -> list[str]:
    """Segment, which of its name, field: PID-7 is PID, 1, 7."""
    match = _LOCATION.fullmatch(location)
    return [part for part in (match[1], "1", match[2]) if part] if match else []


def _group(version: str) -> str:
    """Versions whose answers look alike, by their first. hl7apy 1.3.5 lays out ERR of 2.8 with every field one place too early."""
    return next(first for first in ("2.7", "2.5", "2.4", "2.3") if version >= first)


@cache
def _layout(version: str, *, with_err: bool) -> tuple[tuple[str, ...], ...]:
    """The fields of each segment of an answer, as hl7apy puts them."""
    message = Message("ACK", version=version)
    message.msh.msh_7 = "20000101000000"  # only to be laid out: the field must hold a time
    _fill(message.msh, _HEADER)
    _fill(message.msa, _MSA if version == _TRUNCATION_FROM else _MSA_TEXT)
    if with_err:
        _fill(message.err, _ERR if version >= "2.5" else _OLD_ERR)
    lines = [line.split("|") for line in str(message.to_er7()).rstrip("\r").split("\r")]
    lines[0][6], lines[0][11] = "MOMENT", "VERSION"
    return tuple(tuple(line) for line in lines)


def _fill(segment: object, places: dict[str, str]) -> None:
    for place, word in places.items():
        setattr(segment, place, word)


def _filled(layout: tuple[tuple[str, ...], ...], values: dict[str, str], writing: Writing) -> str:
    header, *others = layout
    marks = (header[0], writing.encoding_characters, *(values.get(word, word) for word in header[2:]))
    lines = [marks, *(tuple(values.get(word, word) for word in line) for line in others)]
    return "".join(f"{writing.field.join(line).rstrip(writing.field)}\r" for line in lines)
