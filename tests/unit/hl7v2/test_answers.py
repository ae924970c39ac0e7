"""Acknowledgements: what goes where in each version, which are wanted, and what they repeat."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import hl7
import pytest
from hl7apy.parser import parse_message as hl7apy_message

from interfaces.hl7v2.acks import AcksWanted, When, acknowledge, acks_wanted, prepare
from interfaces.hl7v2.feed_rules import VERSIONS
from interfaces.hl7v2.reading import field_of, header_of, split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from tests.support.hl7_messages import sent

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
REFUSED = MessageRefused(Reason.DATE, ErrorCode.DATA_TYPE, "PID-7", "It is no date & no time.")
AA, AE, AR = AckCode.AA, AckCode.AE, AckCode.AR


def _answer(raw: bytes, code: AckCode = AA, **told: Any) -> list[str]:
    answer = acknowledge(header_of(raw), code, now=NOW, control_id="R1", **told)
    assert answer.endswith(b"\r")
    return answer.decode().rstrip("\r").split("\r")


@pytest.mark.parametrize("version", VERSIONS)
def test_answer_to_a_message_that_was_taken(version: str) -> None:
    assert _answer(sent(version=version)) == [
        f"MSH|^~\\&|CARETIER|ICB|ROYALPAS|RYX|20261005090000+0000||ACK^A01^ACK|R1|P|{version}",
        "MSA|AA|M1",
    ]


@pytest.mark.parametrize("version", ["2.3", "2.3.1", "2.4"])
def test_refusal_before_2_5_tells_place_and_code_in_one_field(version: str) -> None:
    assert _answer(sent(version=version), AE, error=REFUSED)[1:] == [
        "MSA|AE|M1|It is no date \\T\\ no time.",
        "ERR|PID^1^7^102&Data type error&HL70357",
    ]


@pytest.mark.parametrize("version", ["2.5", "2.5.1", "2.6"])
def test_refusal_from_2_5_on_tells_place_code_and_severity(version: str) -> None:
    assert _answer(sent(version=version), AR, error=REFUSED)[1:] == [
        "MSA|AR|M1|It is no date \\T\\ no time.",
        "ERR||PID^1^7|102^Data type error^HL70357|E||||It is no date \\T\\ no time.",
    ]


@pytest.mark.parametrize("version", ["2.7", "2.8"])
def test_refusal_from_2_7_on_has_its_sentence_in_err_alone(version: str) -> None:
    assert _answer(sent(version=version), AE, error=REFUSED)[1:] == [
        "MSA|AE|M1",
        "ERR||PID^1^7|102^Data type error^HL70357|E||||It is no date \\T\\ no time.",
    ]


def test_refusal_of_a_segment_names_no_field_and_one_of_no_segment_no_place() -> None:
    whole = MessageRefused(Reason.SEGMENT_MISSING, ErrorCode.SEGMENT_SEQUENCE, "MRG", "No.")
    nowhere = MessageRefused(Reason.TOO_LARGE, ErrorCode.INTERNAL, "", "No.")
    assert _answer(sent(version="2.4"), AE, error=whole)[2] == "ERR|MRG^1^^100&Segment sequence error&HL70357"
    assert _answer(sent(version="2.5"), AE, error=nowhere)[2] == "ERR|||207^Application internal error^HL70357|E||||No."


@pytest.mark.parametrize("version", VERSIONS)
def test_sender_of_a_trigger_that_is_not_acted_on_is_told_so(version: str) -> None:
    first, *others = _answer(sent("A17", version=version))
    assert "ACK^A17^ACK" in first
    if version in ("2.7", "2.8"):
        assert others == ["MSA|AA|M1", "ERR|||0^Message accepted^HL70357|I||||Stored, not acted on"]
    else:
        assert others == ["MSA|AA|M1|Stored, not acted on"]


def test_answer_of_the_accept_kind_says_nothing_of_what_becomes_of_a_message() -> None:
    assert _answer(sent("A17"), AckCode.CA)[1:] == ["MSA|CA|M1"]


def test_answer_can_have_a_sentence() -> None:
    assert _answer(sent(), text="Already stored")[1:] == ["MSA|AA|M1|Already stored"]


@pytest.mark.parametrize("control_id", ["0001", " M1 ", "A^B&C~D", "\\T\\", '""', "M\\X0D\\1", "é", "'\";--"])
def test_control_id_comes_back_byte_for_byte(control_id: str) -> None:
    assert _answer(sent(control_id=control_id))[1] == f"MSA|AA|{control_id}"


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "iso8859-1"])
def test_control_id_comes_back_in_the_bytes_it_had(codec: str) -> None:
    raw = sent(control_id="Mé1", codec=codec)
    answer = acknowledge(header_of(raw), AA, now=NOW, control_id="R1")
    assert b"MSA|AA|" + "Mé1".encode(codec) + b"\r" in answer


def test_sides_are_swapped_whole_and_header_fields_are_copied() -> None:
    raw = sent(msh={3: "A^1.2^ISO", 4: "B&b", 5: "", 6: "D~E", 11: "T^A", 18: "UNICODE UTF-8"}, version="2.5^GBR")
    assert (
        _answer(raw)[0]
        == "MSH|^~\\&||D~E|A^1.2^ISO|B&b|20261005090000+0000||ACK^A01^ACK|R1|T^A|2.5^GBR||||||UNICODE UTF-8"
    )


@pytest.mark.parametrize("version", ["2.99", "2.1", "", "x", '""'])
def test_answer_to_a_version_that_nobody_knows_is_in_the_base_version(version: str) -> None:
    assert _answer(sent(version=version), AR, error=REFUSED)[0].split("|")[11] == "2.4"


def test_answer_uses_the_delimiters_of_the_message() -> None:
    raw = b"MSH#*!?%#APP#FAC#US#OURS###ADT*A01#M*1#P#2.5\r"
    assert _answer(raw, AE, error=MessageRefused(Reason.DATE, ErrorCode.DATA_TYPE, "PID-7", "No * here?")) == [
        "MSH#*!?%#US#OURS#APP#FAC#20261005090000+0000##ACK*A01*ACK#R1#P#2.5",
        "MSA#AE#M*1#No ?S? here?E?",
        "ERR##PID*1*7#102*Data type error*HL70357#E####No ?S? here?E?",
    ]


def test_fifth_delimiter_is_given_back_from_2_7_on_only() -> None:
    assert _answer(sent(version="2.7", msh={2: "^~\\&#"}))[0].startswith("MSH|^~\\&#|")
    assert _answer(sent(version="2.4", msh={2: "^~\\&#"}))[0].startswith("MSH|^~\\&|")


@pytest.mark.parametrize("raw", [b"", b"garbage", b"MSH", b"MSH|", b"MSH|^^\\&|A|B|C|D", b"PID|1||x"])
def test_answer_to_half_a_header_can_be_read_by_others(raw: bytes) -> None:
    text = "\r".join(_answer(raw, AR, error=REFUSED))
    assert str(hl7.parse(text).segment("MSA")[1]) == "AR"
    assert hl7apy_message(text).msa.msa_1.value == "AR"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("error", [None, REFUSED])
def test_answer_says_the_same_to_others_and_to_us(version: str, error: MessageRefused | None) -> None:
    text = "\r".join(_answer(sent(version=version), AE if error else AA, error=error))
    read = hl7apy_message(text)
    assert (read.msa.msa_2.value, read.msh.msh_5.value, read.msh.msh_9.value) == ("M1", "ROYALPAS", "ACK^A01^ACK")
    assert str(hl7.parse(text).segment("MSA")[2]) == "M1"
    assert field_of(split_message(text.encode()).first("MSA"), 2) == "M1"


def test_answer_is_timed_in_utc() -> None:
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    assert b"|20260701080000+0000|" in acknowledge(header_of(sent()), AA, now=summer, control_id="R1")


@pytest.mark.parametrize(
    ("accept", "application", "to_success", "to_error"),
    [
        ("", "", ["AA"], ["AE"]),
        ("AL", "AL", ["CA", "AA"], ["CE", "AE"]),
        ("AL", "NE", ["CA"], ["CE"]),
        ("NE", "AL", ["AA"], ["AE"]),
        ("NE", "NE", [], []),
        ("AL", "", ["CA"], ["CE"]),
        ("", "AL", ["AA"], ["AE"]),
        ("ER", "SU", ["AA"], ["CE"]),
        ("SU", "ER", ["CA"], ["AE"]),
        ("XX", "NE", ["CA"], ["CE"]),
    ],
)
def test_answers_that_are_wanted(accept: str, application: str, to_success: list[str], to_error: list[str]) -> None:
    wanted = acks_wanted(header_of(sent(msh={15: accept, 16: application})))
    assert list(wanted.for_outcome(AA)) == to_success
    assert list(wanted.for_outcome(AE)) == to_error


def test_header_that_is_broken_wants_one_answer() -> None:
    assert acks_wanted(header_of(b"garbage")).for_outcome(AR) == (AR,)
    assert AcksWanted(When.ALWAYS, When.NEVER).for_outcome(AR) == (AckCode.CR,)


def test_layouts_are_ready_once_prepared() -> None:
    prepare()
    assert _answer(sent())[1] == "MSA|AA|M1"
