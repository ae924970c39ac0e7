"""Each mapping file on a small made-up file with the national column names."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from interfaces.extracts.engine import connect
from interfaces.extracts.manifest import Origin
from interfaces.extracts.mapping import default_folder
from interfaces.extracts.pack import open_pack
from tests.support.checking import check, lenient, refusal, set_aside
from tests.support.packs import ORIGIN, a_pack, nhs, person, seal, write_table

ADA, BEN = nhs(1), nhs(2)
FEEDS = default_folder()


def _write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)


def _read(folder: Path, table: str, columns: str, mapping: Path | None = FEEDS) -> list[tuple[Any, ...]]:
    """Columns of a table as the contract sees it, in the order of the file."""
    pack = open_pack(folder, mapping=mapping)
    assert pack.faults == ()
    with connect() as connection:
        relation = pack.tables[table].relation_sql(with_rows=True)
        return connection.execute(f"SELECT {columns} FROM {relation} ORDER BY row_number").fetchall()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of two people whose other tables a test adds under their national names."""
    return a_pack(tmp_path / "pack", gp_register=[person(ADA), person(BEN)])


def test_sus_spells(folder: Path) -> None:
    (folder / "admissions.csv").unlink()
    spell = {
        "APCS_Ident": "0012",
        "NHS_Number": ADA,
        "Der_Provider_Code": "R1H",
        "Admission_Method": "2A",
        "Admission_Date": "2026-08-30 23:10:00",
        "Discharge_Date": "2026-09-02 11:00:00",
        "Discharge_Destination": "19",
        "Patient_Classification": "1",
        "Treatment_Function_Code": "300",
        "Der_Diagnosis_All": "||I50.0 ,E119 ||N390 ,I500",
        "Grand_Total_Payment_MFF": "2310.55",
        "Spell_Core_HRG_SUS": "EB03D",
    }
    uncoded = {
        **spell,
        "APCS_Ident": "0013",
        "Discharge_Date": "",
        "Discharge_Destination": "98",
        "Der_Diagnosis_All": "",
    }
    _write(folder, "APCS.csv", [spell, uncoded])
    assert _read(
        folder,
        "admissions",
        "spell_id, provider_code, admission_method, admitted_on, discharged_on, discharge_destination, "
        "primary_diagnosis, secondary_diagnoses, treatment_function, cost_gbp",
    ) == [
        ("0012", "R1H", "2A", date(2026, 8, 30), date(2026, 9, 2), "19", "I500", "E119;N390;I500", "300", 2310.55),
        ("0013", "R1H", "2A", date(2026, 8, 30), None, None, "R69X", None, "300", 2310.55),
    ]


def test_hes_spells(folder: Path) -> None:
    (folder / "admissions.csv").unlink()
    row = {"EPIKEY": "5", "NEWNHSNO": ADA, "PROCODE3": "R1H", "ADMIMETH": "11", "ADMIDATE": "2026-08-30"}
    codes = {"DIAG_01": "C50.9", "DIAG_02": "I10X", "DIAG_03": "", "DIAG_04": "E11.9"}
    _write(folder, "HES_APC.csv", [{**row, "DISDATE": "1801-01-01", "DISDEST": "99", **codes}])
    assert _read(
        folder, "admissions", "discharged_on, discharge_destination, primary_diagnosis, secondary_diagnoses"
    ) == [(None, None, "C509", "I10X;E119")]


def test_emergency_attendances(folder: Path) -> None:
    row = {"EC_Ident": "7", "NHS_Number": ADA, "Arrival_Date": "14/09/2026", "EC_Chief_Complaint_SNOMED_CT": "29857009"}
    _write(
        folder,
        "EC.csv",
        [
            {**row, "EC_Department_Type": "1", "EC_Decision_To_Admit_Date": "14/09/2026"},
            {**row, "EC_Ident": "8", "EC_Department_Type": "03", "EC_Decision_To_Admit_Date": ""},
        ],
    )
    assert _read(folder, "ed_attendances", "arrived_on, department_type, chief_complaint, admitted") == [
        (date(2026, 9, 14), "01", "29857009", 1),
        (date(2026, 9, 14), "03", "29857009", 0),
    ]


