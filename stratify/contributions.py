"""What each group of features adds to a person's raw score: exact, additive, and cheap enough for a list.

The values are those of LightGBM's own `predict(pred_contrib=True)` (path-dependent TreeSHAP), summed by
group. How a tree becomes tables is told in `stratify.estimators.tree_blocks`; here people are led through them.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stratify.estimators.tree_blocks import Block, Question, TreeBlocks, cut_tree
from stratify.estimators.trees import TreeModel

ROWS = 32768
"""People taken through the trees at once: their columns and answers stay in a core's cache."""

# LightGBM reads every |x| <= kZeroThreshold as zero (include/LightGBM/meta.h and the dense row reader of c_api.cpp).
_ZERO = float(np.float32(1e-35))

Matrix = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class Contributions:
    """Contributions to the raw score (log-odds): `values[n, g]` by person and group.

    A person's `baseline + values.sum()` is their raw score.
    """

    groups: list[str]
    values: NDArray[np.float64]
    baseline: float


@dataclass(frozen=True)
class _Column:
    feature: int
    zero_is_missing: bool


@dataclass(frozen=True)
class _Comparison:
    """A question made ready for one kind of number: which column to compare, how, and with what."""

    column: int
    compare: np.ufunc
    threshold: np.floating


class ContributionTables:
    """A model's trees as tables, made once and used for any number of people.

    `feature_groups` names the group of every feature in the model's order; groups are reported in order of
    their first feature. Raises ModelRefused where trees are too deep.
    """

    def __init__(self, model: TreeModel, feature_groups: Sequence[str]) -> None:
        if len(feature_groups) != len(model.names):
            raise ValueError(f"expected a group for each of {len(model.names)} features, found {len(feature_groups)}")
        self.groups = list(dict.fromkeys(feature_groups))
        self.baseline = model.baseline
        self.features = len(model.names)
        numbers = [self.groups.index(group) for group in feature_groups]
        self._trees = [cut_tree(tree, numbers) for tree in model.trees]
        self._columns = _columns(self._trees)

    @property
    def bytes(self) -> int:
        """Memory the tables take."""
        return sum(block.table.nbytes for tree in self._trees for block in tree.blocks)

    def explain(self, values: Matrix, *, threads: int = 1) -> Contributions:
        """Contributions of every row of `values` (float32 or float64 `[n, features]`, NaN = missing).

        The answer does not depend on `threads`.
        """
        if values.ndim != 2 or values.shape[1] != self.features:
            raise ValueError(f"expected a matrix of {self.features} features, found shape {values.shape}")
        comparisons = self._comparisons(values.dtype)
        chunks = [values[start : start + ROWS] for start in range(0, len(values), ROWS)]
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(lambda rows: self._explain_rows(rows, comparisons), chunks))
        none = np.empty((0, len(self.groups)))
        return Contributions(self.groups, np.concatenate([none, *parts]), self.baseline)

    def _comparisons(self, dtype: np.dtype[np.floating]) -> list[list[_Comparison]]:
        place = {column: position for position, column in enumerate(self._columns)}
        return [[_comparison(question, place, dtype.type) for question in tree.questions] for tree in self._trees]

    def _explain_rows(self, rows: Matrix, comparisons: list[list[_Comparison]]) -> NDArray[np.float64]:
        columns = [_read(rows, column) for column in self._columns]
        totals = np.zeros((len(self.groups), len(rows)))
        workspace = _Workspace(len(rows))
        for tree, asked in zip(self._trees, comparisons, strict=True):
            answers = [_answer(columns, comparison) for comparison in asked]
            for block in tree.blocks:
                workspace.add(block, answers, totals)
        return totals.T


class _Workspace:
    """Buffers for one chunk of people, so that no array is made in the inner loop."""

    def __init__(self, rows: int) -> None:
        self._number = np.empty(rows, dtype=np.uint16)
        self._low = np.empty(rows, dtype=np.uint8)
        self._index = np.empty(rows, dtype=np.intp)
        self._looked_up = np.empty(rows)

    def add(self, block: Block, answers: Sequence[NDArray[np.uint8]], totals: NDArray[np.float64]) -> None:
        """Add the block's contributions to `totals[group, person]`."""
        index = self._numbered([answers[question] for question in block.questions])
        for group, column in zip(block.groups, block.table, strict=True):
            # "clip" only because it spares a check: no number exceeds the table.
            column.take(index, out=self._looked_up, mode="clip")
            total = totals[group]
            np.add(total, self._looked_up, out=total)

    def _numbered(self, answers: Sequence[NDArray[np.uint8]]) -> NDArray[np.intp]:
        """The answers read as one binary number each, most significant first; bytes first, for they are fast."""
        self._pack(answers[-8:])
        np.copyto(self._index, self._low)
        if len(answers) > 8:
            self._pack(answers[:-8])
            np.copyto(self._number, self._low)
            np.left_shift(self._number, 8, out=self._number)
            np.add(self._index, self._number, out=self._index)
        return self._index

    def _pack(self, answers: Sequence[NDArray[np.uint8]]) -> None:
        np.copyto(self._low, answers[0])
        for answer in answers[1:]:
            np.add(self._low, self._low, out=self._low)
            np.bitwise_or(self._low, answer, out=self._low)


def _columns(trees: Sequence[TreeBlocks]) -> list[_Column]:
    asked = {_Column(question.feature, question.zero_is_missing): None for tree in trees for question in tree.questions}
    return list(asked)


def _read(rows: Matrix, column: _Column) -> Matrix:
    values = rows[:, column.feature].copy()
    if column.zero_is_missing:
        values[np.abs(values) <= _ZERO] = np.nan
    return values


def _comparison(question: Question, place: dict[_Column, int], kind: type[np.floating]) -> _Comparison:
    column = place[_Column(question.feature, question.zero_is_missing)]
    compare = np.greater if question.missing_goes_left else np.less_equal
    return _Comparison(column, compare, _threshold(question.threshold, kind))


def _threshold(threshold: float, kind: type[np.floating]) -> np.floating:
    """The largest number of that kind not above the threshold, so that comparing in it decides alike."""
    threshold = _clear_of_zero(threshold)
    with np.errstate(over="ignore"):
        rounded = kind(threshold)
    return np.nextafter(rounded, kind(-np.inf)) if float(rounded) > threshold else rounded


def _clear_of_zero(threshold: float) -> float:
    """The threshold moved so that every value LightGBM reads as zero falls on the side of zero."""
    if -_ZERO <= threshold < 0.0:
        return float(np.nextafter(-_ZERO, -np.inf))
    return _ZERO if 0.0 <= threshold <= _ZERO else threshold


def _answer(columns: list[Matrix], comparison: _Comparison) -> NDArray[np.uint8]:
    answer: NDArray[np.uint8] = comparison.compare(columns[comparison.column], comparison.threshold).view(np.uint8)
    return answer
