"""Nothing withheld can be worked out: not by the sums, not by what must be larger than what, not by both together."""

import random
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from caseload.domain.overview import PARTS, SHOWN, Count, Measure, Overview, Place, Row, overview_of
from caseload.domain.suppression import Sum, Table, withheld, worked_out
from caseload.domain.words import OrganisationKind

BOUND = 5


def tree(networks, practices):
    """One borough, some networks, some practices in each."""
    yield Place(1, "Borough", OrganisationKind.BOROUGH, None)
    for network in range(networks):
        yield Place(10 + network, f"Network {network}", OrganisationKind.NETWORK, 1)
        for practice in range(practices):
            yield Place(
                100 + 10 * network + practice, f"Practice {network}.{practice}", OrganisationKind.PRACTICE, 10 + network
            )


def random_counts(places, rng):
    """Numbers as they are met with: many zeros and small ones, everybody with a case having a lead as often as not."""
    most = rng.choice([4, 9, 30])
    for place in places:
        if place.kind is OrganisationKind.PRACTICE:
            for row in PARTS:
                people = rng.choice([0, rng.randint(0, most), rng.randint(0, most)])
                cases = rng.choice([people, 0, rng.randint(0, people)])
                leads = rng.choice([cases, cases, rng.randint(0, cases)])
                yield Count(place.place_id, row, people, cases, leads)


def reachable(overview: Overview):
    """By linear programming: for each withheld number, the least and the most it can be for what is shown."""
    numbers = list(overview.numbers)
    index = {number: at for at, number in enumerate(numbers)}
    sums = list(sums_of(overview))
    matrix = lil_matrix((len(sums), len(numbers)))
    for at, (total, parts) in enumerate(sums):
        matrix[at, index[total]] = -1
        for part in parts:
            matrix[at, index[part]] += 1
    bounds = [
        (1, None) if one in overview.hidden else (value, value) if one[2] in SHOWN else (0, None)
        for one, value in overview.numbers.items()
    ]
    for one in overview.hidden:
        ends = []
        for sign in (1, -1):
            costs = np.zeros(len(numbers))
            costs[index[one]] = sign
            solved = linprog(costs, A_eq=matrix.tocsr(), b_eq=np.zeros(len(sums)), bounds=bounds)
            ends.append(np.inf if solved.status == 3 else sign * solved.fun)
            assert solved.status in (0, 3), "what is shown contradicts itself"
        yield one, ends[0], abs(ends[1])


