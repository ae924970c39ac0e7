"""HL7 v2, whatever comes: frames cut anywhere, texts of any signs, answers to any bytes that two other parsers can read."""

from collections.abc import Sequence
from datetime import UTC, datetime

import hl7
import pytest
from hl7apy.parser import parse_message as hl7apy_message
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interfaces.hl7v2.acks import BASE_VERSION, acknowledge
from interfaces.hl7v2.feed_rules import VERSIONS
from interfaces.hl7v2.mllp import Framed, Frames, Noise, Piece, TooLarge, framed
from interfaces.hl7v2.moments import NotAMoment, moment
from interfaces.hl7v2.reading import ABSENT, NULL, Header, field_of, header_of, split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.writing import Writing, escaped
from tests.support.hl7_messages import feed_rules, sent

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MARKS = [
    b"\x0b",
    b"\x1c",
    b"\x1c\r",
    b"\r",
    b"\n",
    b"\r\n",
    b"MSH|",
    b"\x0bMSH|",
    b"\xef\xbb\xbf",
    b"|",
    b"~",
    b"\x00",
    b"\xe9",
]
STREAM = st.lists(st.sampled_from(MARKS) | st.binary(max_size=12), max_size=40).map(b"".join)
DELIMITERS = st.permutations("|^~\\&!#$%*/:;<=>?@_`{}()[],'").map(lambda signs: Writing(*signs[:5], codec="utf-8"))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x1c"), min_size=1, max_size=30)


def _all(frames: Frames, chunks: Sequence[bytes]) -> list[Piece]:
    return [piece for chunk in chunks for piece in frames.feed(chunk)]


