"""Messages in files, framed or plain, however they were written there."""

import gzip

import pytest

from caseload.exceptions import RunRefused
from caseload.intake.hospital import files
from caseload.intake.hospital.files import messages_in
from interfaces.hl7v2.mllp import Framed, Noise, TooLarge, framed
from tests.support.hl7_messages import sent

ONE, TWO, THREE = (sent(control_id=str(n)) for n in (1, 2, 3))
LIMIT = 100_000


@pytest.fixture(params=[7, 64, 262_144])
def at_once(request, monkeypatch):
    """So many bytes are read at a time: headers fall across two pieces."""
    monkeypatch.setattr(files, "_AT_ONCE", request.param)


@pytest.fixture
def read(tmp_path):
    def pieces(content, limit=LIMIT):
        path = tmp_path / "messages.hl7"
        path.write_bytes(content)
        return list(messages_in(path, limit))

    return pieces


def only_messages(pieces):
    assert all(isinstance(piece, Framed) for piece in pieces), pieces
    return [piece.message for piece in pieces]


@pytest.mark.usefixtures("at_once")
class TestPlain:
    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_one_after_the_other(self, read, end):
        wanted = [sent(control_id=str(n), end=end) for n in range(5)]
        assert only_messages(read(b"".join(wanted))) == wanted

    def test_with_blank_lines_between(self, read):
        found = only_messages(read(b"\n\n" + ONE + b"\n\n\n" + TWO))
        assert [one.strip() for one in found] == [ONE.strip(), TWO.strip()]

    def test_one_without_an_end_of_line(self, read):
        assert only_messages(read(ONE.rstrip())) == [ONE.rstrip()]

    def test_batches_lose_their_envelopes_only(self, read):
        batch = b"FHS|^~\\&|X\rBHS|^~\\&|X\r" + ONE + TWO + b"BTS|2\rFTS|1\r"
        assert only_messages(read(batch + batch)) == [ONE, TWO, ONE, TWO]

    def test_a_word_that_begins_like_a_header_is_text(self, read):
        one = sent(extra=("NTE|1||MSH|x", "NTE|2||a MSH"))
        assert only_messages(read(one + TWO)) == [one, TWO]

    def test_a_byte_order_mark(self, read):
        assert only_messages(read(b"\xef\xbb\xbf" + ONE + TWO)) == [b"\xef\xbb\xbf" + ONE, TWO]

    def test_what_belongs_to_no_message_is_counted(self, read):
        noise, *rest = read(b"an export of today\r" + ONE)
        assert (noise, rest) == (Noise(19), [Framed(ONE)])

    def test_one_that_is_too_large_leaves_the_others(self, read):
        large = sent(extra=("NTE|1||" + "x" * 5000,))
        first, refused, last = read(ONE + large + TWO, limit=2000)
        assert (first, last) == (Framed(ONE), Framed(TWO))
        assert isinstance(refused, TooLarge)
        assert refused.head.startswith(b"MSH|")


def test_a_large_message_in_the_end(read):
    assert [type(piece) for piece in read(ONE + sent(extra=("NTE|1||" + "x" * 600_000,)))] == [Framed, TooLarge]


def test_framed_as_on_the_wire(read, monkeypatch):
    monkeypatch.setattr(files, "_AT_ONCE", 64)
    assert only_messages(read(framed(ONE) + framed(TWO) + b"\x0b" + THREE + b"\x1c\n")) == [ONE, TWO, THREE]


def test_a_frame_that_was_cut_off(read):
    assert read(framed(ONE) + framed(TWO)[:100]) == [Framed(ONE), Noise(99)]


def test_a_soft_line_break_in_text_makes_no_frame(read):
    one = sent(extra=("NTE|1||first\x0bsecond",))
    assert only_messages(read(one + TWO)) == [one, TWO]


def test_a_compressed_file(read):
    assert only_messages(read(gzip.compress(ONE + TWO))) == [ONE, TWO]


def test_an_empty_file(read):
    assert read(b"") == []


def test_files_that_cannot_be_read(read, tmp_path):
    with pytest.raises(RunRefused, match="FileNotFoundError"):
        list(messages_in(tmp_path / "none", LIMIT))
    with pytest.raises(RunRefused, match="EOFError"):
        read(gzip.compress(ONE * 50)[:-20])
    with pytest.raises(RunRefused):
        read(gzip.compress(bytes(range(256)) * 50)[:40] + b"x" * 50)
