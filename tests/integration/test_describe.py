"""`stratify describe`: what a reader and a script are told about the features."""

import json

import pytest

from stratify.exceptions import OutputRefused
from stratify.features.catalogue import FEATURES
from stratify.features.codelists import load_codelists
from stratify.pipeline.describe import describe, description
from stratify.settings import default_config


def test_every_feature_list_and_index_is_described():
    content = description()
    assert [entry["name"] for entry in content["features"]] == [feature.name for feature in FEATURES]
    assert {entry["name"] for entry in content["codelists"]} == set(load_codelists(default_config()))
    sizes = {entry["kind"]: len(entry["components"]) for entry in content["indices"]}
    assert sizes == {"charlson": 17, "hfrs": 109, "efi": 36}


def test_the_text_says_source_window_unit_and_why_of_a_feature():
    line = next(line for line in describe().splitlines() if line.startswith("  falls_365d:"))
    assert "gp_codes, last 365 days, records." in line
    assert "predict" in line


def test_sensitive_groups_are_marked():
    assert "self_harm  (never shown as a reason)" in describe().splitlines()


def test_the_json_file_holds_the_same(tmp_path):
    path = tmp_path / "features.json"
    describe(path)
    assert json.loads(path.read_text(encoding="utf-8")) == description()


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(OutputRefused):
        describe(tmp_path / "nowhere" / "features.json")