def sums_of(overview):
    """The sums written again from the words of the module, not taken from it."""
    inside = {}
    for place in overview.places:
        inside.setdefault(place.parent_id, []).append(place.place_id)
    ids = [place.place_id for place in overview.places]
    for place, measure in product(ids, Measure):
        yield (place, Row.ALL, measure), [(place, row, measure) for row in PARTS]
    for place, row, measure in product(ids, Row, Measure):
        if place in inside:
            yield (place, row, measure), [(one, row, measure) for one in inside[place]]
    for place, row in product(ids, Row):
        people, cases, leads = ((place, row, measure) for measure in SHOWN)
        yield people, [cases, (place, row, Measure.WITHOUT_CASE)]
        yield cases, [leads, (place, row, Measure.WITHOUT_LEAD)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_withheld_number_can_be_worked_out_by_linear_programming(seed):
    rng = random.Random(seed)
    places = tuple(tree(rng.randint(1, 2), rng.randint(1, 3)))
    overview = overview_of(places, tuple(random_counts(places, rng)), BOUND)
    for number, least, most in reachable(overview):
        assert np.ceil(least - 1e-7) < np.floor(most + 1e-7), (number, least, most)


@pytest.mark.parametrize("seed", range(8))
def test_no_withheld_number_of_a_small_table_has_one_possible_value(seed):
    """By counting: every filling of a two by two table with the totals that are shown."""
    rng = random.Random(seed)
    inner = {(row, column): rng.randint(0, 7) for row in "ab" for column in "xy"}
    table = with_totals(inner)
    hidden = withheld(table, BOUND)
    fits = [filled for values in product(range(15), repeat=4) if (filled := same_shown(table, hidden, inner, values))]
    assert fits
    for cell in hidden:
        assert len({filled[cell] for filled in fits}) > 1, cell


def with_totals(inner):
    numbers = dict(inner)
    sums = []
    for row in "ab":
        sums.append(Sum((row, "all"), ((row, "x"), (row, "y"))))
    for column in ("x", "y", "all"):
        sums.append(Sum(("all", column), (("a", column), ("b", column))))
    sums.append(Sum(("all", "all"), (("all", "x"), ("all", "y"))))
    for one in sums:
        numbers[one.total] = sum(numbers[part] for part in one.parts)
    return Table(numbers, tuple(sums), frozenset(numbers))


def same_shown(table, hidden, inner, values):
    """This filling, if a reader of the table could not tell it from the true one."""
    filled = with_totals(dict(zip(inner, values, strict=True))).numbers
    fits = all(
        filled[cell] >= 1 if cell in hidden else filled[cell] == number for cell, number in table.numbers.items()
    )
    return filled if fits else None


def test_every_small_number_is_withheld_and_zeros_are_shown():
    for seed in range(20):
        rng = random.Random(seed)
        places = tuple(tree(2, 3))
        overview = overview_of(places, tuple(random_counts(places, rng)), BOUND)
        for number, value in overview.numbers.items():
            if number[2] in SHOWN and 0 < value < BOUND:
                assert number in overview.hidden
            if value == 0:
                assert number not in overview.hidden


def test_nothing_is_withheld_where_no_number_is_small():
    places = tuple(tree(2, 2))
    counts = tuple(
        Count(place.place_id, row, 40, 20, 10)
        for place in places
        if place.kind is OrganisationKind.PRACTICE
        for row in PARTS
    )
    assert overview_of(places, counts, BOUND).hidden == frozenset()


def test_one_small_number_takes_others_with_it():
    """A practice's 3 would be the network's 53 less 50: so the 50 goes too, and one more tier of each."""
    places = (Place(1, "Network", OrganisationKind.NETWORK, None), *(
        Place(number, str(number), OrganisationKind.PRACTICE, 1) for number in (2, 3)
    ))  # fmt: skip
    counts = [Count(place, row, 60, 50, 50) for place in (2, 3) for row in PARTS]
    counts[0] = Count(2, Row.VERY_HIGH, 60, 3, 3)
    overview = overview_of(places, tuple(counts), BOUND)
    leads = {number[:2] for number in overview.hidden if number[2] is Measure.LEADS}
    assert {(2, Row.VERY_HIGH), (3, Row.VERY_HIGH)} < leads
    assert len({row for place, row in leads if place == 2}) >= 2
    assert overview.number(1, Row.VERY_HIGH, Measure.LEADS) == 53


def test_a_number_that_equals_a_shown_one_is_not_shown_through_it():
    """All cases have a lead: the cases would say what the withheld leads are."""
    places = (Place(1, "Network", OrganisationKind.NETWORK, None), *(
        Place(number, str(number), OrganisationKind.PRACTICE, 1) for number in (2, 3, 4)
    ))  # fmt: skip
    counts = [Count(place, row, 200, 50, 50) for place in (2, 3, 4) for row in PARTS]
    counts[0] = Count(2, Row.VERY_HIGH, 200, 3, 3)
    overview = overview_of(places, tuple(counts), BOUND)
    for place, row, measure in overview.hidden:
        if measure is Measure.LEADS:
            assert (place, row, Measure.CASES) in overview.hidden


def test_the_two_ways_of_working_out_find_what_is_left_open():
    table = with_totals({("a", "x"): 3, ("a", "y"): 50, ("b", "x"): 60, ("b", "y"): 70})
    assert worked_out(table, {("a", "x")}) == [("a", "x")]
    assert worked_out(table, {("a", "x"), ("a", "y")}) == [("a", "x"), ("a", "y")]
    crossed = {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
    assert worked_out(table, crossed) == []
