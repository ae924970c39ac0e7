"""A whole zone of random people against the rules written again in plain Python, row by row."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from stratify.days import day_number
from stratify.pseudonyms import pseudonym
from stratify.zone import Zone
from tests.support.built_zones import KEY, RULES, a_zone, events, people, selected
from tests.support.packs import EXTRACTED_ON, admission, attendance, nhs, person, practice, prescription

DATES = (EXTRACTED_ON - timedelta(days=365), EXTRACTED_ON - timedelta(days=500))
PEOPLE, EVENTS = 150, 1500
PURPOSE_EXCLUDES = ("type_1", "risk_stratification")
LAG = RULES.default.lag_days


class Places:
    """Random days and people, the same for every run."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def day(self, first: int = -4200, last: int = 0) -> str:
        return (EXTRACTED_ON + timedelta(days=self.random.randint(first, last))).isoformat()

    def maybe(self, share: float, value: Any) -> Any:
        return value if self.random.random() < share else None

    def who(self) -> str:
        return nhs(self.random.randint(1, PEOPLE + 5))

    def person(self, n: int) -> dict[str, Any]:
        registered = self.day()
        left = max(registered, self.day(-900))
        return person(
            nhs(n),
            self.day(-36500, -400),
            registered_on=registered,
            deregistered_on=self.maybe(0.3, left),
            date_of_death=self.maybe(0.2, self.day(-800)),
            practice_code=self.random.choice(["F84001"] * 9 + ["Z99999"]),
        )

    def objection(self) -> dict[str, Any]:
        begins = self.day(-900)
        kind = self.random.choice(["type_1", "national_opt_out", "risk_stratification"])
        ends = self.maybe(0.5, max(begins, self.day(-700)))
        return {"nhs_number": nhs(self.random.randint(1, PEOPLE)), "kind": kind, "from_date": begins, "to_date": ends}

    def stay(self, n: int) -> dict[str, Any]:
        begins = self.day(-1800)
        kind = self.random.choice(["21", "11", "2A", "31"])
        cost = self.maybe(0.8, round(self.random.uniform(50, 9000), 2))
        return admission(self.who(), begins, spell_id=f"S{n}", admission_method=kind, cost_gbp=cost)

    def script(self) -> dict[str, Any]:
        issued = self.day(-1900)
        available = self.maybe(0.7, (date.fromisoformat(issued) + timedelta(days=self.random.randint(0, 30))))
        available = None if available is None else min(available, EXTRACTED_ON).isoformat()
        return prescription(self.who(), self.random.choice(["0206010", "0301011"]), issued, available_on=available)

    def visit(self, n: int) -> dict[str, Any]:
        cost = self.maybe(0.9, round(self.random.uniform(50, 300), 2))
        return attendance(self.who(), self.day(-1800), attendance_id=f"A{n}", cost_gbp=cost)


@pytest.fixture(scope="module", params=[1, 2])
def pack(request: pytest.FixtureRequest) -> dict[str, Any]:
    places = Places(request.param)
    return {
        "gp_register": [places.person(n) for n in range(1, PEOPLE + 1)],
        "practices": [practice("F84001")],
        "objections": [places.objection() for _ in range(40)],
        "admissions": [places.stay(n) for n in range(EVENTS)],
        "gp_prescriptions": [places.script() for _ in range(EVENTS)],
        "ed_attendances": [places.visit(n) for n in range(EVENTS)],
    }


