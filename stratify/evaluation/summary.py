"""An evaluation in a few plain lines, for whoever ran the command."""

from collections.abc import Mapping
from typing import Any

from stratify.evaluation.rivals import NAMES

Figures = Mapping[str, Any]


def evaluation_lines(result: Figures) -> list[str]:
    """The whole result of `stratify evaluate`: who was followed up, the main figures, everyone's, what to be careful of."""
    run, unseen = result["run"], result["held_out"]["practices"]
    joined = run["joined"]
    whose = f"{unseen} practice{'s' if unseen > 1 else ''} the model never saw" if unseen else "Everyone scored"
    lines = [
        f"{run['place']}, index date {run['index_date']}: {joined['followed']:,} of {joined['scored_in_run']:,} people joined with their outcome.",
        f"{whose}:",
        *_indented(summary_lines(result["main"])),
    ]
    if result["everyone"] is not None:
        lines += ["Everyone scored:", *_indented(summary_lines(result["everyone"]))]
    return [*lines, *oracle_lines(result["oracle"]), *result["warnings"]]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def summary_lines(evaluation: Figures) -> list[str]:
    """What one evaluation (as `evaluate_scores` gives it) found: people, discrimination, tier cuts, calibration, rivals."""
    people, found = evaluation["people"], evaluation["discrimination"]
    rivals = [f"{NAMES.get(row['name'], row['name'])} {row['auroc']['value']:.3f}" for row in evaluation["rivals"][1:]]
    told = f"{people['evaluated']:,} people followed up, {people['events']:,} with an emergency admission"
    return [
        f"{told} ({_percent(people['rate']['value'])}); {people['censored_left_out']:,} left the register before it was known.",
        f"AUROC {_interval(found['auroc'])}, area under precision-recall {_interval(found['auprc'])}.",
        *(_cut(cut) for cut in evaluation["operating_points"]["cuts"]),
        *_calibration(evaluation["calibration"]),
        *_practices(evaluation["places"]["agreement"]),
        *([f"AUROC of others on the same people: {', '.join(rivals)}."] if rivals else []),
    ]


def oracle_lines(oracle: Figures | None) -> list[str]:
    """How the score compares with the true risks of a made-up borough; nothing where those were not given."""
    if oracle is None:
        return []
    shares = [
        f"top {100 * cut['top_share']:g} % {cut['share']:.3f}" for cut in oracle["ppv"] if cut["share"] is not None
    ]
    own, best, held = oracle["auroc"]["value"], oracle["auroc_of_truth"]["value"], oracle["calibration"]
    lines = [
        (
            f"Against the true risks: AUROC {own:.3f} of {best:.3f} (share {oracle['auroc_share']:.3f}); "
            f"share of their positive predictive value: {', '.join(shares)}."
        )
    ]
    if held is not None and held["largest_gap"] is not None:
        ratio, gap = held["true_over_predicted"], held["largest_gap"]
        lines.append(f"True over predicted risk {ratio:.3f}; largest gap of their means over 0 to 0.6 {gap:.3f}.")
    return lines


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _interval(found: Figures) -> str:
    if found["value"] is None:
        return "not known"
    if found["low"] is None or found["high"] is None:
        return f"{found['value']:.3f}"
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def _cut(cut: Figures) -> str:
    return (
        f"Top {100 * cut['top_share']:g} %: {cut['people']:,} people, positive predictive value {_interval(cut['ppv'])}, "
        f"sensitivity {_interval(cut['sensitivity'])}."
    )


def _calibration(held: Figures | None) -> list[str]:
    if held is None:
        return []
    gap = held["largest_gap"]
    ratio = _interval(held["observed_over_expected"])
    lines = [f"Calibration slope {_interval(held['slope'])}, observed over expected {ratio}."]
    if gap["value"] is not None:
        chance = f"chance alone gives {gap['by_chance_median']:.3f}"
        lines.append(f"Largest gap over 0 to 0.6: {gap['value']:.3f} ({chance}).")
    return lines


def _practices(agreement: Figures | None) -> list[str]:
    if agreement is None or not agreement["large"]:
        return []
    inside = f"{agreement['inside']} of {agreement['large']}"
    return [f"Practices of {agreement['least_people']:,} people or more whose ratio is inside its interval: {inside}."]
