"""Features of everybody, kept on disk by chunk until it is known whom they must explain."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stratify.features.matrix import FeatureMatrix

Places = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]


@dataclass
class FeatureSpill:
    """Feature matrices in the order they were added; a place counts through all of them."""

    folder: Path
    names: tuple[str, ...]
    sizes: list[int] = field(default_factory=list)

    def add(self, matrix: FeatureMatrix) -> None:
        """Keeps a matrix, whose columns must be `names`."""
        np.save(self._path(len(self.sizes)), matrix.values)
        self.sizes.append(len(matrix.pids))

    def parts(self, places: Places) -> Iterator[tuple[Places, Values]]:
        """Features of the people at these places (in rising order), a chunk at a time, with their places."""
        begin = 0
        for number, size in enumerate(self.sizes):
            mine = places[(places >= begin) & (places < begin + size)]
            if len(mine):
                # Read through the page cache row by row: a mapped file would count as memory in use.
                yield mine, np.load(self._path(number), mmap_mode="r")[mine - begin]
            begin += size

    def _path(self, number: int) -> Path:
        return self.folder / f"features_{number}.npy"
