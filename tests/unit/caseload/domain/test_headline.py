"""The headline: which run and which months, who counts as what, and that nothing withheld can be worked out."""

import random
import tomllib
from datetime import UTC, date, datetime
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from caseload.domain.headline import (
    NATIONAL,
    SHOWN_ROWS,
    TIERS,
    AsRecorded,
    CodedPlace,
    Count,
    Exclusion,
    Measure,
    Reporting,
    Row,
    Run,
    headline_of,
    latest_birthday,
    line_of,
    reported_months,
    reporting_on,
)
from caseload.domain.lead_rule import age_on
from caseload.domain.words import OrganisationKind, Tier
from tests.architecture.source import ROOT

BOUND = 8
SHOWN = (Measure.PEOPLE, Measure.CASES, Measure.LED, Measure.JOINT)


def run(number, index_date, loaded=None):
    loaded = loaded or index_date
    return Run(
        number, index_date, datetime(loaded.year, loaded.month, loaded.day, 12, tzinfo=UTC), "percentile", "1", False
    )


def test_the_run_in_force_is_the_newest_that_had_been_taken_in():
    runs = [
        run(1, date(2026, 8, 1)),
        run(2, date(2026, 9, 1), date(2026, 9, 20)),
        run(3, date(2026, 9, 1), date(2026, 10, 2)),
    ]
    assert reporting_on(runs, date(2026, 9, 19)).run.run_id == 1
    assert reporting_on(runs, date(2026, 9, 20)).run.run_id == 2
    assert reporting_on(runs, date(2026, 10, 1)).run.run_id == 2
    assert reporting_on(runs, date(2026, 10, 2)).run.run_id == 3
    assert reporting_on(runs, date(2026, 7, 31)) is None
    assert not reporting_on(runs, date(2026, 10, 2)).late


def test_where_none_had_been_taken_in_one_taken_in_since_is_used_and_said_so():
    runs = [run(1, date(2026, 10, 1), date(2026, 10, 5)), run(2, date(2026, 8, 1), date(2026, 10, 6))]
    reporting = reporting_on(runs, date(2026, 8, 31))
    assert (reporting.run.run_id, reporting.late) == (2, True)


def test_months_with_a_run_of_their_own_are_reported_newest_first_and_the_last_until_today():
    runs = [run(1, date(2026, 6, 1)), run(2, date(2026, 7, 1)), run(3, date(2026, 9, 1)), run(4, date(2026, 10, 1))]
    found = reported_months(runs, date(2026, 10, 5), 13)
    assert [(one.day, one.run.run_id) for one in found] == [
        (date(2026, 10, 5), 4), (date(2026, 9, 30), 3), (date(2026, 7, 31), 2), (date(2026, 6, 30), 1),
    ]  # fmt: skip
    assert [one.run.run_id for one in reported_months(runs, date(2026, 10, 5), 2)] == [4, 3]
    assert reported_months([], date(2026, 10, 5), 13) == ()


@pytest.mark.parametrize(
    "day", [date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 1), date(2026, 9, 30)]
)
def test_the_latest_birthday_of_an_adult_is_the_age_everybody_else_goes_by(day):
    born = latest_birthday(day)
    assert age_on(born, day) >= 18
    assert age_on(date.fromordinal(born.toordinal() + 1), day) < 18


DAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, Row.HIGH),
        ({"tier": Tier.NONE}, Row.REST),
        ({"tier": None}, Exclusion.NOT_SCORED),
        ({"date_of_death": DAY}, Exclusion.DIED),
        ({"date_of_death": date(2026, 10, 1)}, Row.HIGH),
        ({"deregistered_on": DAY}, Exclusion.LEFT),
        ({"deregistered_on": DAY, "date_of_death": DAY}, Exclusion.DIED),
        ({"date_of_birth": date(2008, 10, 1)}, Exclusion.UNDER_18),
        ({"date_of_birth": date(2008, 10, 1), "objects": True}, Exclusion.UNDER_18),
        ({"date_of_birth": date(2008, 9, 30)}, Row.HIGH),
        ({"objects": True}, Exclusion.OBJECTS),
        ({"objects": True, "tier": None}, Exclusion.OBJECTS),
    ],
)
def test_everybody_counts_once_for_the_first_reason_that_fits(changed, line):
    facts = {
        "practice_id": 1, "date_of_birth": date(1950, 1, 1), "date_of_death": None, "deregistered_on": None,
        "tier": Tier.HIGH, "objects": False,
    }  # fmt: skip
    assert line_of(AsRecorded(**(facts | changed)), DAY) is line


def test_national_shares_are_those_the_tiers_are_defined_by():
    national = tomllib.loads((ROOT / "config" / "tiers.toml").read_text(encoding="utf-8"))["national"]
    assert {row.value: 100 * NATIONAL[row] for row in TIERS} == pytest.approx(national)
    assert NATIONAL[Row.AT_RISK] == pytest.approx(sum(NATIONAL[row] for row in TIERS))


@pytest.mark.parametrize("numbers", [(1, 2, 0, 0), (3, 1, 2, 0), (3, 3, 1, 2), (-1, 0, 0, 0)])
def test_numbers_that_cannot_be_are_refused_before_they_are_settled(numbers):
    with pytest.raises(ValueError, match="more with a joint plan"):
        Count(1, Row.HIGH, *numbers)


