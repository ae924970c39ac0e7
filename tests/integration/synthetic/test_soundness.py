"""Nothing in a pack happens out of time, and the later pack holds the earlier one."""

import pytest

from interfaces.codes.nhs_number import nhs_number_cause
from interfaces.extracts.check import check_pack
from interfaces.extracts.contract import EVENT_TABLES, TABLES
from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.settings import read_settings

pytestmark = pytest.mark.slow
DATED = [(name, TABLES[name].event_date) for name in EVENT_TABLES]
EXTRACTED = {"pack": "2025-10-01", "later": "2026-12-31"}


@pytest.mark.parametrize("which", ["pack", "pack_later"])
def test_pack_is_accepted_with_next_to_nothing_set_aside(borough, which, tmp_path):
    rules = read_rules(read_settings().config / "feeds.toml")
    connection = connect(memory_limit="1GB", threads=1, temp_directory=tmp_path)
    with connection:
        report = check_pack(open_pack(getattr(borough, which)), rules=rules, connection=connection)
    assert report.usable
    assert report.refusals == ()
    # The one imperfection put in on purpose that a check sets aside: one spell in ten thousand is discharged before it begins.
    assert {(table, count.rule) for table, count in report.rejects} <= {("admissions", "discharged_before_admitted")}
    assert sum(count.rows for _, count in report.rejects) <= 10


@pytest.mark.parametrize("which", ["pack", "later"])
@pytest.mark.parametrize("table", TABLES)
def test_every_nhs_number_is_valid_and_of_the_999_range(ask, which, table):
    if not any(column.name == "nhs_number" for column in TABLES[table].columns):
        return
    rows = ask(f"SELECT DISTINCT nhs_number FROM '{{{which}}}/{table}.parquet' WHERE nhs_number IS NOT NULL")
    assert all(number.startswith("999") and nhs_number_cause(number, synthetic=True) is None for (number,) in rows)


@pytest.mark.parametrize("which", ["pack", "later"])
@pytest.mark.parametrize(("table", "column"), DATED)
def test_no_event_before_birth_after_death_or_after_the_extraction(one, which, table, column):
    assert (
        one(
            f"SELECT count(*) FROM '{{{which}}}/{table}.parquet' e JOIN '{{{which}}}/gp_register.parquet' r USING (nhs_number) "
            f"WHERE {column} < date_of_birth OR {column} > date_of_death OR {column} >= DATE '{EXTRACTED[which]}'"
        )
        == 0
    )


@pytest.mark.parametrize("which", ["pack", "later"])
@pytest.mark.parametrize(("table", "column"), DATED)
def test_every_row_had_arrived_before_the_extraction_and_after_its_event(one, which, table, column):
    assert (
        one(
            f"SELECT count(*) FROM '{{{which}}}/{table}.parquet' "
            f"WHERE available_on >= DATE '{EXTRACTED[which]}' OR available_on < {column}"
        )
        == 0
    )


@pytest.mark.parametrize("table", [name for name in EVENT_TABLES if name not in {"admissions", "social_care_events"}])
def test_later_pack_holds_every_row_of_the_earlier_one(one, table):
    assert (
        one(f"SELECT count(*) FROM (FROM '{{pack}}/{table}.parquet' EXCEPT ALL FROM '{{later}}/{table}.parquet')") == 0
    )


def test_later_pack_holds_every_finished_spell_and_every_open_one_under_its_number(one):
    finished = "(FROM '{pack}/admissions.parquet' WHERE discharged_on IS NOT NULL EXCEPT ALL FROM '{later}/admissions.parquet')"
    assert one(f"SELECT count(*) FROM {finished}") == 0
    assert (
        one(
            "SELECT count(*) FROM '{pack}/admissions.parquet' p WHERE NOT EXISTS (SELECT 1 FROM '{later}/admissions.parquet' l "
            "WHERE l.spell_id = p.spell_id AND l.admitted_on = p.admitted_on AND l.nhs_number = p.nhs_number)"
        )
        == 0
    )


def test_later_pack_holds_every_social_care_event_with_the_same_start(one):
    assert (
        one(
            "SELECT count(*) FROM '{pack}/social_care_events.parquet' p WHERE NOT EXISTS (SELECT 1 FROM '{later}/social_care_events.parquet' l "
            "WHERE l.event_id = p.event_id AND l.started_on = p.started_on AND (p.ended_on IS NULL OR l.ended_on = p.ended_on))"
        )
        == 0
    )


def test_later_pack_holds_moves_deaths_and_new_registrants(one):
    assert one("SELECT count(*) FROM '{later}/gp_register.parquet' WHERE date_of_death >= DATE '2025-10-01'") > 50
    assert one("SELECT count(*) FROM '{later}/gp_register.parquet' WHERE deregistered_on >= DATE '2025-10-01'") > 1000
    assert one("SELECT count(*) FROM '{later}/gp_register.parquet' WHERE registered_on >= DATE '2025-10-01'") > 1000
    assert (
        one(
            "SELECT count(*) FROM '{pack}/gp_register.parquet' WHERE greatest(registered_on, deregistered_on, date_of_death) >= DATE '2025-10-01'"
        )
        == 0
    )


def test_register_of_the_two_packs_agrees_on_what_does_not_change(one):
    columns = "nhs_number, date_of_birth, sex, ethnic_category, lsoa_code, imd_decile, practice_code, registered_on"
    assert (
        one(
            f"SELECT count(*) FROM (SELECT {columns} FROM '{{pack}}/gp_register.parquet' EXCEPT SELECT {columns} FROM '{{later}}/gp_register.parquet')"
        )
        == 0
    )


def test_emergency_spells_of_a_person_do_not_overlap(one):
    assert (
        one(
            "SELECT count(*) FROM (SELECT admitted_on < lag(discharged_on) OVER (PARTITION BY nhs_number ORDER BY admitted_on, discharged_on) "
            "AS early FROM '{later}/admissions.parquet' WHERE admission_method[1] = '2' AND discharged_on >= admitted_on) WHERE early"
        )
        == 0
    )


def test_history_is_long_enough_for_two_training_snapshots(one):
    first = "SELECT date_diff('day', min({column}), DATE '2025-10-01') FROM '{{pack}}/{table}.parquet'"
    for table, column in (
        ("admissions", "admitted_on"),
        ("gp_prescriptions", "issued_on"),
        ("gp_appointments", "seen_on"),
    ):
        assert one(first.format(table=table, column=column)) >= 790 + 1095


def test_nobody_registers_before_birth_or_leaves_before_registering(one):
    register = "SELECT count(*) FROM '{later}/gp_register.parquet' WHERE "
    assert one(register + "registered_on < date_of_birth") == 0
    assert one(register + "least(deregistered_on, date_of_death) < registered_on") == 0


def test_a_person_has_at_most_one_end(one):
    both = "SELECT count(*) FROM '{later}/gp_register.parquet' WHERE deregistered_on IS NOT NULL AND date_of_death IS NOT NULL"
    assert one(both) == 0


def test_manifest_says_the_people_are_made_up(borough):
    manifest = open_pack(borough.pack).manifest
    assert manifest.synthetic
    assert manifest.extracted_on.isoformat() == "2025-10-01"
    assert set(manifest.tables) == set(TABLES)
