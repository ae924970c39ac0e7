"""A fitted model on disk: text and JSON that a person can read, checksums, and nothing that can run.

    model.txt          the trees, in LightGBM's own text form
    manifest.json      what the model is: features in order, how it was fitted and calibrated, on whom
    evaluation.json    how good it was on practices it had not seen
    logistic.json      the logistic regression it was compared with, for later evaluations to compare again (may be absent)
    card.md            the same for people
    checksums.sha256   SHA-256 of each of these files

Loading believes nothing: every file, the order of the features and the definition of every feature must be
what they were when the model was fitted, and LightGBM of the same major version.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as version_installed
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stratify.contributions import Contributions, ContributionTables, Matrix
from stratify.estimators.calibration_line import CalibrationLine
from stratify.estimators.logistic_formula import LogisticFormula
from stratify.estimators.scoring import Scorer
from stratify.estimators.trees import TreeModel, read_model_text
from stratify.exceptions import ModelRefused
from stratify.model_card import model_card
from stratify.run_folder import writing

FORMAT = 1
"""Version of the folder's form; a newer one is refused, not guessed at."""

MODEL, MANIFEST, EVALUATION, CARD, CHECKSUMS = (
    "model.txt",
    "manifest.json",
    "evaluation.json",
    "card.md",
    "checksums.sha256",
)
LOGISTIC = "logistic.json"
_CHECKED = (CARD, EVALUATION, MANIFEST, MODEL)

HashFeatures = Callable[[Sequence[str]], str]
HashLists = Callable[[Sequence[str]], Mapping[str, str]]


class NamedValues(Protocol):
    """Features of some people: `values[n, k]`, column k being feature `names[k]`."""

    @property
    def names(self) -> Sequence[str]: ...

    @property
    def values(self) -> Matrix: ...


@dataclass(frozen=True)
class FittedModel:
    """Everything a run needs of a model: trees, calibration, and what the manifest says of them."""

    text: str
    calibration: CalibrationLine
    manifest: dict[str, Any]
    evaluation: dict[str, Any]
    rival: LogisticFormula | None = None

    @property
    def version(self) -> str:
        return str(self.manifest["version"])

    @property
    def outcome(self) -> str:
        return str(self.manifest["outcome"])

    @property
    def demonstration(self) -> bool:
        """Fitted on made-up people: never for care."""
        return bool(self.manifest["demonstration"])

    @property
    def feature_set_hash(self) -> str:
        return str(self.manifest["feature_set_hash"])

    @property
    def held_out_practices(self) -> list[str]:
        """Practices no part of the fit has seen; empty where the split was by person."""
        return list(self.manifest["training"]["practices"]["test"])

    @property
    def tables(self) -> list[str]:
        """The event tables the features are made from."""
        return list(self.manifest["tables"])

    @cached_property
    def names(self) -> list[str]:
        """The features in the order of the matrix."""
        return [str(feature["name"]) for feature in self.manifest["features"]]

    @cached_property
    def groups(self) -> list[str]:
        """The reason group of each feature, in the same order."""
        return [str(feature["group"]) for feature in self.manifest["features"]]

    @cached_property
    def trees(self) -> TreeModel:
        return read_model_text(self.text)

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer(self.text)

    @cached_property
    def _tables(self) -> ContributionTables:
        return ContributionTables(self.trees, self.groups)

    def raw_scores(self, matrix: NamedValues, *, threads: int = 1) -> NDArray[np.float64]:
        """Raw scores (log-odds) `[n]`: what people are ranked by. ModelRefused where the features are not the model's."""
        self._check_names(list(matrix.names))
        return self._scorer.raw_scores(matrix.values, threads=threads)

    def probabilities(self, raw: ArrayLike) -> NDArray[np.float64]:
        """Calibrated probabilities of raw scores, strictly between 0 and 1 and in the same order."""
        return self.calibration.probabilities(raw)

    def contributions(self, values: Matrix, *, threads: int = 1) -> Contributions:
        """What each reason group adds to the raw score of each row of `values`, whose columns are `names`."""
        return self._tables.explain(values, threads=threads)

    def check_tables(self, present: Iterable[str]) -> None:
        """Refuse a pack without a table the model was fitted on: its features would all read *nothing recorded*."""
        missing = sorted(set(self.tables) - set(present))
        if missing:
            raise ModelRefused(
                f"a pack with the tables of model {self.version}",
                f"none called {', '.join(missing)}",
                "Ask for the missing extract, or fit a model on packs without it.",
            )

    def _check_names(self, found: list[str]) -> None:
        if found == self.names:
            return
        pairs = zip(self.names, found, strict=False)
        first = next((number for number, (ours, theirs) in enumerate(pairs) if ours != theirs), None)
        number = min(len(found), len(self.names)) if first is None else first
        raise ModelRefused(
            f"feature {number + 1} of {len(self.names)} to be {_at(self.names, number)}",
            f"{_at(found, number)} of {len(found)}",
            "Build the features from the model's own list of names.",
        )


def _at(names: list[str], number: int) -> str:
    return names[number] if number < len(names) else "none"


def version_of(text: str, manifest: dict[str, Any]) -> str:
    """A version that names the content: the same trees and facts always get the same one."""
    facts = {key: value for key, value in manifest.items() if key != "version"}
    return hashlib.sha256((text + _json(facts)).encode()).hexdigest()[:12]