def tree(networks, practices):
    yield CodedPlace(1, "Borough", OrganisationKind.BOROUGH, None, "B")
    for network in range(networks):
        yield CodedPlace(10 + network, f"N{network}", OrganisationKind.NETWORK, 1, f"N{network}")
        for practice in range(practices):
            number = 100 + 10 * network + practice
            yield CodedPlace(number, f"P{number}", OrganisationKind.PRACTICE, 10 + network, f"P{number}")


def random_counts(places, rng):
    """Many zeros and small numbers; everybody led having a plan as often as not."""
    most = rng.choice([6, 14, 40])
    for place in places:
        if place.kind is OrganisationKind.PRACTICE:
            for row in (*TIERS, Row.REST):
                people = rng.choice([0, rng.randint(0, most), rng.randint(0, most)])
                cases = rng.choice([people, 0, rng.randint(0, people)]) if row in TIERS else 0
                led = rng.choice([cases, cases, 0, rng.randint(0, cases)])
                yield Count(place.place_id, row, people, cases, led, rng.choice([led, led, rng.randint(0, led)]))
            for why in Exclusion:
                yield Count(place.place_id, why, rng.randint(0, most))


def made(seed):
    rng = random.Random(seed)
    places = tuple(tree(rng.randint(1, 3), rng.randint(1, 4)))
    reporting = Reporting(DAY, run(1, date(2026, 9, 1)), late=False)
    return headline_of(reporting, places, tuple(random_counts(places, rng)), BOUND)


def sums_in_words(headline):
    """What adds up, written again from what the page says: not taken from the module."""
    ids = [place.place_id for place in headline.places]
    inside = {}
    for place in headline.places:
        inside.setdefault(place.parent_id, []).append(place.place_id)
    for place, measure in product(ids, Measure):
        yield (place, Row.AT_RISK, measure), [(place, row, measure) for row in TIERS]
    for place in ids:
        yield (place, Row.ALL, Measure.PEOPLE), [(place, row, Measure.PEOPLE) for row in (*TIERS, Row.REST)]
        for row in SHOWN_ROWS:
            yield (place, row, Measure.PEOPLE), [(place, row, Measure.CASES), (place, row, Measure.WITHOUT_CASE)]
            yield (place, row, Measure.CASES), [(place, row, Measure.LED), (place, row, Measure.WITHOUT_LEAD)]
            yield (place, row, Measure.LED), [(place, row, Measure.JOINT), (place, row, Measure.LED_ONLY)]
    for place, line, measure in headline.numbers:
        if place in inside:
            yield (place, line, measure), [(one, line, measure) for one in inside[place]]


def reachable(headline):
    """By linear programming: for each withheld number, the least and the most it can be for what is shown."""
    numbers = list(headline.numbers)
    index = {number: at for at, number in enumerate(numbers)}
    sums = list(sums_in_words(headline))
    matrix = lil_matrix((len(sums), len(numbers)))
    for at, (total, parts) in enumerate(sums):
        matrix[at, index[total]] = -1
        for part in parts:
            matrix[at, index[part]] += 1
    stands = {one for one in numbers if one[1] is not Row.REST and one[2] in SHOWN}
    bounds = [
        (1, None) if one in headline.hidden else (value, value) if one in stands else (0, None)
        for one, value in headline.numbers.items()
    ]
    for one in headline.hidden:
        ends = []
        for sign in (1, -1):
            costs = np.zeros(len(numbers))
            costs[index[one]] = sign
            solved = linprog(costs, A_eq=matrix.tocsr(), b_eq=np.zeros(len(sums)), bounds=bounds)
            ends.append(np.inf if solved.status == 3 else sign * solved.fun)
            assert solved.status in (0, 3), "what is shown contradicts itself"
        yield one, ends[0], abs(ends[1])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_no_withheld_number_can_be_worked_out_by_linear_programming(seed):
    headline = made(seed)
    assert headline.hidden
    for number, least, most in reachable(headline):
        assert np.ceil(least - 1e-7) < np.floor(most + 1e-7), (number, least, most)


def test_a_number_between_two_equal_ones_is_withheld_with_one_of_them():
    """Everybody of the second practice has a lead: their cases are its people, and the network's less those are the first's 3."""
    places = tuple(tree(1, 2))
    counts = (Count(100, Row.HIGH, 200, 3), Count(101, Row.HIGH, 50, 50, 50))
    headline = headline_of(Reporting(DAY, run(1, date(2026, 9, 1)), late=False), places, counts, BOUND)
    assert headline.number(100, Row.HIGH, Measure.CASES) is None
    for cell, least, most in reachable(headline):
        assert least < most, cell
    beside = [headline.number(101, Row.HIGH, one) for one in (Measure.PEOPLE, Measure.LED)]
    assert None in beside or headline.number(10, Row.HIGH, Measure.CASES) is None


def test_every_small_number_is_withheld_and_zeros_are_shown():
    for seed in range(12):
        headline = made(seed)
        for (place, line, measure), value in headline.numbers.items():
            if line is not Row.REST and measure in SHOWN:
                shown = headline.number(place, line, measure)
                assert shown in (None, value)
                assert shown is None or value == 0 or value >= BOUND
                assert value > 0 or shown == 0
