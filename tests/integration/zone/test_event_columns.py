"""How each column of an event comes from the pack's: kinds of admission, lengths of stay, codes, words, money."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stratify.days import day_number
from stratify.zone import discharged_sql, length_of_stay_sql
from tests.support.built_zones import INDEX, a_zone, events
from tests.support.packs import admission, attendance, gp_code, nhs, prescription

T = day_number(INDEX)


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def one_admission(tmp_path: Path, columns: str, **more: Any) -> tuple[Any, ...]:
    (row,) = events(a_zone(tmp_path, admissions=[admission(nhs(1), on(40), **more)]), "admissions", columns)
    return row


@pytest.mark.parametrize(
    ("method", "classification", "kind"),
    [
        ("21", "1", "emergency"),
        ("2D", "2", "emergency"),
        ("12", "1", "elective"),
        ("12", "2", "day_case"),
        ("31", "1", "maternity"),
        ("81", "1", "transfer"),
        ("99", None, "other"),
    ],
)
def test_kind_of_admission(tmp_path: Path, method: str, classification: str | None, kind: str) -> None:
    row = one_admission(tmp_path, "kind", admission_method=method, patient_classification=classification)
    assert row == (kind,)


@pytest.mark.parametrize(
    ("discharged", "available", "discharged_day", "los"),
    [
        (on(40), on(30), T - 40, 0),
        (on(33), on(30), T - 33, 7),
        (None, on(30), None, 10),
        (None, None, None, 10),
        (None, on(40), None, 0),
    ],
    ids=["same day", "a week", "open, counted to its coming", "open, counted to the lag", "open and reported at once"],
)
def test_length_of_stay(
    tmp_path: Path, discharged: str | None, available: str | None, discharged_day: int | None, los: int
) -> None:
    row = one_admission(tmp_path, "discharged_day, los_days", discharged_on=discharged, available_on=available)
    assert row == (discharged_day, los)


@pytest.mark.parametrize(
    ("discharged", "index_days_before", "known_days", "left"),
    [
        (on(33), 0, 7, True),
        (on(33), 33, 7, False),
        (on(33), 32, 7, True),
        (on(10), 20, 20, False),
        (None, 20, 10, None),
    ],
    ids=["left long ago", "leaves on the index date", "left the day before", "still in", "no discharge date"],
)
def test_stay_as_known_at_an_index_date(
    tmp_path: Path, discharged: str | None, index_days_before: int, known_days: int, left: bool | None
) -> None:
    t = INDEX - timedelta(days=index_days_before)
    columns = f"{length_of_stay_sql(t)}, {discharged_sql(t)}"
    assert one_admission(tmp_path, columns, discharged_on=discharged, available_on=on(30)) == (known_days, left)


@pytest.mark.parametrize(("pounds", "pence"), [("1234.56", 123456), ("0.005", 1), ("0", 0), (None, None)])
def test_cost_is_whole_pence(tmp_path: Path, pounds: str | None, pence: int | None) -> None:
    assert one_admission(tmp_path, "cost_pence", cost_gbp=pounds) == (pence,)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("I10;E119;N183", "I10;E119;N183"),
        ("M0690D", "M0690D"),
        ("I10X; e119 ;J45-", "I10X;E119;J45"),
        ("I10;see letter to Mrs Green;E119", "I10;E119"),
        ("Green", None),
        (None, None),
    ],
)
def test_secondary_diagnoses_are_codes_only(tmp_path: Path, written: str | None, kept: str | None) -> None:
    assert one_admission(tmp_path, "secondary_diagnoses", secondary_diagnoses=written) == (kept,)


def test_codes_of_another_shape_do_not_pass(tmp_path: Path) -> None:
    row = one_admission(
        tmp_path,
        "primary_diagnosis, treatment_function, discharge_destination",
        primary_diagnosis="Pneumonia",
        treatment_function="Mrs Green",
        discharge_destination="home to 1 High St",
    )
    assert row == (None, None, None)


def test_attendance_columns(tmp_path: Path) -> None:
    rows = [
        attendance(nhs(1), on(9), acuity="1077241000000103", chief_complaint="29857009", admitted="1", cost_gbp="99.5"),
        attendance(nhs(1), on(8), acuity="urgent", chief_complaint="chest pain"),
    ]
    zone = a_zone(tmp_path, ed_attendances=rows)
    columns = "department_type, acuity, admitted, chief_complaint, cost_pence"
    assert events(zone, "ed_attendances", columns) == [
        ("01", "1077241000000103", 1, 29857009, 9950),
        ("01", None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("unit", "kept"),
    [("mmHg", "mmHg"), ("MMHG", "MMHG"), ("kg/m2", "kg/m2"), ("told Mrs Green", "other"), (None, None)],
)
def test_unit_passes_only_from_the_vocabulary(tmp_path: Path, unit: str | None, kept: str | None) -> None:
    zone = a_zone(tmp_path, gp_codes=[gp_code(nhs(1), "75367002", on(20), numeric_value="140", unit=unit)])
    assert events(zone, "gp_codes", "snomed, value, unit") == [(75367002, 140.0, kept)]


@pytest.mark.parametrize(
    ("bnf", "kept"),
    [("0206010", "0206010"), ("0212000B0AAABAB", "0212000B0AAABAB"), ("Aspirin", None), ("0212000B0AAABAB9", None)],
)
def test_bnf_code_passes_only_in_its_shape(tmp_path: Path, bnf: str, kept: str | None) -> None:
    zone = a_zone(tmp_path, gp_prescriptions=[prescription(nhs(1), bnf, on(20))])
    assert events(zone, "gp_prescriptions", "bnf_code") == [(kept,)]


def test_other_tables_columns(tmp_path: Path) -> None:
    who = {"nhs_number": nhs(1), "available_on": on(4)}
    zone = a_zone(
        tmp_path,
        gp_appointments=[{**who, "seen_on": on(5), "mode": "telephone", "attended": "1"}],
        outpatients=[{**who, "appointment_on": on(5), "treatment_function": "300", "first_attendance": "0"}],
        community_contacts=[{**who, "contact_on": on(5), "team": "falls"}],
        mental_health_contacts=[{**who, "contact_on": on(5), "team": "crisis", "inpatient": "0"}],
    )
    here = (0, T - 5, T - 4)
    assert events(zone, "gp_appointments") == [(*here, "telephone", 1)]
    assert events(zone, "outpatients") == [(*here, "300", 0, None)]
    assert events(zone, "community_contacts") == [(*here, "falls")]
    assert events(zone, "mental_health_contacts") == [(*here, "crisis", 0)]