def test_outpatient_appointments(folder: Path) -> None:
    row = {"OPA_Ident": "1", "NHS_Number": ADA, "Appointment_Date": "2026-09-14", "Treatment_Function_Code": "340"}
    statuses = [("5", "1"), ("6", "2"), ("3", "3"), ("7", "4"), ("2", "5"), ("4", "1"), ("0", "1"), ("", "")]
    _write(folder, "OPA.csv", [{**row, "Attendance_Status": seen, "First_Attendance": kind} for seen, kind in statuses])
    assert _read(folder, "outpatients", "attended, first_attendance") == [
        (1, 1),
        (1, 0),
        (0, 1),
        (0, 0),
        (None, None),
        (None, 1),
        (None, 1),
        (None, None),
    ]


def test_community_contacts(folder: Path) -> None:
    row = {"NHS_Number": ADA, "Contact_Date": "2026-09-14"}
    teams = ["12", "26", "19", "51", "53", "47", "5", "", "99"]
    _write(folder, "CYP201CareContact.csv", [{**row, "TeamType": team} for team in teams])
    assert [team for (team,) in _read(folder, "community_contacts", "team")] == [
        "district_nursing",
        "therapy",
        "community_matron",
        "rapid_response",
        "intermediate_care",
        "palliative",
        "other",
        None,
        "other",
    ]


def test_mental_health_contacts(folder: Path) -> None:
    row = {"NHSNumber": ADA, "CareContDate": "2026-09-14", "ServTeamTypeRefToMH": "A06"}
    _write(folder, "mhsds.csv", [{**row, "UniqHospProvSpellID": spell} for spell in ("H1", "")])
    assert _read(folder, "mental_health_contacts", "contact_on, team, inpatient") == [
        (date(2026, 9, 14), "A06", 1),
        (date(2026, 9, 14), "A06", 0),
    ]


def test_general_practice_patients_keep_their_latest_return(folder: Path) -> None:
    (folder / "gp_register.csv").unlink()
    row = {
        "NHS_NUMBER": f"{ADA[:3]} {ADA[3:6]} {ADA[6:]}",
        "DATE_OF_BIRTH": "1950-06-15",
        "SEX": "F",
        "ETHNIC": "M",
        "LSOA": "E01004207",
        "PRACTICE": "F84001",
        "REGISTRATION_START_DATE": "2010-01-01",
        "REGISTRATION_END_DATE": "9999-12-31",
        "REPORTING_PERIOD_END_DATE": "30/09/2026",
    }
    _write(
        folder, "GDPPR_patients.csv", [row, {**row, "PRACTICE": "F84999", "REPORTING_PERIOD_END_DATE": "31/08/2026"}]
    )
    assert _read(folder, "gp_register", "nhs_number, sex, practice_code, deregistered_on, row_number") == [
        (ADA, "2", "F84001", None, 1)
    ]
    report = check(folder, mapping=FEEDS)
    assert "1 of 2 rows in GDPPR_patients.csv repeat another" in str(report.notices)


def test_general_practice_codes_and_medicines(folder: Path) -> None:
    _write(
        folder,
        "GDPPR.csv",
        [
            {
                "NHS_NUMBER": ADA,
                "CODE": "38341003",
                "DATE": "2026-01-02",
                "RECORD_DATE": "2026-02-01",
                "VALUE1_CONDITION": "7.5",
            }
        ],
    )
    _write(
        folder,
        "PCAREMEDS.csv",
        [{"NHSNumber": ADA, "PrescribedBNFCode": "0206010F0AAAAAA", "ProcessingPeriodDate": "2026-08-01"}],
    )
    assert _read(folder, "gp_codes", "snomed_code, recorded_on, numeric_value, available_on") == [
        ("38341003", date(2026, 1, 2), 7.5, date(2026, 2, 1))
    ]
    assert _read(folder, "gp_prescriptions", "nhs_number, bnf_code, issued_on") == [
        (ADA, "0206010F0AAAAAA", date(2026, 8, 1))
    ]


