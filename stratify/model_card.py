"""The model card: what a model is, on whom it was fitted and how good it is, under the headings of TRIPOD+AI.

Source of the headings: Collins and others, TRIPOD+AI statement, BMJ 2024;385:e078378, and Mitchell and others,
Model Cards for Model Reporting, 2019. It is written from the manifest and the evaluation alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from stratify.evaluation.rivals import NAMES

Facts = dict[str, Any]

_DEMONSTRATION = (
    "**For demonstration, not for care.** This model was fitted on made-up people. It says nothing about real ones "
    "and must not be used to decide anything about anybody."
)
_GROUPS = {
    "sex": "Sex",
    "age_band": "Age",
    "imd_fifth": "Deprivation fifth",
    "ethnicity": "Ethnicity",
    "residence": "Residence",
}


def model_card(manifest: Facts, evaluation: Facts) -> str:
    """The card as Markdown; the same facts give the same text."""
    sections = (
        _title(manifest),
        _use(manifest),
        _data(manifest),
        _method(manifest),
        _performance(manifest, evaluation),
        _fairness(evaluation),
        _limits(manifest),
        _repeat(manifest),
    )
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _title(manifest: Facts) -> list[str]:
    lines = [f"# Emergency admission in the next 12 months: model {manifest['version']}"]
    return [*lines, "", _DEMONSTRATION] if manifest["demonstration"] else lines


def _use(manifest: Facts) -> list[str]:
    return [
        "## Intended use",
        "",
        (
            "Ranks everyone registered with a practice by the chance of at least one emergency admission to hospital in the "
            "365 days from the index date, so that a practice and its multidisciplinary team can choose whom to review and "
            "offer coordinated care. A person decides about every person on the list."
        ),
        "",
        (
            "Not for deciding to withhold care, for emergencies, for individual prognosis, or for a place or time unlike the "
            "one described below without a new evaluation. It does not say whether help would prevent an admission."
        ),
    ]


def _data(manifest: Facts) -> list[str]:
    training, pack = manifest["training"], manifest["pack"]
    rows = [
        (
            counted["snapshot"],
            counted["scored"],
            counted["events"],
            counted["left_before_known"],
            *(counted[part]["scored"] for part in ("train", "validation", "test")),
        )
        for counted in training["people"]
    ]
    return [
        "## Source of data and participants",
        "",
        (
            f"Extracts of {pack['place']} (pack {pack['pack_id']}, {'made-up people' if pack['synthetic'] else 'real people'}), "
            f"records from {training['history_from']} to {training['index_date']}. Everyone registered, alive and without an "
            "objection to risk stratification on a snapshot's day."
        ),
        "",
        *_table(
            ("Snapshot", "People", "With the outcome", "Left before it was known", "Teach", "Choose", "Judge"), rows
        ),
        "",
        f"People were split by {training['split_by']}: {_practices(training)}.",
        "",
        "## Outcome",
        "",
        (
            "At least one emergency admission (NHS admission method 21 to 25, 28, 2A to 2D) in the 365 days from the snapshot. "
            "Death without one is no event; both conventions are in the evaluation. Who left the register without one is not "
            "counted as not admitted: those who stayed stand in for them by weight (inverse probability of censoring). The last "
            f"outcome window closed {training['lag_days']} days before the index date, the time admissions need to be recorded."
        ),
        "",
        "## Predictors",
        "",
        (
            f"{len(manifest['features'])} features in {len({feature['group'] for feature in manifest['features']})} groups, from "
            f"{', '.join(manifest['tables'])}; `stratify describe` lists each with its source, window and reason. Only events "
            "that had happened and had reached the warehouse before the snapshot. Ethnic category and postcode are not used."
        ),
        "",
        "## Missing data",
        "",
        (
            "No value is filled in. A measurement that was never taken is a state of its own, and the trees learn what it "
            "means. A table that was absent when the model was fitted is not a predictor, and a pack without one of the "
            "tables above is refused."
        ),
    ]


def _practices(training: Facts) -> str:
    if training["split_by"] == "person":
        return "there were too few practices to hold some out whole"
    counts = {part: len(codes) for part, codes in training["practices"].items()}
    return f"{counts['train']} practices teach, {counts['validation']} choose settings, {counts['test']} judge"


def _method(manifest: Facts) -> list[str]:
    training, trees = manifest["training"], manifest["trees"]
    chosen = trees["chosen"]
    rows = [
        (
            row["leaves"],
            row["depth"],
            row["least_people"],
            row["ridge"],
            row["trees"],
            f"{row['validation_log_loss']:.5f}",
        )
        for row in trees["tried"]
    ]
    return [
        "## Analysis methods",
        "",
        (
            f"Gradient-boosted trees (LightGBM): {chosen['trees']} trees of depth {chosen['depth']} or less, grown on the "
            f"snapshot(s) of {', '.join(training['booster_snapshots'])}. Settings were chosen by log loss on other practices a "
            "year later. Raw scores are turned into probabilities by a strictly increasing line fitted at the snapshot of "
            f"{training['calibration_snapshot']}, later than anything the trees saw. No rebalancing of the outcome."
        ),
        "",
        *_table(("Leaves", "Depth", "Least people", "Ridge", "Trees", "Log loss a year later"), rows),
        "",
        (
            f"Sample size: {training['people'][0]['events']:,} people with the outcome at the first snapshot, for "
            f"{len(manifest['features'])} candidate predictors."
        ),
    ]


def _performance(manifest: Facts, evaluation: Facts) -> list[str]:
    metrics = manifest["metrics"]
    cuts = evaluation["operating_points"]["cuts"] if "cuts" in evaluation["operating_points"] else []
    figures = [
        ("AUROC", _interval(metrics["auroc"])),
        ("Area under the precision-recall curve", _interval(metrics["auprc"])),
        ("Brier score", _interval(metrics["brier"])),
        ("Calibration slope", _interval(metrics["calibration_slope"])),
        ("Observed over expected", _interval(metrics["observed_over_expected"])),
        ("Largest calibration gap, risks of 0 to 0.6", _number(metrics["largest_gap"])),
    ]
    points = [
        (f"{cut['top_share']:.1%}", cut["people"], _interval(cut["ppv"]), _interval(cut["sensitivity"])) for cut in cuts
    ]
    rivals = [(NAMES.get(name, name), _number(area)) for name, area in metrics["rivals"].items()]
    return [
        "## Performance on practices that had no part in the fit",
        "",
        f"{metrics['evaluated']:,} people, {metrics['events']:,} with the outcome, at the later snapshot. 95 % intervals.",
        "",
        *_table(("Measure", "Value"), figures),
        "",
        *_table(("Highest", "People", "Positive predictive value", "Sensitivity"), points),
        "",
        *_table(("Score on the same people", "AUROC"), rivals),
    ]


def _fairness(evaluation: Facts) -> list[str]:
    rows = [
        (title, row["name"], row["people"], _interval(row["auroc"]), _interval(row["observed_over_expected"]))
        for key, title in _GROUPS.items()
        for row in evaluation["subgroups"].get(key, [])
        if not row["too_few"]
    ]
    return [
        "## Fairness",
        "",
        "Groups with fewer than 10 events are left out here; they are in evaluation.json.",
        "",
        *_table(("By", "Group", "People", "AUROC", "Observed over expected"), rows),
    ]


def _limits(manifest: Facts) -> list[str]:
    limits = [
        "What is not recorded is not seen: people who do not use services look well, and coding differs by practice.",
        "Risks are those under the care given at the time; acting on the list changes them.",
        "Performance fades as services and coding change: evaluate every year, and after any change of a feed.",
        *manifest["warnings"],
    ]
    return ["## Limitations and warnings", "", *(f"- {limit}" for limit in limits)]


def _repeat(manifest: Facts) -> list[str]:
    libraries = ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())
    return [
        "## To repeat this",
        "",
        (
            f"Index date {manifest['training']['index_date']}, seed {manifest['seed']}, feature set "
            f"{manifest['feature_set_hash'][:12]}, {libraries}. The plan, the code lists and the practices of each part are in "
            "manifest.json, every figure with its intervals in evaluation.json."
        ),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines]


def _cell(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _interval(figure: Facts | None) -> str:
    if figure is None or figure["value"] is None:
        return "not known"
    low, high = _number(figure["low"]), _number(figure["high"])
    return f"{_number(figure['value'])} ({low} to {high})"


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
