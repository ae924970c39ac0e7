"""What a sender meets that is slow, large, silent, or one too many; what a listener does when it ends; what it counts."""

import contextlib
import re
import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from caseload.domain.words import NoticeKind
from caseload.intake.hospital import writer
from caseload.tables import FeedHeard, Notice
from interfaces.hl7v2.mllp import framed
from tests.support.case_app import NOW
from tests.support.hl7_messages import feed_rules, sent
from tests.support.hospital_listener import Sender, held, ids, kept, listening
from tests.support.patience import PATIENCE, until

CLOSED = None


@pytest.fixture
def running(store):
    with listening(store) as running:
        yield running


@pytest.fixture
def sender(running):
    with Sender(running) as sender:
        yield sender


def test_a_large_message_is_refused_while_it_is_coming(sender, store):
    began = time.process_time()  # of both ends: how long it takes on a machine that does nothing else
    sender.send(b"\x0b" + sent() + b"x" * 10 * 1024 * 1024)
    answer = sender.answer()
    assert time.process_time() - began < 1
    assert (answer.msa_1, answer.msa_2) == ("AR", "M1")
    sender.send(b"x" * 1000 + b"\x1c\r" + framed(sent(control_id="next")))
    assert sender.answer().msa_2 == "next"
    assert ids(store) == ["next"]


def test_a_message_just_small_enough(sender, store):
    most = 1_048_576
    raw = sent(extra=("NTE|1||" + "x" * (most - len(sent(extra=("NTE|1||",)))),))
    assert len(raw) == most
    assert sender.tell(raw).msa_1 == "AA"
    assert sender.tell(raw + b"\r").msa_1 == "AR"
    assert len(kept(store)) == 1


def test_a_sender_that_is_too_slow_is_answered_and_cut_off(store):
    with listening(store, frame_seconds=0.6) as running, Sender(running) as sender, Sender(running) as neighbour:
        sender.send(framed(sent())[:-2])
        assert until(lambda: one_more_byte(sender))  # a byte every so often does not begin the time again
        answer = sender.answer()
        assert (answer.msa_1, answer.msa_2) == ("AR", "M1")
        assert neighbour.tell(sent(control_id="2")).msa_1 == "AA"
    assert ids(store) == ["2"]


def one_more_byte(sender):
    """Send one, unless there is an answer already: whether there is."""
    with contextlib.suppress(ConnectionError):
        sender.send(b"x")
    return sender.has_heard(0.05)


def test_time_between_messages_is_not_time_for_a_message(store):
    with listening(store, frame_seconds=0.4) as running, Sender(running) as sender:
        for n in range(3):
            assert sender.tell(sent(control_id=f"C{n}")).msa_1 == "AA"
            time.sleep(0.6)
        assert sender.tell(sent(control_id="last")).msa_1 == "AA"


def test_a_connection_on_which_nothing_is_said_is_closed(store):
    with listening(store, frame_seconds=0.2) as running, Sender(running) as sender:
        assert sender.tell(sent()).msa_1 == "AA"
        hall = running.listener.hall
        hall.limits = replace(hall.limits, idle_seconds=0.3)  # from now on: what was said, was said in time
        assert sender.answer() is CLOSED


def test_more_connections_than_there_may_be(store):
    with listening(store, connections=2) as running, Sender(running) as first, Sender(running) as second:
        assert first.tell(sent(control_id="1")).msa_1 == second.tell(sent(control_id="2")).msa_1 == "AA"
        with Sender(running) as third:
            assert third.answer() is CLOSED
        first.socket.close()
        assert until(lambda: running.listener.metrics.value("connections") == 1)
        with Sender(running) as third:
            assert third.tell(sent(control_id="3")).msa_1 == "AA"


