"""What a sender meets: one answer for every frame, AA only for what is stored, however the bytes come."""

import time

import hl7
import pytest
from hl7.client import MLLPClient

from interfaces.hl7v2.mllp import framed
from tests.support.case_app import audited
from tests.support.hl7_messages import feed_rules, message, sent
from tests.support.hospital_listener import FEED, Sender, ids, kept, listening
from tests.support.patience import until

CLOSED = None


@pytest.fixture
def running(store):
    with listening(store) as running:
        yield running


@pytest.fixture
def sender(running):
    with Sender(running) as sender:
        yield sender


def test_a_message_of_another_librarys_client(running, store):
    with MLLPClient(running.host, running.port) as client:
        answer = hl7.parse(client.send_message(message(control_id="Z-1 ÄÖ")).strip(b"\x0b\x1c\r"))
    assert str(answer.segment("MSA")[1]) == "AA"
    assert str(answer.segment("MSA")[2]) == "Z-1 ÄÖ"
    assert kept(store)[0][3] == message(control_id="Z-1 ÄÖ").encode()
    assert until(lambda: kept(store)[0][1] == "applied")


def test_the_answer_is_addressed_to_its_sender(sender):
    answer = sender.tell(sent(version="2.5.1", control_id=" a^b~c "))
    assert (answer.msh_3, answer.msh_4, answer.msh_5, answer.msh_6) == ("CARETIER", "ICB", "ROYALPAS", "RYX")
    assert [answer.part("MSH", 9, n) for n in (1, 2, 3)] == ["ACK", "A01", "ACK"]
    assert (answer.msh_11, answer.msh_12, answer.msa_1) == ("P", "2.5.1", "AA")
    assert b"|AA| a^b~c " in answer.raw
    assert answer.msh_10 not in ("", "a^b~c")


def test_many_messages_on_one_connection_one_after_the_other(sender, store):
    assert [sender.tell(sent(control_id=f"C{n}")).msa_2 for n in range(20)] == [f"C{n}" for n in range(20)]
    assert ids(store) == [f"C{n}" for n in range(20)]


def test_messages_written_at_once_are_each_answered_in_order(sender, store):
    sender.send(b"".join(framed(sent(control_id=f"C{n}")) for n in range(50)))
    assert [sender.answer().msa_2 for _ in range(50)] == [f"C{n}" for n in range(50)]
    assert ids(store) == [f"C{n}" for n in range(50)]


def test_more_messages_at_once_than_are_taken_before_an_answer(sender, store):
    """Their own system keeps what we do not read, until we do."""
    sender.send(b"".join(framed(sent(control_id=f"C{n}")) for n in range(900)))
    assert [sender.answer().msa_2 for _ in range(900)] == [f"C{n}" for n in range(900)]
    assert len(kept(store)) == 900


def test_a_message_byte_by_byte(sender):
    for byte in framed(sent()):
        sender.send(bytes([byte]))
    assert sender.answer().msa_1 == "AA"


def test_a_message_in_two_writes_around_its_marks(sender):
    frame = framed(sent())
    for part in (frame[:1], frame[1:-2], frame[-2:-1], frame[-1:]):
        sender.send(part)
        time.sleep(0.02)
    assert sender.answer().msa_1 == "AA"


def test_what_stands_before_a_frame_is_passed_over(sender, running, store):
    sender.send(b"GET / HTTP/1.1\r\n\r\n" + framed(sent()))
    assert sender.answer().msa_1 == "AA"
    assert kept(store)[0][3] == sent()
    assert running.listener.metrics.value("noise_bytes_total") == 14


def test_bytes_in_no_frame_are_not_read_for_ever(store):
    with listening(store, message_bytes=4096) as running, Sender(running) as sender:
        sender.send(b"MSH|^~\\&|" * 1000)
        assert sender.answer() is CLOSED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(sender, store, end):
    """Where LF is not read as an end, the whole message is its header and nobody is in it."""
    assert sender.tell(sent(end=end)).msa_1 == "AA"
    lacking = sender.tell(sent(end=end, control_id="2", without=("PID",)))
    assert (lacking.msa_1, lacking.msa_2) == ("AE", "2")
    assert kept(store)[0][3] == sent(end=end)


@pytest.mark.parametrize("end", [b"\x1c", b"\x1c\n", b"\x1c\r\n"])
def test_every_end_of_a_frame_is_read(sender, end):
    for n in range(2):
        sender.send(b"\x0b" + sent(control_id=f"C{n}") + end)
        assert sender.answer().msa_2 == f"C{n}"


def test_bytes_that_are_no_utf_8_are_kept_as_they_came(sender, store):
    raw = message(pid={5: "MÜLLER^ZOË"}).encode("cp1252")
    assert sender.tell(raw).msa_1 == "AA"
    assert kept(store)[0][3] == raw


