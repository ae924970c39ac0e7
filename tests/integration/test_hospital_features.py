"""What the features on hospital care count, and what they leave out."""

import pytest

from stratify.features.definition import WINDOWS
from tests.support.measuring import measured
from tests.support.zones import T, ago


def stay(days, length=2, kind="emergency", **more):
    """A stay that began so many days ago; its row came two days after the discharge."""
    return ago(days, kind=kind, discharged_day=T - days + length, avail=T - days + length + 2, **more)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_holds_its_last_day_and_not_the_day_before(tmp_path, window):
    name = f"emergency_admissions_{window}d"
    assert measured(tmp_path / "in", {"admissions": [stay(window)]}, name) == [1.0]
    assert measured(tmp_path / "out", {"admissions": [stay(window + 1)]}, name) == [0.0]


def test_each_kind_of_stay_counts_for_itself_and_transfers_for_none(tmp_path):
    rows = [
        stay(10),
        stay(20, kind="elective"),
        stay(30, kind="elective"),
        stay(40, 0, kind="day_case"),
        stay(50, kind="maternity"),
        stay(60, kind="transfer"),
        stay(70, kind="other"),
    ]
    names = [f"{kind}_admissions_90d" for kind in ("emergency", "elective", "day_case", "maternity")]
    days = [f"{kind}_admissions_latest" for kind in ("emergency", "elective", "day_case", "maternity")]
    assert measured(tmp_path, {"admissions": rows}, *names, *days) == [1.0, 2.0, 1.0, 1.0, 10.0, 20.0, 40.0, 50.0]


def test_bed_days_belong_to_the_window_the_stay_began_in(tmp_path):
    rows = [stay(20, 5), stay(100, 10), stay(400, 30)]
    names = [f"emergency_bed_days_{window}d" for window in WINDOWS]
    assert measured(tmp_path, {"admissions": rows}, *names) == [5.0, 5.0, 15.0, 15.0, 45.0, 45.0]


@pytest.mark.parametrize("discharged", [None, T, T + 40], ids=["no date", "on the day", "later"])
def test_a_discharge_not_before_the_index_date_is_not_known(tmp_path, discharged):
    row = ago(20, kind="emergency", avail=T - 15, discharged_day=discharged, discharge_destination="85")
    ended = stay(300)
    names = ("emergency_bed_days_30d", "in_hospital_now", "discharges_to_care_home_latest")
    assert measured(tmp_path, {"admissions": [row, ended]}, *names) == [5.0, 1.0, None]


def test_a_stay_that_has_ended_is_over(tmp_path):
    rows = [stay(20, 5, discharge_destination="85")]
    names = ("emergency_bed_days_30d", "in_hospital_now", "discharges_to_care_home_latest")
    assert measured(tmp_path, {"admissions": rows}, *names) == [5.0, 0.0, 20.0]


def test_diagnoses_are_known_once_the_stay_has_ended(tmp_path):
    coded = {"primary_diagnosis": "I500", "secondary_diagnoses": "F03;W190"}
    names = ("acsc_chronic_365d", "fall_admissions_1095d", "hfrs", "charlson")
    ended, open_stay = stay(30, 5, **coded), ago(30, kind="emergency", avail=T - 20, **coded)
    assert measured(tmp_path / "a", {"admissions": [ended]}, *names) == [1.0, 1.0, 5.3, 2.0]
    # Another stay shows that this pack has discharge dates, so a stay without one is open.
    assert measured(tmp_path / "b", {"admissions": [open_stay, stay(200)]}, *names) == [0.0, 0.0, 0.0, 0.0]


def test_in_a_pack_without_any_discharge_date_diagnoses_count_as_they_stand(tmp_path):
    row = ago(30, kind="emergency", primary_diagnosis="F03")
    assert measured(tmp_path, {"admissions": [row]}, "hfrs", "charlson") == [2.1, 1.0]


