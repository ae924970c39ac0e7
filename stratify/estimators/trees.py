"""A LightGBM model text, read back as plain arrays.

The text is the only form in which a fitted booster is kept, so everything that looks inside a model
(contributions, the card, the tests) starts here and needs no LightGBM.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stratify.exceptions import ModelRefused

MODEL_TEXT_VERSION = "v4"
_END_OF_TREES = "end of trees"


class Missing(IntEnum):
    """What a node takes for missing: bits 2 and 3 of LightGBM's `decision_type` (include/LightGBM/tree.h)."""

    NONE = 0  # NaN is read as zero
    ZERO = 1  # NaN and zero (|x| <= 1e-35) follow the default direction
    NAN = 2  # NaN follows the default direction


@dataclass(frozen=True)
class Tree:
    """One tree: internal nodes by position, leaves by position.

    `left` and `right` hold a node's position, or `~leaf`. `counts` are the training rows behind a node or
    a leaf; they are what path-dependent Shapley values weigh an unknown feature by.
    """

    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    missing: NDArray[np.int64]
    default_left: NDArray[np.bool_]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    node_counts: NDArray[np.float64]
    leaf_counts: NDArray[np.float64]
    leaf_values: NDArray[np.float64]

    @property
    def leaves(self) -> int:
        return len(self.leaf_values)

    @property
    def expected_value(self) -> float:
        """The mean leaf value over the training rows behind the leaves (LightGBM `Tree::ExpectedValue`)."""
        if self.leaves == 1:
            return float(self.leaf_values[0])
        return float(np.dot(self.leaf_counts / self.node_counts[0], self.leaf_values))

    def count(self, child: int) -> float:
        """Training rows behind a node (>= 0) or a leaf (`~leaf`)."""
        return float(self.node_counts[child] if child >= 0 else self.leaf_counts[~child])

    @property
    def depth(self) -> int:
        """Decisions on the longest path; 0 for a single leaf."""
        if self.leaves == 1:
            return 0
        depths = {0: 1}
        for node in range(len(self.feature)):
            for child in (int(self.left[node]), int(self.right[node])):
                if child >= 0:
                    depths[child] = depths[node] + 1
        return max(depths.values())


@dataclass(frozen=True)
class TreeModel:
    """All trees of a model and the names of the features they split on, in the model's order."""

    names: tuple[str, ...]
    trees: tuple[Tree, ...]

    @property
    def baseline(self) -> float:
        """The raw score before anything is known about a person."""
        return float(sum(tree.expected_value for tree in self.trees))


def read_model_text(text: str) -> TreeModel:
    """The trees of a LightGBM model text (format v4, one score a row, numeric splits).

    Raises ModelRefused for another version, several classes, averaged output, categorical splits
    or linear leaves: none of these is made by our own fit, so meeting one means another tool wrote the file.
    """
    head, _, body = text.partition("\n\n")
    header = _fields(head)
    _check_header(header, head)
    trees_text, ended, _ = body.partition(_END_OF_TREES)
    if not ended:
        raise _unreadable("a line 'end of trees'", "the text stops before it")
    trees = tuple(_read_tree(block) for block in _blocks(trees_text))
    stated = len(header.get("tree_sizes", "").split())
    if stated != len(trees):
        raise _unreadable(f"{stated} trees as the header states", f"{len(trees)}")
    return TreeModel(tuple(header["feature_names"].split(" ")), trees)


def _unreadable(expected: str, found: str) -> ModelRefused:
    return ModelRefused(f"in the model text {expected}", found, "Fit the model again with this version of Caretier.")


def _check_header(header: dict[str, str], head: str) -> None:
    for key, expected in (("version", MODEL_TEXT_VERSION), ("num_class", "1"), ("num_tree_per_iteration", "1")):
        found = header.get(key)
        if found != expected:
            raise _unreadable(f"{key}={expected}", f"{key}={found}")
    if "average_output" in head.split("\n"):
        raise _unreadable("trees that add up", "average_output")


def _blocks(text: str) -> Iterator[dict[str, str]]:
    for block in text.split("\n\n"):
        if block.strip():
            yield _fields(block)


def _fields(block: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in block.strip().split("\n"))
    return {key: value for key, _, value in pairs}


def _read_tree(fields: dict[str, str]) -> Tree:
    name = f"tree {fields.get('Tree', '?')}"
    if fields.get("num_cat") != "0":
        raise _unreadable(f"numeric splits in {name}", "a categorical split")
    if fields.get("is_linear", "0") != "0":
        raise _unreadable(f"constant leaves in {name}", "linear leaves")
    decisions = _whole(fields, "decision_type")
    return Tree(
        feature=_whole(fields, "split_feature"),
        threshold=_numbers(fields, "threshold"),
        missing=(decisions >> 2) & 3,
        default_left=(decisions & 2).astype(bool),
        left=_whole(fields, "left_child"),
        right=_whole(fields, "right_child"),
        node_counts=_numbers(fields, "internal_count"),
        leaf_counts=_numbers(fields, "leaf_count"),
        leaf_values=_numbers(fields, "leaf_value"),
    )


def _numbers(fields: dict[str, str], key: str) -> NDArray[np.float64]:
    return np.array([float(number) for number in fields.get(key, "").split()], dtype=np.float64)


def _whole(fields: dict[str, str], key: str) -> NDArray[np.int64]:
    return np.array([int(number) for number in fields.get(key, "").split()], dtype=np.int64)
