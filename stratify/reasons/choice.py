"""Which groups are shown for whom: the largest that raise the score and may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The groups shown: for each person a row of group numbers, largest contribution first, -1 where none is left.

    `contribution` goes with `group`; `other` is everything not shown, so that for each person
    contributions shown + other + baseline = raw score.
    """

    group: npt.NDArray[np.int16]
    contribution: Floats
    other: Floats
    baseline: float


def sensitive_columns(codes: Sequence[str], sensitive: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Which of the groups are never shown to anybody."""
    return np.array([code in sensitive for code in codes], dtype=np.bool_)


def choose_groups(values: Floats, baseline: float, hidden: npt.NDArray[np.bool_], shown: int) -> Choice:
    """The `shown` largest positive contributions of groups that are not hidden.

    `values[n, g]` by person and group; `hidden` by group, or by person and group. Equal contributions in the order
    of the groups.
    """
    candidates = np.where(hidden | ~(values > 0), 0.0, values)
    places = min(shown, values.shape[1])
    largest = np.argsort(-candidates, axis=1, kind="stable")[:, :places]
    contribution = np.take_along_axis(candidates, largest, axis=1)
    return Choice(
        group=np.where(contribution > 0, largest, -1).astype(np.int16),
        contribution=contribution,
        other=values.sum(axis=1) - contribution.sum(axis=1),
        baseline=baseline,
    )