@pytest.mark.parametrize(("gap", "counted"), [(0, 1.0), (30, 1.0), (31, 0.0)])
def test_a_readmission_is_within_30_days_of_leaving_hospital(tmp_path, gap, counted):
    rows = [stay(200, 10, kind="elective"), stay(190 - gap, 3)]
    assert measured(tmp_path, {"admissions": rows}, "emergency_readmissions_365d") == [counted]


def test_the_first_stay_is_no_readmission(tmp_path):
    names = ("emergency_readmissions_365d", "emergency_readmissions_latest")
    assert measured(tmp_path, {"admissions": [stay(100)]}, *names) == [0.0, None]


def test_avoidable_admissions_are_emergencies_by_their_primary_diagnosis(tmp_path):
    rows = [
        stay(10, primary_diagnosis="J441"),
        stay(20, primary_diagnosis="N390"),
        stay(30, primary_diagnosis="J189"),  # pneumonia of the lower lobe is, unspecified pneumonia is not
        stay(40, primary_diagnosis="J181"),
        stay(50, primary_diagnosis="R07", secondary_diagnoses="J459"),
        stay(60, kind="elective", primary_diagnosis="J459"),
    ]
    names = ("acsc_chronic_365d", "acsc_acute_365d", "acsc_chronic_latest", "acsc_acute_latest")
    assert measured(tmp_path, {"admissions": rows}, *names) == [1.0, 2.0, 10.0, 20.0]


def test_alcohol_and_self_harm_count_in_any_position_of_any_stay(tmp_path):
    rows = [
        stay(10, primary_diagnosis="S060", secondary_diagnoses="F101;F102"),
        stay(20, kind="elective", primary_diagnosis="K703"),
        stay(800, primary_diagnosis="T391", secondary_diagnoses="X600"),
        stay(30, primary_diagnosis="T510", secondary_diagnoses="X65"),
    ]
    names = (
        "alcohol_admissions_365d",
        "alcohol_admissions_latest",
        "self_harm_admissions_365d",
        "self_harm_admissions_1095d",
    )
    assert measured(tmp_path, {"admissions": rows}, *names) == [3.0, 10.0, 1.0, 2.0]


def test_emergency_attendances_by_kind_and_outcome(tmp_path):
    rows = [
        ago(5, department_type="01", admitted=1, acuity="1"),
        ago(40, department_type="01", admitted=0, acuity="4"),
        ago(50, department_type="03", admitted=0),
        ago(60, department_type="04", admitted=0),
        ago(70, department_type="05", admitted=0),
        ago(80, department_type="02", admitted=None, acuity="1064911000000105"),
        ago(600, department_type="01", admitted=1),
    ]
    names = (
        "ed_attendances_30d", "ed_attendances_90d", "ed_attendances_730d", "ed_attendances_latest", "ed_major_365d",
        "ed_urgent_treatment_365d", "ed_same_day_365d", "ed_admitted_365d",
        "ed_not_admitted_365d", "ed_not_admitted_latest", "ed_high_acuity_365d",
    )  # fmt: skip
    expected = [1.0, 6.0, 7.0, 5.0, 2.0, 2.0, 1.0, 1.0, 4.0, 40.0, 2.0]
    assert measured(tmp_path, {"ed_attendances": rows}, *names) == expected


def test_outpatients_kept_first_and_missed(tmp_path):
    rows = [
        ago(10, attended=1, first_attendance=1),
        ago(20, attended=0, first_attendance=0),
        ago(100, attended=None, first_attendance=None),
        ago(900, attended=0),
    ]
    names = (
        "outpatients_attended_90d", "outpatients_attended_365d", "outpatients_attended_latest", "outpatients_first_365d",
        "outpatients_missed_365d", "outpatients_missed_1095d", "outpatients_missed_latest",
    )  # fmt: skip
    assert measured(tmp_path, {"outpatients": rows}, *names) == [1.0, 2.0, 10.0, 1.0, 1.0, 2.0, 20.0]
