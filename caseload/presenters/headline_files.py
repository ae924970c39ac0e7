"""The headline as a CSV file and as JSON: the same figures, the same numbers withheld, the same definition as on the page.

The same figures give the same bytes: nothing in them says when or by whom the file was made.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from caseload.domain.headline import NATIONAL, SHOWN_ROWS, CodedPlace, Exclusion, Headline, Row
from caseload.domain.headline_columns import HEADLINE_COLUMNS
from caseload.presenters.csv_cells import safe_cells
from caseload.presenters.headline import ROWS, Figures, Share, figures_of, notes
from caseload.presenters.writing import day

WITHHELD = "withheld"
HEADS = tuple(column.name for column in HEADLINE_COLUMNS)


def csv_text(months: Sequence[tuple[Headline, Sequence[CodedPlace]]], bound: int) -> str:
    """Figures of some places in some months, one line for each tier, then the notes on the first of the months."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for headline, places in months:
        for place in places:
            writer.writerows(map(safe_cells, _figure_rows(headline, place)))
    for note in notes(months[0][0].reporting, bound):
        writer.writerow(safe_cells(["note", *[""] * (len(HEADS) - 2), note]))
    return out.getvalue()


def json_of(headline: Headline, bound: int) -> dict[str, Any]:
    """Everything of one reporting date. A number is "withheld" where it may not be shown; a share of nobody is null."""
    reporting = headline.reporting
    return {
        "reporting_date": reporting.day.isoformat(),
        "run": {
            "index_date": reporting.run.index_date.isoformat(),
            "model_version": reporting.run.model_version,
            "tier_method": reporting.run.tier_method,
            "demonstration": reporting.run.demonstration,
            "taken_in_later": reporting.late,
        },
        "national_percent": {row.value: _percent(NATIONAL[row]) for row in SHOWN_ROWS},
        "places": [_place(headline, place) for place in in_order(headline)],
        "notes": list(notes(reporting, bound)),
    }


def summary_lines(headline: Headline) -> Iterator[str]:
    """The largest places' figures of all three tiers, for a terminal."""
    reporting = headline.reporting
    yield f"As at {day(reporting.day)}, tiers of the run of {day(reporting.run.index_date)}."
    for place in _tops(headline):
        for row in SHOWN_ROWS:
            found = figures_of(headline, place.place_id, row)
            yield (
                f"{place.name}, {ROWS[row].lower()}: {found.adults.words}; with an open case {found.cases.words}; "
                f"with a lead {found.led.words}; with a joint care plan {found.joint.words}."
            )


def in_order(headline: Headline) -> Iterator[CodedPlace]:
    """Every place, each before what it holds."""
    for top in _tops(headline):
        yield from headline.all_within(top.place_id)


def _tops(headline: Headline) -> list[CodedPlace]:
    ids = {place.place_id for place in headline.places}
    tops = [place for place in headline.places if place.parent_id not in ids]
    return sorted(tops, key=lambda one: (one.name, one.place_id))


def _figure_rows(headline: Headline, place: CodedPlace) -> Iterator[list[str]]:
    reporting, place_id = headline.reporting, place.place_id
    where = (
        "figure", reporting.day.isoformat(), reporting.run.index_date.isoformat(), reporting.run.tier_method, place.code,
        place.name, place.kind.value,
    )  # fmt: skip
    left_out = [_text(headline.number(place_id, one)) for one in Exclusion]
    for row in SHOWN_ROWS:
        found = figures_of(headline, place_id, row)
        numbers = [
            _text(found.adults.number), _text(found.adults.of), _share(found.adults), f"{_percent(NATIONAL[row])}",
            *(text for one in (found.cases, found.led, found.joint) for text in (_text(one.number), _share(one))),
        ]  # fmt: skip
        yield [*where, row.value, *numbers, *left_out, ""]


def _place(headline: Headline, place: CodedPlace) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind.value,
        "adults_registered": _known(headline.number(place.place_id, Row.ALL)),
        "tiers": {row.value: _tier(figures_of(headline, place.place_id, row)) for row in SHOWN_ROWS},
        "not_counted": {one.value: _known(headline.number(place.place_id, one)) for one in Exclusion},
    }


def _tier(found: Figures) -> dict[str, Any]:
    named = {
        "adults": found.adults, "with_open_case": found.cases, "with_lead": found.led, "with_joint_plan": found.joint,
    }  # fmt: skip
    return {
        name: {"number": _known(one.number), "of": _known(one.of), "percent": _percent_of(one)}
        for name, one in named.items()
    }


def _known(number: int | None) -> int | str:
    return WITHHELD if number is None else number


def _percent_of(one: Share) -> float | str | None:
    if one.withheld:
        return WITHHELD
    return None if one.share is None else _percent(one.share)


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _text(number: int | None) -> str:
    return str(_known(number))


def _share(one: Share) -> str:
    percent = _percent_of(one)
    return "" if percent is None else str(percent)
