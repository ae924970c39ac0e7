"""The headline in words: figures with their shares, what is withheld, how it was counted. Page and files say the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from caseload.domain.headline import (
    NATIONAL,
    SHOWN_ROWS,
    CodedPlace,
    Exclusion,
    Headline,
    Line,
    Measure,
    Reporting,
    Row,
)
from caseload.domain.joint_plan import CASE_DEFINITION, DEFINITION, LED_DEFINITION
from caseload.presenters.writing import day, month_year, percent, thousands

WITHHELD = "Withheld"
NOBODY = "–"

ROWS: Mapping[Row, str] = {
    Row.VERY_HIGH: "Very high",
    Row.HIGH: "High",
    Row.MODERATE: "Moderate",
    Row.AT_RISK: "All three tiers",
}

EXCLUSIONS: Mapping[Exclusion, str] = {
    Exclusion.DIED: "Died since the run",
    Exclusion.LEFT: "Left since the run: no longer registered here",
    Exclusion.UNDER_18: "Under 18",
    Exclusion.OBJECTS: "Adults who object to risk stratification",
    Exclusion.NOT_SCORED: "Adults who objected when the run was made, and do not any more",
}

_METHODS: Mapping[str, str] = {
    "percentile": (
        "The run ranked everybody it scored, of all ages, and cut the tiers at fixed shares of them. A local proportion "
        "differs from the national one because it is of adults, of a place, and of the reporting date"
    ),
    "cut_off": (
        "The run cut the tiers at fixed probabilities taken from a reference population, so a local proportion says how "
        "the people here differ from that population"
    ),
}

NATIONAL_WORDS = (
    "National proportions are the shares of the national tiers, of people of all ages: the top 0.5%, the next 4.5% and the "
    "next 15%. They are what the tiers are defined by, and not a count; none of adults alone is published. Source: the "
    "definition of the tiers in the Better Care Fund plans."
)


@dataclass(frozen=True, slots=True)
class Share:
    """A number and its share of a whole: None for one that may not be shown; `withheld` where either is."""

    number: int | None
    of: int | None
    withheld: bool

    @property
    def share(self) -> float | None:
        """0 to 1; None where either is withheld or there is nobody to have a share of."""
        return self.number / self.of if self.number is not None and self.of else None

    @property
    def words(self) -> str:
        """312 (62.4%)."""
        if self.number is None:
            return WITHHELD
        return thousands(self.number) if self.share is None else f"{thousands(self.number)} ({self.share_words})"

    @property
    def share_words(self) -> str:
        """62.4%; 0% and 100% only where it is nobody and everybody."""
        if self.share is None:
            return WITHHELD if self.withheld else NOBODY
        return percent(self.share, 0 if self.number in (0, self.of) else 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of figures: the adults of a tier in a place, as a share of all; with a case, a lead, a joint plan, as shares of them."""

    adults: Share
    cases: Share
    led: Share
    joint: Share


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A line of a table; `place_id` where it leads to a place of its own."""

    words: str
    figures: Figures
    national: str = ""
    place_id: int | None = None


def figures_of(headline: Headline, place_id: int, row: Row) -> Figures:
    """The figures of one place and tier."""
    adults = headline.number(place_id, row)
    everyone = headline.number(place_id, Row.ALL)
    parts = (headline.number(place_id, row, one) for one in (Measure.CASES, Measure.LED, Measure.JOINT))
    return Figures(_share(adults, everyone), *(_share(part, adults) for part in parts))


def tiers_of(headline: Headline, place_id: int) -> list[FigureLine]:
    """A place's table by tier, with the national shares."""
    return [FigureLine(ROWS[row], figures_of(headline, place_id, row), percent(NATIONAL[row], 1)) for row in SHOWN_ROWS]


def places_of(headline: Headline, places: Sequence[CodedPlace], row: Row) -> list[FigureLine]:
    """The places of one table, each with its figures of one tier."""
    return [
        FigureLine(place.name, figures_of(headline, place.place_id, row), place_id=place.place_id) for place in places
    ]


def exclusions_of(headline: Headline, place_id: int) -> list[tuple[str, str]]:
    """Who is not counted, in words with the numbers."""
    return [(words, number_words(headline, place_id, one)) for one, words in EXCLUSIONS.items()]


def number_words(headline: Headline, place_id: int, line: Line) -> str:
    """1,234, or that it is withheld."""
    number = headline.number(place_id, line)
    return WITHHELD if number is None else thousands(number)


def month_words(reporting: Reporting) -> str:
    """September 2026, or "October 2026, until 5 October" while it goes on."""
    following = date.fromordinal(reporting.day.toordinal() + 1)
    name = month_year(reporting.day)
    return name if following.day == 1 else f"{name}, until {reporting.day.day} {name.split()[0]}"


def run_words(reporting: Reporting) -> str:
    """Which run the tiers are of, and how it cut them."""
    run = reporting.run
    made_up = ", a model for demonstration and not for care" if run.demonstration else ""
    late = (
        f" It was taken in later, on {day(run.loaded_at.date())}: none had been by the reporting date."
        if reporting.late
        else ""
    )
    return f"Tiers are of the run of {day(run.index_date)} (model {run.model_version}{made_up}).{late}"


def notes(reporting: Reporting, bound: int) -> Iterator[str]:
    """How it was counted: printed under the figures, and the last lines of every file."""
    yield CASE_DEFINITION
    yield LED_DEFINITION
    yield DEFINITION
    yield (
        f"Adults are people aged 18 and over on {day(reporting.day)} who were then alive and registered with a practice here, "
        "whom the run scored and who did not object to risk stratification. Proportions of a tier are of all of them; those "
        "with a case, a lead or a joint care plan are of the adults in the same line. Who is not counted, and why, is said beside it."
    )
    yield run_words(reporting)
    yield f"{_METHODS.get(reporting.run.tier_method, 'The run does not say how it cut the tiers')}."
    yield NATIONAL_WORDS
    yield (
        "Everything is as it was recorded by the end of the reporting date: a death, a move, an objection or a plan recorded later "
        "does not change it. Places are as they are arranged now, and two records found to be one person count as one throughout."
    )
    yield f"Numbers from 1 to {bound - 1} are withheld, and so are those that would give one away. A zero is shown."


def _share(number: int | None, of: int | None) -> Share:
    return Share(number, of, withheld=number is None or of is None)
