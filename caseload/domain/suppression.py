"""Which numbers of a table are not shown, so that no small one can be read or worked out.

A number from 1 up to below the bound is small: it is withheld. Where it could be worked out from the numbers still shown
(a total less the others, or because one number can never be larger than another), more numbers are withheld until it
cannot. Zeros are shown: they say nothing of anybody. A reader is taken to know all sums, that numbers are whole and
not negative, that what is withheld is not zero, and every number that is shown, on whatever page.

Two ways of working out are tried until both find nothing: solving the sums (exact), and narrowing ranges (what cannot
be below, what cannot be above). A test tries the rest: linear programming over random tables.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Cell = Any  # whatever names a number: anything that can be a key
Range = tuple[int, int | None]
"""The least and the most a number can be; None for no upper end."""


@dataclass(frozen=True, slots=True)
class Sum:
    """One number that is the sum of others."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers, the sums that bind them, and those a page may show; the others can only be worked out.

    What is withheld to protect a number is, as far as there is one, of the same `kin` and worth least, by `worth`; without
    either the smallest number near.
    """

    numbers: Mapping[Cell, int]
    sums: tuple[Sum, ...]
    shown: frozenset[Cell]
    worth: Callable[[Cell], int] = field(default=lambda _cell: 0)
    kin: Callable[[Cell], Any] = field(default=lambda _cell: None)


def withheld(table: Table, bound: int) -> frozenset[Cell]:
    """The cells that must not be shown, for no number from 1 to below `bound` to become known."""
    hidden = {cell for cell in table.shown if 0 < table.numbers[cell] < bound}
    around = _sums_of(table.sums)
    while True:
        known = worked_out(table, hidden)
        more = {cell for one in known if (cell := _cheapest(table, hidden, one, around)) is not None}
        if not more:
            return frozenset(hidden)
        hidden |= more


def worked_out(table: Table, hidden: Collection[Cell]) -> list[Cell]:
    """Those of the hidden cells whose number a reader can work out."""
    ranges = _narrowed(table, hidden)
    found = [cell for cell in hidden if ranges[cell][0] == ranges[cell][1]]
    return sorted(found or _solved(table, hidden), key=repr)


def _sums_of(sums: Sequence[Sum]) -> dict[Cell, list[Sum]]:
    around: dict[Cell, list[Sum]] = {}
    for one in sums:
        for cell in one.cells:
            around.setdefault(cell, []).append(one)
    return around


def _cheapest(table: Table, hidden: Collection[Cell], known: Cell, around: Mapping[Cell, list[Sum]]) -> Cell | None:
    """The number worth least still shown near a cell that became known: in its sums, else in those of their cells, and on.

    First among its kin; else among all. None where every number but zeros is withheld: there is then nothing to work
    anything out from.
    """
    kin = table.kin(known)
    found = _nearest(table, hidden, known, around, lambda cell: bool(table.kin(cell) == kin))
    return found if found is not None else _nearest(table, hidden, known, around, lambda _cell: True)


def _nearest(
    table: Table,
    hidden: Collection[Cell],
    known: Cell,
    around: Mapping[Cell, list[Sum]],
    counts: Callable[[Cell], bool],
) -> Cell | None:
    met, edge = {known}, [known]
    while edge:
        sums = [one for cell in edge for one in around[cell]]
        choices = [
            (table.worth(cell), cell == one.total, table.numbers[cell], repr(cell), cell)
            for one in sums
            for cell in one.cells
            if cell in table.shown and cell not in hidden and table.numbers[cell] > 0 and counts(cell)
        ]
        if choices:
            return min(choices, key=lambda choice: choice[:4])[4]
        edge = list(dict.fromkeys(cell for one in sums for cell in one.cells if cell not in met and counts(cell)))
        met.update(edge)
    return None


def _narrowed(table: Table, hidden: Collection[Cell]) -> dict[Cell, Range]:
    """The range of every cell, narrowed through the sums until none gets narrower."""
    ranges: dict[Cell, Range] = {
        cell: (1, None) if cell in hidden else (number, number) if cell in table.shown else (0, None)
        for cell, number in table.numbers.items()
    }
    around = _sums_of(table.sums)
    waiting = dict.fromkeys(table.sums)
    while waiting:
        one = next(iter(waiting))
        del waiting[one]
        for cell in _narrow(one, ranges):
            waiting.update(dict.fromkeys(around[cell]))
    return ranges


def _narrow(one: Sum, ranges: dict[Cell, Range]) -> list[Cell]:
    """Narrow the ranges of a sum's cells by each other; those that got narrower."""
    lows = sum(ranges[part][0] for part in one.parts)
    highs = [ranges[part][1] for part in one.parts]
    open_ended = sum(high is None for high in highs)
    most = sum(high for high in highs if high is not None)
    low_total, high_total = ranges[one.total]
    changed = _set(one.total, lows, None if open_ended else most, ranges)
    for part in one.parts:
        low, high = ranges[part]
        others_most = None if open_ended - (high is None) else most - (high or 0)
        least = low_total - others_most if others_most is not None else 0
        at_most = None if high_total is None else high_total - (lows - low)
        changed += _set(part, least, at_most, ranges)
    return changed


def _set(cell: Cell, least: int, most: int | None, ranges: dict[Cell, Range]) -> list[Cell]:
    low, high = ranges[cell]
    narrower = max(low, least), most if high is None else high if most is None else min(high, most)
    if narrower == (low, high):
        return []
    ranges[cell] = narrower
    return [cell]


def _solved(table: Table, hidden: Collection[Cell]) -> list[Cell]:
    """The hidden cells that the sums alone determine: those whose row has no other unknown when all are solved.

    Cells that are never shown only repeat, in their sums, what those of the shown say; they are left out.
    """
    solved: dict[Cell, dict[Cell, Fraction]] = {}
    for one in table.sums:
        if not table.shown.issuperset(one.cells):
            continue
        row = {part: Fraction(1) for part in one.parts if part in hidden}
        if one.total in hidden:
            row[one.total] = Fraction(-1)
        _reduce(row, solved)
        if row:
            _take_up(row, solved)
    return [cell for cell, row in solved.items() if not row]


def _reduce(row: dict[Cell, Fraction], solved: Mapping[Cell, Mapping[Cell, Fraction]]) -> None:
    """Take out of a row every unknown that another row has been solved for."""
    for pivot in [cell for cell in row if cell in solved]:
        factor = row.pop(pivot)
        _add(row, solved[pivot], -factor)


def _take_up(row: dict[Cell, Fraction], solved: dict[Cell, dict[Cell, Fraction]]) -> None:
    """Solve a row for one of its unknowns, and put that into every other row."""
    pivot = next(iter(row))
    factor = row.pop(pivot)
    rest = {cell: value / factor for cell, value in row.items()}
    for other in solved.values():
        if pivot in other:
            _add(other, rest, -other.pop(pivot))
    solved[pivot] = rest


def _add(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction], factor: Fraction) -> None:
    for cell, value in other.items():
        row[cell] = row.get(cell, Fraction(0)) + factor * value
        if not row[cell]:
            del row[cell]
