"""PV1, PV2 and DG1: the stay, its number, whether it is sensitive, and when it happened."""

from datetime import UTC, datetime
from typing import Any

import pytest

from interfaces.hl7v2.adt import Adt, check_before_ack, read_adt
from interfaces.hl7v2.feed_rules import VERSIONS
from interfaces.hl7v2.moments import Precision
from interfaces.hl7v2.notes import Note, NoteCode
from interfaces.hl7v2.reading import ABSENT, NULL, split_message
from interfaces.hl7v2.refusals import ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.triggers import TRIGGERS
from tests.support.hl7_messages import feed_rules, sent

ADMITTED = datetime(2026, 10, 5, 7, 15, tzinfo=UTC)


def _adt(trigger: str = "A01", *, rules: dict[str, Any] | None = None, **told: Any) -> Adt:
    return read_adt(split_message(sent(trigger, **told)), feed_rules(**(rules or {})))


def _sensitive(pv1_16: str, **rules: Any) -> bool | None:
    visit = _adt(pv1={16: pv1_16}, rules=rules).visit
    assert visit is not None
    return visit.sensitive


@pytest.mark.parametrize("version", VERSIONS)
def test_visit_is_read_alike_in_every_version(version: str) -> None:
    adt = _adt(
        "A03",
        version=version,
        pv1={36: "1", 37: "19", 45: "20261009140000"},
        extra=("PV2||||||||20261005|20261010", "DG1|1||J44.1^COPD^I10"),
    )
    visit = adt.visit
    assert visit is not None
    assert (visit.visit_ref, visit.patient_class, visit.location, visit.site) == ("V1001", "I", "WARD 3, 2, B", "RYX01")
    assert (visit.admission_method, visit.admission_source, visit.treatment_function) == ("21", "19", "300")
    assert (visit.discharge_method, visit.discharge_destination, visit.diagnosis_code) == ("1", "19", "J44.1")
    assert (visit.admitted_at, visit.discharged_at) == (ADMITTED, datetime(2026, 10, 9, 13, tzinfo=UTC))
    assert (visit.expected_at, visit.expected_discharge_at) == (
        datetime(2026, 10, 4, 23, tzinfo=UTC),
        datetime(2026, 10, 9, 23, tzinfo=UTC),
    )
    assert visit.sensitive is None


def test_visit_fields_say_nothing_null_or_a_text() -> None:
    visit = _adt(pv1={3: '""', 4: "", 36: '""', 44: ""}).visit
    assert visit is not None
    assert (visit.location, visit.site, visit.admission_method, visit.discharge_method) == (NULL, NULL, ABSENT, NULL)
    assert (visit.admitted_at, visit.discharged_at, visit.diagnosis_code) == (ABSENT, ABSENT, ABSENT)


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ("WARD 3^2^B", "WARD 3, 2, B"),
        ("WARD 3", "WARD 3"),
        (" WARD 3 ^ ^ B", "WARD 3, B"),
        ("^^^RYX01^^^^^My ward", "My ward"),
        ("W^^^^^^^^My ward", "W"),
        ("^^^RYX01", ABSENT),
        ("W" * 300, "W" * 200),
    ],
)
def test_location_is_ward_room_and_bed_or_its_description(written: str, location: object) -> None:
    visit = _adt(pv1={3: written}).visit
    assert visit is not None
    assert visit.location == location


@pytest.mark.parametrize(
    ("written", "sensitive"),
    [
        ("S", True),
        ("R", True),
        ("V", True),
        ("Y", True),
        ("?", True),
        ("N", False),
        ("u", False),
        ('""', False),
        ("", None),
        (" ", None),
    ],
)
def test_visit_is_sensitive_unless_the_hospital_says_that_it_is_not(written: str, sensitive: bool | None) -> None:
    assert _sensitive(written) is sensitive


def test_ordinary_values_of_a_hospital_are_its_own() -> None:
    assert _sensitive("0", not_sensitive=["0"]) is False
    assert _sensitive("N", not_sensitive=["0"]) is True


@pytest.mark.parametrize(
    "trigger", [code for code, trigger in TRIGGERS.items() if "PV1" in trigger.needs and "MRG" not in trigger.needs]
)
def test_visit_without_a_number_is_refused(trigger: str) -> None:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent(trigger, pv1={19: ""})), feed_rules())
    assert (caught.value.reason, caught.value.code, caught.value.location) == (
        Reason.VISIT_NUMBER,
        ErrorCode.REQUIRED_FIELD,
        "PV1-19",
    )


def test_number_of_a_visit_that_is_too_long_is_refused() -> None:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent(pv1={19: "9" * 65})), feed_rules())
    assert (caught.value.reason, caught.value.code) == (Reason.VISIT_NUMBER, ErrorCode.DATA_TYPE)


