"""What the report says of a pack that can be read: completeness, freshness, volume, links, coverage, lawful basis."""

import dataclasses
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from interfaces.extracts.feeds import FeedRule, PackRules
from interfaces.extracts.manifest import Origin
from tests.support.checking import check, lenient, refusal, rules_of, said
from tests.support.packs import ORIGIN, Row, a_pack, admission, care_event, gp_code, nhs, person, practice, seal

ADA, BEN, CY = nhs(1), nhs(2), nhs(3)
STORAGES = pytest.mark.parametrize("storage", ["csv", "parquet", "parts"])


def _daily(first: date, last: date) -> list[Row]:
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [admission(ADA, day.isoformat(), spell_id=f"S{at}") for at, day in enumerate(days)]


@STORAGES
def test_counts_of_a_table(tmp_path: Path, storage: str) -> None:
    rows = [
        admission(ADA, "2025-12-30", cost_gbp=100.5, available_on="2026-01-09"),
        admission(BEN, "2026-09-01", available_on="2026-09-21"),
        admission(BEN, "2026-09-11", discharged_on=None, available_on="2026-09-21"),
        admission(nhs(50), "2026-09-12"),
    ]
    report = check(a_pack(tmp_path / "pack", storage=storage, gp_register=[person(ADA), person(BEN)], admissions=rows))
    table = report.table("admissions")
    assert table.rows == 4
    assert table.completeness["cost_gbp"] == 0.25
    assert table.completeness["discharged_on"] == 0.75
    assert table.completeness["treatment_function"] == 0.0
    assert table.months[date(2026, 9, 1)] == 3
    assert table.months[date(2026, 8, 1)] == 0
    assert (table.first_event, table.linked_share, table.numbered_share) == (date(2025, 12, 30), 0.75, 1.0)
    fresh = table.freshness
    assert fresh is not None
    assert (fresh.last_event, fresh.days_old) == (date(2026, 9, 12), 19)
    assert (fresh.lag_known, fresh.lag_mean, fresh.lag_longest) == (0.75, 40 / 3, 20)


def test_lag_of_long_ago_is_not_the_lag_of_now(tmp_path: Path) -> None:
    rows = [
        gp_code(ADA, "38341003", "1990-01-01", available_on="2026-09-01"),
        gp_code(ADA, "38341003", "2026-08-30", available_on="2026-09-01"),
    ]
    fresh = check(a_pack(tmp_path / "pack", gp_codes=rows)).table("gp_codes").freshness
    assert fresh is not None
    assert (fresh.lag_mean, fresh.lag_longest, fresh.lag_known) == (2.0, 2, 1.0)


def test_assumed_lag_is_that_of_the_feed(tmp_path: Path) -> None:
    rules = PackRules(feeds={"admissions": FeedRule(lag_days=45)})
    fresh = check(a_pack(tmp_path / "pack"), rules=rules).table("admissions").freshness
    assert fresh is not None
    assert (fresh.lag_assumed, fresh.lag_known, fresh.lag_mean) == (45, 0.0, None)


def test_report_is_the_same_from_every_storage_and_number_of_threads(tmp_path: Path) -> None:
    tables = {
        "gp_register": [person(nhs(at)) for at in range(1, 40)],
        "admissions": [admission(nhs(at % 45 + 1), f"2026-0{at % 9 + 1}-11", spell_id=str(at)) for at in range(300)],
        "gp_codes": [
            gp_code(ADA, "38341003", f"2026-0{at % 9 + 1}-1{at % 7}", numeric_value=at / 8) for at in range(100)
        ],
    }
    contents = set()
    for storage in ("csv", "parquet", "parts"):
        folder = a_pack(tmp_path / storage, storage=storage, **tables)
        for threads in (1, 2):
            content = check(folder, threads=threads).to_json()
            del content["files"]
            text = json.dumps(content, sort_keys=True)
            for name in tables:
                text = text.replace(f"{name}.csv", name).replace(f"{name}.parquet", name).replace(f"{name}/", name)
            contents.add(
                text.replace("practices.csv", "p").replace("practices.parquet", "p").replace("practices/", "p")
            )
    assert len(contents) == 1