@pytest.fixture(scope="module")
def zone(pack: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Zone:
    return a_zone(tmp_path_factory.mktemp("oracle"), index_dates=DATES, outcomes=True, **pack)


def parsed(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def in_register(row: dict[str, Any]) -> bool:
    """The register's own rules: no death before birth, no leaving before coming."""
    death, left = row["date_of_death"], row["deregistered_on"]
    return not (death and death < row["date_of_birth"]) and not (left and left < row["registered_on"])


def objects(pack: dict[str, Any], number: str, t: date) -> bool:
    for row in pack["objections"]:
        if row["nhs_number"] == number and row["kind"] in PURPOSE_EXCLUDES:
            begins, ends = parsed(row["from_date"]), parsed(row["to_date"])
            for day in (t, EXTRACTED_ON):
                if begins is not None and begins <= day and (ends is None or day < ends):
                    return True
    return False


def scored(pack: dict[str, Any], row: dict[str, Any], t: date) -> bool:
    at = t.isoformat()
    return (
        row["date_of_birth"] < at
        and not (row["date_of_death"] and row["date_of_death"] < at)
        and row["registered_on"] < at
        and not (row["deregistered_on"] and row["deregistered_on"] < at)
        and row["practice_code"] == "F84001"
        and not objects(pack, row["nhs_number"], t)
    )


def kept(row: dict[str, Any], who: dict[str, Any], event: str) -> bool:
    """The event lies between the person's birth and the 31st day after their death."""
    death = parsed(who["date_of_death"])
    day = date.fromisoformat(row[event])
    return day >= date.fromisoformat(who["date_of_birth"]) and not (death and day > death + timedelta(days=31))


def register_of(pack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["nhs_number"]: row for row in pack["gp_register"] if in_register(row)}


def usable(pack: dict[str, Any], table: str, event: str) -> list[dict[str, Any]]:
    """Accepted rows of people who are scored at one of the dates."""
    register = register_of(pack)
    found = []
    for row in pack[table]:
        who = register.get(row["nhs_number"])
        if who and kept(row, who, event) and any(scored(pack, who, t) for t in DATES):
            found.append(row)
    return found


def test_people_and_their_status(zone: Zone, pack: dict[str, Any]) -> None:
    names = dict(people(zone, "pseudonym, pid"))
    register = register_of(pack)
    assert len(names) == len(register)
    for t in DATES:
        found = dict(selected(f"SELECT pid, status FROM {zone.population_table(t).sql}"))
        expected = {names[pseudonym(KEY, number)]: scored(pack, row, t) for number, row in register.items()}
        assert {pid: status == "scored" for pid, status in found.items()} == expected
        assert 20 < sum(expected.values()) < PEOPLE


def test_prescriptions_row_by_row(zone: Zone, pack: dict[str, Any]) -> None:
    names = dict(people(zone, "pseudonym, pid"))
    first, last = min(DATES) - timedelta(days=365), max(DATES)
    expected: Counter[tuple[Any, ...]] = Counter()
    for row in usable(pack, "gp_prescriptions", "issued_on"):
        day = date.fromisoformat(row["issued_on"])
        available = parsed(row["available_on"]) or day + timedelta(days=LAG)
        if first <= day < last and available < last:
            pid = names[pseudonym(KEY, row["nhs_number"])]
            expected[(pid, day_number(day), day_number(available), row["bnf_code"])] += 1
    assert Counter(events(zone, "gp_prescriptions")) == expected
    assert sum(expected.values()) > 100


def test_outcomes_person_by_person(zone: Zone, pack: dict[str, Any]) -> None:
    names = dict(people(zone, "pseudonym, pid"))
    columns = "event, days_to_event, died_days, left_days, censored, event_if_death_counts, cost_pence_365"
    stays = usable(pack, "admissions", "admitted_on")
    visits = usable(pack, "ed_attendances", "arrived_on")
    for t in DATES:
        found = {pid: tuple(rest) for pid, *rest in selected(f"SELECT pid, {columns} FROM {zone.outcome_table(t).sql}")}
        for number, row in register_of(pack).items():
            expected = outcome_of(stays, visits, row, t) if scored(pack, row, t) else (None,) * 7
            assert found[names[pseudonym(KEY, number)]] == expected
        assert sum(event is True for event, *_ in found.values()) > 5
        assert sum(row[4] is True for row in found.values()) >= 1


def outcome_of(
    stays: list[dict[str, Any]], visits: list[dict[str, Any]], who: dict[str, Any], t: date
) -> tuple[Any, ...]:
    def days(text: str | None) -> int | None:
        count = (date.fromisoformat(text) - t).days if text else None
        return count if count is not None and 0 <= count < 365 else None

    def in_window(rows: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
        return [row for row in rows if row["nhs_number"] == who["nhs_number"] and days(row[event]) is not None]

    mine = in_window(stays, "admitted_on")
    emergencies = sorted(days(row["admitted_on"]) or 0 for row in mine if row["admission_method"] in ("21", "2A"))
    died, left = days(who["date_of_death"]), days(who["deregistered_on"])
    event = bool(emergencies)
    censored = not event and left is not None and (died is None or left < died)
    cost = sum(round((row["cost_gbp"] or 0) * 100) for row in (*mine, *in_window(visits, "arrived_on")))
    return event, emergencies[0] if event else None, died, left, censored, event or died is not None, cost
