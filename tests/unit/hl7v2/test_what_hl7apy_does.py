"""hl7apy 1.3.5 as it is, and what we do about it: each case first shows the library, then that ours is right.

A case that fails after an upgrade of hl7apy is good news: the library has changed, and what stands between it and us can go.
"""

from typing import Any

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.exceptions import ChildNotFound, ChildNotValid, InvalidEncodingChars, InvalidName, UnsupportedVersion
from hl7apy.parser import parse_message, parse_segment

from interfaces.hl7v2.adt import Adt, read_adt
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.patient import Name
from interfaces.hl7v2.reading import ABSENT, Told, field_of, split_message
from interfaces.hl7v2.refusals import MessageRefused, Reason
from interfaces.hl7v2.telling import SecondOpinion, prepare, typed_fields
from tests.support.hl7_messages import feed_rules, message, segment, sent

TWO_MERGES: dict[str, Any] = {
    "extra": ("MRG|A9^^^RYX^MR", segment("PID", {3: "B2^^^RYX^MR"}), "MRG|B9^^^RYX^MR"),
    "without": ("PD1", "PV1"),
}


def _theirs(trigger: str = "A01", *, groups: bool = True, level: int = VALIDATION_LEVEL.TOLERANT, **told: Any) -> Any:
    return parse_message(message(trigger, **told), validation_level=level, find_groups=groups)


def _ours(trigger: str = "A01", **told: Any) -> Adt:
    return read_adt(split_message(sent(trigger, **told)), feed_rules())


def _opinion(line: str, version: str, n: int, **part: int) -> tuple[Told, tuple[Note, ...]]:
    opinion = SecondOpinion(version)
    told = opinion.told(split_message(f"MSH|^~\\&|\r{line}\r".encode()).segments[1], n, **part)
    return told, opinion.notes


def test_line_feeds_lose_the_patient_without_a_word() -> None:
    swallowed = _theirs(end="\n", msh={18: "UNICODE UTF-8"})
    assert [child.name for child in swallowed.children] == ["MSH"]
    assert swallowed.pid.pid_3.to_er7() == ""
    assert _ours(end="\n", msh={18: "UNICODE UTF-8"}).patient.nhs_number is not None


def test_line_feeds_after_the_version_make_it_an_unknown_version() -> None:
    with pytest.raises(UnsupportedVersion):
        _theirs(end="\n")
    assert _ours(end="\n").version == "2.4"


def test_carriage_return_with_line_feed_loses_every_segment_but_the_first() -> None:
    assert [child.name for child in _theirs(end="\r\n").children] == ["MSH"]
    assert _ours(end="\r\n").patient.nhs_number is not None


def test_merge_segment_of_a_known_structure_seems_empty() -> None:
    merge = _theirs("A40", msh={9: "ADT^A40^ADT_A39"}, **TWO_MERGES)
    assert (merge.pid.to_er7(), merge.mrg.to_er7()) == ("PID", "MRG")
    assert len(_ours("A40", msh={9: "ADT^A40^ADT_A39"}, **TWO_MERGES).merges) == 2


def test_second_merge_of_a_message_is_not_seen_by_name() -> None:
    flat = _theirs("A40", groups=False, **TWO_MERGES)
    assert flat.mrg.mrg_1.to_er7() == "A9^^^RYX^MR"
    assert [merge.retired.others[0].value for merge in _ours("A40", **TWO_MERGES).merges] == ["A9", "B9"]


@pytest.mark.parametrize("structure", ["ADT^A40^ADT_A40", "ADT^A40"])
def test_structure_that_does_not_exist_leaves_the_message_without_a_name(structure: str) -> None:
    assert _theirs("A40", msh={9: structure}, **TWO_MERGES).name is None
    assert _ours("A40", msh={9: structure}, **TWO_MERGES).trigger.code == "A40"


def test_absent_segment_reads_as_an_empty_one_and_an_unknown_field_is_an_error() -> None:
    theirs = _theirs(without=("PV1",))
    assert theirs.pv1.pv1_19.value == ""
    with pytest.raises(ChildNotFound):
        _ = theirs.pid.pid_40
    split = split_message(sent(without=("PV1",)))
    assert split.first("PV1") is None
    assert field_of(split.first("PID"), 40) is ABSENT


def test_value_of_a_field_that_repeats_is_its_first_repetition() -> None:
    assert _theirs().pid.pid_3.value == "9990000018^^^NHS^NH"
    assert len(_ours().patient.identifiers) == 1


def test_escapes_are_left_as_they_are() -> None:
    assert _theirs(pid={5: "O\\T\\HARE^ADA"}).pid.pid_5.xpn_1.value == "O\\T\\HARE"
    assert _ours(pid={5: "O\\T\\HARE^ADA"}).patient.name == Name("O&HARE", "ADA")


