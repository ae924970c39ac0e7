"""Rows that break a rule on their own: set aside with file, row, column and rule, and never used."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from interfaces.extracts.engine import connect
from interfaces.extracts.feeds import FeedRule, PackRules
from interfaces.extracts.pack import open_pack
from interfaces.extracts.rejects import Place, first_places, write_rejects
from interfaces.extracts.rules import accepted_sql, register_sql, row_rules
from tests.support.checking import check, lenient, refusal, rules_of, set_aside
from tests.support.packs import (
    Rows,
    a_pack,
    admission,
    attendance,
    care_event,
    gp_code,
    nhs,
    person,
    prescription,
)

STORAGES = pytest.mark.parametrize("storage", ["csv", "parquet", "parts"])
ADA, BEN, CY = nhs(1), nhs(2), nhs(3)
REGISTER = [person(ADA), person(BEN, "2000-01-01", date_of_death="2026-05-01"), person(CY)]

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("admissions", admission("9990000019", "2026-09-01"), "nhs_number_invalid", "nhs_number"),
    ("admissions", admission("0000000000", "2026-09-01"), "nhs_number_invalid", "nhs_number"),
    ("admissions", admission("999000001", "2026-09-01"), "nhs_number_invalid", "nhs_number"),
    ("admissions", admission("９９９００００018", "2026-09-01"), "nhs_number_invalid", "nhs_number"),
    ("admissions", admission("", "2026-09-01"), "value_missing", "nhs_number"),
    ("admissions", admission(ADA, "2026-09-01", primary_diagnosis=""), "value_missing", "primary_diagnosis"),
    ("admissions", admission(ADA, "2026-10-02", discharged_on=None), "date_in_future", "admitted_on"),
    ("admissions", admission(ADA, "2026-09-30", discharged_on="2026-10-02"), "date_in_future", "discharged_on"),
    ("admissions", admission(ADA, "2026-09-30", available_on="2026-10-09"), "date_in_future", "available_on"),
    (
        "admissions",
        admission(ADA, "2026-09-30", discharged_on="2026-09-29"),
        "discharged_before_admitted",
        "discharged_on",
    ),
    ("admissions", admission(BEN, "1999-12-31"), "event_before_birth", "admitted_on"),
    ("admissions", admission(BEN, "2026-06-02"), "event_after_death", "admitted_on"),
    ("admissions", admission(ADA, "2026-09-01", admission_method="Emergency"), "value_not_allowed", "admission_method"),
    ("admissions", admission(ADA, "2026-09-01", admission_method="2a"), "value_not_allowed", "admission_method"),
    ("admissions", admission(ADA, "2026-09-01", admission_method="EM"), "value_not_allowed", "admission_method"),
    ("ed_attendances", attendance(ADA, "2026-09-01", department_type="1"), "value_not_allowed", "department_type"),
    ("ed_attendances", attendance(ADA, "2026-09-01", admitted=2), "value_not_allowed", "admitted"),
    ("gp_prescriptions", prescription(BEN, "0206010", "1999-01-01"), "event_before_birth", "issued_on"),
    ("gp_register", person(nhs(9), "2026-11-01"), "date_in_future", "date_of_birth"),
    ("gp_register", person(nhs(9), "1950-01-01", date_of_death="1949-01-01"), "death_before_birth", "date_of_death"),
    ("gp_register", person(nhs(9), deregistered_on="2009-12-31"), "ended_before_started", "deregistered_on"),
    ("gp_register", person(nhs(9), sex="M"), "value_not_allowed", "sex"),
    ("gp_register", person(nhs(9), imd_decile=11), "value_not_allowed", "imd_decile"),
    (
        "social_care_events",
        care_event("E9", "P1", "2026-01-01", ended_on="2025-01-01"),
        "ended_before_started",
        "ended_on",
    ),
    (
        "social_care_events",
        care_event("E9", "P1", "2026-01-01", nhs_number="1234567890"),
        "nhs_number_invalid",
        "nhs_number",
    ),
    (
        "social_care_events",
        care_event("E9", "P1", "2026-01-01", service_type="Home"),
        "value_not_allowed",
        "service_type",
    ),
]

GOOD: dict[str, Rows] = {
    "gp_register": REGISTER,
    "admissions": [admission(CY, "2026-09-01")],
    "ed_attendances": [attendance(CY, "2026-09-01", admitted=1)],
    "gp_prescriptions": [prescription(CY, "0206010", "2026-09-01")],
    "social_care_events": [care_event("E1", "P1", "2026-09-01", ended_on="2027-01-31")],
}


def _pack_with(folder: Path, storage: str, table: str, bad: dict[str, Any]) -> Path:
    tables = {**GOOD, table: [*GOOD[table], bad]}
    return a_pack(folder, storage=storage, **{name: tables[name] for name in {"gp_register", "admissions", table}})


@STORAGES
@pytest.mark.parametrize(("table", "bad", "rule", "column"), CASES)
def test_row_is_set_aside_for_its_rule(
    tmp_path: Path, storage: str, table: str, bad: dict[str, Any], rule: str, column: str
) -> None:
    report = check(_pack_with(tmp_path / "pack", storage, table, bad))
    assert report.usable, report.refusals
    assert set_aside(report) == {(table, rule, column, 1)}
    assert report.table(table).set_aside == 1
    ((_, count),) = report.rejects
    number = len(GOOD[table]) + 1
    assert count.first_rows == ((number - (number + 1) // 2,) if storage == "parts" else (number,))


@pytest.mark.parametrize(("table", "bad", "rule", "column"), CASES)
def test_reader_keeps_exactly_the_rows_the_check_accepts(
    tmp_path: Path, table: str, bad: dict[str, Any], rule: str, column: str
) -> None:
    pack = open_pack(_pack_with(tmp_path / "pack", "csv", table, bad))
    facts = lenient().facts(pack.manifest)
    with connect() as connection:
        accepted = accepted_sql(pack.tables[table], facts, register_sql(pack, facts))
        kept = connection.execute(f"SELECT count(*) FROM {accepted}").fetchone()
    assert kept == (len(GOOD[table]),)


@pytest.mark.parametrize(
    "row",
    [
        admission(BEN, "2026-06-01"),  # the 31st day after the death
        admission(BEN, "2000-01-01"),  # the day of birth
        admission(ADA, "2026-10-01", discharged_on="2026-10-01", available_on="2026-10-01"),  # the day of the extract
        admission(nhs(77), "2026-09-01"),  # a valid number that is not on the register
    ],
)
def test_row_at_the_edge_of_a_rule_is_kept(tmp_path: Path, row: dict[str, Any]) -> None:
    report = check(a_pack(tmp_path / "pack", gp_register=REGISTER, admissions=[row]))
    assert report.usable, report.refusals
    assert set_aside(report) == set()


def test_days_of_grace_after_a_death_are_configured(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", gp_register=REGISTER, admissions=[admission(BEN, "2026-05-31")])
    assert set_aside(check(folder, rules=lenient(death_grace_days=29))) == {
        ("admissions", "event_after_death", "admitted_on", 1)
    }


def test_person_set_aside_from_the_register_links_nobody(tmp_path: Path) -> None:
    register = [*REGISTER, person(nhs(9), sex="?")]
    report = check(a_pack(tmp_path / "pack", gp_register=register, admissions=[admission(nhs(9), "2026-09-01")]))
    assert report.table("admissions").linked_share == 0.0


def test_999_range_is_for_made_up_people_only(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", synthetic=False, gp_register=REGISTER, admissions=[admission(ADA, "2026-09-01")])
    report = check(folder)
    assert set_aside(report) >= {("gp_register", "nhs_number_made_up", "nhs_number", 3)}
    assert report.table("admissions").linked_share == 0.0
    assert "too_many_rejects" in rules_of(check(folder, rules=PackRules()))


def test_share_of_rows_set_aside_is_bounded(tmp_path: Path) -> None:
    rows = [admission(ADA, "2026-09-01", spell_id=str(at)) for at in range(98)]
    bad = [admission("123", "2026-09-01", spell_id=f"bad{at}") for at in range(2)]
    folder = a_pack(tmp_path / "pack", gp_register=REGISTER, admissions=[*rows, *bad])
    at_the_limit = PackRules(default=FeedRule(max_reject_share=0.02))
    below = PackRules(default=FeedRule(max_reject_share=0.019))
    assert check(folder, rules=at_the_limit).usable
    assert refusal(check(folder, rules=below), "too_many_rejects").table == "admissions"


@STORAGES
def test_rejects_file_says_where_and_why_and_nothing_else(tmp_path: Path, storage: str) -> None:
    tables = {
        "gp_register": REGISTER,
        "admissions": [admission(ADA, "2026-09-01"), admission("9990000019", "2026-10-09", discharged_on=None)],
        "gp_codes": [gp_code(BEN, "38341003", "1990-01-01", unit="Zebra"), gp_code(ADA, "38341003", "2026-01-01")],
    }
    pack = open_pack(a_pack(tmp_path / "pack", storage=storage, **tables))
    with connect() as connection:
        lines = write_rejects(connection, pack, lenient().facts(pack.manifest), tmp_path / "rejects.parquet")
    written = duckdb.sql(f"FROM '{tmp_path}/rejects.parquet'").fetchall()
    admissions, codes = (
        ("admissions/part-1.parquet", "gp_codes/part-0.parquet")
        if storage == "parts"
        else (
            f"admissions.{storage}",
            f"gp_codes.{storage}",
        )
    )
    row = 1 if storage == "parts" else 2
    assert written == [
        ("admissions", admissions, row, "admitted_on", "date_in_future"),
        ("admissions", admissions, row, "nhs_number", "nhs_number_invalid"),
        ("gp_codes", codes, 1, "recorded_on", "event_before_birth"),
    ]
    assert lines == 3


def test_rejects_file_of_a_clean_pack_is_empty(tmp_path: Path) -> None:
    pack = open_pack(a_pack(tmp_path / "pack"))
    with connect() as connection:
        assert write_rejects(connection, pack, lenient().facts(pack.manifest), tmp_path / "rejects.parquet") == 0
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/rejects.parquet'").fetchone() == (0,)


def test_rejects_file_is_the_same_bytes_on_one_thread_and_two(tmp_path: Path) -> None:
    rows = [admission(ADA, "2027-01-01", spell_id=str(at), discharged_on=None) for at in range(3000)]
    pack = open_pack(a_pack(tmp_path / "pack", storage="parts", gp_register=REGISTER, admissions=rows))
    contents = []
    for threads in (1, 2):
        path = tmp_path / f"rejects-{threads}.parquet"
        with connect(threads=threads) as connection:
            write_rejects(connection, pack, lenient().facts(pack.manifest), path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_rule_that_no_row_breaks_any_more_has_the_table_for_its_place(tmp_path: Path) -> None:
    pack = open_pack(a_pack(tmp_path / "pack"))
    (rule, *_) = row_rules("admissions", lenient().facts(pack.manifest))
    with connect() as connection:
        connection.execute(f"CREATE TEMP TABLE people AS FROM {register_sql(pack, lenient().facts(pack.manifest))}")
        assert first_places(connection, pack.tables["admissions"], [rule], "people") == {
            rule: Place("admissions.csv", ())
        }
