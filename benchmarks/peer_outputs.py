"""What both peers do once they have a feature matrix: scores, tiers, reasons, movement and files, with LightGBM and pandas.

Ranked on the raw score, and reasons only for the people in a tier: the two commonest mistakes are not made here.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Options:
    """What a peer is asked for; `matrix` is only for the comparison of features, never while timed."""

    pack: Path
    definitions: Path
    out: Path
    previous: Path | None
    threads: int
    matrix: Path | None


@dataclass(frozen=True)
class Population:
    """People (nhs_number, practice_code) and their features in the model's order."""

    people: pd.DataFrame
    values: npt.NDArray[np.float32]


def options(description: str | None) -> Options:
    """The command line both peers share."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("pack", "definitions", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--previous", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--matrix", type=Path)
    return Options(**vars(parser.parse_args()))


def finish(population: Population, definitions: Mapping[str, Any], asked: Options) -> None:
    """Score the people and write scores.parquet, movement.csv and a list per practice."""
    asked.out.mkdir(parents=True)
    if asked.matrix:
        np.savez(asked.matrix, values=population.values, nhs_number=population.people["nhs_number"].to_numpy(dtype=str))
    model = definitions["model"]
    booster = lightgbm.Booster(model_file=model["text"])
    scores = population.people.copy()
    scores["raw_score"] = booster.predict(population.values, raw_score=True, num_threads=asked.threads)
    scores["probability"] = _calibrated(scores["raw_score"].to_numpy(), model["calibration"])
    order = np.lexsort((scores["nhs_number"].to_numpy(dtype=str), -scores["raw_score"].to_numpy()))
    scores = scores.iloc[order].reset_index(drop=True)
    scores["percentile"] = 100.0 * np.arange(len(scores), 0, -1) / len(scores)
    scores["tier"] = _tiers(len(scores), definitions)
    listed = int((scores["tier"] != "none").sum())
    values = population.values[order[:listed]]
    contributions = np.asarray(booster.predict(values, pred_contrib=True, num_threads=asked.threads))
    scores["reasons"] = _reasons(contributions, values, definitions) + [""] * (len(scores) - listed)
    scores = _moved(scores, asked)
    scores.to_parquet(asked.out / "scores.parquet", index=False)
    _write_lists(scores[scores["tier"] != "none"], asked.out / "lists")


def _calibrated(raw: Floats, line: Mapping[str, Any]) -> Floats:
    log_odds = np.interp(raw, line["raw"], line["log_odds"])
    log_odds += np.minimum(raw - line["raw"][0], 0) * line["slope_below"]
    log_odds += np.maximum(raw - line["raw"][-1], 0) * line["slope_above"]
    return 1 / (1 + np.exp(-log_odds))


def _tiers(people: int, definitions: Mapping[str, Any]) -> list[str]:
    ends = [int(people * share + 0.5) for share in np.cumsum(definitions["shares"])]
    names = definitions["tiers"]
    sizes = np.diff([0, *ends, people])
    return [name for name, size in zip(names, sizes, strict=True) for _ in range(size)]


def _reasons(contributions: Floats, values: npt.NDArray[np.float32], definitions: Mapping[str, Any]) -> list[str]:
    """The largest groups that raise the score and may be shown, each with its largest feature and that one's value."""
    model, names = definitions["model"], [feature["name"] for feature in definitions["features"]]
    groups, number = np.unique(model["groups"], return_inverse=True)
    by_feature = contributions[:, :-1]
    belongs = (number[:, None] == np.arange(len(groups))).astype(np.float64)
    summed = by_feature @ belongs
    summed[:, np.isin(groups, model["sensitive"])] = 0
    largest = np.argsort(-summed, axis=1)[:, : model["shown"]]
    titles = [model["names_of_groups"].get(group, group) for group in groups]
    members = [np.nonzero(number == group)[0] for group in range(len(groups))]
    top = np.column_stack([mine[np.argmax(by_feature[:, mine], axis=1)] for mine in members])
    texts = []
    for person, chosen in enumerate(largest):
        said = [
            f"{titles[group]}: {names[top[person, group]]} = {values[person, top[person, group]]:g} (+{summed[person, group]:.2f})"
            for group in chosen
            if summed[person, group] > 0
        ]
        texts.append("; ".join(said))
    return texts


def _moved(scores: pd.DataFrame, asked: Options) -> pd.DataFrame:
    """Movement against the previous run, matched on the NHS number; writes movement.csv with the leavers."""
    if asked.previous is None:
        return scores
    before = pd.read_parquet(
        asked.previous / "scores.parquet", columns=["nhs_number", "tier", "raw_score", "percentile"]
    )
    renamed = before.rename(columns=lambda name: name if name == "nhs_number" else f"previous_{name}")
    merged = scores.merge(renamed, on="nhs_number", how="outer", indicator=True)
    place = pd.Series({"very_high": 0, "high": 1, "moderate": 2, "none": 3})
    change = merged["tier"].map(place) - merged["previous_tier"].map(place)
    merged["movement"] = np.select(
        [merged["_merge"] == "left_only", merged["_merge"] == "right_only", change < 0, change > 0],
        ["joiner", "leaver", "riser", "faller"],
        "stayer",
    )
    crossed = pd.crosstab([merged["previous_tier"].fillna("-"), merged["tier"].fillna("-")], merged["movement"])
    crossed.to_csv(asked.out / "movement.csv")
    kept = merged[merged["_merge"] != "right_only"].drop(columns="_merge")
    return kept.sort_values("percentile", ascending=False, kind="stable").reset_index(drop=True)


_SHOWN = ["nhs_number", "tier", "percentile", "probability", "previous_tier", "movement", "reasons"]


def _write_lists(listed: pd.DataFrame, folder: Path) -> None:
    folder.mkdir()
    shown = [name for name in _SHOWN if name in listed]
    for practice, mine in listed.groupby("practice_code"):
        ranked = mine[shown].reset_index(drop=True)
        ranked.insert(0, "rank", np.arange(1, len(ranked) + 1))
        ranked.to_csv(folder / f"{practice}.csv", index=False)
        ranked.to_excel(folder / f"{practice}.xlsx", index=False)