CARE = {
    "LA_Code": "211",
    "LA_Person_Unique_Identifier": "P7",
    "NHS_Number": "",
    "Gender": "Female",
    "Date_of_Birth": "15/06/1950",
    "Postcode": "E1 4NS",
    "Client_Type": "Service user",
    "Primary_Support_Reason": "Physical support: Personal care support",
    "Event_Type": "Service",
    "Event_Start_Date": "01/05/2026",
    "Event_End_Date": "",
    "Reporting_Period_End_Date": "30/06/2026",
    "Service_Type": "Long term support: Community",
    "Service_Component": "Home support",
    "Delivery_Mechanism": "",
    "Planned_units_per_week": "10.5",
    "Cost_Frequency_Unit_Type": "Hourly",
}


@pytest.mark.parametrize(
    ("mechanism", "component", "kind", "expected"),
    [
        ("", "Home Support", "Long Term Support: Community", "home_care"),
        ("Direct payment only", "Home support", "Long term support: Community", "direct_payment"),
        ("CASSR commissioned support", "", "Long Term Support: Nursing Care", "nursing"),
        ("", "", "Long term support: Residential care", "residential"),
        ("", "Short term residential care", "Short term support: Other short term", "other"),
        ("", "Reablement", "Short Term Support: ST-Max", "reablement"),
        ("", "", "Short term support: ST-Max", "reablement"),
        ("", "Day support", "Long term support: Community", "day_care"),
        ("", "Equipment and adaptations", "Short term support: Ongoing low level", "equipment"),
        ("", "Technology enabled care", "Short term support: Ongoing low level", "telecare"),
        ("", "", "Long term support: Prison", "prison"),
        ("", "Shared lives", "Long term support: Community", "other"),
        ("", "", "", None),
    ],
)
def test_council_services(folder: Path, mechanism: str, component: str, kind: str, expected: str | None) -> None:
    row = {**CARE, "Delivery_Mechanism": mechanism, "Service_Component": component, "Service_Type": kind}
    _write(folder, "CLD.csv", [row])
    assert _read(folder, "social_care_events", "service_type, event_type, started_on, hours_per_week") == [
        (expected, "service", date(2026, 5, 1), 10.5)
    ]


@pytest.mark.parametrize(
    ("client", "reason", "expected"),
    [
        ("Service User", "Learning Disability Support", "learning_disability"),
        ("Service user", "Mental health support", "mental_health"),
        ("Service user", "Support with Memory & Cognition", "memory_cognition"),
        ("Service user", "Sensory support: Support for visual impairment", "physical_disability_frailty"),
        ("Service user", "Social support: Substance misuse support", "other_vulnerable"),
        ("Unpaid carer", "Physical support: Personal care support", "carer"),
        ("Carer", "", "carer"),
        ("Service user", "", "other_vulnerable"),
        ("Service user", "Unknown", "other_vulnerable"),
    ],
)
def test_council_client_groups(folder: Path, client: str, reason: str, expected: str) -> None:
    _write(folder, "CLD.csv", [{**CARE, "Client_Type": client, "Primary_Support_Reason": reason}])
    assert _read(folder, "social_care_people", "client_group, sex, date_of_birth, postcode") == [
        (expected, "2", date(1950, 6, 15), "E1 4NS")
    ]


