"""Segments and fields: line ends, delimiters, escapes, and the three things a field can say."""

import pytest

from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.reading import ABSENT, NULL, Told, field_of, header_of, repetitions, said, split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.writing import Writing, escaped, unescaped, whole_writing, writing_of
from tests.support.hl7_messages import sent


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n", "\n\n"])
def test_segments_are_found_whatever_ends_their_lines(end: str) -> None:
    split = split_message(sent(end=end))
    assert [segment.name for segment in split.segments] == ["MSH", "EVN", "PID", "PD1", "PV1"]
    assert field_of(split.first("PID"), 3) == "9990000018"
    assert field_of(split.first("PV1"), 19) == "V1001"


def test_blank_lines_comments_and_stray_lines_are_passed_over_and_noted() -> None:
    split = split_message(
        b"\r\n" + sent(extra=("", "// comment", "   ", "half a line", "PIDX|1", "pid|1", "ZB1|1", "ZB1"))
    )
    assert [(segment.name, segment.position) for segment in split.segments][-3:] == [("PV1", 1), ("ZB1", 1), ("ZB1", 2)]
    assert split.notes == tuple(Note(NoteCode.LINE_PASSED_OVER, f"line {number}") for number in (7, 9, 10, 11))


def test_stray_lines_without_end_are_not_all_noted() -> None:
    assert len(split_message(sent(extra=("stray",) * 500)).notes) == 20


def test_header_has_its_separator_as_its_first_field() -> None:
    msh = split_message(sent(msh={3: "APP^1.2^ISO"})).first("MSH")
    assert [field_of(msh, n) for n in (1, 2, 3, 4)] == ["|", "^~\\&", "APP", "RYX"]
    assert field_of(msh, 3, comp=2) == "1.2"


def test_header_says_what_a_message_is() -> None:
    header = split_message(
        sent("A08", control_id="0007", version="2.5.1", msh={15: "AL", 16: "NE", 18: "UNICODE UTF-8"})
    ).header
    assert (header.sending_application, header.sending_facility) == ("ROYALPAS", "RYX")
    assert (header.receiving_application, header.receiving_facility) == ("CARETIER", "ICB")
    assert (header.message_type, header.trigger, header.kind) == ("ADT", "A08", "ADT^A08")
    assert (header.sent_at, header.control_id, header.processing_id) == ("20261005083000", "0007", "P")
    assert (header.version, header.accept_ack, header.application_ack) == ("2.5.1", "AL", "NE")
    assert header.charset == "UNICODE UTF-8"


@pytest.mark.parametrize("kind", ["ADT^A01", "ADT^A01^ADT_A01", "ADT^A01^ADT_A40"])
def test_trigger_is_read_from_its_own_component_alone(kind: str) -> None:
    assert split_message(sent(msh={9: kind})).header.trigger == "A01"


@pytest.mark.parametrize("marks", ["^~\\&", "^~\\&#"])
def test_five_encoding_characters_are_read_in_any_version(marks: str) -> None:
    split = split_message(sent(version="2.4", msh={2: marks}))
    assert split.header.writing.truncation == marks[4:]
    assert field_of(split.first("PID"), 5, comp=2) == "ADA"


def test_delimiters_of_its_own_are_used() -> None:
    split = split_message(b"MSH#*!?+#A*B#\r".replace(b"+", b"%") + b"PID#1##7*%*X!8*Y?T?#\r")
    assert field_of(split.first("PID"), 3) == "7"
    assert field_of(split.first("PID"), 3, comp=3) == "X"
    assert field_of(split.first("PID"), 3, rep=2, comp=2) == "Y%"


@pytest.mark.parametrize(
    "raw", [b"", b"PID|1", b"garbage", b"msh|^~\\&|", b"\xff\xfeM\x00S\x00H\x00|\x00", b"FHS|^~\\&|"]
)
def test_what_has_no_header_is_refused_and_can_be_answered(raw: bytes) -> None:
    with pytest.raises(MessageRefused) as caught:
        split_message(raw)
    assert (caught.value.reason, caught.value.code, caught.value.ack) == (
        Reason.NO_HEADER,
        ErrorCode.SEGMENT_SEQUENCE,
        AckCode.AR,
    )
    assert header_of(raw).control_id == ""


@pytest.mark.parametrize(
    "start",
    [
        b"MSH",
        b"MSH|",
        b"MSH||",
        b"MSH|^^\\&|",
        b"MSH|^~|&|".replace(b"|&", b"^&"),
        b"MSH|ABCD|",
        b"MSHA^~\\&A",
        b'MSH|^~"&|',
        b"MSH|^~\\&#@|",
    ],
)
def test_delimiters_that_cannot_be_told_apart_are_refused(start: bytes) -> None:
    with pytest.raises(MessageRefused) as caught:
        split_message(start + b"A|B|")
    assert (caught.value.reason, caught.value.location) == (Reason.DELIMITERS, "MSH-2")


