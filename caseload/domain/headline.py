"""The integration lead's figures: adults at risk by tier and place, how many have a case, a lead, a joint care plan.

Everything is as it was recorded by the end of the reporting date, and the tiers are of the run in force then: a death, a
move or an answer that was only learnt of later changes no figure of an earlier date. Places are a tree; every number of
a place is the sum over the places in it. What may not be shown is settled for the whole tree at once. It is the only
publication of numbers: what else counts people says nothing small of those whom its viewer may not open.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from caseload.clock import end_of_day
from caseload.domain.places import Place, inside_places, places_around
from caseload.domain.suppression import Sum, Table, withheld
from caseload.domain.words import OrganisationKind, Tier

ADULT_AGE = 18


class Row(StrEnum):
    """The adults counted: by tier, all at risk, in no tier, all registered."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MODERATE = "moderate"
    AT_RISK = "at_risk"
    REST = "rest"
    ALL = "all"


_SMALLEST_FIRST = (
    OrganisationKind.PRACTICE, OrganisationKind.NETWORK, OrganisationKind.LOCALITY, OrganisationKind.BOROUGH,
)  # fmt: skip
TIERS = (Row.VERY_HIGH, Row.HIGH, Row.MODERATE)
SHOWN_ROWS = (*TIERS, Row.AT_RISK)

NATIONAL: Mapping[Row, float] = {
    Row.VERY_HIGH: 0.005,
    Row.HIGH: 0.045,
    Row.MODERATE: 0.15,
    Row.AT_RISK: 0.2,
}
"""The national share of each tier, of people of all ages. Source: the definition of the tiers in the Better Care Fund plans."""


class Exclusion(StrEnum):
    """Why somebody is not counted among the adults; the first that fits, in this order."""

    DIED = "died"
    LEFT = "left"
    UNDER_18 = "under_18"
    OBJECTS = "objects"
    NOT_SCORED = "not_scored"


class Measure(StrEnum):
    """What is counted of a row. A lead needs a case and a joint plan a lead; the differences can be worked out but are never
    shown."""

    PEOPLE = "people"
    CASES = "cases"
    LED = "led"
    JOINT = "joint"
    WITHOUT_CASE = "without_case"
    WITHOUT_LEAD = "without_lead"
    LED_ONLY = "led_only"


SHOWN_MEASURES = (Measure.PEOPLE, Measure.CASES, Measure.LED, Measure.JOINT)
"""Each is contained in the one before."""


Line = Row | Exclusion
Number = tuple[int, Line, Measure]
"""Which number: of a place, a row or an exclusion, a measure."""


@dataclass(frozen=True, slots=True)
class CodedPlace(Place):
    """A place with the code it has in files."""

    code: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run as reports name it."""

    run_id: int
    index_date: date
    loaded_at: datetime
    tier_method: str
    model_version: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Reporting:
    """A reporting date with the run in force on it. `late`: no run had been taken in by then, so this one is of later."""

    day: date
    run: Run
    late: bool


@dataclass(frozen=True, slots=True)
class AsRecorded:
    """What decides how one person counts, as it was recorded at a moment. `tier` is None where the run has no score of them."""

    practice_id: int
    date_of_birth: date
    date_of_death: date | None
    deregistered_on: date | None
    tier: Tier | None
    objects: bool


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of one practice in one row or exclusion; ValueError where one contains more than what it is part of.

    What is withheld could not be settled for such numbers: nothing would be shown at all, and for ever.
    """

    practice_id: int
    line: Line
    people: int
    cases: int = 0
    led: int = 0
    joint: int = 0

    def __post_init__(self) -> None:
        """See the class."""
        if not 0 <= self.joint <= self.led <= self.cases <= self.people:
            raise ValueError("more with a joint plan than with a lead, with a lead than a case, or of any than people")


@dataclass(frozen=True, slots=True)
class Headline:
    """Every number of every place on one reporting date, and those that may not be shown."""

    reporting: Reporting
    places: tuple[CodedPlace, ...]
    numbers: Mapping[Number, int]
    hidden: frozenset[Number]

    def number(self, place_id: int, line: Line, measure: Measure = Measure.PEOPLE) -> int | None:
        """A number that may be shown; None for one that may not."""
        number = (place_id, line, measure)
        return None if number in self.hidden else self.numbers[number]

    def within(self, place_id: int) -> tuple[CodedPlace, ...]:
        """The places directly in a place, by name."""
        inside = (one for one in self.places if one.parent_id == place_id)
        return tuple(sorted(inside, key=lambda one: (one.name, one.place_id)))

    def all_within(self, place_id: int) -> Iterator[CodedPlace]:
        """A place and everything in it, each before what it holds."""
        yield next(one for one in self.places if one.place_id == place_id)
        for place in self.within(place_id):
            yield from self.all_within(place.place_id)

    def path(self, place_id: int) -> tuple[CodedPlace, ...]:
        """The place and those it lies in, smallest first."""
        by_id = {one.place_id: one for one in self.places}
        parents = {one.place_id: one.parent_id for one in self.places}
        return tuple(by_id[one] for one in places_around(place_id, parents))


def reporting_on(runs: Iterable[Run], day: date) -> Reporting | None:
    """The reporting date with its run: of those taken in by its end, the newest by index date.

    Where none had been taken in by then, the newest of those taken in since; None where there is none of that day or before.
    """
    made = [run for run in runs if run.index_date <= day]
    known = [run for run in made if run.loaded_at <= end_of_day(day)]
    newest = max(known or made, key=lambda run: (run.index_date, run.run_id), default=None)
    return None if newest is None else Reporting(day, newest, late=not known)