def save_model(folder: Path, model: FittedModel) -> None:
    """Write the model into a new folder, whole or not at all; the same model gives the same bytes.

    Raises OutputRefused where the folder exists or cannot be written.
    """
    with writing(folder) as place:
        contents = {
            MODEL: model.text,
            MANIFEST: _json(model.manifest),
            EVALUATION: _json(model.evaluation),
            CARD: model_card(model.manifest, model.evaluation),
        }
        if model.rival is not None:
            contents[LOGISTIC] = _json(model.rival.to_json())
        for name, content in contents.items():
            (place / name).write_text(content, encoding="utf-8", newline="\n")
        lines = [f"{_sha256(place / name)}  {name}\n" for name in sorted(contents)]
        (place / CHECKSUMS).write_text("".join(lines), encoding="ascii")


def load_model(
    folder: Path, *, hash_features: HashFeatures | None = None, hash_lists: HashLists | None = None
) -> FittedModel:
    """The model in that folder, after checking all of it against itself and against this program.

    `hash_features` gives the hash of a list of features as this program defines them (the catalogue's unless
    told otherwise), `hash_lists` those of the code lists they rest on. Raises ModelRefused naming the file,
    feature, code list or library at fault.
    """
    _check_files(folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    _check_format(manifest)
    _check_library(manifest)
    evaluation = json.loads((folder / EVALUATION).read_text(encoding="utf-8"))
    text = (folder / MODEL).read_text(encoding="utf-8")
    model = FittedModel(text, CalibrationLine.from_json(manifest["calibration"]), manifest, evaluation, _rival(folder))
    model._check_names(list(model.trees.names))
    lists = hash_lists or (_catalogue_lists if hash_features is None else None)
    _check_definitions(model, hash_features or _catalogue_hash, lists)
    return model


def _check_files(folder: Path) -> None:
    stated = _stated_checksums(folder)
    if sorted(stated.keys() - {LOGISTIC}) != sorted(_CHECKED):
        raise _damaged(f"{CHECKSUMS} to list {', '.join(_CHECKED)}", f"{', '.join(sorted(stated)) or 'nothing'}")
    present = {path.name for path in folder.iterdir()}
    for name in sorted(present - {*stated, CHECKSUMS}):
        raise _damaged("only the files of a model", f"{name}")
    for name, checksum in stated.items():
        if name not in present:
            raise _damaged(f"the file {name}", "none")
        if _sha256(folder / name) != checksum:
            raise _damaged(f"{name} as it was when the model was saved", "other bytes")


def _rival(folder: Path) -> LogisticFormula | None:
    path = folder / LOGISTIC
    return LogisticFormula.from_json(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _stated_checksums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        raise _damaged(f"a model folder with {CHECKSUMS}", "none") from None
    except UnicodeDecodeError:
        raise _damaged(f"{CHECKSUMS} in plain text", "other bytes") from None
    pairs = [line.partition("  ") for line in lines]
    return {name: checksum for checksum, _, name in pairs}


def _check_format(manifest: dict[str, Any]) -> None:
    found = manifest.get("format")
    if found != FORMAT:
        newer = isinstance(found, int) and found > FORMAT
        raise ModelRefused(
            f"a model of format {FORMAT}",
            f"format {found}",
            "Update Caretier: a newer version wrote this model." if newer else "Fit the model again.",
        )


def _check_library(manifest: dict[str, Any]) -> None:
    fitted, installed = _lightgbm_fitted(manifest), version_installed("lightgbm")
    if fitted.partition(".")[0] != installed.partition(".")[0]:
        raise ModelRefused(
            f"LightGBM {fitted}, which the model was fitted with, or another of the same major version",
            f"LightGBM {installed}",
            "Install that version, or fit the model again.",
        )


def _lightgbm_fitted(manifest: dict[str, Any]) -> str:
    return str(manifest.get("libraries", {}).get("lightgbm", "of no stated version"))


def other_library(manifest: dict[str, Any]) -> tuple[str, str] | None:
    """LightGBM's version at the fit and here, where major.minor differ; None where they do not."""
    fitted, installed = _lightgbm_fitted(manifest), version_installed("lightgbm")
    return None if fitted.split(".")[:2] == installed.split(".")[:2] else (fitted, installed)


def _check_definitions(model: FittedModel, hash_features: HashFeatures, hash_lists: HashLists | None) -> None:
    found = hash_features(model.names)
    if found == model.feature_set_hash:
        return
    changed = [] if hash_lists is None else _changed_lists(model, hash_lists(model.names))
    if changed:
        raise ModelRefused(
            f"the code lists that model {model.version} was fitted on",
            f"{', '.join(changed)} changed since",
            f"Bring back {'that list' if len(changed) == 1 else 'those lists'}, or fit the model again.",
        )
    raise ModelRefused(
        f"the feature definitions {model.feature_set_hash[:12]} that model {model.version} was fitted on",
        f"{found[:12]}",
        "Fit the model again: a definition or a code list has changed since.",
    )


def _changed_lists(model: FittedModel, found: Mapping[str, str]) -> list[str]:
    """The code lists that are not what they were at the fit, by name; also those that came or went."""
    fitted: dict[str, str] = model.manifest.get("codelists", {})
    return sorted(name for name in fitted.keys() | found.keys() if fitted.get(name) != found.get(name))


def _catalogue_hash(names: Sequence[str]) -> str:
    # Imported here: whoever brings another definition of features needs none of ours.
    from stratify.features.catalogue import FEATURES, feature_set_hash

    unknown = sorted(set(names) - {feature.name for feature in FEATURES})
    if unknown:
        raise ModelRefused(
            "features this program knows", f"{unknown[0]}, which it does not", "Use the version that fitted the model."
        )
    return feature_set_hash(list(names))


def _catalogue_lists(names: Sequence[str]) -> dict[str, str]:
    from stratify.features.catalogue import codelist_hashes

    return codelist_hashes(names)


def _damaged(expected: str, found: str) -> ModelRefused:
    return ModelRefused(expected, found, "Restore the model folder from where it was published, or fit again.")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
