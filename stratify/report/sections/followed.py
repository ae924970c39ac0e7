"""The frame of an evaluation's own report: whose score, who was followed, on whom."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from stratify.report import words
from stratify.report.sections.fairness import fairness
from stratify.report.sections.performance import performance
from stratify.report.tables import Table, table

Figures = Mapping[str, Any]

JOINED = {
    "scored_in_run": "Scored in the run",
    "not_in_outcomes_pack": "Not on the register of the outcomes pack",
    "objected_since": "Not used: objected since the run",
    "followed": "Followed up",
}


def _joined(run: Figures) -> Table | None:
    counts = run.get("joined")
    if not counts:
        return None
    rows = [(JOINED.get(name, name.replace("_", " ")), words.count(number)) for name, number in counts.items()]
    return table("joined", "From the run to the outcomes", "People|Number", rows)


def _oracle(evaluation: Figures) -> Table | None:
    """Our figures as shares of what the true risk of made-up people reaches."""
    held = evaluation.get("oracle")
    if not held:
        return None
    rows: list[tuple[str, ...]] = [
        (
            "AUROC",
            words.interval(held["auroc"], 3),
            words.interval(held["auroc_of_truth"], 3),
            words.decimal(held["auroc_share"], 3),
        )
    ]
    for row in held["ppv"]:
        pair = [words.interval(row[name], 1, as_percent=True) for name in ("ppv", "ppv_of_truth")]
        rows.append((f"PPV in the top {100 * row['top_share']:g}%", *pair, words.decimal(row["share"], 3)))
    caption = "The score beside the true risk, which only made-up people have"
    return table(
        "oracle", caption, "Measure|This score|True risk|Share reached", rows, note=_true_gap(held["calibration"])
    )


def _true_gap(held: Figures | None) -> str:
    if held is None or held["largest_gap"] is None:
        return ""
    return (
        f"The true risks come to {words.decimal(held['true_over_predicted'], 3)} of the predicted ones; the largest gap "
        f"between their means, in bins 0.05 wide over 0 to 0.6, is {words.decimal(held['largest_gap'], 3)}."
    )


def _whom(evaluation: Figures) -> str:
    held_out = evaluation.get("held_out")
    if held_out and held_out["practices"]:
        number = held_out["practices"]
        return f"On {number} practice{'s' if number > 1 else ''} that the model never saw when it was fitted."
    kind = evaluation.get("run", {}).get("score_kind", "model")
    if kind != "model":
        return f"On everyone scored: {words.SCORES[kind]} was not fitted to any of them."
    return "On everyone scored: too few of them are of practices that the model never saw."


def followed(evaluation: Figures) -> dict[str, Any]:
    """Title, headline, who was followed, and the figures on everyone where the main ones are of fewer."""
    run: Figures = evaluation.get("run", {})
    when = words.day(date.fromisoformat(run["index_date"])) if "index_date" in run else ""
    figures: Figures = evaluation.get("main", evaluation)
    auroc = words.interval(figures["discrimination"]["auroc"], 3)
    everyone = evaluation.get("everyone")
    title = f"Evaluation of the run of {when}" if when else "Evaluation"
    return {
        "title": title,
        "heading": title,
        "place": run.get("place", ""),
        "footer": "Caretier. For the people who look after the list; not for publication.",
        "headline": f"The score told people who were admitted from people who were not with an AUROC of {auroc}.",
        "demonstration": bool(run.get("demonstration")),
        "whom": _whom(evaluation),
        "joined": _joined(run),
        "oracle": _oracle(evaluation),
        "warnings": list(evaluation.get("warnings", ())),
        "everyone": None if everyone is None else _everyone(everyone),
        "everyone_agreement": None if everyone is None else _agreement(everyone),
        "provenance": [(name, str(value)) for name, value in run.get("provenance", {}).items()],
    }


def _everyone(figures: Figures) -> dict[str, Any]:
    """The same tables as for the main people, under names of their own."""
    shown = performance(figures)
    tables = {
        name: replace(shown[name], key=f"everyone-{shown[name].key}", caption=f"{shown[name].caption}, everyone scored")
        for name in ("cuts", "measures")
    }
    return shown | tables


def _agreement(everyone: Figures) -> str | None:
    practices = fairness(everyone)["practices"]
    return None if practices is None else practices["sentence"]