def test_header_with_unusable_encoding_characters_still_says_its_control_id() -> None:
    assert header_of(b"MSH|^^\\&|APP|FAC|||||ADT^A01|C-1|P|2.4\r").control_id == "C-1"


@pytest.mark.parametrize(
    ("written", "first", "second"),
    [
        ("", ABSENT, ABSENT),
        ('""', NULL, NULL),
        ("A", "A", ABSENT),
        ("A^", "A", ABSENT),
        ("^B", ABSENT, "B"),
        ('""^B', NULL, "B"),
        ('A^""', "A", NULL),
        ('"A"^"', '"A"', '"'),
        ("\\H\\^\\N\\", ABSENT, ABSENT),
        (" ^  ", " ", "  "),
    ],
)
def test_field_says_nothing_null_or_a_text(written: str, first: Told, second: Told) -> None:
    pid = split_message(f"MSH|^~\\&|\rPID|{written}|X".encode()).first("PID")
    assert field_of(pid, 1) == first
    assert field_of(pid, 1, comp=2) == second
    assert field_of(pid, 2) == "X"


def test_fields_that_are_not_there_are_absent() -> None:
    split = split_message(sent())
    pid = split.first("PID")
    assert field_of(pid, 99) is ABSENT
    assert field_of(pid, 0) is ABSENT
    assert field_of(split.first("NK1"), 3) is ABSENT
    assert field_of(pid, 3, rep=3) is ABSENT
    assert (repetitions(pid, 3), repetitions(pid, 2), repetitions(None, 3)) == (2, 0, 0)
    assert (said(ABSENT), said(NULL), said("x")) == ("", "", "x")


def test_repetitions_made_to_be_slow_are_not_all_looked_at() -> None:
    pid = split_message(b"MSH|^~\\&|\rPID|" + b"~" * 500_000).first("PID")
    assert repetitions(pid, 1) == 100


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Smith \\T\\ Jones", "Smith & Jones"),
        ("\\F\\\\S\\\\T\\\\R\\\\E\\", "|^&~\\"),
        ("one\\.br\\two\\.sp3\\three\\.in+4\\", "one\ntwo\nthree"),
        ("\\X41\\\\X0D0A\\", "A\r\n"),
        ("\\XC3A9\\", "é"),
        ("\\XE9\\", "é"),
        ("\\H\\bold\\N\\", "bold"),
        ("C:\\temp\\new", "C:\\temp\\new"),
        ("a\\b\\T\\", "a\\b&"),
        ("\\Zab\\", "\\Zab\\"),
        ("\\XZZ\\ \\X4\\", "\\XZZ\\ \\X4\\"),
        ("\\E\\T\\E\\", "\\T\\"),
        ("half\\", "half\\"),
    ],
)
def test_escapes_are_decoded_after_splitting(written: str, meant: str) -> None:
    split = split_message(f"MSH|^~\\&|\rNTE|1||{written}|next".encode(), "UTF-8")
    assert unescaped(written, Writing(codec="utf-8")) == meant
    assert field_of(split.first("NTE"), 4) == "next"
    if "\r" not in meant:
        assert field_of(split.first("NTE"), 3) == meant


@pytest.mark.parametrize("text", ["|^~\\&", '""', "a\rb\nc\x0bd\x1c", "plain", "\\T\\", "é"])
def test_escaped_text_comes_back(text: str) -> None:
    written = escaped(text, Writing(codec="utf-8"))
    assert not set("|^~&\r\n\x0b\x1c") & set(written)
    assert unescaped(written, Writing(codec="utf-8")) == text


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("MSH|^~\\&|", "^~\\&"),
        ("MSH|^|", "^~\\&"),
        ("MSH^|~|", "~\\&|"),
        ("MSH~|", "|\\&^"),
        ("garbage", "^~\\&"),
        ("MSH|^^^^|", "^~\\&"),
        ("MSH|*|", "*~\\&"),
    ],
)
def test_answer_has_all_its_delimiters_whatever_came(text: str, marks: str) -> None:
    assert whole_writing(text).encoding_characters == marks
    assert writing_of(whole_writing(text).field.join(["MSH", marks, ""])) is not None


def test_segment_and_message_do_not_show_what_they_hold() -> None:
    split = split_message(sent())
    assert "TESTPERSON" not in repr(split) + repr(split.first("PID")) + repr(split.header)
