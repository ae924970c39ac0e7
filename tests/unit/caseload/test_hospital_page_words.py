"""A hospital's message in words: every reason has some, and the text is shown as it came with the wrong field marked."""

import pytest

from caseload.domain.hospital_reasons import HoldReason, PassReason
from caseload.presenters.hospital_messages import edited_bytes, edited_text, raw_text, trigger_words
from caseload.presenters.hospital_reasons import REASONS
from interfaces.hl7v2.refusals import Reason
from tests.support.hl7_messages import feed_rules, sent


def marked(raw, reason, rules=None):
    text = raw_text(raw, reason, rules)
    return [(line.name, part.text, part.wrong) for line in text.lines for part in line.parts if part.wrong]


def test_every_reason_has_words_and_says_what_to_do():
    codes = {code.value for words in (HoldReason, PassReason, Reason) for code in words}
    assert codes == REASONS.keys()
    assert [code for code, words in REASONS.items() if not (words.words and words.todo)] == []


def test_the_whole_text_is_shown_in_pieces():
    raw = sent("A01", pid={7: "19419999"})
    lines = raw_text(raw, "date", feed_rules()).lines
    assert "\r".join("".join(part.text for part in line.parts) for line in lines) + "\r" == raw.decode()


def test_the_field_that_the_rules_refuse_is_marked_before_the_one_of_the_reason():
    assert marked(sent("A01", pid={7: "19419999"}), "number_not_known", feed_rules()) == [("PID", "19419999", "PID-7")]


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("sender", [("MSH", "ROYALPAS", "MSH-3")]),
        ("dob_differs", [("PID", "19440229", "PID-7")]),
        ("visit_of_another", [("PV1", "V1001", "PV1-19")]),
        ("death_date", [("PID", "", "PID-29")]),
        ("our_fault", []),
    ],
)
def test_the_field_of_the_reason_is_marked(reason, found):
    assert marked(sent("A01"), reason) == found


def test_a_field_or_segment_that_is_not_there_is_said_to_be_missing():
    assert raw_text(sent("A40"), "merge_loop", None).missing
    assert raw_text(sent("A01", without=("PV1",)), "segment_missing", feed_rules()).wrong == "PV1"


def test_what_cannot_be_seen_has_a_picture():
    text = raw_text(b"no header\x00\x0bhere", "no_header", None)
    assert text.lines[0].parts[0].text == "no header\u2400\u240bhere"


def test_a_message_goes_into_a_box_and_comes_out_as_it_was():
    for codec in ("utf-8", "iso8859-1"):
        raw = sent("A01", codec=codec, pid={5: "MÜLLER^ZOË"})
        text = edited_text(raw)
        assert edited_bytes(text.replace("\n", "\r\n"), raw) == raw
    assert edited_text(sent("A01", pid={5: "A\x00B"})) is None
    with pytest.raises(UnicodeEncodeError):
        edited_bytes("MSH|Ł", sent("A01", codec="iso8859-1", pid={5: "MÜLLER"}))


def test_triggers_in_words():
    assert trigger_words("ADT^A03") == "A03: discharged, or died: the stay ends"
    assert trigger_words("ADT^A17") == "A17: not acted on"
    assert (trigger_words("ORU"), trigger_words("")) == ("ORU", "Not known")
