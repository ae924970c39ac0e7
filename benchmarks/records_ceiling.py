"""How near to the true risk any model could come that knows only what is in the records.

    stratify synth PLACE --people 261536 --index 2025-10-01 --seed 1
    python -m benchmarks.records_ceiling PLACE --key KEY --model MODEL

Made-up people have traits that are in no record, so a perfect reader of records falls short of the true risk. Here trees
are taught the true risk itself, free of the chance in outcomes, at the index date of the place: what they reach in
practices that did not teach is about the most that the features hold. The model is judged on the same people.

Outcomes are not drawn: a person of risk r counts r times as admitted and 1 - r times as not, so that no figure depends
on luck.
"""

import argparse
import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.artefact import FittedModel, load_model
from stratify.engine import connect
from stratify.features.matrix import FeatureMatrix, build_features
from stratify.pseudonyms import Key, load_key
from stratify.run_follow_up import read_truth
from stratify.settings import default_config
from stratify.zone.build import ZoneOptions, build_zone

Floats = NDArray[np.float64]
TOPS = (0.005, 0.05)
# Deeper and more trees than a model from outcomes could bear: the lesson has no noise in it.
TREES = 800
SETTINGS = {
    "objective": "l2", "learning_rate": 0.05, "num_leaves": 63, "min_data_in_leaf": 50, "lambda_l2": 10.0,
    "deterministic": True, "force_row_wise": True, "seed": 0, "num_threads": 1, "verbosity": -1,
}  # fmt: skip
_NEAREST = 1e-4


def expected_auroc(risk: Floats, score: Floats) -> float:
    """The chance that somebody admitted is scored above somebody who is not; ties count half."""
    _, place = np.unique(score, return_inverse=True)
    admitted, not_admitted = np.bincount(place, risk), np.bincount(place, 1 - risk)
    below = np.cumsum(not_admitted) - not_admitted / 2
    return float((admitted * below).sum() / (admitted.sum() * not_admitted.sum()))


def expected_ppv(risk: Floats, score: Floats, top: float) -> float:
    """The mean true risk of the highest scored share `top`."""
    return float(np.mean(risk[np.argsort(-score, kind="stable")[: int(len(risk) * top)]]))


def beside_truth(risk: Floats, score: Floats) -> dict[str, float]:
    """AUROC and PPV of a score, and as shares of what ranking by the true risk itself would reach."""
    figures = {
        "auroc": expected_auroc(risk, score),
        "auroc_share": expected_auroc(risk, score) / expected_auroc(risk, risk),
    }
    return figures | {
        f"ppv_share_top_{top:.1%}": expected_ppv(risk, score, top) / expected_ppv(risk, risk, top) for top in TOPS
    }


def taught(values: NDArray[np.float32], risk: Floats) -> lightgbm.Booster:
    """Trees that learned the logit of the true risk."""
    near = np.clip(risk, _NEAREST, 1 - _NEAREST)
    return lightgbm.train(SETTINGS, lightgbm.Dataset(values, np.log(near / (1 - near))), TREES)


def measured(place: Path, key: Key, index_date: date, model: FittedModel) -> tuple[FeatureMatrix, Floats, NDArray[Any]]:
    """The features of everybody at the index date, their true risk and their practice."""
    config = default_config()
    with TemporaryDirectory(prefix="caretier-ceiling-") as scratch, connect(memory_limit="4GB") as connection:
        zone = build_zone(
            open_pack(place / "pack"), key, Path(scratch) / "zone", index_dates=(index_date,),
            rules=read_rules(config / "feeds.toml"), connection=connection, options=ZoneOptions(),
        )  # fmt: skip
        matrix = build_features(zone, index_date, connection=connection, names=model.names, config=config)
        people = zone.people_table().arrays(connection, "pseudonym", "practice_code")
    truth = read_truth(place / "truth", key, index_date)
    risks = dict(zip(truth["pseudonym"].to_pylist(), truth["true_risk"].to_pylist(), strict=True))
    return (
        matrix,
        np.array([risks[str(name)] for name in people["pseudonym"][matrix.pids]]),
        people["practice_code"][matrix.pids],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", type=Path, help="what `stratify synth` made")
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="fitted on the pack of the place")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    model = load_model(chosen.model)
    index_date = date.fromisoformat(model.manifest["training"]["index_date"])
    matrix, risk, practices = measured(chosen.place, load_key(chosen.key, outside=[chosen.place]), index_date, model)
    judge = np.isin(practices, model.held_out_practices)
    teacher = taught(matrix.values[~judge], risk[~judge])
    scores = {
        "the model": model.raw_scores(matrix)[judge],
        "trees taught the true risk": np.asarray(teacher.predict(matrix.values[judge]), dtype=np.float64),
        "the true risk": risk[judge],
    }
    figures = {name: beside_truth(risk[judge], score) for name, score in scores.items()}
    print(f"{np.count_nonzero(judge):,} people of practices that taught neither")
    for name, row in figures.items():
        print(f"{name:28}" + "  ".join(f"{what} {value:.3f}" for what, value in row.items()))
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
