"""The text of a message, whatever its sender says its characters are."""

import pytest

from interfaces.hl7v2.characters import codec_named, decoded
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.reading import field_of, said, split_message
from tests.support.hl7_messages import message

NOT_AS_DECLARED = Note(NoteCode.CHARSET_NOT_AS_DECLARED, "MSH-18")
UNKNOWN = Note(NoteCode.CHARSET_UNKNOWN, "MSH-18")
NAME = "MÜLLER’S"  # the apostrophe is in cp1252 and not in ISO 8859-1


def _named(codec: str, charset: str, name: str = NAME) -> bytes:
    return message(msh={18: charset}, pid={5: f"{name}^ADA"}).encode(codec)


@pytest.mark.parametrize(
    ("codec", "charset", "name", "read_as", "notes"),
    [
        ("utf-8", "UNICODE UTF-8", NAME, "utf-8", ()),
        ("utf-8", "UTF-8", NAME, "utf-8", ()),
        ("utf-8", "", NAME, "utf-8", ()),
        ("iso8859-1", "8859/1", "MÜLLER", "iso8859-1", ()),
        ("iso8859-1", "ISO-8859-1", "MÜLLER", "iso8859-1", ()),
        ("iso8859-15", "8859/15", "Œ€", "iso8859-15", ()),
        ("iso8859-2", "8859/2~ISO IR87", "ŁÓDŹ", "iso8859-2", ()),
        ("ascii", "ASCII", "MULLER", "ascii", ()),
        ("cp1252", "", NAME, "cp1252", ()),
        ("cp1252", "UNICODE UTF-8", NAME, "cp1252", (NOT_AS_DECLARED,)),
        ("cp1252", "8859/1", NAME, "cp1252", (NOT_AS_DECLARED,)),
        ("utf-8", "8859/1", NAME, "utf-8", (NOT_AS_DECLARED,)),
        ("utf-8", "ASCII", NAME, "utf-8", (NOT_AS_DECLARED,)),
        ("utf-8", "ISO IR87", NAME, "utf-8", (UNKNOWN,)),
    ],
)
def test_name_is_read_in_the_characters_it_was_written_in(
    codec: str, charset: str, name: str, read_as: str, notes: tuple[Note, ...]
) -> None:
    split = split_message(_named(codec, charset, name))
    assert field_of(split.first("PID"), 5) == name
    assert (split.charset, split.notes) == (read_as, notes)


def test_feeds_own_word_counts_where_the_message_has_none() -> None:
    raw = _named("iso8859-2", "", "ŁÓDŹ")
    assert field_of(split_message(raw, "8859/2").first("PID"), 5) == "ŁÓDŹ"
    assert said(field_of(split_message(raw).first("PID"), 5)) != "ŁÓDŹ"


def test_byte_order_mark_is_taken_off_and_noted() -> None:
    split = split_message(b"\xef\xbb\xbf" + _named("utf-8", ""))
    assert split.header.sending_application == "ROYALPAS"
    assert split.notes == (Note(NoteCode.BYTE_ORDER_MARK),)


def test_every_byte_has_a_text_that_is_that_byte_again() -> None:
    raw = bytes(range(256))
    content = decoded(raw)
    assert content.text.encode(content.codec) == raw


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("8859/1", "iso8859-1"),
        ("ISO_8859-9", "iso8859-9"),
        ("KS X 1001", None),
        ("", None),
    ],
)
def test_codec_of_a_name(name: str, codec: str | None) -> None:
    assert codec_named(name) == codec


@pytest.mark.parametrize("part", [1, 2, 3, 4, 5, 6, 7, 8, 9, 15])
def test_every_part_of_iso_8859_has_its_codec(part: int) -> None:
    assert codec_named(f"8859/{part}") == codec_named(f"ISO 8859-{part}") == f"iso8859-{part}"


def test_control_characters_that_nobody_writes_are_read_as_they_are_where_nothing_else_fits() -> None:
    raw = b"MSH|^~\\&|||||||||||||||8859/1\rZZZ|\x81\xfc"
    assert (decoded(raw).codec, decoded(raw).notes) == ("iso8859-1", ())
