"""How a run reads the scoring zone: at which date, which features, with what engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from stratify.features.matrix import FeatureMatrix, build_features, iter_feature_chunks
from stratify.zone.zone import Zone


@dataclass(frozen=True)
class Reading:
    """A zone at an index date; `names` are the scorer's features and then the others that are wanted."""

    zone: Zone
    index_date: date
    names: tuple[str, ...]
    connection: duckdb.DuckDBPyConnection
    config: Path
    threads: int

    def chunks(self) -> Iterator[FeatureMatrix]:
        """Features of everyone scored, a chunk of people at a time, in order of pid."""
        return iter_feature_chunks(
            self.zone, self.index_date, self.names, connection=self.connection, config=self.config
        )

    def features_at(self, day: date, pids: npt.NDArray[np.integer[Any]]) -> FeatureMatrix:
        """Features of some people at another date the zone was built for."""
        return build_features(
            self.zone, day, pids=pids, connection=self.connection, names=self.names, config=self.config
        )
