"""What the features on general practice count: contacts, conditions, measurements and medicines."""

import pytest

from tests.support.measuring import measured
from tests.support.zones import ago

HEART_FAILURE, DIABETES, DEPRESSION, FALL = 84114007, 44054006, 35489007, 161898004
BMI, HBA1C, HAEMOGLOBIN, EGFR, SYSTOLIC = 60621009, 999791000000106, 1022431000000105, 1011481000000105, 72313002


def test_contacts_by_mode_and_those_missed(tmp_path):
    rows = [
        ago(3, mode="surgery", attended=1),
        ago(20, mode="telephone", attended=None),
        ago(60, mode="home_visit", attended=1),
        ago(200, mode="online", attended=1),
        ago(10, mode="surgery", attended=0),
        ago(400, mode="surgery", attended=1),
    ]
    names = (
        "gp_contacts_30d", "gp_contacts_90d", "gp_contacts_365d", "gp_contacts_latest", "gp_surgery_365d",
        "gp_telephone_365d", "gp_home_visits_90d", "gp_online_365d", "gp_missed_365d", "gp_missed_latest",
    )  # fmt: skip
    expected = [2.0, 3.0, 4.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 10.0]
    assert measured(tmp_path, {"gp_appointments": rows}, *names) == expected


def test_a_condition_is_dated_by_its_first_record_however_old(tmp_path):
    rows = [ago(4000, snomed=HEART_FAILURE), ago(100, snomed=HEART_FAILURE)]
    found = measured(tmp_path, {"gp_codes": rows}, "heart_failure_years", "diabetes_years")
    assert found == [round(4000 / 365.25, 4), None]


def test_conditions_are_counted_once_each_and_new_ones_apart(tmp_path):
    rows = [
        ago(4000, snomed=HEART_FAILURE),
        ago(50, snomed=HEART_FAILURE),
        ago(300, snomed=DIABETES),
        ago(9, snomed=FALL),
    ]
    names = ("long_term_conditions", "new_conditions_365d", "newest_condition_latest")
    assert measured(tmp_path, {"gp_codes": rows}, *names) == [2.0, 1.0, 300.0]


def test_a_recurrent_condition_has_its_latest_record_too(tmp_path):
    rows = [ago(3000, snomed=DEPRESSION), ago(40, snomed=DEPRESSION)]
    assert measured(tmp_path, {"gp_codes": rows}, "depression_latest") == [40.0]


def test_falls_of_the_last_year(tmp_path):
    rows = [ago(5, snomed=FALL), ago(365, snomed=FALL), ago(366, snomed=FALL)]
    assert measured(tmp_path, {"gp_codes": rows}, "falls_365d", "falls_latest") == [2.0, 5.0]


def test_the_last_value_counts_and_its_age(tmp_path):
    rows = [
        ago(700, snomed=BMI, value=31.0, unit="kg/m2"),
        ago(30, snomed=BMI, value=27.46, unit="kg/m2"),
        ago(20, snomed=BMI, value=None, unit="kg/m2"),
    ]
    assert measured(tmp_path, {"gp_codes": rows}, "bmi", "bmi_latest") == [27.46, 30.0]


def test_of_two_values_on_one_day_the_higher_counts(tmp_path):
    rows = [ago(30, snomed=SYSTOLIC, value=v, unit="mmHg") for v in (150.0, 128.0, 141.0)]
    assert measured(tmp_path, {"gp_codes": rows}, "systolic_blood_pressure") == [150.0]
    assert measured(tmp_path / "b", {"gp_codes": rows[::-1]}, "systolic_blood_pressure") == [150.0]