def test_while_the_database_is_slow_nobody_is_read_from_without_end(store, monkeypatch):
    """What waits in memory is bounded: the senders' own systems keep the rest."""
    go_on, most = threading.Event(), 3_000_000

    def slow(*arguments, **told):
        assert go_on.wait(PATIENCE)
        return storing(*arguments, **told)

    storing = writer.store_messages
    monkeypatch.setattr(writer, "store_messages", slow)
    big = [sent(control_id=f"C{n}", extra=("NTE|1||" + "x" * 100_000,)) for n in range(120)]
    with listening(store, waiting_bytes=most) as running, Sender(running) as sender:
        sending = threading.Thread(target=lambda: sender.send(b"".join(map(framed, big))))
        sending.start()
        metrics, hall = running.listener.metrics, running.listener.hall
        assert until(lambda: hall.measure() or metrics.value("waiting_bytes") > most)
        time.sleep(1)  # for more to come in, if it may
        hall.measure()
        waiting = metrics.value("waiting_bytes")
        go_on.set()
        answers = [sender.answer().msa_2 for _ in big]
        sending.join()
    assert most < waiting < most + 2 * 110_000
    assert answers == [f"C{n}" for n in range(120)]


def test_a_database_that_does_not_answer(store, monkeypatch):
    storing = writer.store_messages

    def away(*_arguments, **_told):
        raise OperationalError("a statement", {}, Exception("the database is away"))

    with listening(store) as running, Sender(running) as sender:
        monkeypatch.setattr(writer, "store_messages", away)
        answer = sender.tell(sent())
        assert (answer.msa_1, answer.msa_2) == ("AR", "M1")
        assert "207" in answer.raw.decode()
        monkeypatch.setattr(writer, "store_messages", storing)
        assert sender.tell(sent()).msa_1 == "AA"
    assert len(kept(store)) == 1


def test_a_check_of_ours_that_fails_is_no_reason_to_lose_a_message(store, monkeypatch):
    from caseload.intake.hospital import door

    def broken(_message, _rules):
        raise ZeroDivisionError

    with listening(store) as running, Sender(running) as sender:
        monkeypatch.setattr(door, "check_before_ack", broken)
        assert sender.tell(sent()).msa_1 == "AR"
    assert kept(store)[0][1:3] == ("held", "our_fault")


def test_an_answer_that_cannot_be_laid_out_is_given_plainly(store, monkeypatch):
    from caseload.intake.hospital import answers

    def broken(*_arguments, **_told):
        raise ZeroDivisionError

    with listening(store) as running, Sender(running) as sender:
        monkeypatch.setattr(answers, "acknowledge", broken)
        answer = sender.tell(sent(control_id="a|b"))
        assert answer.msa_1 == "AR" or (answer.msa_1, answer.msa_2) == ("AA", "a")


def test_who_hangs_up_in_the_middle_leaves_nothing(running, store):
    with Sender(running) as sender:
        sender.send(framed(sent())[:300])
    assert until(lambda: running.listener.metrics.value("frames_cut_total", how="hung up") == 1)
    assert kept(store) == []


def test_who_stops_sending_is_still_answered(running, store):
    with Sender(running) as sender:
        sender.send(framed(sent()) + framed(sent(control_id="2")))
        sender.socket.shutdown(socket.SHUT_WR)
        assert [sender.answer().msa_2, sender.answer().msa_2, sender.answer()] == ["M1", "2", CLOSED]


def test_who_never_reads_an_answer_is_cut_off(store):
    """The buffers between us are made small, so that a few hundred answers fill them."""
    with listening(store, frame_seconds=0.5) as running, Sender(running, receives=4096) as sender:
        sender.tell(sent())
        for connection in running.listener.hall.connections:
            ours = connection._transport.get_extra_info("socket")
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        with contextlib.suppress(OSError):
            sender.send(b"".join(framed(sent(control_id=f"C{n}")) for n in range(5_000)))
        assert until(lambda: running.listener.metrics.value("connections") == 0)
        assert len(kept(store)) < 5_000
        with Sender(running) as another:
            assert another.tell(sent(control_id="another")).msa_1 == "AA"


# --- its end ---


