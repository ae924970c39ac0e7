"""Goal R8: without what the first reason names, the score of very-high and high people is lower."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.artefact import load_model
from stratify.engine import connect
from stratify.features.catalogue import features_named
from stratify.features.definition import Kind
from stratify.features.matrix import build_features
from stratify.pipeline.run import run
from stratify.pseudonyms import load_key
from stratify.settings import default_config
from stratify.zone import build_zone
from tests.support.made_up_town import INDEX, make_town

SHARE_LOWERED = 0.98


@pytest.mark.slow
def test_the_first_reason_raises_the_score_of_those_it_is_shown_for(tmp_path):
    town = make_town(tmp_path, people=3000)
    # So few people that a quiet month of the council looks like a feed that stopped.
    asked = {"key_file": town.key, "model_folder": town.model, "allow_gap": ["social_care_events"]}
    run(town.pack, index_date=INDEX, out=tmp_path / "run", **asked)
    model = load_model(town.model)
    rules = read_rules(default_config() / "feeds.toml")
    with connect(threads=1, temp_directory=tmp_path / "spill") as connection:
        zone = build_zone(
            open_pack(town.pack),
            load_key(town.key),
            tmp_path / "zone",
            index_dates=[INDEX],
            rules=rules,
            connection=connection,
        )
        matrix = build_features(zone, INDEX, connection=connection, names=model.names)
        names = pq.read_table(zone.people_table().path)["pseudonym"].to_pylist()
    place = {names[pid]: row for row, pid in enumerate(matrix.pids.tolist())}

    top = [
        row
        for row in pq.read_table(tmp_path / "run" / "scores.parquet").to_pylist()
        if row["tier"] in ("very_high", "high")
    ]
    assert len(top) > 120
    assert np.allclose(
        model.raw_scores(matrix)[[place[row["pseudonym"]] for row in top]], [row["raw_score"] for row in top]
    )

    # "Nothing recorded" as the catalogue has it: no events, no date, no value. Nobody is without an age: there the usual one.
    features = features_named(model.names)
    nothing = np.array([feature.measure.empty for feature in features], dtype=np.float32)
    attribute = np.array([feature.kind is Kind.ATTRIBUTE for feature in features])
    nothing[attribute] = np.nanmedian(matrix.values[:, attribute], axis=0)
    groups = np.array(model.groups)
    without = matrix.values.copy()
    for row in top:
        mine = groups == row["reasons"][0]["code"]
        without[place[row["pseudonym"]], mine] = nothing[mine]
    lowered = model.raw_scores(type(matrix)(matrix.pids, matrix.names, without))
    lower = [lowered[place[row["pseudonym"]]] < row["raw_score"] for row in top]
    assert np.mean(lower) >= SHARE_LOWERED
