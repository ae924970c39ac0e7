"""What a built zone holds: people in an order that says nothing, and event rows in the zone's own columns."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from stratify.days import day_number
from stratify.engine import connect
from stratify.exceptions import InputRefused, OutputRefused
from stratify.features.catalogue import FEATURES
from stratify.features.stages import MEDICINE_LOOK_BACK
from stratify.pseudonyms import pseudonym
from stratify.settings import default_config
from stratify.zone import Zone, ZoneOptions, usable_sql
from stratify.zone.event_tables import event_tables, read_vocabulary
from tests.support.built_zones import INDEX, KEY, RULES, a_zone, built, events, people, person_of, selected
from tests.support.packs import a_pack, admission, attendance, gp_code, nhs, person, practice, prescription

T = day_number(INDEX)


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def test_people_are_numbered_in_the_order_of_their_pseudonyms(tmp_path: Path) -> None:
    numbers = [nhs(n) for n in range(1, 40)]
    zone = a_zone(tmp_path, gp_register=[person(number) for number in numbers])
    found = people(zone, "pid, pseudonym")
    assert found == list(enumerate(sorted(pseudonym(KEY, number) for number in numbers)))


def test_people_carry_the_month_of_birth_and_their_place(tmp_path: Path) -> None:
    zone = a_zone(
        tmp_path,
        gp_register=[person(nhs(1), "1950-06-15", sex="1", ethnic_category="K", imd_decile="3")],
        practices=[practice(network="Network 7", locality="West")],
    )
    assert people(zone) == [
        (0, pseudonym(KEY, nhs(1)), date(1950, 6, 1), 1, "K", 3, "F84001", "Network 7", "West"),
    ]


def test_unknown_practices_code_passes_only_in_the_shape_of_one(tmp_path: Path) -> None:
    register = [person(nhs(1), practice_code="Y01234"), person(nhs(2), practice_code="Dr Smith, High St")]
    zone = a_zone(tmp_path, gp_register=register, practices=[practice("F84001")])
    codes = dict(people(zone, "pid, practice_code"))
    assert codes == {person_of(zone, nhs(1)): "Y01234", person_of(zone, nhs(2)): None}


def test_table_the_pack_lacks_is_absent_from_the_zone(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, gp_prescriptions=[prescription(nhs(1), "0206010", on(5))])
    assert zone.tables == ("gp_prescriptions", "admissions")
    assert not (zone.folder / "gp_codes").exists()
    with pytest.raises(InputRefused, match="table gp_codes"):
        zone.event_path("gp_codes")


def test_tables_can_be_limited(tmp_path: Path) -> None:
    options = ZoneOptions(tables=("admissions",))
    zone = a_zone(tmp_path, options=options, gp_prescriptions=[prescription(nhs(1), "0206010", on(5))])
    assert zone.tables == ("admissions",)


@pytest.mark.parametrize(
    ("days_before", "kept"), [(1095, True), (1096, False), (1, True), (0, False)], ids=["first", "before", "last", "on"]
)
def test_events_are_kept_within_the_look_back(tmp_path: Path, days_before: int, kept: bool) -> None:
    seen = {"nhs_number": nhs(1), "appointment_on": on(days_before), "available_on": on(max(days_before, 1))}
    zone = a_zone(tmp_path, outpatients=[seen])
    assert bool(events(zone, "outpatients")) is kept
    assert zone.report["tables"]["outpatients"]["not_needed"] == (not kept)


@pytest.mark.parametrize(("days_before", "kept"), [(365, True), (366, False)], ids=["first", "before"])
def test_prescriptions_are_kept_for_the_year_that_features_look_at(
    tmp_path: Path, days_before: int, kept: bool
) -> None:
    zone = a_zone(tmp_path, gp_prescriptions=[prescription(nhs(1), "0206010", on(days_before))])
    assert bool(events(zone, "gp_prescriptions")) is kept
    assert zone.report["tables"]["gp_prescriptions"]["not_needed"] == (not kept)


def test_no_feature_looks_further_back_than_its_tables_are_kept() -> None:
    kept = {table.name: table.look_back_days for table in event_tables(read_vocabulary(default_config()))}
    short = {name: days for name, days in kept.items() if days is not None}
    assert set(short) == {"gp_prescriptions", "gp_appointments", "community_contacts"}
    # The frailty index has no window of its own; its medicines have that of the stage they come from.
    windows = {(table, f.window_days) for f in FEATURES if f.name != "efi" for table in f.tables if table in short}
    assert {table for table, _ in windows} == set(short)
    assert all(days is not None and days <= short[table] for table, days in windows)
    assert MEDICINE_LOOK_BACK <= short["gp_prescriptions"]


def test_look_back_reaches_before_the_earliest_of_several_index_dates(tmp_path: Path) -> None:
    dates = [INDEX, INDEX - timedelta(days=400)]
    scripts = [prescription(nhs(1), "0206010", on(days)) for days in (765, 766)]
    zone = a_zone(tmp_path, index_dates=dates, gp_prescriptions=scripts)
    assert zone.index_dates == (dates[1], dates[0])
    assert len(events(zone, "gp_prescriptions")) == 1


def test_gp_codes_and_admissions_keep_their_whole_history(tmp_path: Path) -> None:
    zone = a_zone(
        tmp_path,
        gp_codes=[gp_code(nhs(1), "44054006", "1999-03-02")],
        admissions=[admission(nhs(1), "1999-03-02")],
    )
    assert zone.rows == {"gp_codes": 1, "admissions": 1}


def test_rows_that_reach_the_warehouse_too_late_are_left_out(tmp_path: Path) -> None:
    late = prescription(nhs(1), "0206010", on(3), available_on=on(0))
    zone = a_zone(tmp_path, gp_prescriptions=[late])
    assert events(zone, "gp_prescriptions") == []


def test_admissions_and_attendances_after_the_index_date_are_kept_for_outcomes(tmp_path: Path) -> None:
    index = INDEX - timedelta(days=365)
    zone = a_zone(
        tmp_path,
        index_dates=[index],
        admissions=[admission(nhs(1), on(100))],
        ed_attendances=[attendance(nhs(1), on(100))],
        gp_codes=[gp_code(nhs(1), "44054006", on(100))],
    )
    assert zone.rows == {"gp_codes": 0, "admissions": 1, "ed_attendances": 1}


def test_available_on_is_the_feeds_lag_where_it_is_empty(tmp_path: Path) -> None:
    scripts = [
        prescription(nhs(1), "0206010", on(30), available_on=on(2)),
        prescription(nhs(1), "0301011", on(30)),
    ]
    zone = a_zone(tmp_path, gp_prescriptions=scripts)
    assert events(zone, "gp_prescriptions", "bnf_code, day, avail") == [
        ("0301011", T - 30, T - 30 + RULES.feed("gp_prescriptions").lag_days),
        ("0206010", T - 30, T - 2),
    ]


def test_row_of_somebody_not_on_the_register_is_counted_and_not_kept(tmp_path: Path) -> None:
    scripts = [prescription(nhs(1), "0206010", on(50)), prescription(nhs(2), "0206010", on(50))]
    zone = a_zone(tmp_path, gp_register=[person(nhs(1))], gp_prescriptions=scripts)
    counts = zone.report["tables"]["gp_prescriptions"]
    assert (counts["rows"], counts["kept"], counts["not_linked"]) == (2, 1, 1)


def test_rows_of_people_scored_at_no_date_never_reach_the_zone(tmp_path: Path) -> None:
    register = [person(nhs(1)), person(nhs(2), deregistered_on=on(50))]
    scripts = [prescription(nhs(n), "0206010", on(100)) for n in (1, 2)]
    zone = a_zone(tmp_path, gp_register=register, gp_prescriptions=scripts)
    assert events(zone, "gp_prescriptions", "pid") == [(person_of(zone, nhs(1)),)]
    assert zone.report["tables"]["gp_prescriptions"]["not_needed"] == 1


def test_history_of_somebody_who_left_since_is_kept_for_the_earlier_date(tmp_path: Path) -> None:
    register = [person(nhs(1), deregistered_on=on(50))]
    dates = [INDEX, INDEX - timedelta(days=90)]
    zone = a_zone(
        tmp_path, index_dates=dates, gp_register=register, gp_prescriptions=[prescription(nhs(1), "0206010", on(100))]
    )
    assert len(events(zone, "gp_prescriptions")) == 1


def test_chunks_hold_their_own_people(tmp_path: Path) -> None:
    numbers = [nhs(n) for n in range(1, 8)]
    zone = a_zone(
        tmp_path,
        options=ZoneOptions(chunk_size=2),
        gp_register=[person(number) for number in numbers],
        gp_prescriptions=[prescription(number, "0206010", on(50)) for number in numbers[:4]],
    )
    assert zone.chunks == range(4)
    assert zone.chunk_pids(3) == range(6, 7)
    held = {chunk: selected(f"SELECT pid FROM {zone.event_sql('gp_prescriptions', chunk)}") for chunk in zone.chunks}
    assert all(pid in zone.chunk_pids(chunk) for chunk, rows in held.items() for (pid,) in rows)
    assert sum(map(len, held.values())) == 4


def test_events_are_in_the_order_of_people_and_days(tmp_path: Path) -> None:
    scripts = [
        prescription(nhs(n), code, on(days)) for n in (3, 1, 2) for days in (60, 50, 70) for code in ("0301", "0206")
    ]
    found = events(a_zone(tmp_path, gp_prescriptions=scripts), "gp_prescriptions")
    assert len(found) == 18
    assert found == sorted(found)


def test_columns_and_types_are_those_the_tables_declare(tmp_path: Path) -> None:
    zone = a_zone(
        tmp_path,
        gp_codes=[gp_code(nhs(1), "44054006", on(9), numeric_value="6.5", unit="%")],
        ed_attendances=[attendance(nhs(1), on(9))],
    )
    keys = [("pid", "INTEGER"), ("day", "INTEGER"), ("avail", "INTEGER")]
    for table in event_tables(read_vocabulary(default_config())):
        if table.name in zone.tables:
            described = selected(f"DESCRIBE SELECT * FROM {zone.event_sql(table.name, 0)}")
            declared = keys + [(column.name, column.sql_type) for column in table.columns]
            assert [(name, sql_type) for name, sql_type, *_ in described] == declared


def test_open_zone_is_the_zone_that_was_built(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, index_dates=[INDEX - timedelta(days=365)], outcomes=True)
    assert Zone.open(zone.folder) == zone


def test_zone_that_was_not_finished_is_refused(tmp_path: Path) -> None:
    zone = a_zone(tmp_path)
    (zone.folder / "zone.json").unlink()
    with pytest.raises(InputRefused, match="not finished"):
        Zone.open(zone.folder)


def test_zone_of_another_format_is_refused(tmp_path: Path) -> None:
    zone = a_zone(tmp_path)
    manifest = zone.folder / "zone.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(InputRefused, match="format 2"):
        Zone.open(zone.folder)


def test_zone_is_asked_only_for_the_dates_it_was_built_for(tmp_path: Path) -> None:
    zone = a_zone(tmp_path)
    with pytest.raises(InputRefused, match="population at 2026-01-01"):
        zone.population_table(date(2026, 1, 1))
    with pytest.raises(InputRefused, match="outcome at 2026-10-01"):
        zone.outcome_table(INDEX)


def test_zone_never_goes_into_a_folder_with_files(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    (tmp_path / "zone").mkdir()
    (tmp_path / "zone" / "notes.txt").touch()
    with pytest.raises(OutputRefused, match="empty folder"):
        built(folder, tmp_path / "zone")


def test_zone_needs_an_index_date(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    with pytest.raises(InputRefused, match="at least one index date"):
        built(folder, tmp_path / "zone", index_dates=[])


def test_zone_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    assert a_zone(tmp_path).folder.stat().st_mode & 0o077 == 0


def test_zone_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    (tmp_path / "file").touch()
    with pytest.raises(OutputRefused, match="cannot be made"):
        built(folder, tmp_path / "file" / "zone")


def test_tables_are_read_as_paths_or_as_arrays_in_the_order_of_people(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, gp_register=[person(nhs(n), lives_alone=n % 2) for n in range(1, 5)])
    table = zone.population_table(INDEX)
    assert f"{table}" == str(zone.folder / "population_2026-10-01.parquet")
    with connect(threads=1) as connection:
        found = table.arrays(connection, "lives_alone", "pid")
        everything = table.arrays(connection)
    assert found["pid"].tolist() == [0, 1, 2, 3]
    assert sorted(found["lives_alone"].tolist()) == [False, False, True, True]
    assert list(found) == ["lives_alone", "pid"]
    assert set(everything) > {"pid", "status", "age_years"}


def test_usable_rows_happened_and_arrived_before_the_index_date(tmp_path: Path) -> None:
    rows = [(days, came) for days in (1, 0, -1) for came in (1, 0, -1)]
    stays = [
        admission(nhs(n), on(days + 5), available_on=on(came + 5), discharged_on=None)
        for n, (days, came) in enumerate(rows, 1)
    ]
    zone = a_zone(tmp_path, admissions=stays)
    t = INDEX - timedelta(days=5)
    found = {pid for pid, usable in events(zone, "admissions", f"pid, {usable_sql(t)}") if usable}
    assert found == {person_of(zone, nhs(1 + rows.index((1, 1))))}