def reported_months(runs: Iterable[Run], today: date, most: int) -> tuple[Reporting, ...]:
    """The months that have figures, newest first: their last day, or today in the month that has not ended.

    A month without a new run in force has none: with the same people scored, two tables could be subtracted.
    """
    everything = tuple(runs)
    found: list[Reporting] = []
    first = min((run.index_date for run in everything), default=today)
    for day in _month_ends(first, today):
        reporting = reporting_on(everything, day)
        if reporting and (not found or found[-1].run != reporting.run):
            found.append(reporting)
    return tuple(reversed(found[-most:]))


def _month_ends(first: date, today: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= today:
        following = (month + timedelta(days=31)).replace(day=1)
        yield min(following - timedelta(days=1), today)
        month = following


def latest_birthday(day: date) -> date:
    """The last day on which somebody who is an adult on this day can have been born.

    Born on 29 February: 1 March in a year without one (Family Law Reform Act 1969, s. 9).
    """
    try:
        return day.replace(year=day.year - ADULT_AGE)
    except ValueError:  # 29 February, and none in that year
        return date(day.year - ADULT_AGE, 2, 28)


def line_of(person: AsRecorded, day: date) -> Line:
    """Where somebody counts on a reporting date."""
    if person.date_of_death is not None and person.date_of_death <= day:
        return Exclusion.DIED
    if person.deregistered_on is not None and person.deregistered_on <= day:
        return Exclusion.LEFT
    if person.date_of_birth > latest_birthday(day):
        return Exclusion.UNDER_18
    if person.objects:
        return Exclusion.OBJECTS
    if person.tier is None:
        return Exclusion.NOT_SCORED
    return Row.REST if person.tier is Tier.NONE else Row(person.tier)


def headline_of(reporting: Reporting, places: Iterable[CodedPlace], counts: Iterable[Count], bound: int) -> Headline:
    """Add up the practices' numbers through the tree, and settle what may not be shown."""
    everything = tuple(places)
    numbers, hidden = _worked(everything, tuple(counts), bound)
    return Headline(reporting, everything, numbers, hidden)


def sums_of(places: Iterable[Place]) -> Iterator[Sum]:
    """Everything that adds up in the table of these places."""
    everything = tuple(places)
    inside = inside_places(everything)
    for place in (one.place_id for one in everything):
        yield Sum(
            (place, Row.ALL, Measure.PEOPLE), tuple((place, row, Measure.PEOPLE) for row in (Row.AT_RISK, Row.REST))
        )
        for measure in Measure:
            yield Sum((place, Row.AT_RISK, measure), tuple((place, row, measure) for row in TIERS))
        for row in SHOWN_ROWS:
            people, cases, led, joint = ((place, row, one) for one in SHOWN_MEASURES)
            yield Sum(people, (cases, (place, row, Measure.WITHOUT_CASE)))
            yield Sum(cases, (led, (place, row, Measure.WITHOUT_LEAD)))
            yield Sum(led, (joint, (place, row, Measure.LED_ONLY)))
        for line, measure in _cells() if inside.get(place) else ():
            yield Sum((place, line, measure), tuple((one, line, measure) for one in inside[place]))


def is_shown(number: Number) -> bool:
    """Whether a number stands on any page or in any file, where it is not too small."""
    _, line, measure = number
    return line is not Row.REST and measure in SHOWN_MEASURES


@lru_cache(maxsize=64)
def _worked(
    places: tuple[CodedPlace, ...], counts: tuple[Count, ...], bound: int
) -> tuple[Mapping[Number, int], frozenset[Number]]:
    """Kept until a number changes: settling takes longer than counting, and a page shows many months."""
    numbers = _added(places, counts)
    shown = frozenset(number for number in numbers if is_shown(number))
    table = Table(numbers, tuple(sums_of(places)), shown, _worth(places), lambda number: number[2])
    return numbers, withheld(table, bound)


def _worth(places: Iterable[CodedPlace]) -> Callable[[Number], int]:
    """A larger place's numbers are worth more than those of a place within it, and everybody's more than a tier's.

    So what protects a small number is withheld beside it, not above it, where every report looks first.
    """
    heights = {place.place_id: _SMALLEST_FIRST.index(place.kind) for place in places}
    rows: dict[Line, int] = {Row.AT_RISK: 1, Row.ALL: 2}

    def worth(number: Number) -> int:
        place_id, line, _ = number
        return 3 * heights[place_id] + rows.get(line, 0)

    return worth


def _cells() -> Iterator[tuple[Line, Measure]]:
    for line in (Row.REST, Row.ALL, *Exclusion):
        yield line, Measure.PEOPLE
    for row in SHOWN_ROWS:
        for measure in Measure:
            yield row, measure


def _added(places: tuple[CodedPlace, ...], counts: tuple[Count, ...]) -> dict[Number, int]:
    parents = {place.place_id: place.parent_id for place in places}
    numbers = {(place.place_id, line, measure): 0 for place in places for line, measure in _cells()}
    for count in counts:
        for place_id in places_around(count.practice_id, parents):
            for line in _lines(count.line):
                for measure, number in _measured(count).items():
                    if (place_id, line, measure) in numbers:
                        numbers[place_id, line, measure] += number
    return numbers


def _lines(line: Line) -> tuple[Line, ...]:
    if isinstance(line, Exclusion):
        return (line,)
    return (line, Row.AT_RISK, Row.ALL) if line in TIERS else (line, Row.ALL)


def _measured(count: Count) -> dict[Measure, int]:
    return {
        Measure.PEOPLE: count.people,
        Measure.CASES: count.cases,
        Measure.LED: count.led,
        Measure.JOINT: count.joint,
        Measure.WITHOUT_CASE: count.people - count.cases,
        Measure.WITHOUT_LEAD: count.cases - count.led,
        Measure.LED_ONLY: count.led - count.joint,
    }
