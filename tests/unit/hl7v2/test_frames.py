"""Frames of MLLP: several in one piece, one in several, and what senders do that the standard does not have."""

import pytest

from interfaces.hl7v2.mllp import HEAD, Framed, Frames, Noise, Piece, TooLarge, framed


def _frames(*chunks: bytes, limit: int = 10_000) -> list[Piece]:
    frames = Frames(limit)
    return [piece for chunk in chunks for piece in frames.feed(chunk)]


def test_frames_of_one_write_are_each_given() -> None:
    assert _frames(b"\x0bone\x1c\r\x0btwo\x1c\r") == [Framed(b"one"), Framed(b"two")]


def test_frame_in_pieces_is_given_once_it_is_whole() -> None:
    assert _frames(b"\x0b", b"o", b"ne", b"\x1c", b"\r\x0bt", b"wo\x1c") == [Framed(b"one"), Framed(b"two")]


@pytest.mark.parametrize("after", [b"\r", b"\n", b"\r\n", b"\n\r", b"", b"\r\r\n"])
def test_line_ends_after_a_frame_are_no_noise(after: bytes) -> None:
    assert _frames(b"\x0bone\x1c" + after + b"\x0btwo\x1c" + after) == [Framed(b"one"), Framed(b"two")]


def test_bytes_outside_a_frame_are_counted_and_not_kept() -> None:
    assert _frames(b"GET / HTTP/1.1\r\n", b"\x0bone\x1c\rxy\x1c\x0btwo\x1c") == [
        Noise(14),
        Framed(b"one"),
        Noise(3),
        Framed(b"two"),
    ]


def test_bytes_outside_a_frame_that_goes_on_can_be_asked_for() -> None:
    frames = Frames(100)
    assert frames.feed(b"garbage") == []
    assert (frames.noise, frames.in_frame, frames.frames_begun) == (7, False, 0)


def test_frame_under_way_shows_its_beginning_and_how_many_began() -> None:
    frames = Frames(100)
    frames.feed(b"\x0bone\x1c\r\x0btw")
    assert (frames.in_frame, frames.frames_begun, frames.head) == (True, 2, b"tw")


def test_sender_that_broke_off_and_began_again_is_heard_from_its_new_beginning() -> None:
    assert _frames(b"\x0bMSH|^~\\&|half\x0bMSH|^~\\&|whole\x1c") == [Noise(13), Framed(b"MSH|^~\\&|whole")]
    assert _frames(b"\x0b\x0bMSH|x\x1c") == [Framed(b"MSH|x")]


def test_vertical_tab_in_free_text_ends_nothing() -> None:
    assert _frames(b"\x0bMSH|x\rNTE|1||two\x0blines\x1c") == [Framed(b"MSH|x\rNTE|1||two\x0blines")]


def test_frame_beyond_the_limit_is_told_at_once_with_its_beginning_and_the_next_one_is_heard() -> None:
    frames = Frames(5000)
    assert frames.feed(b"\x0bMSH|" + b"x" * 4996) == []
    (told,) = frames.feed(b"x")
    assert isinstance(told, TooLarge)
    assert told.head == b"MSH|" + b"x" * (HEAD - 4)
    assert frames.head == b""
    assert frames.feed(b"y" * 50_000 + b"\x1c\r\x0bnext\x1c\r") == [Framed(b"next")]


def test_frame_of_exactly_the_limit_is_taken() -> None:
    assert _frames(b"\x0b12345\x1c", b"\x0b123456\x1c", limit=5) == [Framed(b"12345"), TooLarge(b"12345")]


def test_framed_has_its_marks_and_refuses_an_end_mark_inside() -> None:
    assert framed(b"one") == b"\x0bone\x1c\r"
    with pytest.raises(ValueError, match="end mark"):
        framed(b"o\x1cne")


@pytest.mark.parametrize("piece", [Framed(b"TESTPERSON"), TooLarge(b"TESTPERSON")])
def test_pieces_do_not_show_what_they_hold(piece: Piece) -> None:
    assert "TESTPERSON" not in repr(piece)