def test_a_byte_order_mark(sender, store):
    assert sender.tell(b"\xef\xbb\xbf" + sent()).msa_1 == "AA"
    assert kept(store)[0][3][:3] == b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("raw", "ack", "code", "reason"),
    [
        (sent("A99"), "AR", "201", "trigger"),
        (sent(msh={9: "ORU^R01"}), "AR", "200", "message_type"),
        (sent(version="2.99"), "AR", "203", "version"),
        (sent(msh={11: "T"}), "AR", "202", "processing_id"),
        (sent(msh={3: "ELSEWHERE"}), "AR", "204", "sender"),
        (sent(control_id=""), "AE", "101", "control_id"),
        (sent(without=("PV1",)), "AE", "100", "segment_missing"),
        (sent(pid={7: "19651399"}), "AE", "102", "date"),
        (b"MSH|^~\\&|ROYALPAS|RYX\r", "AR", "200", "message_type"),
    ],
)
def test_a_refusal_says_why_and_the_message_is_held(sender, store, raw, ack, code, reason):
    answer = sender.tell(raw)
    assert answer.msa_1 == ack
    assert code in answer.raw.decode()
    assert [row[1:] for row in kept(store)] == [("held", reason, raw)]
    assert audited(store) == [("message.held", [])]
    assert sender.tell(sent(control_id="next")).msa_1 == "AA"


@pytest.mark.parametrize("raw", [b"", b"\r\r", b"hello", b"MSH", b"MSHX^~\\&", b"PID|1", bytes(range(32, 256))])
def test_a_frame_that_holds_no_message_is_answered_too(sender, store, raw):
    assert sender.tell(raw).msa_1 in ("AR", "AE")
    assert sender.tell(sent(control_id="next")).msa_1 == "AA"
    assert [row[1] for row in kept(store)][0] == "held"


def test_the_same_refusal_a_hundred_times_is_one_row(sender, store):
    assert {sender.tell(sent(pid={7: "19651399"})).msa_1 for _ in range(100)} == {"AE"}
    assert len(kept(store)) == 1


def test_a_trigger_that_is_not_acted_on_is_taken_and_said_to_be_so(sender, store):
    answer = sender.tell(sent("A17"))
    assert (answer.msa_1, answer.msa_3) == ("AA", "Stored, not acted on")
    assert kept(store)[0][2:] == ("", sent("A17"))


def test_the_same_message_again_is_answered_again_and_kept_once(sender, store):
    assert [sender.tell(sent()).msa_1 for _ in range(3)] == ["AA"] * 3
    assert len(kept(store)) == 1


def test_another_message_under_a_used_control_id(sender, store):
    sender.tell(sent())
    answer = sender.tell(sent(pid={5: "OTHER^PERSON"}))
    assert (answer.msa_1, answer.msa_2) == ("AE", "M1")
    assert "205" in answer.raw.decode()
    assert [row[1:3] for row in kept(store)][1] == ("held", "key_used")


def test_control_ids_that_begin_again_every_day(store):
    daily = feed_rules(control_ids="daily")
    with listening(store, feeds=(daily,)) as running, Sender(running) as sender:
        answers = [sender.tell(sent(msh={7: f"202610{day:02}083000"})).msa_1 for day in (4, 5, 5)]
        other = sender.tell(sent(msh={7: "20261005093000"}))
    assert (answers, other.msa_1) == (["AA"] * 3, "AE")
    assert [row[1] for row in kept(store)][2] == "held"
    assert len(kept(store)) == 3


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad"),
    [
        ("", "", ["AA"], ["AE"]),
        ("AL", "NE", ["CA"], ["CE"]),
        ("AL", "AL", ["CA", "AA"], ["CE", "AE"]),
        ("NE", "ER", [], ["AE"]),
        ("NE", "NE", [], []),
    ],
)
def test_the_acknowledgements_that_were_asked_for(sender, store, accept, application, good, bad):
    asked = {15: accept, 16: application}
    sender.send(framed(sent(msh=asked)) + framed(sent(control_id="2", msh=asked, pid={7: "x"})) + framed(sent("A99")))
    wanted = [*((code, "M1") for code in good), *((code, "2") for code in bad), ("AR", "M1")]
    assert [((answer := sender.answer()).msa_1, answer.msa_2) for _ in wanted] == wanted
    assert len(kept(store)) == 3


def test_a_port_for_one_feed(store):
    other = feed_rules(name="other", sender=[{"application": "OTHERPAS", "facility": "RYX"}])
    with listening(store, feeds=(FEED, other), only="other") as running, Sender(running) as sender:
        assert sender.tell(sent(msh={3: "OTHERPAS"})).msa_1 == "AA"
        assert sender.tell(sent()).msa_1 == "AR"
    assert [row[1:3] for row in kept(store)][1] == ("held", "sender")
