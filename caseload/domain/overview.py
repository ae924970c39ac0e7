"""Counts by place and tier: how many people, how many of them with a case, how many with an accountable lead.

Places are a tree; every number of a place is the sum over the places in it, and of a tier and the rest the sum of all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from caseload.domain.suppression import Sum, Table, withheld
from caseload.domain.words import OrganisationKind


class Measure(StrEnum):
    """What is counted. Each is contained in the one before; the differences can be worked out but are never shown."""

    PEOPLE = "people"
    CASES = "cases"
    LEADS = "leads"
    WITHOUT_CASE = "without_case"
    WITHOUT_LEAD = "without_lead"


SHOWN = (Measure.PEOPLE, Measure.CASES, Measure.LEADS)


class Row(StrEnum):
    """The rows of a place's table: the tiers, everybody else (no tier, or not scored), and all."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MODERATE = "moderate"
    REST = "rest"
    ALL = "all"


PARTS = (Row.VERY_HIGH, Row.HIGH, Row.MODERATE, Row.REST)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the tree."""

    place_id: int
    name: str
    kind: OrganisationKind
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of one practice in one row."""

    practice_id: int
    row: Row
    people: int
    cases: int
    leads: int


Number = tuple[int, Row, Measure]
"""Which number: of a place, a row, a measure."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Every number of every place, and those that may not be shown."""

    places: tuple[Place, ...]
    numbers: Mapping[Number, int]
    hidden: frozenset[Number]

    def number(self, place_id: int, row: Row, measure: Measure) -> int | None:
        """A number that may be shown; None for one that may not."""
        number = (place_id, row, measure)
        return None if number in self.hidden else self.numbers[number]

    def within(self, place_id: int) -> tuple[Place, ...]:
        """The places directly in a place, by name."""
        return tuple(
            sorted((one for one in self.places if one.parent_id == place_id), key=lambda one: (one.name, one.place_id))
        )

    def path(self, place_id: int) -> tuple[Place, ...]:
        """The place and those around it, smallest first."""
        by_id = {one.place_id: one for one in self.places}
        path = []
        at: int | None = place_id
        while at in by_id:
            path.append(by_id[at])
            at = by_id[at].parent_id
        return tuple(path)


def overview_of(places: Iterable[Place], counts: Iterable[Count], bound: int) -> Overview:
    """Add up the practices' numbers through the tree, and settle what may not be shown."""
    return _worked(tuple(places), tuple(counts), bound)


def true_overview(places: Iterable[Place], counts: Iterable[Count]) -> Overview:
    """The same with every number shown: for who may open everybody counted, and is shown no place besides."""
    everything = tuple(places)
    return Overview(everything, _added(everything, counts), frozenset())


@lru_cache(maxsize=4)
def _worked(places: tuple[Place, ...], counts: tuple[Count, ...], bound: int) -> Overview:
    """Kept until a number changes: settling takes longer than counting."""
    inside = inside_places(places)
    numbers = _added(places, counts)
    shown = frozenset(number for number in numbers if number[2] in SHOWN)
    hidden = withheld(Table(numbers, tuple(_sums(places, inside)), shown), bound)
    return Overview(places, numbers, hidden)


def _added(places: tuple[Place, ...], counts: Iterable[Count]) -> dict[Number, int]:
    parents = {place.place_id: place.parent_id for place in places}
    numbers = {(place.place_id, row, measure): 0 for place in places for row in Row for measure in Measure}
    for count in counts:
        measured = _measured(count)
        for place_id in places_around(count.practice_id, parents):
            for row in (count.row, Row.ALL):
                for measure, number in measured.items():
                    numbers[place_id, row, measure] += number
    return numbers


def _measured(count: Count) -> dict[Measure, int]:
    return {
        Measure.PEOPLE: count.people,
        Measure.CASES: count.cases,
        Measure.LEADS: count.leads,
        Measure.WITHOUT_CASE: count.people - count.cases,
        Measure.WITHOUT_LEAD: count.cases - count.leads,
    }


def _sums(places: tuple[Place, ...], inside: Mapping[int, list[int]]) -> Iterable[Sum]:
    for place in (one.place_id for one in places):
        for measure in Measure:
            yield Sum((place, Row.ALL, measure), tuple((place, row, measure) for row in PARTS))
            for row in Row if inside.get(place) else ():
                yield Sum((place, row, measure), tuple((one, row, measure) for one in inside[place]))
        for row in Row:
            people, cases, leads = ((place, row, measure) for measure in SHOWN)
            yield Sum(people, (cases, (place, row, Measure.WITHOUT_CASE)))
            yield Sum(cases, (leads, (place, row, Measure.WITHOUT_LEAD)))


def inside_places(places: Iterable[Place]) -> dict[int, list[int]]:
    """The ids of the places directly in each place that has any."""
    inside: dict[int, list[int]] = {}
    for place in places:
        if place.parent_id is not None:
            inside.setdefault(place.parent_id, []).append(place.place_id)
    return inside


def places_around(practice_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """A place and those it lies in, smallest first; `parents` is by place id."""
    around: list[int] = []
    at: int | None = practice_id
    while at is not None and at in parents:
        around.append(at)
        at = parents[at]
    return around
