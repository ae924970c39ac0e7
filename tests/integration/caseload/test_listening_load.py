"""Many senders at once, and senders of bytes that mean nothing: nobody is lost, and nobody is harmed."""

import contextlib
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from caseload.tables import HospitalMessage
from interfaces.hl7v2.acks import acks_wanted
from interfaces.hl7v2.mllp import Framed, Frames, TooLarge, framed
from interfaces.hl7v2.reading import header_of
from interfaces.hl7v2.refusals import AckCode
from tests.support.hl7_messages import sent
from tests.support.hospital_listener import Sender, kept, listening

pytestmark = pytest.mark.slow


def test_a_hundred_connections_with_fifty_messages_each_at_once(store):
    with listening(store, apply=None) as running, contextlib.ExitStack() as stack:
        senders = [stack.enter_context(Sender(running)) for _ in range(100)]
        for number, sender in enumerate(senders):
            sender.send(b"".join(framed(sent(control_id=f"{number}-{n}")) for n in range(50)))
        for number, sender in enumerate(senders):
            answers = [sender.answer() for _ in range(50)]
            assert [(one.msa_1, one.msa_2) for one in answers] == [("AA", f"{number}-{n}") for n in range(50)]
    names = [row[0] for row in kept(store)]
    assert len(names) == len(set(names)) == 5_000


def test_three_hundred_connections_that_stay_open(store):
    with listening(store, apply=None) as running, contextlib.ExitStack() as stack:
        senders = [stack.enter_context(Sender(running)) for _ in range(300)]
        for turn in range(3):
            for number, sender in enumerate(senders):
                sender.send(framed(sent(control_id=f"{number}-{turn}")))
            assert [sender.answer().msa_2 for sender in senders] == [f"{number}-{turn}" for number in range(300)]
        assert running.listener.metrics.value("connections") == 300
    with store.reading() as session:
        assert session.execute(select(func.count()).select_from(HospitalMessage)).scalar_one() == 900


GOOD = framed(sent())
MARKS = st.sampled_from(
    [b"\x0b", b"\x1c", b"\x1c\r", b"\r", b"\n", b"|", b"^~\\&", b"MSH", b"\x0bMSH|^~\\&|", b"PID|", b'""', b"\x00"]
)


@st.composite
def damaged(draw):
    """A good frame with some of it cut out, doubled or written over."""
    frame = bytearray(GOOD)
    for _ in range(draw(st.integers(0, 6))):
        at, size = draw(st.integers(0, len(frame))), draw(st.integers(0, 40))
        frame[at : at + size] = draw(
            st.one_of(st.binary(max_size=20), MARKS, st.just(bytes(frame[at : at + 2 * size])))
        )
    return bytes(frame)


WRITES = st.lists(st.one_of(st.binary(max_size=200), MARKS, damaged(), st.just(GOOD)), max_size=6)
LARGEST = 3_000


def answers_due(data):
    """One for every frame; two or none where a damaged header happens to ask for the accept answer as well, or for none."""
    begins = (
        piece.message if isinstance(piece, Framed) else piece.head
        for piece in Frames(LARGEST).feed(data)
        if isinstance(piece, Framed | TooLarge)
    )
    return sum(len(acks_wanted(header_of(begin)).for_outcome(AckCode.AR)) for begin in begins)


def answers_to(running, writes):
    """How many answers come until they hang up."""
    with Sender(running) as sender:
        for write in writes:
            sender.send(write)
        sender.socket.shutdown(socket.SHUT_WR)
        count = 0
        while sender.answer() is not None:
            count += 1
        return count


def test_bytes_that_mean_nothing(store):
    """Every frame is answered once, whatever is in it, and a neighbour notices nothing."""
    with listening(store, apply=None, message_bytes=LARGEST) as running, Sender(running) as neighbour:
        turns = iter(range(1_000_000))

        @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(WRITES)
        def check(writes):
            assert answers_to(running, writes) == answers_due(b"".join(writes))
            turn = str(next(turns))
            answer = neighbour.tell(sent(control_id=f"N{turn}"))
            assert (answer.msa_1, answer.msa_2) == ("AA", f"N{turn}")

        check()
        assert running.fault is None
        assert running.listener.metrics.value("store_failures_total") == 0
        assert running.listener.metrics.value("refusals_total", feed="royal", reason="our_fault") == 0