def _cut(stream: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({0, len(stream), *(place for place in places if place <= len(stream))})
    return [stream[start:end] for start, end in zip(ends, ends[1:], strict=False)]


@given(STREAM, st.lists(st.integers(0, 200)), st.integers(1, 60))
@settings(max_examples=400)
@example(b"\x0bMSH|1\x0bMSH|2\x1c\r", [7, 8], 60)
@example(b"x\x0b12345678\x1c\x0b1\x1c", [3, 9], 7)
def test_frames_are_the_same_however_the_bytes_come(stream: bytes, places: list[int], limit: int) -> None:
    whole = _all(Frames(limit), [stream])
    assert _all(Frames(limit), _cut(stream, places)) == whole
    assert _all(Frames(limit), [bytes([byte]) for byte in stream]) == whole


@given(STREAM, st.integers(1, 60))
@settings(max_examples=200)
def test_frames_never_hold_more_than_their_limit_and_lose_no_byte(stream: bytes, limit: int) -> None:
    frames = Frames(limit)
    pieces = _all(frames, [stream])
    assert all(len(piece.message) <= limit for piece in pieces if isinstance(piece, Framed))
    assert len(frames.head) <= limit
    if not any(isinstance(piece, TooLarge) for piece in pieces) and not frames.in_frame:
        told = sum(
            piece.length if isinstance(piece, Noise) else len(piece.message)
            for piece in pieces
            if not isinstance(piece, TooLarge)
        )
        marks = stream.count(b"\x0b") + stream.count(b"\x1c") + stream.count(b"\r") + stream.count(b"\n")
        assert len(stream) - marks <= told + frames.noise <= len(stream)


@given(
    st.lists(
        st.binary(max_size=30).map(lambda data: b"MSH" + data.replace(b"\x1c", b"").replace(b"\x0b", b"")), max_size=6
    )
)
@settings(max_examples=200)
def test_frames_give_back_what_was_framed(messages: list[bytes]) -> None:
    stream = b"".join(map(framed, messages))
    assert _all(Frames(100), [stream]) == [Framed(message) for message in messages]


@given(DELIMITERS, TEXT, TEXT, st.integers(1, 40), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=400)
@example(Writing(codec="utf-8"), '""', "\\", 3, 1, 1, 1)
@example(Writing(codec="utf-8"), "\\.br\\ \\X0D\\ \\T\\", "\r\n", 3, 2, 4, 1)
def test_field_says_what_was_put_in_whatever_the_delimiters(
    writing: Writing, text: str, other: str, n: int, rep: int, comp: int, sub: int
) -> None:
    part = escaped(text, writing)
    for mark, number in ((writing.subcomponent, sub), (writing.component, comp), (writing.repetition, rep)):
        part = mark.join([escaped(other, writing)] * (number - 1) + [part])
    line = writing.field.join(["ZZZ", *[""] * (n - 1), part, escaped(other, writing)])
    raw = f"MSH{writing.field}{writing.encoding_characters}{writing.field}\r{line}\r".encode()
    message = split_message(raw, "UTF-8")
    found = message.first("ZZZ")
    assert field_of(found, n, rep=rep, comp=comp, sub=sub) == text
    assert field_of(found, n + 1) == other
    assert field_of(found, n + 2) is ABSENT
    if sub > 1:
        assert field_of(found, n, rep=rep, comp=comp) == other


@given(st.binary(max_size=200), st.sampled_from(["", "UNICODE UTF-8", "8859/1", "no such set"]))
@settings(max_examples=300)
def test_text_of_any_bytes_is_those_bytes_when_written_again(body: bytes, charset: str) -> None:
    raw = b"MSH|^~\\&|||||||||||||||" + charset.encode() + b"\rZZZ|" + body.replace(b"\r", b"").replace(b"\n", b"")
    message = split_message(raw)
    assert "\r".join(segment.line for segment in message.segments).encode(message.charset) == raw


@given(st.from_regex(r"\A[0-9]{0,16}(\.[0-9]{1,4})?([+-][0-9]{4})?\Z") | st.text(max_size=20))
@settings(max_examples=500)
def test_moment_is_in_bounds_or_is_none(text: str) -> None:
    try:
        found = moment(text, feed_rules().zone)
    except NotAMoment:
        return
    assert found.at.utcoffset() == NOW.utcoffset()
    assert text.startswith(found.day.strftime("%Y"))


FIELD = st.binary(max_size=15).map(lambda data: data.translate(None, b"\r\n\x0b\x1c|")) | st.sampled_from(
    [
        b"",
        b'""',
        b"A^B",
        b"A~B",
        b"A&B",
        b"\\T\\",
        b"\\",
        b"M\xe9",
        b"M\xc3\xa9",
        b" M1 ",
        b"^^^",
        b"~~",
        b"2.4",
        b"P",
        b"ADT^A01",
        b"P^T^X^Y",
    ]
)
VERSION = st.sampled_from([version.encode() for version in (*VERSIONS, "2.1", "2.99", "x", "")]) | FIELD
MSH_2 = st.sampled_from(
    [b"^~\\&", b"^~\\&#", b"^~\\", b"^", b"", b"^^^^", b"ABCD", b'^~"&', b"~^\\&", b"!$%*", b"^~\\&#@"]
)


@st.composite
def headers(draw: st.DrawFn) -> bytes:
    bar = draw(st.sampled_from([b"|", b"|", b"|", b"#", b"!", b"^", b"\\", b".", b"+", b"A", b" ", b"\xe9"]))
    fields = [
        draw(MSH_2),
        *(draw(FIELD).replace(bar, b"") for _ in range(9)),
        draw(VERSION).replace(bar, b""),
        *(draw(FIELD) for _ in range(6)),
    ]
    return (
        b"MSH"
        + bar
        + bar.join(fields[: draw(st.integers(0, 17))])
        + draw(st.sampled_from([b"\r", b"\n", b"\r\n", b""]))
    )


def _refusal(reason: Reason) -> MessageRefused:
    return MessageRefused(reason, ErrorCode.DATA_TYPE, "PID-7", "It is no date & no time | at all.")


def _check_answer(raw: bytes, answer: bytes, header: Header) -> None:
    lines = answer.split(b"\r")
    bar = answer[3:4]
    assert lines[-1] == b""
    if header.fields:
        theirs = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n \t").replace(b"\n", b"\r").split(b"\r")[0].split(bar)
        ours = lines[1].split(bar)
        assert (ours[2] if len(ours) > 2 else b"") == (theirs[9] if len(theirs) > 9 else b"")
    text = answer.decode(header.writing.codec)
    hl7.parse(text)
    hl7apy_message(text)


@pytest.mark.slow
@given(
    headers() | st.binary(max_size=60) | st.binary(max_size=60).map(lambda data: b"MSH" + data),
    st.sampled_from(AckCode),
    st.booleans(),
)
@settings(max_examples=600)
def test_answer_to_any_bytes_is_a_message_for_two_other_parsers(raw: bytes, code: AckCode, refused: bool) -> None:
    header = header_of(raw)
    error = _refusal(Reason.DATE) if refused else None
    answer = acknowledge(header, code, now=NOW, control_id="R1", error=error)
    assert b"\x1c" not in answer or b"\x1c" in raw
    _check_answer(raw, answer, header)


@given(st.sampled_from(VERSIONS), FIELD, FIELD, FIELD)
@settings(max_examples=200)
def test_answer_swaps_the_sides_and_copies_what_it_must(
    version: str, control_id: bytes, sender: bytes, facility: bytes
) -> None:
    raw = b"|".join(
        [b"MSH", b"^~\\&", sender, facility, b"US", b"OURS", b"", b"", b"ADT^A01", control_id, b"T^A", version.encode()]
    )
    answer = acknowledge(header_of(raw), AckCode.AA, now=NOW, control_id="R1").split(b"\r")
    msh = answer[0].split(b"|")
    assert msh[2:6] == [b"US", b"OURS", sender, facility]
    assert msh[8:12] == [b"ACK^A01^ACK", b"R1", b"T^A", version.encode()]
    assert answer[1].rstrip(b"|") == b"|".join([b"MSA", b"AA", control_id]).rstrip(b"|")
    assert version != BASE_VERSION or msh[11] == b"2.4"


@given(st.sampled_from(VERSIONS))
def test_null_and_absent_stay_two_things(version: str) -> None:
    pid = split_message(sent(version=version, pid={13: '""', 14: ""})).first("PID")
    assert field_of(pid, 13) is NULL
    assert field_of(pid, 14) is ABSENT
