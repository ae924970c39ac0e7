"""How a score serves groups of people, and whether it is right practice by practice."""

from collections.abc import Mapping, Sequence
from typing import Any

from stratify.report import words
from stratify.report.small_numbers import HELD_BACK, LEAST, held_back, is_small
from stratify.report.tables import Table, table

Figures = Mapping[str, Any]

_ORDER = ("sex", "age_band", "imd_fifth", "ethnicity", "residence", "network")
_TOO_FEW = "too few"
# From so many events on, rates to the whole per cent leave the count open by more than the smallest count shown.
_ROUNDING_HIDES = 200


def _row(row: Figures, hide: bool) -> tuple[str, ...]:
    name, people = row["name"], row["people"]
    if is_small(people):
        return (name, HELD_BACK, HELD_BACK, *(HELD_BACK,) * 5)
    events = HELD_BACK if hide else words.count(row["events"])
    if row["too_few"]:
        return (name, words.count(people), events, *(_TOO_FEW,) * 5)
    if hide and row["events"] < _ROUNDING_HIDES:
        return (name, words.count(people), events, *(HELD_BACK,) * 5)
    return (
        name,
        words.count(people),
        events,
        words.interval(row["auroc"], 3),
        words.interval(row["observed_over_expected"]),
        words.share(row["flagged"], people),
        words.interval(row["flagged_ppv"], 0, as_percent=True),
        words.interval(row["flagged_sensitivity"], 0, as_percent=True),
    )


def _table(name: str, rows: Sequence[Figures]) -> Table:
    ordered = sorted(rows, key=lambda row: row["name"].startswith("Not "))
    hidden = held_back([row["events"] for row in ordered], LEAST)
    headings = f"{words.GROUPS[name]}|People|Admitted|AUROC|Observed over expected|In the top 5%|Of these, admitted|Found, of all admitted"
    body = [_row(row, hide) for row, hide in zip(ordered, hidden, strict=True)]
    return table(f"group-{name.replace('_', '-')}", f"By {words.GROUPS[name].lower()}", headings, body)


def _practice_row(row: Figures, hide: bool) -> tuple[str, ...]:
    if hide:
        return (row["name"], words.count(row["people"]), HELD_BACK, HELD_BACK, HELD_BACK, HELD_BACK, HELD_BACK)
    interval = f"{words.decimal(row['interval_low'])} to {words.decimal(row['interval_high'])}"
    return (
        row["name"],
        words.count(row["people"]),
        words.count(row["observed"]),
        words.decimal(row["expected"], 1),
        words.decimal(row["observed_over_expected"]),
        interval,
        ("Inside" if row["inside"] else "Outside") if row["large"] else "Not judged",
    )


def _practices(figures: Figures) -> dict[str, Any] | None:
    rows, agreement = figures["places"]["practices"], figures["places"]["agreement"]
    if not rows:
        return None
    hidden = held_back([row["observed"] for row in rows])
    headings = "Practice|People|Admitted|Expected|Observed over expected|By chance|Verdict~"
    body = [_practice_row(row, hide) for row, hide in zip(rows, hidden, strict=True)]
    sentence = (
        f"Of {agreement['large']} practices with {agreement['least_people']:,} people or more, {agreement['inside']} have a "
        "ratio of observed to expected inside the interval that chance would give 95 times in 100: "
        f"{words.interval(agreement['share_inside'], 0, as_percent=True)}. By a stricter interval, which allows for "
        f"people's risks differing, {agreement['inside_strict']} do."
    )
    return {
        "sentence": sentence,
        "table": table("practice-ratio", "Observed over expected by practice", headings, body),
    }


def fairness(figures: Figures) -> dict[str, Any]:
    """Tables by group of people, in a fixed order, and the agreement of practices."""
    held = figures["subgroups"]
    return {
        "tables": [_table(name, held[name]) for name in _ORDER if held.get(name)],
        "practices": _practices(figures),
    }
