"""`stratify run`, `identify` and `derive-cutoffs` as a person at the keyboard meets them."""

import csv
import json
import shutil
import subprocess
import sys
import tomllib

import pytest

from stratify.pseudonyms import make_key
from tests.support.made_up_town import BEFORE, INDEX, make_town

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def september(town):
    out = town.model.with_name("september")
    done = stratify("run", town.pack, "--index", BEFORE, "--key", town.key, "--model", town.model, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def stratify(*arguments):
    settings = ["CARETIER_USER=a.manager", "CARETIER_THREADS=1"]
    command = ["env", *settings, sys.executable, "-m", "stratify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def refused(code, *arguments):
    """What a refused command says: one paragraph on standard error, nothing else."""
    done = stratify(*arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith("Expected ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_run_says_where_everybody_ended_and_where_the_report_is(town, september, tmp_path):
    done = stratify(
        "run", town.pack, "--index", INDEX, "--key", town.key, "--model", town.model, "--out", tmp_path / "october",
        "--previous", september, "--json", tmp_path / "said.json",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "people scored" in done.stdout
    assert "For demonstration, not for care" in done.stdout
    assert "Since the previous run:" in done.stdout
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    assert sum(said["tiers"].values()) == said["scored"]
    assert (tmp_path / "october" / "report.html").is_file()
    assert (tmp_path / "october" / "timings.json").is_file()


def test_identify_writes_the_file_and_says_where_the_log_is(town, september, tmp_path):
    out = tmp_path / "people.csv"
    done = stratify(
        "identify", september, town.pack, "--key", town.key, "--purpose", "proactive care review", "--out", out,
        "--json", tmp_path / "said.json",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["nhs_number", "probability", "percentile", "tier", "reasons"]
    log = town.key.with_name("town.key.identifications.jsonl")
    line = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert (line["who"], line["purpose"], line["rows"]) == ("a.manager", "proactive care review", len(rows) - 1)
    assert said == {name: line[name] for name in ("run_id", "key_id", "rows", "file", "sha256")} | {"log": log.name}
    for row in rows[1:]:
        assert row[0] not in done.stdout


def test_run_with_a_damaged_model_is_exit_3(town, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(town.model, model)
    (model / "model.txt").write_text("tree\n", encoding="utf-8")
    said = refused(
        3, "run", town.pack, "--index", INDEX, "--key", town.key, "--model", model, "--out", tmp_path / "run"
    )
    assert "model.txt" in said
    assert not (tmp_path / "run").exists()


def test_run_with_another_key_than_the_previous_run_is_exit_4(town, september, tmp_path):
    make_key(tmp_path / "other.key")
    said = refused(
        4, "run", town.pack, "--index", INDEX, "--key", tmp_path / "other.key", "--model", town.model,
        "--out", tmp_path / "run", "--previous", september,
    )  # fmt: skip
    assert "key" in said


def test_identify_without_a_real_purpose_is_exit_4(town, september, tmp_path):
    refused(
        4, "identify", september, town.pack, "--key", town.key, "--purpose", "care", "--out", tmp_path / "people.csv"
    )
    assert list(tmp_path.iterdir()) == []


def test_run_into_an_existing_folder_is_exit_5(town, september):
    refused(5, "run", town.pack, "--index", BEFORE, "--key", town.key, "--model", town.model, "--out", september)


def test_run_on_a_broken_pack_is_exit_1_and_leaves_nothing(town, tmp_path):
    pack = tmp_path / "pack"
    shutil.copytree(town.pack, pack)
    (pack / "admissions.parquet").write_bytes((pack / "admissions.parquet").read_bytes()[:-100])
    out = tmp_path / "runs" / "october"
    out.parent.mkdir()
    said = refused(1, "run", pack, "--index", INDEX, "--key", town.key, "--model", town.model, "--out", out)
    assert "admissions" in said
    assert list(out.parent.iterdir()) == []


def test_derive_cutoffs_writes_a_table(september, tmp_path):
    done = stratify(
        "derive-cutoffs", september, "--name", "Made-up town", "--out", tmp_path / "table.toml",
        "--json", tmp_path / "said.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    table = tomllib.loads((tmp_path / "table.toml").read_text(encoding="utf-8"))
    assert said.pop("reached").keys() == table["probability"].keys()
    assert said == table | {"index_date": table["index_date"].isoformat()}
    assert 'name = "Made-up town"' in (tmp_path / "table.toml").read_text(encoding="utf-8")
