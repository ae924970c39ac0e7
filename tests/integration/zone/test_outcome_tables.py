"""The outcome of the year from an index date: the window's edges, death both ways, leaving, costs, and later packs."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.exceptions import InputRefused
from stratify.outcomes import PackReading, late_rows_notice, outcomes
from stratify.pseudonyms import pseudonym
from stratify.zone import Zone, ZoneOptions
from tests.support.built_zones import INDEX, KEY, RULES, a_zone, built, of_person
from tests.support.packs import EXTRACTED_ON, a_pack, admission, attendance, nhs, person

T = EXTRACTED_ON - timedelta(days=365)


def after(days: int) -> str:
    return (T + timedelta(days=days)).isoformat()


def outcome(tmp_path: Path, columns: str, *, register: dict[str, Any] | None = None, **tables: Any) -> tuple[Any, ...]:
    rows = [person(nhs(1), **(register or {})), person(nhs(2))]
    tables.setdefault("admissions", [admission(nhs(2), after(3))])
    zone = a_zone(tmp_path, gp_register=rows, index_dates=[T], outcomes=True, **tables)
    return of_person(zone, zone.outcome_table(T).sql, nhs(1), columns)


@pytest.mark.parametrize(
    ("day", "event"), [(-1, False), (0, True), (364, True), (365, False)], ids=["before", "first", "last", "after"]
)
def test_window_holds_the_index_date_and_364_days(tmp_path: Path, day: int, event: bool) -> None:
    found = outcome(
        tmp_path, "event, days_to_event, emergency_admissions_365", admissions=[admission(nhs(1), after(day))]
    )
    assert found == (event, day if event else None, int(event))


def test_only_emergency_admissions_are_the_event(tmp_path: Path) -> None:
    rows = [
        admission(nhs(1), after(5 + n), admission_method=method) for n, method in enumerate(("11", "31", "81", "99"))
    ]
    assert outcome(tmp_path, "event, emergency_admissions_365, censored", admissions=rows) == (False, 0, False)


def test_first_of_several_admissions_dates_the_event(tmp_path: Path) -> None:
    rows = [admission(nhs(1), after(day)) for day in (90, 20, 200)]
    rows.append(admission(nhs(1), after(10), admission_method="11"))
    assert outcome(tmp_path, "days_to_event, emergency_admissions_365", admissions=rows) == (20, 3)


def test_cost_is_of_all_admissions_and_attendances_that_began_in_the_window(tmp_path: Path) -> None:
    found = outcome(
        tmp_path,
        "cost_pence_365",
        admissions=[
            admission(nhs(1), after(5), cost_gbp=1000.5),
            admission(nhs(1), after(6), admission_method="11", cost_gbp=200),
            admission(nhs(1), after(7)),
            admission(nhs(1), after(-1), cost_gbp=7000),
        ],
        ed_attendances=[attendance(nhs(1), after(5), cost_gbp=99.99), attendance(nhs(1), after(365), cost_gbp=8000)],
    )
    assert found == (100050 + 20000 + 9999,)


# What happened to the person, the day they were admitted as an emergency; then event, died_days, left_days,
# censored, event_if_death_counts.
FATES: dict[str, tuple[dict[str, Any], int | None, tuple[Any, ...]]] = {
    "nothing happened": ({}, None, (False, None, None, False, False)),
    "died on the index date": ({"date_of_death": after(0)}, None, (False, 0, None, False, True)),
    "died on the last day": ({"date_of_death": after(364)}, None, (False, 364, None, False, True)),
    "died after the window": ({"date_of_death": after(365)}, None, (False, None, None, False, False)),
    "admitted, then died": ({"date_of_death": after(50)}, 40, (True, 50, None, False, True)),
    "left on the index date": ({"deregistered_on": after(0)}, None, (False, None, 0, True, False)),
    "left on the last day": ({"deregistered_on": after(364)}, None, (False, None, 364, True, False)),
    "left after the window": ({"deregistered_on": after(365)}, None, (False, None, None, False, False)),
    "admitted, then left": ({"deregistered_on": after(50)}, 40, (True, None, 50, False, True)),
    "died, then taken off the list": (
        {"deregistered_on": after(60), "date_of_death": after(50)},
        None,
        (False, 50, 60, False, True),
    ),
    "taken off the list on the day of death": (
        {"deregistered_on": after(50), "date_of_death": after(50)},
        None,
        (False, 50, 50, False, True),
    ),
    "left, then died elsewhere": (
        {"deregistered_on": after(50), "date_of_death": after(60)},
        None,
        (False, 60, 50, True, True),
    ),
}


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> Zone:
    """Person n is case n of FATES."""
    people = [person(nhs(n), **row) for n, (row, _, _) in enumerate(FATES.values(), 1)]
    stays = [admission(nhs(n), after(day)) for n, (_, day, _) in enumerate(FATES.values(), 1) if day is not None]
    folder = tmp_path_factory.mktemp("fates")
    return a_zone(folder, gp_register=people, admissions=stays, index_dates=[T], outcomes=True)


@pytest.mark.parametrize("case", FATES)
def test_death_and_leaving(fates: Zone, case: str) -> None:
    columns = "event, died_days, left_days, censored, event_if_death_counts"
    who = nhs(list(FATES).index(case) + 1)
    assert of_person(fates, fates.outcome_table(T).sql, who, columns) == FATES[case][2]


def test_somebody_not_scored_has_no_outcome_at_all(tmp_path: Path) -> None:
    found = outcome(
        tmp_path,
        "event, days_to_event, died_days, left_days, censored, event_if_death_counts, cost_pence_365,"
        " emergency_admissions_365",
        register={"deregistered_on": after(-9)},
        admissions=[admission(nhs(1), after(5), cost_gbp=5)],
    )
    assert found == (None,) * 8


def test_outcome_whose_year_is_not_over_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="extracted on or after 2026-10-02"):
        a_zone(tmp_path, index_dates=[T + timedelta(days=1)], outcomes=True)
    assert not (tmp_path / "zone").exists()


@pytest.mark.parametrize(("lag", "said"), [(0, False), (10, True)])
def test_outcome_that_late_rows_may_still_change_is_said(lag: int, said: bool) -> None:
    notice = late_rows_notice(T, EXTRACTED_ON, lag)
    assert (notice is not None) is said
    assert not said or (T + timedelta(days=375)).isoformat() in str(notice)


def test_late_row_notice_ends_once_the_lag_is_over() -> None:
    assert late_rows_notice(T, EXTRACTED_ON + timedelta(days=10), 10) is None


def later_pack(tmp_path: Path) -> Path:
    register = [person(nhs(1)), person(nhs(2), deregistered_on=after(9)), person(nhs(3), date_of_death=after(-5))]
    objections = [{"nhs_number": nhs(4), "kind": "type_1", "from_date": after(200)}]
    return a_pack(
        tmp_path / "later",
        gp_register=[*register, person(nhs(4))],
        admissions=[admission(nhs(n), after(30)) for n in (1, 4)],
        objections=objections,
    )


def test_outcomes_of_a_later_pack_by_pseudonym(tmp_path: Path) -> None:
    reading = PackReading(KEY, RULES, tmp_path / "scratch")
    with connect(threads=1) as connection:
        found = outcomes(open_pack(later_pack(tmp_path)), T, connection, reading)
    by_name = {str(name): row for row, name in enumerate(found["pseudonym"])}
    rows = [by_name[pseudonym(KEY, nhs(n))] for n in (1, 2, 3, 4)]
    assert list(found["status"][rows]) == ["scored", "scored", "died_before_index", "objection_type_1"]
    assert found["event"][rows].tolist() == [True, False, None, None]
    assert found["censored"][rows].tolist() == [False, True, None, None]
    assert set(found["practice_code"]) == {"F84001"}


def test_outcomes_of_a_zone_are_those_of_its_pack(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, index_dates=[T], outcomes=True, admissions=[admission(nhs(1), after(30))])
    with connect(threads=1) as connection:
        from_zone = outcomes(zone, T, connection)
        reading = PackReading(KEY, RULES, tmp_path / "scratch")
        from_pack = outcomes(open_pack(tmp_path / "pack"), T, connection, reading)
    assert from_zone.keys() == from_pack.keys()
    assert all(from_zone[name].tolist() == from_pack[name].tolist() for name in from_zone)


def test_outcomes_of_a_pack_need_a_key(tmp_path: Path) -> None:
    with connect(threads=1) as connection, pytest.raises(TypeError, match="reading"):
        outcomes(open_pack(later_pack(tmp_path)), T, connection)


def test_outcome_is_the_same_whatever_else_the_zone_was_built_for(tmp_path: Path) -> None:
    folder = a_pack(
        tmp_path / "pack",
        extracted_on=date(2027, 10, 1),
        gp_register=[person(nhs(n)) for n in (1, 2)],
        admissions=[admission(nhs(1), after(300)), admission(nhs(2), after(500))],
    )
    tables = []
    for name, dates in (("one", [T]), ("both", [T, INDEX])):
        zone = built(folder, tmp_path / name, index_dates=dates, outcomes=True, options=ZoneOptions(chunk_size=1))
        tables.append(zone.outcome_table(T).path.read_bytes())
    assert tables[0] == tables[1]
