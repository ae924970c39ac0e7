"""The overview in words: numbers with their shares."""

from collections.abc import Mapping
from dataclasses import dataclass

from caseload.domain.overview import Measure, Overview, Row
from caseload.domain.places import Place
from caseload.presenters.writing import percent, thousands

ROWS: Mapping[Row, str] = {
    Row.VERY_HIGH: "Very high",
    Row.HIGH: "High",
    Row.MODERATE: "Moderate",
    Row.REST: "No tier or not scored",
    Row.ALL: "Everyone registered",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: people, with a case, with a lead; `place_id` where it leads to a place of its own."""

    words: str
    people: str
    cases: str
    leads: str
    place_id: int | None = None


def rows_of(overview: Overview, place_id: int, *, scored: bool) -> list[Line]:
    """A place's table by tier; only the whole of it where no scores are shown."""
    rows = list(ROWS) if scored else [Row.ALL]
    return [_line(overview, place_id, row, ROWS[row]) for row in rows]


def places_of(overview: Overview, places: tuple[Place, ...], row: Row) -> list[Line]:
    """The places of one table, each with its numbers of one row."""
    return [_line(overview, place.place_id, row, place.name, place.place_id) for place in places]


def _line(overview: Overview, place_id: int, row: Row, words: str, link: int | None = None) -> Line:
    people, cases, leads = (
        overview.number(place_id, row, one) for one in (Measure.PEOPLE, Measure.CASES, Measure.LEADS)
    )
    return Line(words, thousands(people), _share(cases, people), _share(leads, people), link)


def _share(number: int, whole: int) -> str:
    """A number with its share of the people, where there are any."""
    if not whole:
        return thousands(number)
    return f"{thousands(number)} ({percent(number / whole, 0 if number in (0, whole) else 1)})"
