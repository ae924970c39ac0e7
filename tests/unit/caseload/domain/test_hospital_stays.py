"""A stay is what its messages together say, in whatever order they came and however often."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.hospital_stays import TRIGGERS, StayEvent, fold, is_sensitive

DAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


def at(hours):
    return DAY + timedelta(hours=hours)


def said(trigger, hours, **told):
    """An act, with what its message says of the visit; a number of hours for a moment."""
    fields = {name: at(value).isoformat() if isinstance(value, int | float) else value for name, value in told.items()}
    return StayEvent(trigger, at(hours), fields)


ADMITTED = said("A01", 0, patient_class="I", location="Ward 1", admission_method="21")
MOVED = said("A02", 5, location="Ward 2")
UPDATED = said("A08", 6, diagnosis_code="J18.9", location="Ward 2, bay 4")
DISCHARGED = said("A03", 30, discharge_method="1", discharge_destination="19")

STAYS = {
    "a plain stay": ([ADMITTED, MOVED, UPDATED, DISCHARGED], "finished"),
    "still there": ([ADMITTED, MOVED, UPDATED], "in-progress"),
    "planned, admitted, discharged, taken back": (
        [said("A05", -40, patient_class="P", admitted_at=-1), ADMITTED, MOVED, DISCHARGED, said("A13", 31, location="Ward 3")],
        "in-progress",
    ),
    "an admission taken back": ([ADMITTED, MOVED, said("A11", 6)], "cancelled"),
    "taken back by the time of the act": ([ADMITTED, MOVED, UPDATED, said("A11", 0)], "cancelled"),
    "planned, and the admission taken back": ([said("A05", -40), ADMITTED, said("A11", 1)], "planned"),
    "admitted again after it was taken back": ([ADMITTED, said("A11", 1), said("A01", 3, patient_class="I")], "in-progress"),
    "two moves, the last taken back": ([ADMITTED, MOVED, said("A02", 7, location="Ward 9"), said("A12", 8)], "in-progress"),
    "two moves, both taken back": (
        [ADMITTED, MOVED, said("A02", 7, location="Ward 9"), said("A12", 8), said("A12", 9)], "in-progress",
    ),
    "a move after the end": ([ADMITTED, DISCHARGED, said("A02", 31, location="Ward 7")], "finished"),
    "through the emergency department": (
        [said("A04", 0, patient_class="E", location="ED"), said("A02", 2, location="ED majors"), said("A06", 4), DISCHARGED],
        "finished",
    ),
    "an inpatient becomes an outpatient": ([ADMITTED, said("A07", 4)], "in-progress"),
    "deleted and told again": (
        [ADMITTED, said("A08", 2, location=None), said("A08", 3, diagnosis_code=None), said("A08", 4, location="Ward 6")],
        "in-progress",
    ),
    "the end alone": ([said("A03", 30, patient_class="I", admitted_at=0)], "finished"),
    "two discharges, one taken back": (
        [ADMITTED, DISCHARGED, said("A13", 31), said("A03", 50, discharge_method="1")], "finished",
    ),
    "a discharge told twice, taken back by its first time": (
        [ADMITTED, said("A03", 33, told_at=33), said("A03", 32, told_at=34), said("A13", 33, told_at=35)], "in-progress",
    ),
    "a discharge told twice, taken back by its last time": (
        [ADMITTED, said("A03", 33, told_at=33), said("A03", 32, told_at=34), said("A13", 32, told_at=35)], "in-progress",
    ),
    "a discharge told twice, taken back by nobody's time": (
        [ADMITTED, said("A03", 32, told_at=34), said("A03", 33, told_at=33), said("A13", 35)], "in-progress",
    ),
    "a discharge told twice, taken back and told again": (
        [ADMITTED, said("A03", 33, told_at=33), said("A03", 32, told_at=34), said("A13", 33, told_at=35),
         said("A03", 33, told_at=36)], "finished",
    ),
    "a discharge taken back twice by one cancel, and told again": (
        [ADMITTED, DISCHARGED, said("A13", 30, told_at=31), said("A13", 30, told_at=32), said("A03", 30, told_at=33)],
        "finished",
    ),
    "taken back and told again in one second": (
        [ADMITTED, said("A03", 33), said("A13", 33, told_at=35), said("A03", 32, told_at=35)], "finished",
    ),
    "taken back at another time and told again in one second": (
        [ADMITTED, said("A03", 33), said("A13", 35), said("A03", 32, told_at=35)],
        "finished",
    ),
    "told and taken back in one second": ([ADMITTED, said("A03", 33, told_at=40), said("A13", 35, told_at=40)], "in-progress"),
    "an admission told twice, taken back": (
        [said("A01", 2, told_at=2, patient_class="I"), said("A01", 1, told_at=3, patient_class="I"), MOVED, said("A11", 7)],
        "cancelled",
    ),
    "an attendance, and an admission told twice and taken back": (
        [said("A04", 0, patient_class="E"), said("A01", 2, told_at=2), said("A01", 1, told_at=3), said("A11", 7)], "arrived",
    ),
    "a move told twice, taken back": (
        [ADMITTED, MOVED, said("A02", 4, told_at=6, location="Ward 2"), said("A12", 7)], "in-progress",
    ),
    "the second of two stays under one number is not over": (
        [ADMITTED, DISCHARGED, said("A01", 40, patient_class="I"), said("A03", 50), said("A13", 51)], "in-progress",
    ),
    "back after the end": ([ADMITTED, DISCHARGED, said("A01", 40, patient_class="I", location="Ward 8")], "in-progress"),
}  # fmt: skip


@pytest.mark.parametrize(("events", "state"), STAYS.values(), ids=STAYS)
def test_every_order_and_every_repetition_of_a_stay_gives_the_same(events, state):
    stay = fold(events)
    assert stay.state == state
    assert len(events) <= 6
    for order in permutations(events):
        assert fold(order) == stay
        assert fold([*order, *order[:2]]) == stay


@st.composite
def histories(draw):
    """Up to fourteen acts on one visit, on a few moments, so that many stand at one."""
    fields = st.dictionaries(
        st.sampled_from(
            [
                "location",
                "diagnosis_code",
                "patient_class",
                "sensitive",
                "discharge_method",
                "by_day",
                "admitted_by_day",
                "discharged_by_day",
            ]
        ),
        st.sampled_from([None, "I", "E", "A", "B", "yes", "4"]),
        max_size=3,
    )
    moments = st.dictionaries(
        st.sampled_from(["admitted_at", "discharged_at", "expected_at", "told_at"]),
        st.one_of(st.none(), st.integers(-5, 20).map(lambda hours: at(hours).isoformat())),
        max_size=2,
    )
    act = st.builds(
        lambda trigger, hours, one, other: StayEvent(trigger, at(hours), {**one, **other}),
        st.sampled_from(sorted(TRIGGERS)), st.integers(0, 12), fields, moments,
    )  # fmt: skip
    return draw(st.lists(act, max_size=14))


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_history_says_the_same_in_any_order_and_twice(events, random):
    stay = fold(events)
    shuffled = [*events, *random.sample(events, len(events) // 2)]
    random.shuffle(shuffled)
    assert fold(shuffled) == stay


@given(histories())
@settings(max_examples=300, deadline=None)
def test_what_holds_of_every_stay(events):
    stay = fold(events)
    if stay is None:
        assert not any(event.trigger in {"A01", "A04", "A05", "A06", "A11"} for event in events)
        return
    there = stay.state not in ("planned", "cancelled")
    assert (stay.discharged_at is not None) == (stay.state == "finished")
    assert (stay.began_at is not None) == there
    assert there or stay.admitted_at is None
    assert stay.state == "finished" or not (stay.discharge_method or stay.discharge_destination)
    if stay.state == "finished":
        assert any(event.trigger == "A03" for event in events)


def test_a_cancel_takes_back_every_time_that_was_told_of_its_act():
    moves = [ADMITTED, MOVED, said("A02", 4, told_at=6, location="Ward 2")]
    assert fold([*moves, said("A12", 7)]).location == "Ward 1"
    elsewhere = said("A02", 6.5, location="Ward 9")
    assert fold([*moves, elsewhere, said("A12", 7), said("A12", 7, told_at=8)]).location == "Ward 2"
    assert fold([*moves, elsewhere, said("A12", 7)]).location == "Ward 2"
    assert fold([*moves, elsewhere, said("A12", 7), said("A12", 8)]).location == "Ward 1"
    stay = fold([ADMITTED, DISCHARGED, said("A01", 40, patient_class="I"), said("A03", 50), said("A11", 60)])
    assert (stay.state, stay.discharged_at) == (StayState.FINISHED, at(50))
    assert stay.admitted_at == at(0)


def test_of_two_times_of_one_act_the_one_said_last_counts():
    first = said("A03", 33, told_at=33, discharged_at=33, discharge_method="1")
    last = said("A03", 32, told_at=34)
    stay = fold([ADMITTED, first, last])
    assert (stay.discharged_at, stay.discharge_method) == (at(32), "1")
    assert fold([ADMITTED, last, said("A08", 33.5, discharged_at=33), first]).discharged_at == at(32)
    assert fold([ADMITTED, last, said("A08", 35, discharged_at=31), first]).discharged_at == at(31)
    admissions = [said("A01", 2, told_at=2, admitted_at=2, location="Ward 1"), said("A01", 1, told_at=6)]
    stay = fold([*admissions, said("A02", 4, location="Ward 2", admitted_at=2)])
    assert (stay.admitted_at, stay.began_at, stay.location) == (at(1), at(1), "Ward 2")
    assert fold([*admissions, said("A08", 7, admitted_at=0)]).admitted_at == at(0)


BY_DAY = {"by_day": "yes"}


def test_a_day_alone_undoes_no_time_of_that_day_that_was_told_before():
    left = said("A03", 10)
    assert fold([ADMITTED, left, said("A01", 14, **BY_DAY)]).discharged_at == at(10)
    assert fold([ADMITTED, left, said("A03", 14, **BY_DAY)]).discharged_at == at(10)
    assert fold([ADMITTED, said("A01", 14, **BY_DAY)]).admitted_at == at(0)
    assert fold([left, said("A01", 14, **BY_DAY)]).state == StayState.FINISHED
    assert fold([ADMITTED, left, said("A01", 34, **BY_DAY)]).state == StayState.IN_PROGRESS  # of the day after
    assert fold([ADMITTED, said("A03", 14, **BY_DAY), said("A03", 10, told_at=20)]).discharged_at == at(10)


CAME_BY_DAY = {"admitted_at": -9, "admitted_by_day": "yes"}  # midnight in London of the day ADMITTED is of
LEFT_BY_DAY = {"discharged_at": 15, "discharged_by_day": "yes"}  # and the next one


@pytest.mark.parametrize(
    "events",
    [
        [said("A01", 0.5, told_at=1, admitted_at=0), said("A08", 6, **CAME_BY_DAY)],
        [said("A01", 1, told_at=9, **CAME_BY_DAY), said("A08", 6, told_at=2, admitted_at=1), said("A08", 7, admitted_at=0)],
        [ADMITTED, said("A01", 4, told_at=5, **CAME_BY_DAY), said("A02", 6, location="Ward 2", **CAME_BY_DAY)],
        [said("A01", 0, told_at=1, admitted_at=0), said("A01", 2, told_at=5, **CAME_BY_DAY, **BY_DAY)],
        [said("A08", 1, admitted_at=30), said("A08", 2, admitted_at=0), said("A08", 3, admitted_at=40), said("A08", 5, **CAME_BY_DAY)],
    ],
)  # fmt: skip
def test_a_day_alone_leaves_the_time_of_that_day_at_which_somebody_came(events):
    for order in permutations(events):
        stay = fold(order)
        assert (stay.admitted_at, stay.began_at) == (at(0), at(0))


def test_a_day_alone_leaves_the_time_of_that_day_at_which_somebody_left():
    left, told_again = said("A03", 20, told_at=21), said("A08", 30, **LEFT_BY_DAY)
    for order in permutations([ADMITTED, left, told_again]):
        assert fold(order).discharged_at == at(20)
    by_day = said("A03", 22, told_at=23, discharged_at=22, discharged_by_day="yes", **BY_DAY)
    for order in permutations([ADMITTED, by_day, said("A08", 21, discharged_at=20)]):
        assert fold(order).discharged_at == at(20)


def test_a_day_alone_counts_where_it_is_another_or_nothing_tells_more():
    assert fold([ADMITTED, said("A08", 6, admitted_at=-33, admitted_by_day="yes")]).admitted_at == at(-33)
    assert fold([said("A01", 0, **CAME_BY_DAY)]).admitted_at == at(-9)
    assert fold([ADMITTED, said("A08", 6, admitted_at=None), said("A08", 7, **CAME_BY_DAY)]).admitted_at == at(-9)
    later = said("A08", 7, admitted_at=1)
    assert fold([ADMITTED, said("A08", 6, **CAME_BY_DAY), later]).admitted_at == at(1)


def test_a_discharge_of_a_day_is_taken_back_by_a_time_of_that_day():
    by_day = said("A03", 14, told_at=14, **BY_DAY)
    assert fold([ADMITTED, by_day, said("A13", 9, told_at=15)]).state == StayState.IN_PROGRESS
    assert fold([ADMITTED, by_day, said("A13", -24, told_at=15)]).state == StayState.FINISHED


def test_a_cancel_that_comes_first_holds():
    cancel = said("A11", 0)
    assert fold([cancel]).state == StayState.CANCELLED
    assert fold([cancel, ADMITTED]).state == StayState.CANCELLED
    assert fold([said("A13", 30), ADMITTED, DISCHARGED]).state == StayState.IN_PROGRESS
    assert fold([said("A12", 5), ADMITTED, MOVED]).location == "Ward 1"
    assert fold([said("A13", 30), ADMITTED, said("A03", 30, told_at=31)]).state == StayState.IN_PROGRESS


def test_a_cancel_of_something_else_holds_nothing():
    assert fold([ADMITTED, DISCHARGED, said("A13", 20)]).state == StayState.FINISHED
    assert fold([ADMITTED, said("A11", -2)]).state == StayState.IN_PROGRESS


def test_an_update_makes_no_stay_unless_it_tells_of_an_admission():
    assert fold([said("A08", 0, location="Clinic")]) is None
    assert fold([]) is None
    assert fold([said("A31", 0)]) is None
    stay = fold([said("A08", 3, location="Ward 4", admitted_at=1)])
    assert (stay.state, stay.admitted_at, stay.location) == (StayState.IN_PROGRESS, at(1), "Ward 4")


def test_absent_leaves_alone_and_null_deletes():
    first = said("A01", 0, patient_class="I", location="Ward 1", diagnosis_code="I10X", admitted_at=-1)
    stay = fold([first, said("A08", 1, location=None)])
    assert (stay.location, stay.diagnosis_code, stay.admitted_at) == ("", "I10X", at(-1))
    assert fold([first, said("A08", 1, admitted_at=None)]).admitted_at is None
    assert fold([first, said("A08", 1, admitted_at=None)]).began_at == at(0)


def test_the_class_follows_the_acts():
    arrived = said("A04", 0, patient_class="E")
    assert fold([arrived]).patient_class == PatientClass.EMERGENCY
    assert fold([arrived]).state == StayState.ARRIVED
    assert fold([arrived, said("A06", 2)]).patient_class == PatientClass.INPATIENT
    assert fold([arrived, said("A06", 2)]).through_emergency
    assert fold([arrived, said("A06", 2), said("A11", 3)]).patient_class == PatientClass.EMERGENCY
    assert fold([ADMITTED, said("A07", 2)]).patient_class == PatientClass.OUTPATIENT
    assert fold([ADMITTED, said("A08", 2, patient_class="N")]).patient_class == PatientClass.INPATIENT
    assert fold([arrived, said("A08", 2, patient_class="I")]).state == StayState.IN_PROGRESS
    assert fold([ADMITTED, said("A05", 3, patient_class="P", expected_at=40)]).patient_class == PatientClass.INPATIENT


def test_of_one_moment_what_was_said_last_counts():
    early, late = (said("A08", 1, location=place, told_at=hours) for place, hours in (("Ward 5", 2), ("Ward 4", 3)))
    assert fold([ADMITTED, late, early]).location == "Ward 4"
    assert fold([ADMITTED, late, early]).updated_at == at(3)


def test_a_late_admission_message_does_not_begin_a_stay_anew():
    again = said("A01", 31, patient_class="I", admitted_at=0, location="Ward 1")
    stay = fold([ADMITTED, DISCHARGED, again])
    assert (stay.state, stay.discharged_at) == (StayState.FINISHED, at(30))


def test_who_has_left_is_moved_nowhere():
    stay = fold([ADMITTED, DISCHARGED, said("A02", 31, location="Ward 7"), said("A07", 32)])
    assert (stay.state, stay.location, stay.patient_class) == (StayState.FINISHED, "Ward 1", PatientClass.INPATIENT)


def test_a_visit_is_sensitive_before_there_is_a_stay():
    first = said("A08", 0, sensitive="yes")
    assert is_sensitive([said("A08", 1), first])
    assert not is_sensitive([said("A08", 2, sensitive=None), first])
    assert not is_sensitive([])


def test_a_sensitive_stay_stays_so_until_the_hospital_says_otherwise():
    secret = said("A01", 0, patient_class="I", sensitive="yes")
    assert fold([secret, MOVED]).sensitive
    assert not fold([secret, said("A08", 1, sensitive=None)]).sensitive
