"""Contributions: processor time per person against LightGBM's own, in one process, values compared first.

    python benchmarks/contributions.py [--people 50000] [--trees 300] [--rounds 5] [--json FILE]

The model has trees of 31 leaves and depth 6 over 200 made-up features (counts, measurements with gaps) in 34
groups. LightGBM's `predict(pred_contrib=True)` is timed on a sample, for it takes a minute for all.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from stratify.contributions import ContributionTables
from stratify.estimators.risk_classifier import RiskClassifier
from stratify.estimators.trees import read_model_text
from stratify.estimators.tuning import model_text

FEATURES = 200
GROUP_SIZE = 6
SAMPLE = 1000


def made_up_people(people: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts and, every fourth, a measurement with gaps, all leaning on one hidden trait; about 8 % with the event."""
    random = np.random.default_rng(seed)
    trait = random.gamma(1.0, 1.0, people)
    values = np.empty((people, FEATURES), dtype=np.float32)
    for column in range(FEATURES):
        if column % 4 == 3:
            values[:, column] = random.normal(size=people) + trait
            values[random.random(people) < 0.3, column] = np.nan
        else:
            values[:, column] = random.poisson(trait * random.uniform(0.1, 2.0))
    weight = random.normal(size=FEATURES) * (random.random(FEATURES) < 0.4) * 0.2
    raw = np.nan_to_num(values) @ weight
    return values, random.random(people) < 1 / (1 + np.exp(2.5 - raw + raw.mean()))


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of the whole process, and what the work gave."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def by_group(contributions: np.ndarray, groups: list[str], order: list[str]) -> np.ndarray:
    """LightGBM's contributions (its last column, the baseline, left out) summed by group."""
    summed = np.zeros((len(contributions), len(order)))
    for column, group in enumerate(groups):
        summed[:, order.index(group)] += contributions[:, column]
    return summed


def measure(people: int, trees: int, rounds: int) -> dict[str, Any]:
    """Alternate rounds of ours and LightGBM's; ratios are of the same round."""
    values, event = made_up_people(people, seed=1)
    classifier = RiskClassifier(trees=trees, least_people=20, ridge=0.0).fit(values, event)
    booster, model = classifier.booster_, read_model_text(model_text(classifier))
    groups = [f"group_{column // GROUP_SIZE}" for column in range(FEATURES)]
    building, tables = seconds(lambda: ContributionTables(model, groups))
    ours, theirs = [], []
    for _ in range(rounds):
        spent, found = seconds(lambda: tables.explain(values))
        ours.append(spent / people * 1e6)
        spent, wanted = seconds(lambda: booster.predict(values[:SAMPLE], pred_contrib=True, num_threads=1))
        theirs.append(spent / SAMPLE * 1e6)
    difference = np.abs(found.values[:SAMPLE] - by_group(wanted, groups, found.groups)).max()
    raw = booster.predict(values, raw_score=True, num_threads=1)
    ratios = [peer / own for own, peer in zip(ours, theirs, strict=True)]
    return {
        "people": people,
        "trees": trees,
        "leaves": int(np.median([tree.leaves for tree in model.trees])),
        "depth": max(tree.depth for tree in model.trees),
        "largest_difference": float(difference),
        "largest_difference_of_sum": float(np.abs(found.baseline + found.values.sum(axis=1) - raw).max()),
        "tables_cpu_s": building,
        "tables_mb": tables.bytes / 1e6,
        "ours_cpu_us_per_person": statistics.median(ours),
        "pred_contrib_cpu_us_per_person": statistics.median(theirs),
        "ratio_median": statistics.median(ratios),
        "ratio_range": [min(ratios), max(ratios)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    result = measure(told.people, told.trees, told.rounds)
    if result["largest_difference"] > 1e-6:
        raise SystemExit(f"the contributions differ by {result['largest_difference']}: no ratio counts")
    text = json.dumps(result, indent=2)
    print(text)
    if told.json:
        told.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
