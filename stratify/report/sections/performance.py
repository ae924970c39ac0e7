"""How well a score performs: an evaluation in words, tables and charts."""

from collections.abc import Mapping
from typing import Any

from stratify.evaluation.rivals import NAMES as RIVALS
from stratify.evaluation.scores import VERSION
from stratify.report import words
from stratify.report.charts.calibration import calibration
from stratify.report.charts.concentration import concentration
from stratify.report.charts.decision_curve import decision_curve, threshold_places
from stratify.report.data import TIERS
from stratify.report.tables import Table, table

Figures = Mapping[str, Any]

_FEWEST_BINS = 4
_SHOWN_THRESHOLDS = (0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60)


def _top(share: float) -> str:
    return f"Top {100 * share:g}%"


def summary(figures: Figures) -> list[str]:
    """What the figures mean for somebody who acts on the list, in sentences."""
    people, cut = figures["people"], figures["operating_points"]["cuts"]
    sentences = [
        (
            f"{words.people(people['evaluated'])} could be followed for a year; {words.count(people['events'])} "
            f"({words.percent(people['rate']['value'])}) had an emergency admission."
        )
    ]
    for row in cut:
        ppv, found = row["ppv"], row["sensitivity"]
        sentences.append(
            f"Of every 100 people in the {_top(row['top_share']).lower()}, {words.decimal(100 * ppv['value'], 0)} "
            f"({words.decimal(100 * ppv['low'], 0)} to {words.decimal(100 * ppv['high'], 0)}) were admitted. They are "
            f"{words.percent(found['value'], 0)} of all who were admitted."
        )
    held = figures["calibration"]
    if held is not None:
        ratio = held["observed_over_expected"]
        sentences.append(f"For every admission predicted, {words.interval(ratio)} happened.")
    return sentences


def _measures(figures: Figures) -> Table:
    held, found = figures["discrimination"], figures["calibration"]
    rows = [
        ("AUROC", words.interval(held["auroc"], 3), "1 ranks everybody admitted above everybody not; 0.5 is chance"),
        (
            "AUPRC",
            words.interval(held["auprc"], 3),
            "As AUROC, but about the people picked; chance is the share admitted",
        ),
    ]
    if found is not None:
        gap = found["largest_gap"]
        rows += [
            ("Brier score", words.interval(held["brier"], 4), "Mean squared error of the risk; 0 is perfect"),
            ("Scaled Brier", words.interval(held["scaled_brier"], 3), "1 is perfect; 0 is no better than the average"),
            ("Calibration slope", words.interval(found["slope"]), "1 is right; below 1, risks are too extreme"),
            ("Intercept at slope 1", words.interval(found["intercept_at_slope_one"]), "0 is right; above 0, risks are too low"),
            ("Observed over expected", words.interval(found["observed_over_expected"], 3), "1 is right"),
            ("Largest gap", _gap(gap), "Between predicted and observed; beside it what chance alone would give"),
            ("Largest gap, wide bins", _gap(found["largest_gap_wide_bins"]), "The same with more people in each bin"),
        ]  # fmt: skip
    return table("measures", "Measures, with 95% intervals", "Measure|Figure|What it means~", rows)


def _gap(gap: Figures) -> str:
    if gap["value"] is None:
        return words.NOTHING
    return f"{words.decimal(gap['value'], 3)} (chance: {words.decimal(gap['by_chance_median'], 3)})"


def _published(figures: Figures, share: float) -> str:
    cuts = [cut["ppv"] for tool in figures["context"] for cut in tool["cuts"] if cut["top_share"] == share]
    return words.percent(cuts[0]) if cuts else words.NOTHING


def _cut_row(name: str, row: Figures, *more: str) -> tuple[str, ...]:
    return (
        name,
        words.count(row["people"]),
        words.interval(row["ppv"], 1, as_percent=True),
        words.interval(row["sensitivity"], 1, as_percent=True),
        words.percent(row["specificity"]["value"]),
        words.decimal(row["number_needed_to_evaluate"]["value"], 1),
        *more,
    )


def _cuts(figures: Figures) -> Table:
    rows = [
        _cut_row(_top(row["top_share"]), row, _published(figures, row["top_share"]))
        for row in figures["operating_points"]["cuts"]
    ]
    headings = "People picked|People|Were admitted (PPV)|Of all admitted (sensitivity)|Specificity|Needed to find one"
    headings += "|PPV of SPARRA v4"
    return table("cuts", "Acting on the top of the list", headings, rows)


def _tiers(figures: Figures) -> Table | None:
    rows = figures["operating_points"]["tiers"]
    if rows is None:
        return None
    cells = [_cut_row(words.TIER_NAMES[row["tier"]], row["alone"]) for row in rows]
    headings = "Tier|People|Were admitted (PPV)|Of all admitted (sensitivity)|Specificity|Needed to find one"
    return table("tier-figures", "Each tier by itself", headings, cells)


def _calibration(figures: Figures) -> dict[str, Any] | None:
    found = figures["calibration"]
    if found is None or not found["by_risk"]:
        return None

    def row(held: Figures) -> tuple[str, ...]:
        return (
            f"{words.percent(held['low'])} to {words.percent(held['high'])}",
            words.count(held["people"]),
            words.percent(held["mean_predicted"], 2),
            words.interval(held["observed"], 2, as_percent=True),
        )

    headings = "Predicted risk|People|Mean predicted|Were admitted"
    bins = table("calibration-bins", "Predicted and observed by risk", headings, [row(r) for r in found["by_risk"]])
    parts = table(
        "calibration-20", "Predicted and observed in 20 equal groups", headings, [row(r) for r in found["twentieths"]]
    )
    # A small place fills few bins of risk: ten groups of equal size then show more.
    drawn = found["by_risk"] if len(found["by_risk"]) >= _FEWEST_BINS else found["deciles"]
    return {"chart": calibration(drawn), "table": bins, "groups": parts, "binning": found["binning"]}