@pytest.mark.parametrize(
    ("code", "value", "unit", "name", "expected"),
    [
        (HAEMOGLOBIN, 131.0, "g/L", "haemoglobin", 131.0),
        (HAEMOGLOBIN, 13.1, "g/dL", "haemoglobin", 131.0),
        (HAEMOGLOBIN, 13.1, "G/DL ", "haemoglobin", 131.0),
        (HAEMOGLOBIN, 13.1, None, "haemoglobin", 131.0),
        (HAEMOGLOBIN, 131.0, "", "haemoglobin", 131.0),
        (HAEMOGLOBIN, 131.0, "g/dL", "haemoglobin", None),
        (HAEMOGLOBIN, 8.1, "mmol/L", "haemoglobin", None),
        (HBA1C, 48.0, "mmol/mol", "hba1c", 48.0),
        (HBA1C, 6.5, "%", "hba1c", 47.53),
        (HBA1C, 6.5, None, "hba1c", 47.53),
        (HBA1C, 6.5, "mmol/mol", "hba1c", None),
        (BMI, 1_734_567.0, "kg/m2", "bmi", None),
        (BMI, 2.7, "kg/m2", "bmi", None),
        (EGFR, 0.0, "mL/min/1.73m2", "egfr", None),
        (EGFR, 54.0, "mL/min/1.73 m2", "egfr", 54.0),
        (SYSTOLIC, 14.2, "kPa", "systolic_blood_pressure", None),
    ],
)
def test_units_are_converted_and_what_cannot_be_true_is_refused(tmp_path, code, value, unit, name, expected):
    rows = [ago(30, snomed=code, value=value, unit=unit)]
    assert measured(tmp_path, {"gp_codes": rows}, name) == [expected]
    assert measured(tmp_path / "b", {"gp_codes": rows}, f"{name}_latest") == [None if expected is None else 30.0]


def test_a_refused_value_does_not_hide_an_older_true_one(tmp_path):
    rows = [ago(300, snomed=BMI, value=24.0, unit="kg/m2"), ago(30, snomed=BMI, value=240.0, unit="kg/m2")]
    assert measured(tmp_path, {"gp_codes": rows}, "bmi", "bmi_latest") == [24.0, 300.0]


def test_medicines_by_section_at_either_depth_of_code(tmp_path):
    rows = [
        ago(5, bnf_code="0202010B0AAABAB"),
        ago(35, bnf_code="0202030S0AAABAB"),
        ago(10, bnf_code="0202"),
        ago(15, bnf_code="060101"),
        ago(25, bnf_code="0601022B0AAABAB"),
        ago(40, bnf_code="0407010H0AAAMAM"),  # paracetamol is no opioid
        ago(366, bnf_code="0407020Q0AAAAAA"),
    ]
    names = (
        "diuretics_365d",
        "diuretics_latest",
        "insulin_365d",
        "diabetes_medicines_365d",
        "opioids_365d",
        "opioids_latest",
    )
    assert measured(tmp_path, {"gp_prescriptions": rows}, *names) == [3.0, 5.0, 1.0, 1.0, 0.0, None]


def test_different_medicines_and_new_ones(tmp_path):
    rows = [
        ago(300, bnf_code="0202010B0AAABAB"),
        ago(10, bnf_code="0202010B0BBACAC"),  # the same substance, still taken
        ago(200, bnf_code="0205051R0AAADAD"),  # stopped
        ago(60, bnf_code="0403030D0AAAAAA"),  # new
        ago(20, bnf_code="0403030D0AAAAAA"),
    ]
    names = ("medicines_365d", "medicines_90d", "medicines_latest", "new_medicines_90d", "new_medicines_latest")
    assert measured(tmp_path, {"gp_prescriptions": rows}, *names) == [3.0, 2.0, 10.0, 1.0, 60.0]


def test_a_medicine_restarted_after_some_months_is_not_new(tmp_path):
    rows = [ago(300, bnf_code="0403030D0AAAAAA"), ago(20, bnf_code="0403030D0AAAAAA")]
    assert measured(tmp_path, {"gp_prescriptions": rows}, "new_medicines_90d", "new_medicines_latest") == [0.0, None]
