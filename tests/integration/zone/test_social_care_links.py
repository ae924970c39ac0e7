"""Linking a council's people: each rung of the ladder, and everybody who must not be linked."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stratify.days import day_number
from stratify.zone import Zone
from tests.support.built_zones import INDEX, a_zone, events, person_of
from tests.support.packs import care_event, nhs, person

BIRTH = "1950-06-15"  # of everybody on the register unless said otherwise


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def client(la_person_id: str = "P1", **more: Any) -> dict[str, Any]:
    return {"la_code": "211", "la_person_id": la_person_id, "client_group": "other_vulnerable", **more}


def identity(**changed: Any) -> dict[str, Any]:
    told = {"family_name": "Begum", "given_name": "Amina", "date_of_birth": BIRTH, "sex": "2", "postcode": "E1 4AA"}
    return told | changed


def zone_of(tmp_path: Path, **tables: Any) -> Zone:
    tables.setdefault("gp_register", [person(nhs(n)) for n in (1, 2, 3)])
    tables.setdefault("social_care_events", [care_event("E1", "P1", on(90))])
    return a_zone(tmp_path, **tables)


def linked(zone: Zone) -> list[int]:
    return [pid for (pid,) in events(zone, "social_care_events", "pid")]


def methods(zone: Zone) -> list[tuple[str, str, int, int]]:
    return [tuple(line.values()) for line in zone.report["links"]]


def test_events_own_number_links_all_events_of_that_client(tmp_path: Path) -> None:
    rows = [care_event("E1", "P1", on(90), nhs_number=nhs(2)), care_event("E2", "P1", on(80))]
    zone = zone_of(tmp_path, social_care_events=rows)
    assert linked(zone) == [person_of(zone, nhs(2))] * 2
    assert methods(zone) == [("not_recorded", "nhs_number_on_event", 1, 2)]


def test_clients_number_links_where_the_date_of_birth_agrees(tmp_path: Path) -> None:
    zone = zone_of(tmp_path, social_care_people=[client(nhs_number=nhs(3), date_of_birth=BIRTH)])
    assert linked(zone) == [person_of(zone, nhs(3))]
    assert methods(zone) == [("other_vulnerable", "nhs_number_and_date_of_birth", 1, 1)]


@pytest.mark.parametrize(
    ("birth", "method"), [("1950-06-16", "date_of_birth_disagrees"), (None, "no_match")], ids=["another", "none"]
)
def test_clients_number_alone_is_a_claim_and_no_link(tmp_path: Path, birth: str | None, method: str) -> None:
    zone = zone_of(tmp_path, social_care_people=[client(nhs_number=nhs(3), date_of_birth=birth)])
    assert linked(zone) == []
    assert methods(zone) == [("other_vulnerable", method, 1, 1)]


def test_events_number_is_not_believed_against_the_councils_own_date_of_birth(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_events=[care_event("E1", "P1", on(90), nhs_number=nhs(1))],
        social_care_people=[client(date_of_birth="1985-01-01")],
    )
    assert linked(zone) == []
    assert methods(zone) == [("other_vulnerable", "date_of_birth_disagrees", 1, 1)]


def test_exact_demographics_link(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[client(**identity())],
        demographics=[{"nhs_number": nhs(2), **identity()}],
    )
    assert linked(zone) == [person_of(zone, nhs(2))]
    assert methods(zone) == [("other_vulnerable", "exact_demographics", 1, 1)]


ALIKE: list[dict[str, Any]] = [
    {"family_name": "BEGUM"},
    {"family_name": " Begum"},
    {"given_name": "Ámina"},
    {"given_name": "A-mi.na"},
    {"postcode": "e14aa"},
]
DIFFERENT: list[dict[str, Any]] = [
    {"given_name": "Amira"},
    {"family_name": "Begun"},
    {"date_of_birth": "1950-06-16"},
    {"sex": "1"},
    {"postcode": "E1 4AB"},
    {"postcode": None},
    {"given_name": None},
    {"family_name": "-"},
]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Which clients the first person's demographics link: a client to each change, with a care event."""
    changes = [*ALIKE, *DIFFERENT]
    zone = zone_of(
        tmp_path_factory.mktemp("compared"),
        social_care_people=[client(str(changed), **identity(**changed)) for changed in changes],
        social_care_events=[care_event(f"E{n}", str(changed), on(n + 50)) for n, changed in enumerate(changes)],
        demographics=[{"nhs_number": nhs(2), **identity()}],
    )
    days = {day for (day,) in events(zone, "social_care_events", "day")}
    return {str(changed): day_number(INDEX) - n - 50 in days for n, changed in enumerate(changes)}


@pytest.mark.parametrize("changed", ALIKE, ids=str)
def test_demographics_agree_however_they_are_typed(compared: dict[str, bool], changed: dict[str, Any]) -> None:
    assert compared[str(changed)]


@pytest.mark.parametrize("changed", DIFFERENT, ids=str)
def test_demographics_that_differ_in_any_field_do_not_link(compared: dict[str, bool], changed: dict[str, Any]) -> None:
    assert not compared[str(changed)]


GAPS: list[dict[str, Any]] = [{"postcode": None}, {"postcode": " "}, {"family_name": "-"}, {"sex": "0"}]


def test_two_gaps_do_not_agree(tmp_path: Path) -> None:
    gaps = list(enumerate(GAPS, 1))
    zone = zone_of(
        tmp_path,
        gp_register=[person(nhs(n)) for n, _ in gaps],
        social_care_people=[client(f"P{n}", **identity(**gap)) for n, gap in gaps],
        social_care_events=[care_event(f"E{n}", f"P{n}", on(90)) for n, _ in gaps],
        demographics=[{"nhs_number": nhs(n), **identity(**gap)} for n, gap in gaps],
    )
    assert linked(zone) == []