def _decision(figures: Figures) -> dict[str, Any]:
    thresholds, curves = figures["net_benefit"]["thresholds"], figures["net_benefit"]["curves"]
    places = threshold_places(thresholds, _SHOWN_THRESHOLDS)
    rows = [
        (RIVALS.get(name, name), *(words.decimal(1000 * values[place], 1) for place in places))
        for name, values in curves.items()
    ]
    headings = "Who is picked|" + "|".join(f"{100 * thresholds[place]:.0f}%" for place in places)
    held = table(
        "decision-table", "Net benefit per 1,000 people, by the risk above which one would act", headings, rows
    )
    return {"chart": decision_curve(thresholds, curves), "table": held, "note": figures["net_benefit"]["note"]}


def _rivals(figures: Figures) -> Table:
    rows = []
    for row in figures["rivals"]:
        lead = row["auroc_lead"]
        cuts = [words.percent(cut["ppv"]["value"]) for cut in row["cuts"]]
        name = RIVALS.get(row["name"], row["name"])
        rows.append(
            (
                name,
                words.interval(row["auroc"], 3),
                words.interval(lead, 3),
                words.decimal(row["auprc"]["value"], 3),
                *cuts,
            )
        )
    tops = "|".join(f"PPV top {100 * cut['top_share']:g}%" for cut in figures["rivals"][0]["cuts"])
    return table("rivals", "Other scores on the same people", f"Score|AUROC|This score leads by|AUPRC|{tops}", rows)


def _deaths(figures: Figures) -> Table | None:
    both = figures["deaths"]
    if both["death_is_an_event"] is None:
        return None
    names = {"death_is_no_event": "Not counted as admitted (main figures)", "death_is_an_event": "Counted as admitted"}
    rows = [
        (
            names[key],
            words.count(held["events"]),
            words.interval(held["auroc"], 3),
            words.interval(held["observed_over_expected"], 3),
            *(words.percent(cut["ppv"]["value"]) for cut in held["cuts"]),
        )
        for key, held in both.items()
    ]
    headings = (
        "A death without an emergency admission|Events|AUROC|Observed over expected|PPV top 0.5%|PPV top 5%|PPV top 20%"
    )
    return table("deaths", "The two ways of counting deaths", headings, rows)


def _censoring(figures: Figures) -> dict[str, Any]:
    held = figures["censoring"]
    ways = {
        "left_out": "Left out",
        "weighted_by_staying": "Those of their age who stayed stand in for them",
        "as_not_admitted": "Counted as not admitted",
    }
    rows = [(name, _area(held[way]), _ratio(held[way])) for way, name in ways.items() if held[way] is not None]
    caption = "Three ways of handling people who left the register"
    return {
        "rule": held["rule"],
        "left_out": words.people(held["excluded"]),
        "table": table("censoring", caption, "People who left|AUROC|Observed over expected", rows),
    }


def _area(held: Figures) -> str:
    area = held["auroc"]
    return words.decimal(area, 3) if isinstance(area, float) else words.interval(area, 3)


def _ratio(held: Figures) -> str:
    ratio = held.get("observed_over_expected")
    return words.decimal(ratio, 3) if isinstance(ratio, float) else words.interval(ratio, 3)


def _concentration(figures: Figures) -> dict[str, Any] | None:
    held = figures["concentration"]
    if held is None:
        return None
    rows = [
        (_top(row["top_share"]), words.count(row["admissions"]), words.percent(row["admissions_share"]), words.pounds(row["cost_pence"]), words.percent(row["cost_share"]))
        for row in held["by_cut"]
    ]  # fmt: skip
    headings = "People picked|Emergency admissions|Of all|Cost of them|Of all"
    caption = "Emergency admissions and cost of the year that followed"
    return {
        "chart": _concentration_chart(held),
        "table": table("concentration", caption, headings, rows),
        "reference": held["reference"],
    }


def _concentration_chart(held: Figures) -> Any:
    if held["by_tier"] is None:
        return None
    fields = [("People", "people_share"), ("Emergency admissions", "admissions_share"), ("Cost of them", "cost_share")]
    shares = [(name, {row["tier"]: row[field] or 0.0 for row in held["by_tier"]}) for name, field in fields]
    kept = [(name, parts) for name, parts in shares if sum(parts.values()) > 0]
    return concentration(kept, "concentration-chart", "Where the next year's emergency admissions and cost fell")


def readable(evaluation: Figures | None) -> Figures | None:
    """The figures to show of an evaluation: its main people's; None where there is none this report can read."""
    if evaluation is None:
        return None
    figures: Figures = evaluation.get("main", evaluation)
    return figures if figures.get("version") == VERSION else None


def performance(figures: Figures) -> dict[str, Any]:
    """Everything the performance section shows of one set of people."""
    return {
        "summary": summary(figures),
        "measures": _measures(figures),
        "cuts": _cuts(figures),
        "tiers": _tiers(figures),
        "calibration": _calibration(figures),
        "decision": _decision(figures),
        "rivals": _rivals(figures),
        "deaths": _deaths(figures),
        "censoring": _censoring(figures),
        "concentration": _concentration(figures),
        "context": list(figures["context"]),
        "evaluated": words.people(figures["people"]["evaluated"]),
        "seed": figures["seed"],
        "tier_names": [words.TIER_NAMES[tier] for tier in TIERS],
    }
