"""A practice's own people in numbers, by tier: how many, how many of them with a case, how many with an accountable lead.

They are shown as they are: only to who may open the people counted. What is published of places is the headline.
Every number of a place is the sum over the practices in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.places import Place, places_around


class Measure(StrEnum):
    """What is counted. Each is contained in the one before."""

    PEOPLE = "people"
    CASES = "cases"
    LEADS = "leads"


class Row(StrEnum):
    """The rows of a place's table: the tiers, everybody else (no tier, or not scored), and all."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MODERATE = "moderate"
    REST = "rest"
    ALL = "all"


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
    """Every number of the places somebody is shown."""

    places: tuple[Place, ...]
    numbers: Mapping[Number, int]

    def number(self, place_id: int, row: Row, measure: Measure) -> int:
        """One number."""
        return self.numbers[place_id, row, measure]

    def within(self, place_id: int) -> tuple[Place, ...]:
        """The places directly in a place, by name."""
        return tuple(
            sorted((one for one in self.places if one.parent_id == place_id), key=lambda one: (one.name, one.place_id))
        )

    def path(self, place_id: int) -> tuple[Place, ...]:
        """The place and those around it, smallest first."""
        by_id = {one.place_id: one for one in self.places}
        return tuple(
            by_id[one] for one in places_around(place_id, {one.place_id: one.parent_id for one in self.places})
        )


def overview_of(places: Iterable[Place], counts: Iterable[Count]) -> Overview:
    """Add up the practices' numbers through the tree."""
    everything = tuple(places)
    parents = {place.place_id: place.parent_id for place in everything}
    numbers = {(place.place_id, row, measure): 0 for place in everything for row in Row for measure in Measure}
    for count in counts:
        for place_id in places_around(count.practice_id, parents):
            for row in (count.row, Row.ALL):
                for measure, number in _measured(count).items():
                    numbers[place_id, row, measure] += number
    return Overview(everything, numbers)


def _measured(count: Count) -> dict[Measure, int]:
    return {Measure.PEOPLE: count.people, Measure.CASES: count.cases, Measure.LEADS: count.leads}
