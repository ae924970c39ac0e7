"""What gives a score: a fitted model, or a published index computed on the same features."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from stratify.artefact import FittedModel
from stratify.features.catalogue import feature_set_hash
from stratify.features.matrix import FeatureMatrix
from stratify.indices import INDICES, Index

Floats = npt.NDArray[np.float64]


class Scorer(Protocol):
    """Everything a run asks of a score; `names` are the features it reads, in order."""

    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def feature_set_hash(self) -> str: ...
    @property
    def demonstration(self) -> bool: ...
    @property
    def names(self) -> list[str]: ...

    def raw_scores(self, matrix: FeatureMatrix, threads: int) -> Floats:
        """What people are ranked by, for a matrix of exactly `names`."""
        ...

    def probabilities(self, raw: Floats) -> Floats | None:
        """Calibrated probabilities, or None where the score has none."""
        ...

    def identity(self) -> dict[str, Any]:
        """What a manifest says of the score."""
        ...


@dataclass(frozen=True)
class ModelScorer:
    """The score of a fitted model."""

    model: FittedModel

    kind = "model"

    @property
    def version(self) -> str:
        return self.model.version

    @property
    def feature_set_hash(self) -> str:
        return self.model.feature_set_hash

    @property
    def demonstration(self) -> bool:
        return self.model.demonstration

    @property
    def names(self) -> list[str]:
        return self.model.names

    def raw_scores(self, matrix: FeatureMatrix, threads: int) -> Floats:
        """Log-odds before calibration."""
        return self.model.raw_scores(matrix, threads=threads)

    def probabilities(self, raw: Floats) -> Floats:
        """Calibrated probabilities."""
        return self.model.probabilities(raw)

    def identity(self) -> dict[str, Any]:
        """The model's version, outcome and features."""
        return {
            "kind": self.kind,
            "version": self.version,
            "outcome": self.model.outcome,
            "feature_set_hash": self.feature_set_hash,
            "features": len(self.names),
            "demonstration": self.demonstration,
            # Known to the run so that an evaluation can judge on practices the model never saw.
            "held_out_practices": sorted(self.model.held_out_practices),
        }


@dataclass(frozen=True)
class IndexScorer:
    """The score of a published index: points, no probability, nothing fitted."""

    index: Index
    feature_set_hash: str

    demonstration = False

    @property
    def kind(self) -> str:
        return str(self.index.kind)

    @property
    def version(self) -> str:
        return f"{self.kind}-{self.feature_set_hash[:12]}"

    @property
    def names(self) -> list[str]:
        return [self.kind]

    def raw_scores(self, matrix: FeatureMatrix, threads: int) -> Floats:
        """Points, made whole again from the float32 of the matrix."""
        units = np.round(matrix.values[:, 0].astype(np.float64) * self.index.units_per_point)
        points: Floats = units / self.index.units_per_point
        return points

    def probabilities(self, raw: Floats) -> None:
        """None: an index gives points."""

    def identity(self) -> dict[str, Any]:
        """The index, where it is from and its features."""
        return {
            "kind": self.kind,
            "version": self.version,
            "source": self.index.source,
            "feature_set_hash": self.feature_set_hash,
            "features": 1,
            "demonstration": False,
        }


def index_scorer(kind: str, config: Path) -> IndexScorer:
    """The scorer of a published index by the word the command line uses; KeyError where there is none."""
    return IndexScorer(INDICES[kind], feature_set_hash([kind], config))