def test_number_of_a_visit_is_found_where_the_feed_has_it() -> None:
    told: dict[str, Any] = {"pv1": {19: ""}, "pid": {18: "ACC7^^^RYX^AN"}}
    visit = _adt(rules={"visit_number_from": ["PV1-19", "PID-18"]}, **told).visit
    assert visit is not None
    assert visit.visit_ref == "ACC7"
    both = _adt(rules={"visit_number_from": ["PV1-19", "PID-18"]}, pid={18: "ACC7"}).visit
    assert both is not None
    assert both.visit_ref == "V1001"


@pytest.mark.parametrize("trigger", ["A28", "A31"])
def test_message_about_a_person_has_no_visit_even_with_one_in_it(trigger: str) -> None:
    assert _adt(trigger).visit is None


@pytest.mark.parametrize(
    ("told", "has_one"),
    [({}, True), ({"pv1": {19: ""}}, False), ({"pv1": {2: "N"}}, False), ({"without": ("PV1",)}, False)],
)
def test_update_is_about_a_visit_only_where_it_names_one(told: dict[str, Any], has_one: bool) -> None:
    assert (_adt("A08", **told).visit is not None) is has_one


@pytest.mark.parametrize(
    ("trigger", "evn", "pv1", "field", "at"),
    [
        ("A01", {}, {}, "EVN-6", ADMITTED),
        ("A01", {6: ""}, {44: "20261005080000"}, "PV1-44", datetime(2026, 10, 5, 7, tzinfo=UTC)),
        ("A04", {6: ""}, {44: "20261005080000"}, "PV1-44", datetime(2026, 10, 5, 7, tzinfo=UTC)),
        ("A03", {}, {45: "20261009140000"}, "EVN-6", ADMITTED),
        ("A04", {}, {44: "20261005080000"}, "EVN-6", ADMITTED),
        ("A11", {}, {}, "EVN-6", ADMITTED),
        ("A03", {6: ""}, {45: "20261009140000"}, "PV1-45", datetime(2026, 10, 9, 13, tzinfo=UTC)),
        ("A03", {6: ""}, {}, "EVN-2", datetime(2026, 10, 5, 7, 25, tzinfo=UTC)),
        ("A02", {6: ""}, {}, "EVN-2", datetime(2026, 10, 5, 7, 25, tzinfo=UTC)),  # not PV1-44: that is the admission
        ("A11", {6: "", 2: '""'}, {}, "MSH-7", datetime(2026, 10, 5, 7, 30, tzinfo=UTC)),
        ("A08", {6: "2026"}, {}, "EVN-2", datetime(2026, 10, 5, 7, 25, tzinfo=UTC)),
    ],
)
def test_event_is_timed_by_the_first_field_that_tells_it(
    trigger: str, evn: dict[int, str], pv1: dict[int, str], field: str, at: datetime
) -> None:
    adt = _adt(trigger, evn=evn, pv1=pv1)
    assert (adt.event_at_from, adt.event_at, adt.event_precision) == (field, at, Precision.SECOND)


def test_event_without_a_segment_of_its_own_is_timed_by_the_header() -> None:
    assert _adt("A02", without=("EVN",)).event_at_from == "MSH-7"


BEGINS, ENDS = datetime(2026, 10, 4, 23, tzinfo=UTC), datetime(2026, 10, 5, 22, 59, 59, tzinfo=UTC)
TYPED_IN = datetime(2026, 10, 5, 7, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trigger", "pv1", "evn_2", "field", "at", "precision"),
    [
        ("A01", {44: "20261005081500"}, "20261005082500", "PV1-44", ADMITTED, Precision.SECOND),
        ("A01", {44: ""}, "20261005082500", "EVN-2", TYPED_IN, Precision.DAY),
        ("A01", {44: ""}, "20261007082500", "EVN-6", BEGINS, Precision.DAY),
        ("A06", {}, "20261007082500", "EVN-6", BEGINS, Precision.DAY),
        ("A03", {45: "20261005081500"}, "20261005082500", "PV1-45", ADMITTED, Precision.SECOND),
        ("A03", {}, "20261005082500", "EVN-2", TYPED_IN, Precision.DAY),
        ("A03", {}, "20261007082500", "EVN-6", ENDS, Precision.DAY),
        ("A02", {}, "20261007082500", "EVN-6", ENDS, Precision.DAY),
        ("A13", {}, "20261005082500", "EVN-2", TYPED_IN, Precision.DAY),
        ("A13", {}, "20261007082500", "EVN-6", ENDS, Precision.DAY),
        ("A08", {}, "20261005", "MSH-7", datetime(2026, 10, 5, 7, 30, tzinfo=UTC), Precision.DAY),
    ],
)
def test_event_told_by_its_day_says_so_and_stands_where_it_undoes_nothing(
    trigger: str, pv1: dict[int, str], evn_2: str, field: str, at: datetime, precision: Precision
) -> None:
    msh_7 = {7: "20261005083000" if len(evn_2) == len("20261005") else evn_2}
    adt = _adt(trigger, evn={2: evn_2, 6: "20261005"}, pv1=pv1, msh=msh_7)
    assert (adt.event_at_from, adt.event_at, adt.event_precision) == (field, at, precision)


