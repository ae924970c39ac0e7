"""Array types of the simulation and the values that stand for "nothing here"."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]

NEVER = 2**30
"""A day that does not come: no onset, no move, no death."""
NO_DAY = -(2**31)
"""An empty date cell."""
NO_CODE = -1
"""An empty coded cell."""
DAYS_PER_YEAR = 365.25


def tenths(values: Floats) -> Ints:
    """Decimals kept as whole tenths; NO_CODE where there is none."""
    return np.where(np.isnan(values), NO_CODE, np.round(10 * np.nan_to_num(values))).astype(np.int16)


def from_tenths(values: Ints) -> Floats:
    """Whole tenths as decimals; NaN where there is none."""
    return np.where(values == NO_CODE, np.nan, values / 10).astype(np.float32)


def at(table: Floats, *index: Ints) -> Floats:
    """Values of a small table at arrays of indices, as 32-bit floats."""
    return np.asarray(table[index], dtype=np.float32)


def by_age(anchors: tuple[int, ...], values: tuple[float, ...], highest: int = 110) -> Floats:
    """One value for each whole year of age 0..highest, straight lines between the anchors."""
    return np.interp(np.arange(highest + 1), anchors, values).astype(np.float32)


def chosen(generator: np.random.Generator, weights: Floats) -> Ints:
    """One column index per row of a matrix of non-negative weights, drawn in proportion to them."""
    totals = np.cumsum(weights, axis=1)
    draw = generator.random(len(weights)) * totals[:, -1]
    column: Ints = np.minimum((totals < draw[:, None]).sum(axis=1), weights.shape[1] - 1)
    return column


def one_of(generator: np.random.Generator, weights: tuple[float, ...], size: int) -> Ints:
    """`size` indices drawn with the same weights."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(edges / edges[-1], generator.random(size), side="right").clip(0, len(weights) - 1)


def days_within(generator: np.random.Generator, start: int, end: int, size: int) -> Ints:
    """`size` days drawn evenly from [start, end)."""
    return generator.integers(start, end, size, dtype=np.int32)
