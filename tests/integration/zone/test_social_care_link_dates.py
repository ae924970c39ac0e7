"""When a council's client was linked: a number that comes later says nothing about an earlier index date."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from stratify.days import day_number
from stratify.zone import Zone, usable_sql
from tests.support.built_zones import INDEX, a_zone, events
from tests.support.packs import Row, care_event, nhs, person

EARLIER = INDEX - timedelta(days=100)  # the index date that must not see what comes after
T = day_number(INDEX)
BIRTH = "1950-06-15"
LAG = 10  # of the rules of `a_zone`


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def zone_of(folder: Path, rows: list[Row], **tables: Any) -> Zone:
    register = [person(nhs(n), BIRTH) for n in range(1, 6)]
    return a_zone(folder, index_dates=[EARLIER, INDEX], gp_register=register, social_care_events=rows, **tables)


def usable(zone: Zone, index_date: date) -> list[tuple[Any, ...]]:
    return [tuple(row) for *row, seen in events(zone, "social_care_events", f"*, {usable_sql(index_date)}") if seen]


def days_of(zone: Zone) -> list[tuple[Any, ...]]:
    """How many days before the last index date each event was and came."""
    return [(T - day, T - avail) for day, avail in events(zone, "social_care_events", "day, avail")]


def known_by(row: Row, index_date: date) -> bool:
    started = date.fromisoformat(row["started_on"])
    came = date.fromisoformat(row["available_on"]) if row.get("available_on") else started + timedelta(days=LAG)
    return max(started, came) < index_date


CARE = [
    # Numbered from the earlier index date on: on the day, and by a row that was late.
    care_event("E1", "P1", on(300)),
    care_event("E2", "P1", on(200)),
    care_event("E3", "P1", on(100), nhs_number=nhs(1), available_on=on(100)),
    care_event("E4", "P2", on(250)),
    care_event("E5", "P2", on(150), nhs_number=nhs(2), available_on=on(90)),
    # Told before the care begins, which is after the earlier index date.
    care_event("E6", "P3", on(240)),
    care_event("E7", "P3", on(80), nhs_number=nhs(3), available_on=on(120)),
    # Numbered before, by a row that came the day before, and again later.
    care_event("E8", "P4", on(230)),
    care_event("E9", "P4", on(140), nhs_number=nhs(4), available_on=on(101)),
    care_event("E10", "P4", on(60), nhs_number=nhs(4)),
    care_event("E11", "P5", on(50)),
]


def test_events_from_an_index_date_on_change_nothing_before_it(tmp_path: Path) -> None:
    whole = zone_of(tmp_path / "whole", CARE)
    cut = zone_of(tmp_path / "cut", [row for row in CARE if known_by(row, EARLIER)])
    before = usable(whole, EARLIER)
    assert before == usable(cut, EARLIER)
    assert sorted(day for _, day, *_ in before) == [T - 230, T - 140]
    assert len(usable(whole, INDEX)) == 10  # all but the client who has no number at all


def test_event_without_the_number_waits_for_the_first_event_that_has_it(tmp_path: Path) -> None:
    rows = [
        care_event("E1", "P1", on(300)),
        care_event("E2", "P1", on(200), nhs_number=nhs(1), available_on=on(150)),
        care_event("E3", "P1", on(180), nhs_number=nhs(1), available_on=on(179)),
        care_event("E4", "P1", on(50)),
    ]
    assert days_of(zone_of(tmp_path, rows)) == [(300, 179), (200, 150), (180, 179), (50, 40)]


def test_event_nobody_could_link_in_time_is_not_needed(tmp_path: Path) -> None:
    rows = [care_event("E1", "P1", on(300)), care_event("E2", "P1", on(30), nhs_number=nhs(1), available_on=on(0))]
    zone = zone_of(tmp_path, rows)
    counts = zone.report["tables"]["social_care_events"]
    assert (days_of(zone), counts["not_needed"], counts["not_linked"]) == ([], 2, 0)


SNAPSHOT = {"family_name": "Begum", "given_name": "Amina", "date_of_birth": BIRTH, "sex": "2", "postcode": "E1 4AA"}


@pytest.mark.parametrize(
    ("own_number", "alike", "came"),
    [(nhs(1), (), 290), (None, (1,), 290), (None, (1, 2), 20), (None, (), 20)],
    ids=["client's own number", "demographics of one", "demographics of two", "neither"],
)
def test_link_that_a_snapshot_makes_too_has_no_date(
    tmp_path: Path, own_number: str | None, alike: tuple[int, ...], came: int
) -> None:
    client = {"la_code": "211", "la_person_id": "P1", "client_group": "carer", "nhs_number": own_number, **SNAPSHOT}
    rows = [care_event("E1", "P1", on(300)), care_event("E2", "P1", on(30), nhs_number=nhs(1))]
    # Somebody else is always there, so that the table is never empty.
    told = [{"nhs_number": nhs(n), **SNAPSHOT} for n in alike] or [
        {"nhs_number": nhs(5), **SNAPSHOT, "given_name": "Zara"}
    ]
    zone = zone_of(tmp_path, rows, social_care_people=[client], demographics=told)
    assert days_of(zone) == [(300, came), (30, 20)]