def test_check_digit_of_two_figures_loses_one_in_2_3_1() -> None:
    line = segment("PID", {3: "A1^06^M10^RYX^MR"})
    assert parse_segment(line, "2.3.1").pid_3.to_er7() == "A1^6^M10^RYX^MR"
    assert _opinion(line, "2.3.1", 3, comp=2) == ("06", (Note(NoteCode.TYPED_OTHERWISE, "PID-3"),))
    assert _opinion(line, "2.4", 3, comp=2) == ("06", ())


def test_field_beyond_a_versions_table_moves_to_another_place() -> None:
    line = segment("PID", {3: "A1", 32: "NSTS01"})
    assert parse_segment(line, "2.3").to_er7().split("|").index("NSTS01") == 31
    assert _opinion(line, "2.3", 32) == ("NSTS01", (Note(NoteCode.NOT_TYPED, "PID-32"),))
    assert _opinion(line, "2.4", 32) == ("NSTS01", ())


def test_field_that_a_later_version_withdrew_moves_to_the_end() -> None:
    line = "EVN|A01|20261005082500"
    assert parse_segment(line, "2.8").to_er7() == "EVN|20261005082500||||||A01"
    assert _opinion(line, "2.8", 2) == ("20261005082500", ())


def test_answer_laid_out_in_2_8_has_its_error_one_place_too_early() -> None:
    theirs = Message("ACK", version="2.8")
    theirs.err.err_2, theirs.err.err_3 = "PID^1^7", "102"
    assert theirs.err.to_er7() == "ERR|PID^1^7|102"  # and not ERR||PID^1^7|102, which test_answers holds us to


def test_answer_has_neither_the_processing_id_nor_a_control_id() -> None:
    assert Message("ACK", version="2.4").to_er7().split("|")[9:] == ["", "", "2.4"]


def test_field_withdrawn_in_2_7_refuses_its_whole_segment_even_when_tolerant() -> None:
    line = segment("PR1", {1: "1", 3: "A", 12: "X"})
    with pytest.raises(ChildNotValid):
        parse_segment(line, "2.7", validation_level=VALIDATION_LEVEL.TOLERANT)
    assert _opinion(line, "2.7", 3) == ("A", (Note(NoteCode.NOT_TYPED, "PR1"),))


def test_fifth_encoding_character_is_refused_before_2_7() -> None:
    with pytest.raises(InvalidEncodingChars):
        _theirs(msh={2: "^~\\&#"})
    assert _ours(msh={2: "^~\\&#"}).patient.name == Name("TESTPERSON", "ADA")


@pytest.mark.parametrize("written", ["19651399", "00000000"])
def test_date_that_is_none_is_let_through(written: str) -> None:
    assert _theirs(pid={7: written}).pid.pid_7.value == written
    with pytest.raises(MessageRefused) as caught:
        _ours(pid={7: written})
    assert caught.value.reason is Reason.DATE


def test_header_and_nothing_else_is_a_message_of_version_2_5() -> None:
    assert (parse_message("MSH|^~\\&").version, parse_message("MSH|^~\\&").name) == ("2.5", None)
    with pytest.raises(MessageRefused):
        read_adt(split_message(b"MSH|^~\\&"), feed_rules())


def test_stray_line_makes_a_message_unreadable_or_vanishes() -> None:
    with pytest.raises(InvalidName):
        _theirs(groups=False, extra=("//",))
    assert [child.name for child in _theirs(extra=("//", "PRT|1")).children] == ["MSH", "EVN", "PID", "PD1", "PV1"]
    split = split_message(sent(extra=("//", "PRT|1")))
    assert split.first("PRT") is not None
    assert split.notes == (Note(NoteCode.LINE_PASSED_OVER, "line 6"),)


def test_strict_reading_refuses_the_code_of_a_practice() -> None:
    with pytest.raises(ValueError, match="not an HL7 valid NM value"):
        _theirs(level=VALIDATION_LEVEL.STRICT)
    assert _ours().patient.practice_code == "Y90001"


def test_quiet_reading_is_the_tolerant_one() -> None:
    assert VALIDATION_LEVEL.QUIET == VALIDATION_LEVEL.TOLERANT


def test_segment_made_to_be_slow_is_not_given_to_it() -> None:
    (_, pid) = split_message(b"MSH|^~\\&|\rPID|" + b"&" * 20_000).segments
    assert typed_fields(pid, "2.4") is None


@pytest.mark.parametrize("version", ["2.3", "2.4", "2.5.1", "2.8"])
def test_whole_message_is_read_alike_by_both_readers(version: str) -> None:
    prepare([version])
    beyond = {Note(NoteCode.NOT_TYPED, "PID-32")} if version == "2.3" else set()
    assert set(_ours(version=version).notes) == beyond


def test_header_and_local_segments_are_not_given_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("interfaces.hl7v2.telling.typed_fields", lambda segment, _version: asked.append(segment.name))
    split = split_message(sent(extra=("ZU1|06",)))
    opinion = SecondOpinion("2.4")
    assert opinion.told(split.first("ZU1"), 1) == "06"
    assert opinion.told(split.first("MSH"), 7) == "20261005083000"
    assert (asked, opinion.notes) == ([], ())
    opinion.told(split.first("PID"), 7)
    assert asked == ["PID"]
