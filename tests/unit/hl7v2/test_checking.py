"""What is taken before it is answered, what is refused and how, and what is stored without being acted on."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from interfaces.hl7v2.adt import check_before_ack, read_adt
from interfaces.hl7v2.feed_rules import VERSIONS, feed_for
from interfaces.hl7v2.reading import split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.triggers import TRIGGERS, is_trigger
from tests.support.hl7_messages import feed_rules, segment, sent

ASKED_FOR = "A01 A02 A03 A04 A05 A06 A07 A08 A11 A12 A13 A28 A31 A34 A40 A42 A45 A47".split()
MRG = "MRG|OLD1^^^RYX^MR||||V900"


def _whole(trigger: str, **told: Any) -> bytes:
    needs_merge = "MRG" in TRIGGERS[trigger].needs
    extra = (MRG, segment("PV1", {2: "I", 19: "V1001"})) if needs_merge else ()
    return sent(trigger, extra=extra, **told)


def _refused(raw: bytes, **rules: Any) -> MessageRefused:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(raw), feed_rules(**rules))
    return caught.value


def test_triggers_that_are_acted_on_are_the_ones_that_hospitals_were_asked_for() -> None:
    assert sorted(TRIGGERS) == ASKED_FOR


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("code", ASKED_FOR)
def test_whole_message_is_taken_in_every_version_and_read_afterwards(code: str, version: str) -> None:
    split = split_message(_whole(code, version=version))
    assert check_before_ack(split, feed_rules()) is TRIGGERS[code]
    assert read_adt(split, feed_rules()).trigger.code == code


@pytest.mark.parametrize(("code", "missing"), [(code, name) for code in ASKED_FOR for name in TRIGGERS[code].needs])
def test_message_without_a_segment_it_needs_is_refused(code: str, missing: str) -> None:
    lines = [line for line in _whole(code).split(b"\r") if not line.startswith(missing.encode())]
    refused = _refused(b"\r".join(lines))
    assert (refused.reason, refused.code, refused.location, refused.ack) == (
        Reason.SEGMENT_MISSING,
        ErrorCode.SEGMENT_SEQUENCE,
        missing,
        AckCode.AE,
    )


@pytest.mark.parametrize("code", ["A09", "A17", "A21", "A24", "A29", "A38", "A52", "A60", "A62", "Z01", "ZX9"])
def test_other_trigger_is_taken_and_nothing_is_read_of_it(code: str) -> None:
    split = split_message(sent(code, without=("PID", "PV1")))
    assert check_before_ack(split, feed_rules()) is None
    with pytest.raises(MessageRefused) as caught:
        read_adt(split, feed_rules())
    assert caught.value.code is ErrorCode.EVENT_CODE


@pytest.mark.parametrize("code", ["A00", "A63", "A99", "", "A1", "a01", "A011", "01", "Q22", "Z1", '""'])
def test_what_is_no_trigger_is_refused(code: str) -> None:
    assert not is_trigger(code)
    refused = _refused(sent(code))
    assert (refused.reason, refused.code, refused.location, refused.ack) == (
        Reason.TRIGGER,
        ErrorCode.EVENT_CODE,
        "MSH-9",
        AckCode.AR,
    )


@pytest.mark.parametrize(
    ("told", "reason", "code", "location", "ack"),
    [
        ({"msh": {9: "ORU^R01"}}, Reason.MESSAGE_TYPE, ErrorCode.MESSAGE_TYPE, "MSH-9", AckCode.AR),
        ({"msh": {9: "ACK^A01^ACK"}}, Reason.MESSAGE_TYPE, ErrorCode.MESSAGE_TYPE, "MSH-9", AckCode.AR),
        ({"msh": {9: ""}}, Reason.MESSAGE_TYPE, ErrorCode.MESSAGE_TYPE, "MSH-9", AckCode.AR),
        ({"msh": {11: "T"}}, Reason.PROCESSING_ID, ErrorCode.PROCESSING_ID, "MSH-11", AckCode.AR),
        ({"msh": {11: ""}}, Reason.PROCESSING_ID, ErrorCode.PROCESSING_ID, "MSH-11", AckCode.AR),
        ({"version": "2.99"}, Reason.VERSION, ErrorCode.VERSION_ID, "MSH-12", AckCode.AR),
        ({"version": "2.2"}, Reason.VERSION, ErrorCode.VERSION_ID, "MSH-12", AckCode.AR),
        ({"version": ""}, Reason.VERSION, ErrorCode.VERSION_ID, "MSH-12", AckCode.AR),
        ({"control_id": ""}, Reason.CONTROL_ID, ErrorCode.REQUIRED_FIELD, "MSH-10", AckCode.AE),
        ({"control_id": "  "}, Reason.CONTROL_ID, ErrorCode.REQUIRED_FIELD, "MSH-10", AckCode.AE),
        ({"control_id": "9" * 200}, Reason.CONTROL_ID, ErrorCode.DATA_TYPE, "MSH-10", AckCode.AE),
    ],
)
def test_header_that_is_not_for_us_is_refused(
    told: dict[str, Any], reason: Reason, code: ErrorCode, location: str, ack: AckCode
) -> None:
    refused = _refused(sent(**told))
    assert (refused.reason, refused.code, refused.location, refused.ack) == (reason, code, location, ack)


def test_processing_id_and_version_are_the_feeds_own() -> None:
    assert check_before_ack(split_message(sent(msh={11: "T^A"})), feed_rules(processing_ids=["T"])) is TRIGGERS["A01"]
    assert check_before_ack(split_message(sent(version="2.4^GBR")), feed_rules(versions=["2.4"])) is TRIGGERS["A01"]
    assert _refused(sent(version="2.5"), versions=["2.4"]).reason is Reason.VERSION


@pytest.mark.parametrize("msh", [{3: "OTHER"}, {4: "RXX"}, {3: ""}, {3: "royalpas"}, {4: '""'}])
def test_sender_that_no_feed_has_is_refused(msh: dict[int, str]) -> None:
    with pytest.raises(MessageRefused) as caught:
        feed_for((feed_rules(),), split_message(sent(msh=msh)).header)
    refused = caught.value
    assert (refused.reason, refused.code, refused.location, refused.ack) == (
        Reason.SENDER,
        ErrorCode.UNKNOWN_KEY,
        "MSH-3",
        AckCode.AR,
    )


def test_sender_is_known_by_the_first_component_of_both_fields() -> None:
    header = split_message(sent(msh={3: "ROYALPAS^1.2.3^ISO", 4: "RYX^x"})).header
    assert (
        feed_for((feed_rules(name="other", sender=[{"application": "A", "facility": "B"}]), feed_rules()), header).name
        == "royal"
    )


def test_message_with_the_wrong_line_ends_is_read_and_not_lost() -> None:
    """hl7apy reads this one as a header without a patient, and its server answers AA."""
    split = split_message(sent(end="\n"))
    assert check_before_ack(split, feed_rules()) is TRIGGERS["A01"]
    assert read_adt(split, feed_rules()).patient.nhs_number is not None


def test_every_code_has_its_words_and_every_refusal_a_sentence_without_a_value() -> None:
    assert all(code.text for code in ErrorCode)
    refused = _refused(sent(pid={7: "19651399"}))
    assert refused.sentence.endswith(".")
    assert "19651399" not in str(refused)
    assert str(refused) == (
        "Expected a message as the feed's rules have it. Found PID-7: It is no date or time of the form YYYYMMDDHHMMSS. "
        "Put it right at its source and send it again."
    )


def test_every_reason_a_message_can_be_refused_for_is_explained() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "connect-a-hospital.md").read_text(encoding="utf-8")
    assert [reason.value for reason in Reason if f"`{reason.value}`" not in page] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "raw",
    [
        sent(extra=("\r" * 1_000_000,)),
        sent(extra=("AAA\r" * 250_000,)),
        sent(extra=("x\r" * 500_000,)),
        sent(pid={3: "~" * 1_000_000 + "A1"}),
        sent(pid={3: "1^^^RYX^MR~" * 90_000}),
        sent(pid={5: "A^B^^^^^N~" * 100_000}),
        sent(pid={3: "A1^^^" + "&" * 1_000_000}),
        sent(pid={5: "\\X" + "A" * 1_000_000}),
        sent(pid={5: "\\T\\" * 330_000}),
        sent("A40", extra=("MRG|1\r" * 160_000,)),
    ],
    ids=[
        "blank lines",
        "segments",
        "stray lines",
        "repetitions",
        "numbers",
        "names",
        "parts",
        "half an escape",
        "escapes",
        "merges",
    ],
)
def test_message_made_to_be_slow_is_not(raw: bytes) -> None:
    begun = time.thread_time()
    with suppress(MessageRefused):
        split = split_message(raw)
        check_before_ack(split, feed_rules())
        read_adt(split, feed_rules())
    assert time.thread_time() - begun < 10  # a second or two; what grows with the square takes many minutes
