"""Who is scored at an index date: every status on both sides of its boundary, objections, and a flow that adds up."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from stratify.engine import connect
from stratify.exceptions import ConfigRefused
from stratify.population import SENTENCES, Status, flow_table, read_purpose
from stratify.settings import default_config
from stratify.zone import Zone, ZoneOptions
from tests.support.built_zones import INDEX, a_zone, of_person, people, status_of
from tests.support.packs import nhs, person, practice


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def zone_of(tmp_path: Path, *register: dict[str, Any], index: date = INDEX, **more: Any) -> Zone:
    return a_zone(tmp_path, gp_register=[person(nhs(9)), *register], index_dates=[index], **more)


STATUSES: list[tuple[dict[str, Any], str]] = [
    ({}, "scored"),
    ({"date_of_birth": on(0)}, "born_on_or_after_index"),
    ({"date_of_birth": on(1)}, "scored"),
    ({"date_of_death": on(1)}, "died_before_index"),
    ({"date_of_death": on(0)}, "scored"),
    ({"registered_on": on(0)}, "registered_on_or_after_index"),
    ({"registered_on": on(1)}, "scored"),
    ({"deregistered_on": on(1)}, "deregistered_before_index"),
    ({"deregistered_on": on(0)}, "scored"),
    ({"practice_code": "Z99999"}, "practice_unknown"),
    ({"date_of_death": on(9), "deregistered_on": on(5)}, "died_before_index"),
    ({"deregistered_on": on(5), "practice_code": "Z99999"}, "deregistered_before_index"),
]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Zone:
    """Person n is case n of STATUSES."""
    rows = [person(nhs(n), **row) for n, (row, _) in enumerate(STATUSES, 1)]
    return a_zone(tmp_path_factory.mktemp("statuses"), gp_register=rows, practices=[practice("F84001")])


@pytest.mark.parametrize("case", range(len(STATUSES)), ids=lambda case: f"{case}-{STATUSES[case][1]}")
def test_status_at_the_index_date(register: Zone, case: int) -> None:
    assert status_of(register, nhs(case + 1)) == STATUSES[case][1]


def test_status_follows_the_index_date(tmp_path: Path) -> None:
    dates = [INDEX - timedelta(days=days) for days in (0, 100, 1000)]
    register = [person(nhs(1), registered_on=on(500), date_of_death=on(50))]
    zone = a_zone(tmp_path, gp_register=register, index_dates=dates)
    assert [status_of(zone, nhs(1), day) for day in dates] == [
        "died_before_index",
        "scored",
        "registered_on_or_after_index",
    ]


@pytest.mark.parametrize(("days", "short"), [(364, True), (365, False)])
def test_new_registrants_are_scored_and_flagged(tmp_path: Path, days: int, short: bool) -> None:
    zone = zone_of(tmp_path, person(nhs(1), registered_on=on(days)))
    found = of_person(zone, zone.population_table(INDEX).sql, nhs(1), "status, short_history, registered_days")
    assert found == ("scored", short, days)


def test_population_carries_what_only_reports_may_use(tmp_path: Path) -> None:
    row = person(nhs(1), residence="nursing_care", lives_alone=1, partnership_status="widowed", has_carer=0)
    zone = zone_of(tmp_path, row)
    columns = "residence, lives_alone, partnership_status, has_carer"
    table = zone.population_table(INDEX).sql
    assert of_person(zone, table, nhs(1), columns) == ("nursing_care", True, "widowed", False)
    assert of_person(zone, table, nhs(9), columns) == (None, None, None, None)


def objection(kind: str, begins: str, ends: str | None = None, n: int = 1) -> dict[str, Any]:
    return {"nhs_number": nhs(n), "kind": kind, "from_date": begins, "to_date": ends}


KINDS = ("type_1", "risk_stratification", "national_opt_out", "sharing")


@pytest.mark.parametrize(
    ("purpose", "excluded"),
    [
        ("direct_care", {"type_1", "risk_stratification"}),
        ("planning", {"type_1", "risk_stratification", "national_opt_out"}),
        ("shared_care", {"type_1", "risk_stratification", "sharing"}),
        (None, {"type_1", "risk_stratification"}),
    ],
)
def test_objections_count_by_kind_and_purpose(tmp_path: Path, purpose: str | None, excluded: set[str]) -> None:
    zone = zone_of(
        tmp_path,
        *(person(nhs(n)) for n in range(1, 5)),
        objections=[objection(kind, on(30), n=n) for n, kind in enumerate(KINDS, 1)],
        options=ZoneOptions(purpose=purpose),
    )
    found = {kind: status_of(zone, nhs(n)) for n, kind in enumerate(KINDS, 1)}
    assert found == {kind: f"objection_{kind}" if kind in excluded else "scored" for kind in KINDS}


# The pack is extracted 100 days after this index date.
EARLIER = INDEX - timedelta(days=100)

OBJECTED = {
    "from the index date": (on(100), None, True),
    "until the day after it": (on(200), on(99), True),
    "until it": (on(200), on(100), False),
    "began and ended since": (on(99), on(50), False),
    "since, still in force": (on(99), None, True),
    "since, lapses later": (on(50), on(-50), True),
    "on the day of extraction": (on(0), None, True),
    "begins after it": (on(-1), None, False),
}


def test_objections_count_on_the_index_date_and_on_the_day_of_extraction(tmp_path: Path) -> None:
    periods = enumerate(OBJECTED.values(), 11)
    objections = [objection("type_1", begins, ends, n) for n, (begins, ends, _) in periods]
    people_objecting = [person(nhs(n)) for n in range(11, 11 + len(OBJECTED))]
    zone = zone_of(tmp_path, *people_objecting, index=EARLIER, objections=objections)
    found = {case: status_of(zone, nhs(n), EARLIER) for n, case in enumerate(OBJECTED, 11)}
    assert found == {case: "objection_type_1" if out else "scored" for case, (*_, out) in OBJECTED.items()}


def test_objection_since_the_index_date_can_be_left_out_by_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    for name in ("objections.toml", "zone.toml"):
        text = (default_config() / name).read_text(encoding="utf-8")
        (config / name).write_text(text.replace("on_extraction = true", "on_extraction = false"), encoding="utf-8")
    zone = zone_of(
        tmp_path,
        person(nhs(1)),
        index=EARLIER,
        objections=[objection("type_1", on(50))],
        options=ZoneOptions(config=config),
    )
    assert status_of(zone, nhs(1), EARLIER) == "scored"


def test_several_objections_give_one_row_and_the_gravest_status(tmp_path: Path) -> None:
    objections = [objection("risk_stratification", on(30)), objection("type_1", on(20)), objection("type_1", on(10))]
    zone = zone_of(tmp_path, person(nhs(1)), objections=objections)
    assert status_of(zone, nhs(1)) == "objection_type_1"
    assert len(people(zone)) == 2


def test_flow_accounts_for_every_row_of_the_register(tmp_path: Path) -> None:
    register = [
        *(person(nhs(n)) for n in range(1, 5)),
        person(nhs(5), date_of_death=on(5)),
        person(nhs(6), registered_on=on(0)),
        person(nhs(7), deregistered_on=on(3)),
        person(nhs(8), on(0)),
        person(nhs(9), practice_code="Z99999"),
        person(nhs(1), registered_on="2001-01-01"),
        person("9990000019"),
        person(nhs(10), sex="5"),
    ]
    objections = [objection("type_1", on(9))]
    zone = a_zone(tmp_path, gp_register=register, practices=[practice("F84001")], objections=objections)
    with connect(threads=1) as connection:
        flow = flow_table(zone, INDEX, connection)
    assert {row.status.value: row.rows for row in flow} == {
        "scored": 3,
        "invalid_nhs_number": 1,
        "set_aside": 1,
        "duplicate": 1,
        "born_on_or_after_index": 1,
        "died_before_index": 1,
        "registered_on_or_after_index": 1,
        "deregistered_before_index": 1,
        "practice_unknown": 1,
        "objection_type_1": 1,
    }
    assert sum(row.rows for row in flow) == len(register)
    assert all(row.sentence.endswith(".") for row in flow)


def test_flow_that_does_not_add_up_is_a_fault(tmp_path: Path) -> None:
    zone = a_zone(tmp_path)
    wrong = {**zone.report, "register": {**zone.report["register"], "rows": 99}}
    with connect(threads=1) as connection, pytest.raises(RuntimeError, match="register 99"):
        flow_table(Zone(**{**vars(zone), "report": wrong}), INDEX, connection)


def test_of_two_register_rows_the_latest_registration_is_kept(tmp_path: Path) -> None:
    twice = [
        person(nhs(1), registered_on="2020-05-05", practice_code="F84002"),
        person(nhs(1), registered_on="2024-05-05", practice_code="F84003"),
        person(nhs(1), registered_on="2012-05-05", practice_code="F84004"),
    ]
    zone = a_zone(tmp_path, gp_register=twice)
    assert people(zone, "practice_code") == [("F84003",)]
    assert zone.report["register"] == {
        "rows": 3,
        "people": 1,
        "invalid_nhs_number": 0,
        "set_aside": 0,
        "duplicate": 2,
    }


def test_every_status_has_its_own_sentence() -> None:
    assert set(SENTENCES) == set(Status)
    assert len(set(SENTENCES.values())) == len(Status)
    assert all(status.sentence == SENTENCES[status] for status in Status)


def test_unknown_purpose_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigRefused, match="only direct_care, planning, shared_care"):
        read_purpose("curiosity")


@pytest.mark.parametrize("line", ['excludes = ["type1"]', 'name = "no list"'])
def test_misspelt_objection_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "objections.toml").write_text(f'default = "x"\n[purpose.x]\n{line}\n')
    with pytest.raises(ConfigRefused, match="excludes"):
        read_purpose(None, tmp_path)
