"""Nothing withheld can be worked out: not by the sums, not by what must be larger than what, not by both together."""

import random
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from caseload.domain.suppression import Sum, Table, withheld, worked_out

BOUND = 5
TIERS = ("very_high", "high", "moderate", "rest")
SHOWN = ("people", "cases", "leads")
WITHOUT = ("without_case", "without_lead")


class Counted:
    """People, cases and leads by tier in a tree of places, given as {place: place around it}, and what is withheld of it."""

    def __init__(self, around, counts, bound=BOUND):
        self.around = around
        self.numbers = {
            (place, row, measure): 0 for place in around for row in (*TIERS, "all") for measure in (*SHOWN, *WITHOUT)
        }
        for (place, row), (people, cases, leads) in counts.items():
            for measure, number in zip(
                (*SHOWN, *WITHOUT), (people, cases, leads, people - cases, cases - leads), strict=True
            ):
                at = place
                while at is not None:
                    self.numbers[at, row, measure] += number
                    self.numbers[at, "all", measure] += number
                    at = around[at]
        sums = tuple(Sum(total, tuple(parts)) for total, parts in sums_of(self))
        self.hidden = withheld(
            Table(self.numbers, sums, frozenset(one for one in self.numbers if one[2] in SHOWN)), bound
        )


def tree(networks, practices):
    """One borough, some networks, some practices in each."""
    around = {1: None} | {10 + network: 1 for network in range(networks)}
    return around | {100 + 10 * network + one: 10 + network for network in range(networks) for one in range(practices)}


def random_counts(around, rng):
    """Numbers as they are met with: many zeros and small ones, everybody with a case having a lead as often as not."""
    most = rng.choice([4, 9, 30])
    found = {}
    for place in (one for one in around if one not in around.values()):
        for row in TIERS:
            people = rng.choice([0, rng.randint(0, most), rng.randint(0, most)])
            cases = rng.choice([people, 0, rng.randint(0, people)])
            found[place, row] = (people, cases, rng.choice([cases, cases, rng.randint(0, cases)]))
    return found


def reachable(counted):
    """By linear programming: for each withheld number, the least and the most it can be for what is shown."""
    numbers = list(counted.numbers)
    index = {number: at for at, number in enumerate(numbers)}
    sums = list(sums_of(counted))
    matrix = lil_matrix((len(sums), len(numbers)))
    for at, (total, parts) in enumerate(sums):
        matrix[at, index[total]] = -1
        for part in parts:
            matrix[at, index[part]] += 1
    bounds = [
        (1, None) if one in counted.hidden else (value, value) if one[2] in SHOWN else (0, None)
        for one, value in counted.numbers.items()
    ]
    for one in counted.hidden:
        ends = []
        for sign in (1, -1):
            costs = np.zeros(len(numbers))
            costs[index[one]] = sign
            solved = linprog(costs, A_eq=matrix.tocsr(), b_eq=np.zeros(len(sums)), bounds=bounds)
            ends.append(np.inf if solved.status == 3 else sign * solved.fun)
            assert solved.status in (0, 3), "what is shown contradicts itself"
        yield one, ends[0], abs(ends[1])


def sums_of(counted):
    """What adds up."""
    inside = {}
    for place, around in counted.around.items():
        inside.setdefault(around, []).append(place)
    rows = (*TIERS, "all")
    for place, measure in product(counted.around, (*SHOWN, *WITHOUT)):
        yield (place, "all", measure), [(place, row, measure) for row in TIERS]
    for place, row, measure in product(counted.around, rows, (*SHOWN, *WITHOUT)):
        if place in inside:
            yield (place, row, measure), [(one, row, measure) for one in inside[place]]
    for place, row in product(counted.around, rows):
        people, cases, leads = ((place, row, measure) for measure in SHOWN)
        yield people, [cases, (place, row, "without_case")]
        yield cases, [leads, (place, row, "without_lead")]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_withheld_number_can_be_worked_out_by_linear_programming(seed):
    rng = random.Random(seed)
    around = tree(rng.randint(1, 2), rng.randint(1, 3))
    for number, least, most in reachable(Counted(around, random_counts(around, rng))):
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
        counted = Counted(tree(2, 3), random_counts(tree(2, 3), random.Random(seed)))
        for number, value in counted.numbers.items():
            if number[2] in SHOWN and 0 < value < BOUND:
                assert number in counted.hidden
            if value == 0:
                assert number not in counted.hidden


def test_nothing_is_withheld_where_no_number_is_small():
    around = tree(2, 2)
    counts = {(place, row): (40, 20, 10) for place in around if place >= 100 for row in TIERS}
    assert Counted(around, counts).hidden == frozenset()


def test_one_small_number_takes_others_with_it():
    """A practice's 3 would be the network's 53 less 50: so the 50 goes too, and one more tier of each."""
    counts = {(place, row): (60, 50, 50) for place in (2, 3) for row in TIERS} | {(2, "very_high"): (60, 3, 3)}
    counted = Counted({1: None, 2: 1, 3: 1}, counts)
    leads = {number[:2] for number in counted.hidden if number[2] == "leads"}
    assert {(2, "very_high"), (3, "very_high")} < leads
    assert len({row for place, row in leads if place == 2}) >= 2
    assert (1, "very_high", "leads") not in counted.hidden


def test_a_number_that_equals_a_shown_one_is_not_shown_through_it():
    """All cases have a lead: the cases would say what the withheld leads are."""
    counts = {(place, row): (200, 50, 50) for place in (2, 3, 4) for row in TIERS} | {(2, "very_high"): (200, 3, 3)}
    counted = Counted({1: None, 2: 1, 3: 1, 4: 1}, counts)
    for place, row, measure in counted.hidden:
        if measure == "leads":
            assert (place, row, "cases") in counted.hidden


def test_the_two_ways_of_working_out_find_what_is_left_open():
    table = with_totals({("a", "x"): 3, ("a", "y"): 50, ("b", "x"): 60, ("b", "y"): 70})
    assert worked_out(table, {("a", "x")}) == [("a", "x")]
    assert worked_out(table, {("a", "x"), ("a", "y")}) == [("a", "x"), ("a", "y")]
    crossed = {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
    assert worked_out(table, crossed) == []
