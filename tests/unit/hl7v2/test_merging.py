"""MRG: which numbers are one person's, several in one message, and what cannot be one."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from interfaces.hl7v2.adt import check_before_ack, read_adt
from interfaces.hl7v2.feed_rules import VERSIONS
from interfaces.hl7v2.identities import Identifier
from interfaces.hl7v2.merges import MOST_MERGES, Merge
from interfaces.hl7v2.reading import Segment, split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason
from tests.support.hl7_messages import NUMBERS, feed_rules, segment, sent

ADA, BEN = NUMBERS[:2]
OLD = Identifier("OLD1", "RYX", "MR")
KEPT = Identifier("A123456", "RYX", "MR")
PERSON_ONLY = ("PD1", "PV1")


def _merges(trigger: str, *extra: str, **told: Any) -> tuple[Merge, ...]:
    return read_adt(split_message(sent(trigger, extra=extra, **told)), feed_rules()).merges


def _refused(trigger: str, *extra: str, **told: Any) -> MessageRefused:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent(trigger, extra=extra, **told)), feed_rules())
    assert caught.value.ack is AckCode.AE
    return caught.value


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("trigger", ["A34", "A40", "A47"])
def test_number_of_the_person_goes_on_and_that_of_mrg_is_retired(trigger: str, version: str) -> None:
    (merge,) = _merges(trigger, "MRG|OLD1^^^RYX^MR", version=version, without=PERSON_ONLY)
    assert merge.retired.others == (OLD,)
    assert merge.retired.nhs_number is None
    assert merge.kept.others == (KEPT,)
    assert merge.kept.nhs_number is not None
    assert (merge.kept_visit, merge.retired_visit) == ("", "")
    assert merge.replaced_by(OLD) == KEPT


def test_what_both_sides_have_is_not_retired() -> None:
    (merge,) = _merges("A40", f"MRG|OLD1^^^RYX^MR~{ADA}^^^NHS^NH~A123456^^^RYX^MR")
    assert (merge.retired.others, merge.retired.nhs_number) == ((OLD,), None)


def test_other_nhs_number_on_the_retired_side_is_told() -> None:
    (merge,) = _merges("A40", f"MRG|OLD1^^^RYX^MR~{BEN}^^^NHS^NH")
    assert merge.retired.nhs_number is not None
    assert merge.retired.nhs_number.digits == BEN


def test_retired_number_is_replaced_by_the_one_of_its_authority_and_type() -> None:
    (merge,) = _merges("A40", "MRG|OLD1^^^SITE2^PI", pid={3: "K1^^^RYX^MR~K2^^^SITE2^MR~K3^^^SITE2^PI"})
    assert merge.replaced_by(Identifier("OLD1", "SITE2", "PI")) == Identifier("K3", "SITE2", "PI")
    assert merge.replaced_by(Identifier("OLD1", "SITE2", "XX")) == Identifier("K2", "SITE2", "MR")
    assert merge.replaced_by(Identifier("OLD1", "OTHER", "MR")) == Identifier("K1", "RYX", "MR")


def test_every_merge_of_a_message_is_read() -> None:
    second = segment("PID", {3: "B2^^^RYX^MR"})
    merges = _merges("A40", "MRG|A9^^^RYX^MR", "MRG|A8^^^RYX^MR", second, "MRG|B9^^^RYX^MR", without=PERSON_ONLY)
    assert [(merge.kept.others[0].value, merge.retired.others[0].value) for merge in merges] == [
        ("A123456", "A9"),
        ("A123456", "A8"),
        ("B2", "B9"),
    ]


def test_visit_is_merged_into_that_of_pv1() -> None:
    (merge,) = _merges(
        "A42", "MRG|A123456^^^RYX^MR||||V900", segment("PV1", {2: "I", 19: "V1001"}), without=PERSON_ONLY
    )
    assert (merge.kept_visit, merge.retired_visit) == ("V1001", "V900")


def test_visit_moves_to_the_person_of_pid_with_or_without_a_new_number() -> None:
    moved = segment("PV1", {2: "I", 19: "V2"})
    merges = _merges("A45", "MRG|OLD1^^^RYX^MR||||V1", moved, "MRG|OLD1^^^RYX^MR||||V3", without=PERSON_ONLY)
    assert [(merge.retired.others, merge.retired_visit, merge.kept_visit) for merge in merges] == [
        ((OLD,), "V1", "V2"),
        ((OLD,), "V3", "V3"),
    ]


def test_visit_moves_by_the_number_of_pv1_alone() -> None:
    (merge,) = _merges("A45", "MRG|OLD1^^^RYX^MR", segment("PV1", {2: "I", 19: "V2"}), without=PERSON_ONLY)
    assert (merge.retired_visit, merge.kept_visit) == ("V2", "V2")


def test_visit_that_moves_from_somebody_to_themselves_is_taken() -> None:
    (merge,) = _merges(
        "A45", f"MRG|A123456^^^RYX^MR~{ADA}^^^NHS^NH||||V1", segment("PV1", {19: "V1"}), without=PERSON_ONLY
    )
    assert merge.retired.says_nothing
    assert (merge.retired_visit, merge.kept_visit) == ("V1", "V1")


@pytest.mark.parametrize("trigger", ["A34", "A40", "A47", "A42", "A45"])
def test_merge_without_its_segment_is_refused(trigger: str) -> None:
    refused = _refused(trigger)
    assert (refused.reason, refused.code, refused.location) == (
        Reason.SEGMENT_MISSING,
        ErrorCode.SEGMENT_SEQUENCE,
        "MRG",
    )


@pytest.mark.parametrize("mrg", ["MRG", "MRG|", 'MRG|""', "MRG|^^^RYX^MR"])
def test_merge_that_retires_nobody_is_refused(mrg: str) -> None:
    refused = _refused("A40", mrg)
    assert (refused.reason, refused.location) == (Reason.NO_IDENTIFIER, "MRG-1")


def test_merge_of_a_number_with_itself_is_refused() -> None:
    refused = _refused("A40", f"MRG|A123456^^^RYX^MR~{ADA}^^^NHS^NH")
    assert (refused.reason, refused.code, refused.location) == (Reason.MERGE_SIDES, ErrorCode.UNKNOWN_KEY, "MRG-1")


def test_merge_of_a_visit_with_itself_is_refused() -> None:
    refused = _refused("A42", "MRG|A123456^^^RYX^MR||||V1001", segment("PV1", {2: "I", 19: "V1001"}))
    assert (refused.reason, refused.location) == (Reason.MERGE_SIDES, "MRG-5")


def test_visit_without_any_number_is_refused() -> None:
    assert _refused("A45", "MRG|OLD1^^^RYX^MR").reason is Reason.VISIT_NUMBER


def test_more_merges_than_anybody_makes_are_refused() -> None:
    one_each = [f"MRG|OLD{number}^^^RYX^MR" for number in range(MOST_MERGES + 1)]
    assert len(_merges("A40", *one_each[:-1])) == MOST_MERGES
    assert _refused("A40", *one_each).reason is Reason.MERGE_SIDES


LONG = "~".join(f"K{number}^^^RYX^MR^{'x' * 4_000}" for number in range(220))
ESCAPED = "~".join(["K1^^^RYX^MR", "\\T\\" * 300_000])
MANY = "~".join(f"K{number}^^^RYX^MR" for number in range(60_000))
IN_ONE = "K1^^^RYX^MR~" + "^".join(["y"] * 450_000)


@pytest.mark.parametrize("pid_3", [LONG, ESCAPED, MANY, IN_ONE], ids=["long", "escaped", "many", "in one"])
def test_merges_made_to_be_slow_are_checked_soon(pid_3: str) -> None:
    assert 850_000 < len(pid_3) < 1_000_000 + 200_000
    mrg = [f"MRG|OLD{number}^^^RYX^MR" for number in range(MOST_MERGES)]
    split = split_message(sent("A40", extra=tuple(mrg), pid={3: pid_3}, without=PERSON_ONLY))
    begun = time.thread_time()
    check_before_ack(split, feed_rules())
    assert time.thread_time() - begun < 2


def test_merges_that_are_each_long_are_checked_soon() -> None:
    both = "~".join(f"K{{0}}{number}^^^RYX^MR" for number in range(100))
    extra = [f"{name}|{both.format(name)}" for _ in range(MOST_MERGES) for name in ("PID||", "MRG")]
    split = split_message(sent("A40", extra=tuple(extra), without=PERSON_ONLY))
    begun = time.thread_time()
    check_before_ack(split, feed_rules())
    assert time.thread_time() - begun < 2


class Counted(tuple[Segment, ...]):
    """Segments that count how often one of them is looked at."""

    looks = 0

    def __iter__(self) -> Iterator[Segment]:
        for one in super().__iter__():
            self.looks += 1
            yield one

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.looks += len(found) if isinstance(place, slice) else 1
        return found


def _looks(merges: int, others: int) -> int:
    visits = [(f"MRG|OLD1^^^RYX^MR||||V{number}", segment("PV1", {19: f"W{number}"})) for number in range(merges)]
    moved = [line for visit in visits for line in visit]
    raw = sent("A45", extra=(*moved, *["AAA"] * others), without=("PD1",))
    split = split_message(raw.replace(b"\rPID|", b"\rAAA" * others + b"\rPID|"))
    counted = replace(split, segments=Counted(split.segments))
    assert check_before_ack(counted, feed_rules()) is not None
    assert isinstance(counted.segments, Counted)
    return counted.segments.looks


def test_merges_are_read_in_time_that_grows_with_the_message_and_no_faster() -> None:
    small, large = _looks(MOST_MERGES // 4, 500), _looks(MOST_MERGES, 2_000)
    assert large <= 4.2 * small
    assert large < 10 * (2 * 2_000 + 2 * MOST_MERGES)


def test_other_triggers_have_no_merges() -> None:
    assert _merges("A31", "MRG|OLD1^^^RYX^MR") == ()


def test_merge_shows_no_number() -> None:
    (merge,) = _merges("A40", "MRG|OLD1^^^RYX^MR")
    assert "OLD1" not in repr(merge) + repr(merge.retired)
