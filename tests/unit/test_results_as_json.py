"""Commands whose result is a file say as JSON, where a script asks for it, what they say in words."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stratify.commands import app
from stratify.pipeline import cutoffs, identify
from stratify.pipeline.cutoffs import CutOffTable
from stratify.pipeline.identify import Identified
from stratify.tier_scheme import CutOffs
from tests.support.omop_folders import write_omop_folder


@pytest.fixture
def told(tmp_path):
    """A command line in, what it wrote as JSON out."""

    def asked(*arguments):
        file = tmp_path / "said.json"
        done = CliRunner().invoke(app, [*map(str, arguments), "--json", str(file)])
        assert done.exit_code == 0, done.output
        return json.loads(file.read_text(encoding="utf-8"))

    return asked


def test_identify_tells_what_its_log_says_and_nobody(told, tmp_path, monkeypatch):
    done = Identified(tmp_path / "people.csv", 2, tmp_path / "place.key.identifications.jsonl", "r1", "k1", "abc")
    monkeypatch.setattr(identify, "identify", lambda *_, **__: done)
    said = told("identify", "run", "pack", "--key", "key", "--purpose", "our monthly review", "--out", "people.csv")
    assert said == {
        "run_id": "r1", "key_id": "k1", "rows": 2, "file": "people.csv", "sha256": "abc",
        "log": "place.key.identifications.jsonl",
    }  # fmt: skip


def test_derive_cutoffs_tells_what_its_table_says(told, tmp_path, monkeypatch):
    cuts = CutOffs("Here", (0.5, 0.25, 0.125))
    table = CutOffTable(cuts, "r1", "Testham", date(2026, 10, 1), "m1", 1_000, True, (0.005, 0.05, 0.2))
    written = tmp_path / "table.toml"
    written.write_text(cutoffs._toml(table), encoding="utf-8")
    monkeypatch.setattr(cutoffs, "derive_cutoffs", lambda *_, **__: table)
    said = told("derive-cutoffs", "run", "--name", "Here", "--out", written)
    assert said.pop("reached") == {"very_high": 0.005, "high": 0.05, "moderate": 0.2}
    as_toml = tomllib.loads(written.read_text(encoding="utf-8"))
    assert said == as_toml | {"index_date": as_toml["index_date"].isoformat()}


def test_import_omop_tells_what_lies_beside_the_pack(told, tmp_path):
    source = write_omop_folder(tmp_path / "source")
    said = told("import-omop", source, "--out", tmp_path / "pack", "--extracted-on", "2023-12-31", "--format", "csv")
    assert said == json.loads(Path(tmp_path / "pack.import.json").read_text(encoding="utf-8"))
    assert said["people"] > 0
