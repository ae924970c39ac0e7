"""A made-up town with its pack, a key, and a small model, for tests of whole runs.

The model is a few trees grown on the town's own features a year earlier. It is worth nothing; it has every part of a
real one.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import lightgbm
import numpy as np

from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.features.catalogue import feature_names, feature_set_hash, groups_of
from stratify.features.matrix import build_features
from stratify.pseudonyms import load_key, make_key
from stratify.settings import default_config
from stratify.synthetic.borough import make_borough
from stratify.zone import build_zone

INDEX = date(2026, 10, 1)
BEFORE = date(2026, 9, 1)
EARLIER = date(2025, 9, 1)


@dataclass(frozen=True)
class Town:
    """Where everything lies."""

    pack: Path
    key: Path
    model: Path


def make_town(folder: Path, people: int = 800) -> Town:
    """A town of that many people at INDEX, with a key and a model."""
    borough = make_borough(folder / "town", people=people, index_date=INDEX, seed=7)
    key = folder / "keys" / "town.key"
    key.parent.mkdir()
    make_key(key, random=lambda size: b"\x05" * size)
    return Town(borough.pack, key, make_model(folder / "model", borough.pack, key))


def make_model(folder: Path, pack_folder: Path, key: Path) -> Path:
    """A model folder that loads: grown on what the town looked like a year before."""
    pack = open_pack(pack_folder)
    rules = read_rules(default_config() / "feeds.toml")
    place = folder.with_name("model-zone")
    with connect(threads=1, temp_directory=folder.with_name("spill")) as connection:
        zone = build_zone(pack, load_key(key), place, index_dates=[EARLIER], rules=rules, connection=connection)
        names = feature_names(zone.tables)
        values = build_features(zone, EARLIER, connection=connection, names=names).values
    folder.mkdir()
    (folder / "model.txt").write_text(_trees(values, names), encoding="utf-8", newline="\n")
    _write_json(folder / "manifest.json", _manifest(names, list(zone.tables)))
    _write_json(folder / "evaluation.json", {})
    (folder / "card.md").write_text("For demonstration, not for care.\n", encoding="utf-8")
    sums = [
        f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n"
        for n in sorted(p.name for p in folder.iterdir())
    ]
    (folder / "checksums.sha256").write_text("".join(sums), encoding="ascii")
    return folder


def _trees(values, names):
    random = np.random.default_rng(3)
    at = names.index
    signal = (
        0.9 * values[:, at("emergency_admissions_1095d")]
        + 0.02 * np.nan_to_num(values[:, at("age_years")])
        + 0.1 * values[:, at("medicines_365d")]
        + 1.5 * values[:, at("alcohol_admissions_1095d")]
        + 0.8 * ~np.isnan(values[:, at("severe_mental_illness_years")])
        + 0.4 * values[:, at("ed_attendances_365d")]
    )
    chance = 1 / (1 + np.exp(3.5 - signal))
    settings = {
        "objective": "binary",
        "max_depth": 4,
        "num_leaves": 8,
        "learning_rate": 0.1,
        "min_data_in_leaf": max(10, len(values) // 60),
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": 1,
        "verbose": -1,
    }
    data = lightgbm.Dataset(values, (random.random(len(values)) < chance).astype(int), feature_name=list(names))
    return lightgbm.train(settings, data, num_boost_round=60).model_to_string()


def _manifest(names, tables):
    return {
        "format": 1,
        "version": "made-up-1",
        "outcome": "emergency_admission_12m",
        "demonstration": True,
        "pack": {"pack_id": "made-up", "place": "Madeupton", "synthetic": True},
        "training": {"index_date": BEFORE.isoformat(), "practices": {"train": [], "validation": [], "test": []}},
        "calibration": {"raw": [-2.0, 2.0], "log_odds": [-2.0, 1.8], "slope_below": 1.0, "slope_above": 0.9},
        "tables": tables,
        "feature_set_hash": feature_set_hash(names),
        "libraries": {"lightgbm": lightgbm.__version__},
        "features": [{"name": name, "group": group} for name, group in zip(names, groups_of(names), strict=True)],
    }


def _write_json(path, content):
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