def test_being_stopped_it_answers_what_it_has_and_refuses_what_comes(store, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()
    storing = writer.store_messages

    def slow(*arguments, **told):
        entered.set()
        assert go_on.wait(PATIENCE)
        return storing(*arguments, **told)

    monkeypatch.setattr(writer, "store_messages", slow)
    with listening(store) as running, Sender(running) as sender, Sender(running) as idle:
        sender.send(framed(sent(control_id="1")))
        assert entered.wait(PATIENCE)
        running.listener.stop()
        assert until(lambda: running.listener.hall.stopping)
        sender.send(framed(sent(control_id="2")))
        assert idle.answer() is CLOSED
        with pytest.raises(ConnectionRefusedError):
            Sender(running)
        go_on.set()
        first, second = sender.answer(), sender.answer()
        assert sender.answer() is CLOSED
    assert [(first.msa_1, first.msa_2), (second.msa_1, second.msa_2)] == [("AA", "1"), ("AR", "2")]
    assert ids(store) == ["1"]


def test_being_stopped_it_does_not_wait_for_ever_for_half_a_message(store):
    with listening(store, stop_seconds=0.5) as running, Sender(running) as sender:
        sender.send(framed(sent())[:100])
        assert until(lambda: any(one._frames.in_frame for one in tuple(running.listener.hall.connections)))
        running.stop()
        assert running.fault is None


def test_a_listener_that_is_started_again_goes_on(store):
    for n in range(2):
        with listening(store, apply=None) as running, Sender(running) as sender:
            assert [sender.tell(sent(control_id=f"C{each}")).msa_1 for each in range(n + 1)] == ["AA"] * (n + 1)
    assert [row[:2] for row in kept(store)] == [("C0", "received"), ("C1", "received")]
    with listening(store):
        assert until(lambda: {row[1] for row in kept(store)} == {"applied"})


# --- figures ---


def test_the_figures_of_a_listener(store):
    with listening(store, apply=held) as running, Sender(running) as sender:
        for raw in (sent(), sent(), sent(pid={5: "OTHER"}), sent(control_id="3", pid={7: "x"}), sent(msh={3: "X"})):
            sender.tell(raw)
        metrics = running.listener.metrics
        assert until(lambda: metrics.value("applied_total", feed="royal", state="held") == 1)
        count = lambda outcome, feed="royal": metrics.value("messages_total", feed=feed, outcome=outcome)  # noqa: E731
        assert [count(each) for each in ("taken", "here_already", "key_reused", "refused")] == [1, 1, 1, 1]
        assert count("refused", "no feed") == 1
        assert metrics.value("refusals_total", feed="royal", reason="key_used") == 1
        assert metrics.value("refusals_total", feed="royal", reason="date") == 1
        assert re.search(r"^caseload_hospital_answer_seconds_count 5$", metrics.text(), flags=re.M)


def test_a_listener_hears_feeds_and_tells_of_their_silence(store, town, monkeypatch):
    from caseload.intake.hospital import listening as module

    monkeypatch.setattr(module, "_FEEDS_SECONDS", 0.05)
    minutes = [0]
    alarmed = feed_rules(silence_minutes=60)
    with listening(store, feeds=(alarmed,), now=lambda: NOW + timedelta(minutes=minutes[0])) as running:
        with Sender(running) as sender:
            sender.tell(sent())
            sender.tell(sent(msh={3: "NOBODY"}))
        assert until(lambda: heard(store) == {"royal": (NOW, None)})
        minutes[0] = 61
        assert until(lambda: heard(store) == {"royal": (NOW, NOW + timedelta(minutes=61))})
        assert until(lambda: running.listener.metrics.value("silences_total", feed="royal") == 1)
        with Sender(running) as sender:
            sender.tell(sent(control_id="2"))
        assert until(lambda: heard(store) == {"royal": (NOW + timedelta(minutes=61), None)})
    with store.reading() as session:
        told = session.execute(select(Notice.user_id).where(Notice.kind == NoticeKind.FEED_SILENT)).scalars().all()
    assert told == [town.users["data.quality"]]


def heard(store):
    with store.reading() as session:
        rows = session.execute(select(FeedHeard)).scalars()
        return {row.feed: (row.last_at, row.silence_told_at) for row in rows}


def test_a_fault_in_a_connection_is_told_without_what_was_sent(store, monkeypatch, caplog):
    from caseload.intake.hospital.connection import Connection

    def broken(_connection, raw):
        raise ValueError(raw)

    with listening(store) as running, Sender(running) as neighbour:
        taking = Connection._receive
        monkeypatch.setattr(Connection, "_receive", broken)
        with Sender(running) as sender, contextlib.suppress(OSError):
            assert sender.tell(sent()) is CLOSED
        monkeypatch.setattr(Connection, "_receive", taking)
        assert neighbour.tell(sent()).msa_1 == "AA"
    assert "a fault in a connection (ValueError)" in caplog.messages
    assert "TESTPERSON" not in caplog.text