def test_feed_that_stops_two_months_early_is_refused_by_its_name(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", admissions=_daily(date(2025, 10, 1), date(2026, 7, 31)))
    report = check(folder)
    found = refusal(report, "feed_stopped")
    assert found.table == "admissions"
    assert "2026-07-31" in found.found
    assert "--allow-gap admissions" in found.todo
    assert check(folder, rules=lenient().allowing(["admissions"])).usable
    assert not check(folder, rules=lenient().allowing(["gp_codes"])).usable


def test_feed_with_a_hole_raises_the_alarm_and_is_used(tmp_path: Path) -> None:
    rows = [row for row in _daily(date(2025, 10, 1), date(2026, 9, 25)) if not row["admitted_on"].startswith("2026-03")]
    report = check(a_pack(tmp_path / "pack", admissions=rows))
    assert report.usable
    assert report.table("admissions").low_months == (date(2026, 3, 1),)
    assert any(line.split() == ["2026-03", "!0"] for line in report.lines())


def test_people_of_a_practice_nobody_described_are_counted(tmp_path: Path) -> None:
    folder = a_pack(
        tmp_path / "pack",
        practices=[practice("F84001")],
        gp_register=[person(ADA), person(BEN, practice_code="X1")],
    )
    (notice,) = check(folder).notices
    assert (notice.table, notice.text) == (
        "gp_register",
        "people whose practice is not in `practices`: 1 (practice codes: 1)",
    )


def test_coverage_by_client_group(tmp_path: Path) -> None:
    def client(at: int, group: str, number: str | None) -> Row:
        return {"la_code": "211", "la_person_id": f"P{at}", "client_group": group, "nhs_number": number}

    people = [
        client(1, "mental_health", ADA),
        client(2, "mental_health", None),
        client(3, "mental_health", nhs(60)),
        client(4, "learning_disability", BEN),
        client(5, "carer", None),
    ]
    folder = a_pack(tmp_path / "pack", gp_register=[person(ADA), person(BEN)], social_care_people=people)
    coverage = [dataclasses.astuple(group) for group in check(folder).coverage]
    assert coverage == [("learning_disability", 1, 1, 1), ("mental_health", 3, 2, 1), ("carer", 1, 0, 0)]


def test_coverage_without_a_table_of_clients_counts_the_people_of_events(tmp_path: Path) -> None:
    events = [
        care_event("E1", "P1", "2026-01-01", nhs_number=ADA, client_group="mental_health"),
        care_event("E2", "P1", "2026-02-01", client_group="mental_health"),
        care_event("E3", "P2", "2026-02-01"),
    ]
    folder = a_pack(tmp_path / "pack", gp_register=[person(ADA)], social_care_events=events)
    coverage = [dataclasses.astuple(group) for group in check(folder).coverage]
    assert coverage == [("mental_health", 1, 1, 1), ("not recorded", 1, 0, 0)]


def test_lapsed_lawful_basis_is_refused(tmp_path: Path) -> None:
    lapsed = dataclasses.replace(ORIGIN, lawful_basis_expires=date(2026, 9, 30))
    folder = a_pack(tmp_path / "pack", origins={"practices": ORIGIN, "gp_register": ORIGIN, "admissions": lapsed})
    found = refusal(check(folder), "lawful_basis_lapsed")
    assert (found.table, found.found) == ("admissions", "one that ended on 2026-09-30")


def test_lawful_basis_that_ends_soon_is_said(tmp_path: Path) -> None:
    ending = dataclasses.replace(ORIGIN, lawful_basis_expires=date(2026, 10, 31))
    report = check(
        a_pack(tmp_path / "pack", origins={"practices": ORIGIN, "gp_register": ORIGIN, "admissions": ending})
    )
    assert report.usable
    assert "ends on 2026-10-31" in said(report)


def test_lawful_basis_of_real_people_must_be_stated(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    seal(
        folder,
        synthetic=False,
        origins={"practices": ORIGIN, "gp_register": ORIGIN, "admissions": Origin(controller="A")},
    )
    found = refusal(check(folder), "lawful_basis_missing")
    assert (found.table, found.found) == ("admissions", "no purpose, lawful_basis, lawful_basis_expires")
    seal(folder, synthetic=True, origins=Origin())
    assert "lawful_basis_missing" not in rules_of(check(folder))


def test_table_the_manifest_does_not_describe_is_said(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["tables"]["admissions"]
    del manifest["tables"]["practices"]["sha256"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    report = check(folder)
    assert report.usable
    assert {notice.table for notice in report.notices} == {"admissions", "practices"}


def test_files_that_are_no_table_are_said(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / "admisions.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "notes").mkdir()
    texts = [notice.text for notice in check(folder).notices]
    assert texts == [
        "not a table of the contract, ignored: admisions.csv",
        "not a table of the contract, ignored: notes/",
    ]


def test_lines_and_json_tell_the_same_verdict(tmp_path: Path) -> None:
    good = check(a_pack(tmp_path / "good"))
    bad = check(a_pack(tmp_path / "bad", admissions=[]))
    assert (good.lines()[1], good.to_json()["usable"]) == ("It can be used.", True)
    assert (bad.lines()[1], bad.to_json()["usable"]) == ("REFUSED for 1 reason:", False)
    assert json.loads(json.dumps(bad.to_json()))["refusals"][0]["rule"] == "no_rows"


def test_share_is_never_rounded_to_all_or_nothing(tmp_path: Path) -> None:
    register = [
        person(nhs(at), has_carer="1" if at == 1 else None, residence="home" if at > 1 else None)
        for at in range(1, 3001)
    ]
    text = said(check(a_pack(tmp_path / "pack", gp_register=register)))
    assert "residence 99.9%" in text
    assert "has_carer 0.1%" in text