@pytest.mark.parametrize(
    ("trigger", "pv1", "evn_2", "field", "at"),
    [
        ("A03", {45: "20261101"}, "202611011705", "EVN-2", datetime(2026, 11, 1, 17, 5, tzinfo=UTC)),
        ("A01", {44: "20261101"}, "202611011400", "EVN-2", datetime(2026, 11, 1, 14, tzinfo=UTC)),
        ("A03", {45: "20261101"}, "202611021000", "PV1-45", datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)),
        ("A03", {45: "20261004"}, "202610042330", "EVN-2", datetime(2026, 10, 4, 22, 30, tzinfo=UTC)),  # London's day
        ("A03", {45: "20261004"}, "202610050030", "PV1-45", datetime(2026, 10, 4, 22, 59, 59, tzinfo=UTC)),
        ("A01", {44: "20261101"}, "202611021000", "PV1-44", datetime(2026, 11, 1, tzinfo=UTC)),
        ("A01", {44: "20261101"}, "20261101", "PV1-44", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_day_of_a_stay_gives_way_to_a_time_of_that_day(
    trigger: str, pv1: dict[int, str], evn_2: str, field: str, at: datetime
) -> None:
    adt = _adt(trigger, evn={2: evn_2, 6: ""}, pv1=pv1)
    assert (adt.event_at_from, adt.event_at) == (field, at)
    if trigger == "A03":
        assert adt.visit is not None
        assert adt.visit.discharged_at == at


@pytest.mark.parametrize(
    ("trigger", "evn_6", "pv1", "came", "left"),
    [
        ("A08", "202611012000", {44: "20261101", 45: "20261101"}, "by day", "by day"),
        ("A08", "202611012000", {44: "202611010900", 45: "202611011705"}, "at a time", "at a time"),
        ("A01", "202611010900", {44: "20261101"}, "at a time", "not told"),
        ("A01", "202611020900", {44: "20261101"}, "by day", "not told"),
        ("A01", "20261101", {44: "20261101"}, "by day", "not told"),
        ("A06", "", {44: "20261101"}, "by day", "not told"),
        ("A03", "202611011705", {44: "20261101", 45: "20261101"}, "by day", "at a time"),
        ("A03", "", {45: "20261101"}, "not told", "by day"),
        ("A08", "202611012000", {44: "2026", 45: "202611"}, "not told", "not told"),
    ],
)
def test_day_alone_of_who_came_or_left_is_told_as_a_day_unless_the_event_itself_has_the_time(
    trigger: str, evn_6: str, pv1: dict[int, str], came: str, left: str
) -> None:
    visit = _adt(trigger, evn={2: "202611012000", 6: evn_6}, pv1={44: "", **pv1}).visit
    assert visit is not None
    told = [(visit.admitted_at, visit.admitted_by_day), (visit.discharged_at, visit.discharged_by_day)]
    words = {True: "by day", False: "at a time"}
    assert ["not told" if at is ABSENT else words[by_day] for at, by_day in told] == [came, left]
    if trigger == "A01" and came == "at a time":
        assert visit.admitted_at == datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("trigger", ["A28", "A31", "A08"])
def test_mark_of_a_sensitive_visit_is_read_where_the_message_names_none(trigger: str) -> None:
    adt = _adt(trigger, pv1={16: "S", 19: ""})
    assert (adt.visit, adt.sensitive) == (None, True)
    assert _adt(trigger, pv1={16: "N", 19: ""}).sensitive is False
    assert _adt(trigger, without=("PV1",)).sensitive is False
    assert _adt(trigger, pv1={19: ""}, extra=("PV1|2|I||||||||||||||S",)).sensitive is True


def test_event_that_nothing_times_is_refused() -> None:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent("A02", without=("EVN",), msh={7: "2026"})), feed_rules())
    assert (caught.value.reason, caught.value.location) == (Reason.NO_TIME, "EVN-2")


@pytest.mark.parametrize(("name", "n"), [("msh", 7), ("evn", 2), ("evn", 6), ("pv1", 44), ("pv1", 45)])
def test_time_that_is_none_is_refused_wherever_it_stands(name: str, n: int) -> None:
    with pytest.raises(MessageRefused) as caught:
        check_before_ack(split_message(sent("A03", **{name: {n: "20261399120000"}})), feed_rules())
    assert (caught.value.reason, caught.value.code, caught.value.location) == (
        Reason.DATE,
        ErrorCode.DATA_TYPE,
        f"{name.upper()}-{n}",
    )


def test_end_of_a_day_is_noted_with_its_field() -> None:
    adt = _adt("A03", evn={6: ""}, pv1={45: "20261005240000"})
    assert adt.event_at == datetime(2026, 10, 5, 23, tzinfo=UTC)
    assert adt.notes == (Note(NoteCode.END_OF_DAY, "PV1-45"),)
