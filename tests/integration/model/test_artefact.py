"""A model folder is believed only when every byte and every definition is what it was."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stratify.artefact import FittedModel, load_model, other_library, save_model, version_of
from stratify.exceptions import ModelRefused, OutputRefused
from tests.support.small_models import NAMES, Matrix, hash_of, matrix, small_model


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return small_model()


@pytest.fixture
def folder(model: FittedModel, tmp_path: Path) -> Path:
    save_model(tmp_path / "model", model)
    return tmp_path / "model"


def load(folder: Path) -> FittedModel:
    return load_model(folder, hash_features=hash_of)


def reseal(folder: Path) -> None:
    """Make the checksums agree with the files, as whoever alters a model on purpose would."""
    names = ("card.md", "evaluation.json", "logistic.json", "manifest.json", "model.txt")
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "checksums.sha256").write_text("".join(lines), encoding="ascii")


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    reseal(folder)


def test_saved_model_scores_explains_and_calibrates_as_before(model: FittedModel, folder: Path) -> None:
    again, people = load(folder), matrix(seed=5)
    raw = model.raw_scores(people)

    assert again.raw_scores(people, threads=2).tobytes() == raw.tobytes()
    assert again.probabilities(raw).tobytes() == model.probabilities(raw).tobytes()
    assert again.contributions(people.values).values.tobytes() == model.contributions(people.values).values.tobytes()
    assert (again.manifest, again.evaluation) == (model.manifest, model.evaluation)
    assert again.rival is not None
    assert again.rival.raw(people.values).tobytes() == model.rival.raw(people.values).tobytes()


def test_model_without_its_logistic_regression_is_read_all_the_same(model: FittedModel, tmp_path: Path) -> None:
    save_model(tmp_path / "older", replace(model, rival=None))
    assert load(tmp_path / "older").rival is None


def test_contributions_and_baseline_give_the_raw_score(model: FittedModel) -> None:
    people = matrix(seed=6)
    found = model.contributions(people.values)

    assert found.groups == ["age", "falls", "diabetes"]
    np.testing.assert_allclose(found.baseline + found.values.sum(axis=1), model.raw_scores(people), rtol=0, atol=1e-9)


def test_same_model_is_saved_as_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    save_model(tmp_path / "again", small_model())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()
    }


def test_folder_that_exists_is_not_replaced(model: FittedModel, folder: Path) -> None:
    with pytest.raises(OutputRefused, match="exists"):
        save_model(folder, model)


@pytest.mark.parametrize("name", ["model.txt", "manifest.json", "evaluation.json", "logistic.json", "card.md"])
def test_altered_byte_is_refused_by_the_name_of_its_file(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelRefused, match=name):
        load(folder)


@pytest.mark.parametrize(
    "name", ["model.txt", "manifest.json", "evaluation.json", "logistic.json", "card.md", "checksums.sha256"]
)
def test_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelRefused, match=name):
        load(folder)


def test_file_that_is_no_part_of_a_model_is_refused_by_name(folder: Path) -> None:
    (folder / "model.bin").write_bytes(b"x")
    with pytest.raises(ModelRefused, match="model.bin"):
        load(folder)


def test_checksums_that_leave_a_file_out_are_refused(folder: Path) -> None:
    lines = (folder / "checksums.sha256").read_text(encoding="ascii").splitlines(keepends=True)
    (folder / "checksums.sha256").write_text("".join(lines[:-1]), encoding="ascii")
    with pytest.raises(ModelRefused, match="model.txt"):
        load(folder)


def test_checksums_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "checksums.sha256").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelRefused, match="checksums.sha256"):
        load(folder)


def test_path_that_is_no_model_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="model folder"):
        load(tmp_path / "nowhere")


def test_features_in_another_order_are_refused_by_the_first_that_moved(folder: Path) -> None:
    change_manifest(folder, lambda manifest: manifest["features"].reverse())
    with pytest.raises(ModelRefused, match="hba1c"):
        load(folder)


def test_other_definition_of_a_feature_is_refused(folder: Path) -> None:
    with pytest.raises(ModelRefused, match="definition"):
        load_model(folder, hash_features=lambda names: "0" * 64)


@pytest.mark.parametrize(
    ("now", "named", "unnamed"),
    [
        ({"falls": "1" * 64, "diabetes": "3" * 64}, "Found diabetes changed", "falls"),
        ({"falls": "3" * 64, "diabetes": "3" * 64}, "Found diabetes, falls changed", "definitions"),
        ({"falls": "1" * 64}, "Found diabetes changed", "falls"),
        ({"falls": "1" * 64, "diabetes": "2" * 64, "asthma": "3" * 64}, "Found asthma changed", "falls"),
        ({"falls": "1" * 64, "diabetes": "2" * 64}, "feature definitions", "lists"),
    ],
)
def test_other_code_list_is_refused_by_name(folder: Path, now: dict[str, str], named: str, unnamed: str) -> None:
    with pytest.raises(ModelRefused, match=named) as refused:
        load_model(folder, hash_features=lambda names: "0" * 64, hash_lists=lambda names: now)
    assert unnamed not in str(refused.value)


@pytest.mark.parametrize("fitted", ["3.3.5", "14.0.0", "5.0"])
def test_other_major_version_of_lightgbm_is_refused_by_name(folder: Path, fitted: str) -> None:
    change_manifest(folder, lambda manifest: manifest["libraries"].update(lightgbm=fitted))
    with pytest.raises(ModelRefused, match=rf"LightGBM {fitted}.*Found LightGBM {version('lightgbm')}"):
        load(folder)


def test_model_that_names_no_lightgbm_is_refused(folder: Path) -> None:
    change_manifest(folder, lambda manifest: manifest.pop("libraries"))
    with pytest.raises(ModelRefused, match="LightGBM"):
        load(folder)


def test_other_minor_version_of_lightgbm_is_loaded_and_told(folder: Path) -> None:
    major, minor, *_ = version("lightgbm").split(".")
    other = f"{major}.{int(minor) + 1}.0"
    assert other_library(load(folder).manifest) is None
    change_manifest(folder, lambda manifest: manifest["libraries"].update(lightgbm=other))
    assert other_library(load(folder).manifest) == (other, version("lightgbm"))


def test_feature_the_catalogue_does_not_know_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ModelRefused, match="falls_made_up"):
        load_model(folder)


@pytest.mark.parametrize(
    ("found", "told"), [(2, "Update Caretier"), (0, "Fit the model again"), (None, "Fit the model")]
)
def test_other_format_is_refused(folder: Path, found: int | None, told: str) -> None:
    change_manifest(folder, lambda manifest: manifest.update(format=found))
    with pytest.raises(ModelRefused, match=told):
        load(folder)


def test_trees_cut_short_are_refused(folder: Path) -> None:
    text = (folder / "model.txt").read_text(encoding="utf-8")
    (folder / "model.txt").write_text(text[: text.index("Tree=9")] + "end of trees\n", encoding="utf-8")
    reseal(folder)
    with pytest.raises(ModelRefused, match="15 trees"):
        load(folder)


def test_matrix_with_columns_in_another_order_is_refused_by_name(model: FittedModel) -> None:
    people = matrix()
    with pytest.raises(ModelRefused, match="feature 2 of 3 to be falls_made_up"):
        model.raw_scores(Matrix((NAMES[0], NAMES[2], NAMES[1]), people.values))


@pytest.mark.parametrize("names", [NAMES[:2], [*NAMES, "more"]])
def test_matrix_with_more_or_fewer_columns_is_refused(model: FittedModel, names: list[str]) -> None:
    with pytest.raises(ModelRefused, match="of 3 to be"):
        model.raw_scores(Matrix(names, np.zeros((4, len(names)), dtype=np.float32)))


def test_pack_without_a_table_of_the_model_is_refused_by_name(model: FittedModel) -> None:
    model.check_tables(["admissions", "gp_codes", "outpatients"])
    with pytest.raises(ModelRefused, match="gp_codes"):
        model.check_tables(["admissions", "outpatients"])


def test_version_names_the_content(model: FittedModel) -> None:
    version = version_of(model.text, model.manifest)
    assert version == version_of(model.text, model.manifest | {"version": "another"})
    assert version != version_of(model.text, model.manifest | {"seed": 1})
    assert version != version_of(model.text + " ", model.manifest)


def test_nothing_in_the_folder_can_run(folder: Path) -> None:
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".json", ".json", ".md", ".sha256", ".txt"]
