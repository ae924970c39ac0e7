"""Features of a few people are those they have among everyone."""

from datetime import date

import numpy as np

from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.features.catalogue import feature_names
from stratify.features.matrix import build_features
from stratify.indices import index_components
from stratify.settings import default_config
from stratify.synthetic.borough import make_borough
from stratify.zone import build_zone
from tests.support.built_zones import KEY

INDEX = date(2026, 10, 1)


def test_features_and_index_components_of_a_few_people_are_those_among_everyone(tmp_path):
    pack = open_pack(make_borough(tmp_path / "town", people=600, index_date=INDEX, seed=11).pack)
    rules = read_rules(default_config() / "feeds.toml")
    with connect(threads=1, temp_directory=tmp_path / "spill") as connection:
        zone = build_zone(pack, KEY, tmp_path / "zone", index_dates=[INDEX], rules=rules, connection=connection)
        names = feature_names(zone.tables)
        everyone = build_features(zone, INDEX, connection=connection, names=names)
        few = everyone.pids[[400, 3, 250, 31]]
        of_few = build_features(zone, INDEX, pids=few, connection=connection, names=names)
        again = build_features(zone, INDEX, connection=connection, names=names)
        all_parts = index_components(zone, INDEX, "efi", connection, everyone.pids)
        few_parts = index_components(zone, INDEX, "efi", connection, few)
    rows = np.searchsorted(everyone.pids, few)
    assert np.array_equal(of_few.values, everyone.values[rows], equal_nan=True)
    assert np.array_equal(again.values, everyone.values, equal_nan=True)  # the few left nothing behind
    assert set(few_parts.pids.tolist()) <= set(few.tolist())
    assert list(zip(few_parts.pids, few_parts.codes, strict=True)) == [
        (pid, code) for pid, code in zip(all_parts.pids, all_parts.codes, strict=True) if pid in few
    ]