def test_council_event_in_two_returns_is_one_event(folder: Path) -> None:
    later = {**CARE, "Reporting_Period_End_Date": "30/09/2026", "Event_End_Date": "01/08/2026", "Postcode": "E1 6AN"}
    review = {**CARE, "Event_Type": "Review", "Service_Type": "", "Service_Component": ""}
    ended_review = {**review, "Event_End_Date": "02/05/2026"}
    association = {
        **CARE,
        "LA_Person_Unique_Identifier": "P8",
        "Client_Type": "Carer known by association",
        "Event_Type": "",
    }
    _write(folder, "CLD.csv", [CARE, later, review, ended_review, association])
    assert _read(folder, "social_care_events", "row_number, event_type, ended_on") == [
        (2, "service", date(2026, 8, 1)),
        (3, "review", None),
        (4, "review", date(2026, 5, 2)),
    ]
    assert _read(folder, "social_care_people", "la_person_id, postcode") == [("P7", "E1 6AN"), ("P8", "E1 4NS")]
    report = check(folder, mapping=FEEDS)
    assert report.usable, report.refusals
    assert set_aside(report) == set()


def test_council_units_that_are_no_hours_say_nothing_of_hours(folder: Path) -> None:
    _write(folder, "CLD.csv", [{**CARE, "Cost_Frequency_Unit_Type": "Daily"}])
    assert _read(folder, "social_care_events", "hours_per_week") == [(None,)]


def test_quarterly_return_may_lag_five_months(tmp_path: Path) -> None:
    register = [person(nhs(at)) for at in range(1, 41)]
    days = [date(2026, month, day).strftime("%d/%m/%Y") for month in range(1, 7) for day in range(1, 21)]
    events = [{**CARE, "LA_Person_Unique_Identifier": f"P{at}", "Event_Start_Date": day} for at, day in enumerate(days)]
    folder = a_pack(tmp_path / "pack", gp_register=register)
    _write(folder, "CLD.csv", events)
    assert check(folder, mapping=FEEDS).usable
    own = [
        {"event_id": str(at), "la_code": "211", "la_person_id": "P", "event_type": "service", "started_on": day}
        for at, day in enumerate(days)
    ]
    write_table(folder, "social_care_events", own)
    assert refusal(check(folder, mapping=FEEDS), "feed_stopped").table == "social_care_events"


def test_manifest_names_the_mapping_and_the_file(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_register=[person(ADA)])
    _write(folder, "spells of September.csv", [{"EC_Ident": "7", "NHS_Number": ADA, "Arrival_Date": "14/09/2026"}])
    origins = dict.fromkeys(("practices", "gp_register", "admissions"), ORIGIN)
    seal(folder, origins={**origins, "ed_attendances": Origin(mapping="ecds", file="spells of September.csv")})
    assert _read(folder, "ed_attendances", "attendance_id, arrived_on", mapping=None) == [("7", date(2026, 9, 14))]
    report = check(folder)
    assert report.usable, report.refusals
    assert report.table("ed_attendances").mapping == "ecds"


def test_mapping_that_does_not_lead_to_the_table(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_codes=[])
    seal(folder, origins={"gp_codes": Origin(mapping="ecds")})
    assert refusal(check(folder), "missing_mapping").table == "gp_codes"


def test_missing_national_column_is_named(folder: Path) -> None:
    _write(folder, "OPA.csv", [{"OPA_Ident": "1", "NHS_Number": ADA}])
    found = refusal(check(folder, mapping=FEEDS), "missing_column")
    assert (found.table, found.column, found.expected) == (
        "outpatients",
        "appointment_on",
        "a column called appointment_date",
    )


def test_row_numbers_of_a_mapped_file_are_those_of_the_file(folder: Path) -> None:
    first = {**CARE, "Reporting_Period_End_Date": "31/03/2026"}
    bad = {**CARE, "LA_Person_Unique_Identifier": "P9", "Event_Start_Date": "01/12/2026", "Event_End_Date": ""}
    _write(folder, "CLD.csv", [first, CARE, bad])
    report = check(folder, mapping=FEEDS, rules=lenient())
    ((_, count),) = report.rejects
    assert (count.rule, count.file, count.first_rows) == ("date_in_future", "CLD.csv", (3,))
