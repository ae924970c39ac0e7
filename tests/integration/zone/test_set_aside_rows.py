"""Rows that break the contract are out of the zone and in its rejects, exactly as the check counts them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from interfaces.extracts.check import check_pack
from interfaces.extracts.pack import open_pack
from interfaces.extracts.rejects import write_rejects
from stratify.engine import connect
from stratify.zone import Zone, ZoneOptions
from tests.support.built_zones import INDEX, RULES, a_zone, built, events, selected
from tests.support.packs import a_pack, admission, attendance, care_event, gp_code, nhs, person, prescription

BAD = "9990000019"  # its check digit is wrong


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def faulty() -> dict[str, Any]:
    """A pack with every kind of fault that sets a row aside, among rows that are right."""
    return {
        "gp_register": [
            person(nhs(1)),
            person(nhs(2), "2026-01-01"),
            person(nhs(3), date_of_death=on(300)),
            person(BAD),
            person(nhs(4), sex="3"),
            person(nhs(5), "2030-01-01"),
        ],
        "admissions": [
            admission(nhs(1), on(60)),
            admission(nhs(1), on(70), discharged_on=on(80)),
            admission(nhs(2), on(900)),
            admission(BAD, on(20)),
        ],
        "gp_prescriptions": [
            prescription(nhs(1), "0206010", on(50)),
            prescription(nhs(1), "0206010", on(-3)),
            prescription(nhs(3), "0206010", on(200)),
            prescription(nhs(3), "0206010", on(290)),
            prescription(nhs(4), "0206010", on(50)),
        ],
        "gp_codes": [gp_code(nhs(1), "44054006", on(50)), gp_code(BAD, "44054006", on(-9))],
        "ed_attendances": [attendance(nhs(1), on(30), department_type="09", admitted=7)],
        "social_care_events": [
            care_event("E1", "P1", on(90), nhs_number=nhs(1)),
            care_event("E2", "P1", on(90), ended_on=on(95)),
            care_event("E3", "P1", on(90), service_type="lunch"),
        ],
        "social_care_people": [
            {"la_code": "211", "la_person_id": "P1", "client_group": "carer"},
            {"la_code": "211", "la_person_id": "P2", "client_group": "carer", "nhs_number": BAD},
        ],
        "demographics": [
            {"nhs_number": BAD, "family_name": "A", "given_name": "B", "date_of_birth": "1950-01-01", "sex": "1"}
        ],
        "objections": [
            {"nhs_number": nhs(1), "kind": "none_such", "from_date": on(5)},
            {"nhs_number": BAD, "kind": "type_1", "from_date": on(5)},
        ],
    }


def rejects_of_the_check(pack: Path, path: Path) -> list[tuple[Any, ...]]:
    with connect() as connection:
        opened = open_pack(pack)
        write_rejects(connection, opened, RULES.facts(opened.manifest), path)
    return selected(f"SELECT * FROM '{path}' ORDER BY ALL")


@pytest.mark.parametrize("storage", ["csv", "parquet", "parts"])
def test_rejects_are_those_of_the_check_line_for_line(tmp_path: Path, storage: str) -> None:
    zone = a_zone(tmp_path, storage=storage, **faulty())
    found = selected(f"SELECT * FROM '{zone.rejects_path}'")
    expected = rejects_of_the_check(tmp_path / "pack", tmp_path / "expected.parquet")
    assert found == expected
    assert {row[0] for row in found} == set(faulty())
    assert zone.report["reject_lines"] == len(found)


def test_rejects_have_the_columns_of_the_check(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, **faulty())
    rejects_of_the_check(tmp_path / "pack", tmp_path / "expected.parquet")
    described = [
        selected(f"DESCRIBE SELECT * FROM '{path}'") for path in (zone.rejects_path, tmp_path / "expected.parquet")
    ]
    assert described[0] == described[1]


def test_only_rows_that_keep_the_contract_are_in_the_zone(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, **faulty())
    assert zone.rows == {
        "gp_codes": 1,
        "gp_prescriptions": 1,
        "admissions": 1,
        "ed_attendances": 0,
        "social_care_events": 1,
    }
    assert events(zone, "admissions", "day") == events(zone, "admissions", f"DATE '{on(60)}' - DATE '1970-01-01'")


def test_counts_add_up_to_the_rows_of_each_table(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, **faulty())
    for table, counts in zone.report["tables"].items():
        ended = sum(count for name, count in counts.items() if name not in ("rows", "rules"))
        assert ended == counts["rows"] == len(faulty()[table])
    assert zone.report["tables"]["ed_attendances"]["set_aside"] == 1
    assert zone.report["tables"]["ed_attendances"]["rules"] == {
        "department_type: value_not_allowed": 1,
        "admitted: value_not_allowed": 1,
    }


def test_register_rows_set_aside_are_counted_by_why(tmp_path: Path) -> None:
    counts = a_zone(tmp_path, **faulty()).report["register"]
    assert counts == {"rows": 6, "people": 3, "invalid_nhs_number": 1, "set_aside": 2, "duplicate": 0}


def checked(pack: Path) -> ZoneOptions:
    with connect() as connection:
        return ZoneOptions(checked=check_pack(open_pack(pack), rules=RULES, connection=connection))


def files(zone: Zone) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in zone.folder.iterdir()}


@pytest.mark.parametrize("which", ["faulty", "faultless"])
def test_zone_is_the_same_whether_or_not_the_pack_was_checked_before(tmp_path: Path, which: str) -> None:
    right = {
        "gp_prescriptions": [prescription(nhs(n), "0206010", on(50 + n)) for n in range(1, 9)],
        "social_care_events": [care_event("E1", "P1", on(90), nhs_number=nhs(1)), care_event("E2", "P2", on(90))],
        "gp_register": [person(nhs(n)) for n in range(1, 8)],
    }
    pack = a_pack(tmp_path / "pack", **(faulty() if which == "faulty" else right))
    alone = built(pack, tmp_path / "alone")
    after = built(pack, tmp_path / "after", options=checked(pack))
    assert files(alone) == files(after)
    assert bool(alone.report["reject_lines"]) is (which == "faulty")


def test_table_the_check_found_faultless_is_not_judged_again(tmp_path: Path) -> None:
    options = checked(a_pack(tmp_path / "good", gp_prescriptions=[prescription(nhs(1), "0206010", on(50))]))
    bad = a_pack(tmp_path / "bad", gp_prescriptions=[prescription(nhs(1), "0206010", on(-3), available_on=on(9))])
    assert built(bad, tmp_path / "zone", options=options).report["reject_lines"] == 0
