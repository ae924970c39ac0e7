"""hl7apy's own MLLP server on localhost: what it loses and how slow it gets. Ours begins with `Frames` for these reasons."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hl7apy.core import Message
from hl7apy.mllp import AbstractHandler, MLLPServer
from hl7apy.parser import parse_message

from interfaces.hl7v2.adt import check_before_ack
from interfaces.hl7v2.mllp import Framed, Frames, framed
from interfaces.hl7v2.reading import split_message
from tests.support.hl7_messages import feed_rules, message, sent
from tests.support.patience import PATIENCE


class _Takes(AbstractHandler):  # type: ignore[misc]
    """As in the library's own example: parse it, answer AA, and say how many PID-3 there were."""

    seen: list[str]

    def __init__(self, text: str, seen: list[str]) -> None:
        super().__init__(text)
        self.seen = seen

    def reply(self) -> str:
        read = parse_message(self.incoming_message)
        self.seen.append(read.pid.pid_3.to_er7())
        answer = Message("ACK", version="2.4")
        answer.msa.msa_1, answer.msa.msa_2 = "AA", read.msh.msh_10.value
        return str(answer.to_mllp())


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def address(seen: list[str]) -> Iterator[tuple[str, int]]:
    handlers = dict.fromkeys(("ADT^A01", "ADT^A01^ADT_A01"), (_Takes, seen))
    server = MLLPServer("127.0.0.1", 0, handlers, timeout=PATIENCE)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_address
    server.shutdown()
    thread.join()
    server.server_close()


def _ask(address: tuple[str, int], *writes: bytes) -> bytes:
    """Everything the server says until it hangs up."""
    said = b""
    with socket.create_connection(address, timeout=PATIENCE) as client:
        for data in writes:
            client.sendall(data)
        try:
            while part := client.recv(65536):
                said += part
        except ConnectionResetError:
            pass  # it hung up with our bytes unread
    return said


ONE, TWO = framed(sent(control_id="ONE")), framed(sent(control_id="TWO"))


def test_second_message_of_one_write_is_lost_without_a_word(address: tuple[str, int], seen: list[str]) -> None:
    said = _ask(address, ONE + TWO)
    assert said.count(b"MSA|AA|ONE") <= 1
    assert b"TWO" not in said
    assert len(seen) == 1
    assert Frames(10_000).feed(ONE + TWO) == [Framed(ONE[1:-2]), Framed(TWO[1:-2])]


def test_connection_is_closed_after_each_message(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(ONE)
        said = b""
        while part := client.recv(65536):
            said += part
    assert b"MSA|AA|ONE" in said  # and then nothing more can be sent on it


def test_message_with_line_feeds_is_answered_aa_with_an_empty_patient(
    address: tuple[str, int], seen: list[str]
) -> None:
    with_feeds = message(end="\n", msh={18: "UNICODE UTF-8"}).encode()
    assert b"MSA|AA|M1" in _ask(address, framed(with_feeds))
    assert seen == [""]
    assert check_before_ack(split_message(with_feeds), feed_rules()) is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"garbage without a frame",
        framed(b"garbage in a frame"),
        framed(sent("A31")),
        framed(sent(pid={5: "M\xdcLLER^ADA"}, codec="cp1252")),
    ],
    ids=["no frame", "no message", "another trigger", "cp1252"],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_it_cannot_read_gets_no_answer_at_all(
    address: tuple[str, int], raw: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _ask(address, raw) == b""


@pytest.mark.slow
def test_time_it_takes_grows_with_the_square_of_the_size(address: tuple[str, int]) -> None:
    def seconds(kib: int) -> float:
        padded = framed(sent(extra=("NTE|1||" + "x" * kib * 1024,)))
        begun = time.process_time()
        assert b"MSA|AA" in _ask(address, padded)
        return time.process_time() - begun

    seconds(1)
    small, large = min(seconds(32) for _ in range(5)), seconds(512)
    assert large > small * 30  # sixteen times the size: linear would be 16, square is 256
    padded = framed(sent(extra=("NTE|1||" + "x" * 512 * 1024,)))
    begun = time.process_time()
    frames = Frames(10_000_000)
    pieces = [piece for at in range(0, len(padded), 4096) for piece in frames.feed(padded[at : at + 4096])]
    assert check_before_ack(split_message(pieces[0].message), feed_rules()) is not None  # type: ignore[union-attr]
    assert time.process_time() - begun < large / 10
