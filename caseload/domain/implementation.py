"""Whether what team meetings decided was done: of the actions of closed meetings that have fallen due, those carried out.

Published beside it: about 78% of the decisions of team meetings for chronic disease were carried out, 85% for people
from the least deprived areas and 73% for those from the most (Raine and others, 2014, Health Services and Delivery
Research 2(37)). Theirs are decisions, ours are actions with an owner and a day: like is not compared with like.

Whoever looks knows of the people they may open: a number tells them about the others only what those others add to it. So
what is withheld is settled over the others' numbers alone.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caseload.domain.plan_words import MdtDecisionKind
from caseload.domain.suppression import Sum, Table, withheld

PUBLISHED_ALL, PUBLISHED_LEAST, PUBLISHED_MOST = 0.78, 0.85, 0.73
"""Shares of decisions carried out, as published: of all, in the least and in the most deprived areas."""
MOST_DEPRIVED, LEAST_DEPRIVED = 1, 5


class Fate(StrEnum):
    """What became of an action that has fallen due. One that was cancelled was not done."""

    ON_TIME = "on_time"
    LATE = "late"
    NOT_DONE = "not_done"
    ALL = "all"


class Split(StrEnum):
    """What the actions are told apart by."""

    WHOLE = "whole"
    TEAM = "team"
    DECISION = "decision"
    QUINTILE = "quintile"


FATES = (Fate.ON_TIME, Fate.LATE, Fate.NOT_DONE)


@dataclass(frozen=True, slots=True)
class DueAction:
    """An action that has fallen due. `done_on` is the day its task was done, None while it is not or was cancelled.

    `openable`: the viewer may open the person it is about.
    """

    team: str
    decision: MdtDecisionKind | None
    decile: int | None
    due_on: date
    done_on: date | None
    openable: bool = False

    @property
    def fate(self) -> Fate:
        """Done on its day or before is on time."""
        if self.done_on is None:
            return Fate.NOT_DONE
        return Fate.ON_TIME if self.done_on <= self.due_on else Fate.LATE


Number = tuple[Split, Hashable, Fate]
"""Which number: of a split, of one of its rows, of a fate."""
_WHOLE: Hashable = ""


@dataclass(frozen=True, slots=True)
class Implementation:
    """Every number, and those that may not be shown. `rows` has the rows of each split."""

    rows: Mapping[Split, tuple[Hashable, ...]]
    numbers: Mapping[Number, int]
    hidden: frozenset[Number]

    def number(self, split: Split, row: Hashable, fate: Fate) -> int | None:
        """A number that may be shown; None for one that may not."""
        found = (split, row, fate)
        return None if found in self.hidden else self.numbers[found]

    def done(self, split: Split, row: Hashable) -> int | None:
        """How many were done, on time or late; None where one of them may not be shown."""
        parts = [self.number(split, row, fate) for fate in (Fate.ON_TIME, Fate.LATE)]
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None


def quintile(decile: int | None) -> int | None:
    """The fifth of neighbourhoods, 1 for the most deprived, from the tenth; None where it is not known."""
    return None if decile is None else (decile + 1) // 2


def implementation_of(actions: Iterable[DueAction], bound: int) -> Implementation:
    """Count the actions. A number is withheld where from 1 to below `bound` of those it counts are about people whom the
    viewer may not open, and where it would give such a number away."""
    everything = tuple(actions)
    rows: dict[Split, dict[Hashable, None]] = {split: {} for split in Split}
    rows[Split.WHOLE][_WHOLE] = None
    for action in everything:
        for split, row in _rows_of(action):
            rows[split][row] = None
    listed = {split: tuple(found) for split, found in rows.items()}
    others = _counted(listed, (action for action in everything if not action.openable))
    hidden = withheld(Table(others, tuple(_sums(listed)), frozenset(others)), bound)
    return Implementation(listed, _counted(listed, everything), hidden)


def _counted(rows: Mapping[Split, tuple[Hashable, ...]], actions: Iterable[DueAction]) -> dict[Number, int]:
    numbers: dict[Number, int] = {
        (split, row, fate): 0 for split, found in rows.items() for row in found for fate in Fate
    }
    for action in actions:
        for split, row in _rows_of(action):
            for fate in (action.fate, Fate.ALL):
                numbers[split, row, fate] += 1
    return numbers


def _rows_of(action: DueAction) -> tuple[tuple[Split, Hashable], ...]:
    return (
        (Split.WHOLE, _WHOLE),
        (Split.TEAM, action.team),
        (Split.DECISION, action.decision),
        (Split.QUINTILE, quintile(action.decile)),
    )


def _sums(rows: Mapping[Split, tuple[Hashable, ...]]) -> Iterable[Sum]:
    for split, found in rows.items():
        for row in found:
            yield Sum((split, row, Fate.ALL), tuple((split, row, fate) for fate in FATES))
        for fate in Fate if split is not Split.WHOLE and found else ():
            yield Sum((Split.WHOLE, _WHOLE, fate), tuple((split, row, fate) for row in found))