def test_fields_that_run_into_each_other_do_not_agree(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[client(**identity(family_name="Begum A", given_name="Mina"))],
        demographics=[{"nhs_number": nhs(2), **identity()}],
    )
    assert linked(zone) == []


def test_twins_of_one_household_are_told_apart_by_their_given_names(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[client(**identity(given_name="Hasan"))],
        demographics=[
            {"nhs_number": nhs(1), **identity(given_name="Husain")},
            {"nhs_number": nhs(2), **identity(given_name="Hasan")},
        ],
    )
    assert linked(zone) == [person_of(zone, nhs(2))]


@pytest.mark.parametrize("given", ["Baby", "Hasan"], ids=["neither twin is named yet", "both have the name"])
def test_twins_entered_alike_are_not_linked_at_all(tmp_path: Path, given: str) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[client(**identity(given_name=given))],
        demographics=[{"nhs_number": nhs(n), **identity(given_name=given)} for n in (1, 2)],
    )
    assert linked(zone) == []
    assert methods(zone) == [("other_vulnerable", "ambiguous", 1, 1)]


def test_father_and_son_of_one_name_and_address_are_not_confused(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        gp_register=[person(nhs(1), "1950-06-15", sex="1"), person(nhs(2), "1980-06-15", sex="1")],
        social_care_people=[client(**identity(sex="1", date_of_birth="1980-06-15"))],
        demographics=[
            {"nhs_number": nhs(1), **identity(sex="1")},
            {"nhs_number": nhs(2), **identity(sex="1", date_of_birth="1980-06-15")},
        ],
    )
    assert linked(zone) == [person_of(zone, nhs(2))]


def test_demographics_whose_birth_the_register_denies_do_not_link(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        gp_register=[person(nhs(2), "1951-06-15")],
        social_care_people=[client(**identity())],
        demographics=[{"nhs_number": nhs(2), **identity()}],
    )
    assert linked(zone) == []


def test_number_that_is_one_of_two_alike_decides(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[client(nhs_number=nhs(1), **identity())],
        demographics=[{"nhs_number": nhs(n), **identity()} for n in (1, 2)],
    )
    assert linked(zone) == [person_of(zone, nhs(1))]


def test_number_of_somebody_else_than_the_demographics_is_ambiguous(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[client(nhs_number=nhs(3), **identity())],
        demographics=[{"nhs_number": nhs(1), **identity()}],
    )
    assert linked(zone) == []
    assert methods(zone) == [("other_vulnerable", "ambiguous", 1, 1)]


def test_events_of_one_client_with_two_numbers_are_ambiguous(tmp_path: Path) -> None:
    rows = [care_event(f"E{n}", "P1", on(90), nhs_number=nhs(n)) for n in (1, 2)]
    zone = zone_of(tmp_path, social_care_events=rows)
    assert linked(zone) == []
    assert methods(zone) == [("not_recorded", "ambiguous", 1, 2)]


def test_same_id_of_another_council_is_another_person(tmp_path: Path) -> None:
    rows = [
        care_event("E1", "P1", on(90), nhs_number=nhs(1)),
        care_event("E2", "P1", on(90), la_code="212"),
    ]
    zone = zone_of(tmp_path, social_care_events=rows)
    assert linked(zone) == [person_of(zone, nhs(1))]


def test_number_not_on_the_register_links_nothing(tmp_path: Path) -> None:
    zone = zone_of(tmp_path, social_care_events=[care_event("E1", "P1", on(90), nhs_number=nhs(8))])
    assert linked(zone) == []
    assert methods(zone) == [("not_recorded", "no_match", 1, 1)]


def test_event_outside_the_linked_persons_life_is_left_out_and_counted(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        gp_register=[person(nhs(1), "1950-06-15"), person(nhs(2), "2026-01-01")],
        social_care_people=[client(**identity(date_of_birth="2026-01-01"))],
        demographics=[{"nhs_number": nhs(2), **identity(date_of_birth="2026-01-01")}],
        social_care_events=[care_event("E1", "P1", on(900)), care_event("E2", "P1", on(30))],
    )
    assert linked(zone) == [person_of(zone, nhs(2))]
    assert zone.report["tables"]["social_care_events"]["contradicts_life"] == 1


def test_report_counts_clients_and_events_by_group_and_method(tmp_path: Path) -> None:
    zone = zone_of(
        tmp_path,
        social_care_people=[
            client("P1", nhs_number=nhs(1), date_of_birth=BIRTH),
            client("P2", client_group="carer"),
            client("P3", client_group="carer", nhs_number=nhs(2), date_of_birth=BIRTH),
        ],
        social_care_events=[
            care_event(f"E{n}", client_id, on(90)) for n, client_id in enumerate(("P1", "P1", "P2", "P4"))
        ],
    )
    assert methods(zone) == [
        ("carer", "nhs_number_and_date_of_birth", 1, 0),
        ("carer", "no_match", 1, 1),
        ("not_recorded", "no_match", 1, 1),
        ("other_vulnerable", "nhs_number_and_date_of_birth", 1, 2),
    ]
    assert zone.report["tables"]["social_care_events"]["not_linked"] == 2


def test_event_columns(tmp_path: Path) -> None:
    event = care_event(
        "E1",
        "P1",
        on(90),
        nhs_number=nhs(1),
        ended_on=on(-30),
        hours_per_week=10.5,
        client_group="carer",
        outcome="spoke to Mrs Begum",
        available_on=on(60),
    )
    t = day_number(INDEX)
    (row,) = events(zone_of(tmp_path, social_care_events=[event]), "social_care_events")
    assert row[1:] == (t - 90, t - 60, "service", "home_care", "carer", t + 30, 105, "other")
