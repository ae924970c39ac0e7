"""How each column of an event comes from the pack's: kinds of admission, lengths of stay, codes, words, money."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from stratify.days import day_number
from stratify.zone import discharged_sql
from tests.support.built_zones import INDEX, a_zone, events, person_of
from tests.support.packs import admission, attendance, gp_code, nhs, prescription

T = day_number(INDEX)


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def admitted(folder: Path, cases: Sequence[dict[str, Any]], columns: str) -> list[tuple[Any, ...]]:
    """Those columns of one admission to each case, 40 days before the index date, in the order of the cases."""
    zone = a_zone(folder, admissions=[admission(nhs(n), on(40), **case) for n, case in enumerate(cases, 1)])
    rows = {pid: rest for pid, *rest in events(zone, "admissions", f"pid, {columns}")}
    return [tuple(rows[person_of(zone, nhs(n))]) for n in range(1, len(cases) + 1)]


def test_kind_of_admission(tmp_path: Path) -> None:
    kinds = {
        ("21", "1"): "emergency",
        ("2D", "2"): "emergency",
        ("12", "1"): "elective",
        ("12", "2"): "day_case",
        ("31", "1"): "maternity",
        ("81", "1"): "transfer",
        ("99", None): "other",
    }
    cases = [{"admission_method": method, "patient_classification": patient} for method, patient in kinds]
    assert admitted(tmp_path, cases, "kind") == [(kind,) for kind in kinds.values()]


def test_length_of_stay(tmp_path: Path) -> None:
    stays = {
        "same day": (on(40), on(30), T - 40, 0),
        "a week": (on(33), on(30), T - 33, 7),
        "open, counted to its coming": (None, on(30), None, 10),
        "open, counted to the lag": (None, None, None, 10),
        "open and reported at once": (None, on(40), None, 0),
        "open and reported before it began": (None, on(45), None, 0),
    }
    cases = [{"discharged_on": left, "available_on": came} for left, came, *_ in stays.values()]
    found = admitted(tmp_path, cases, "discharged_day, los_days")
    assert dict(zip(stays, found, strict=True)) == {name: stay[2:] for name, stay in stays.items()}


def test_whether_they_had_left_hospital_at_an_index_date(tmp_path: Path) -> None:
    # The discharge, the index date in days before the end, and whether they had left by then.
    known = {
        "left long ago": (on(33), 0, True),
        "leaves on the index date": (on(33), 33, False),
        "left the day before": (on(33), 32, True),
        "still in": (on(10), 20, False),
        "no discharge date": (None, 20, None),
    }
    stays = list(known.values())
    folder = a_zone(
        tmp_path,
        admissions=[
            admission(nhs(n), on(40), discharged_on=stay[0], available_on=on(30)) for n, stay in enumerate(stays, 1)
        ],
    )
    for n, (_, days_before, left) in enumerate(stays, 1):
        t = INDEX - timedelta(days=days_before)
        found = dict(events(folder, "admissions", f"pid, {discharged_sql(t)}"))
        assert found[person_of(folder, nhs(n))] is left


def test_cost_is_whole_pence(tmp_path: Path) -> None:
    cases = [{"cost_gbp": pounds} for pounds in (1234.56, 0.005, 0, None)]
    assert admitted(tmp_path, cases, "cost_pence") == [(123456,), (1,), (0,), (None,)]


def test_secondary_diagnoses_are_codes_only(tmp_path: Path) -> None:
    kept = {
        "I10;E119;N183": "I10;E119;N183",
        "M0690D": "M0690D",
        "I10X; e119 ;J45-": "I10X;E119;J45",
        "I10;see letter to Mrs Green;E119": "I10;E119",
        "Green": None,
        None: None,
    }
    found = admitted(tmp_path, [{"secondary_diagnoses": written} for written in kept], "secondary_diagnoses")
    assert found == [(codes,) for codes in kept.values()]


def test_codes_of_another_shape_do_not_pass(tmp_path: Path) -> None:
    case = {
        "primary_diagnosis": "Pneumonia",
        "treatment_function": "Mrs Green",
        "discharge_destination": "home to 1 High St",
    }
    assert admitted(tmp_path, [case], ", ".join(case)) == [(None, None, None)]


def test_attendance_columns(tmp_path: Path) -> None:
    rows = [
        attendance(nhs(1), on(9), acuity="1077241000000103", chief_complaint="29857009", admitted=1, cost_gbp=99.5),
        attendance(nhs(1), on(8), acuity="urgent", chief_complaint="chest pain"),
    ]
    zone = a_zone(tmp_path, ed_attendances=rows)
    columns = "department_type, acuity, admitted, chief_complaint, cost_pence"
    assert events(zone, "ed_attendances", columns) == [
        ("01", "1077241000000103", 1, 29857009, 9950),
        ("01", None, None, None, None),
    ]


def test_unit_passes_only_from_the_vocabulary(tmp_path: Path) -> None:
    kept = {"mmHg": "mmHg", "MMHG": "MMHG", "kg/m2": "kg/m2", "told Mrs Green": "other", None: None}
    codes = [
        gp_code(nhs(1), "75367002", on(20 + n), numeric_value=140, unit=unit) for n, unit in enumerate(reversed(kept))
    ]
    zone = a_zone(tmp_path, gp_codes=codes)
    assert events(zone, "gp_codes", "snomed, value, unit") == [(75367002, 140.0, unit) for unit in kept.values()]


def test_bnf_code_passes_only_in_its_shape(tmp_path: Path) -> None:
    kept = {"0206010": True, "0212000B0AAABAB": True, "Aspirin": False, "0212000B0AAABAB9": False}
    scripts = [prescription(nhs(1), code, on(20 + n)) for n, code in enumerate(reversed(kept))]
    zone = a_zone(tmp_path, gp_prescriptions=scripts)
    found = [code for (code,) in events(zone, "gp_prescriptions", "bnf_code")]
    assert found == [code if passes else None for code, passes in kept.items()]


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
