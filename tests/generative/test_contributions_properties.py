"""Contributions of any tree are Shapley values by definition, and add up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stratify.contributions import ContributionTables
from stratify.estimators.trees import Missing, Tree, TreeModel
from tests.support.shapley import expectation, shapley

FEATURES = 4
THRESHOLDS = st.sampled_from([-np.inf, -2.0, -1e-35, 0.0, 1e-35, 0.5, 1.0, 3.0, np.inf])
VALUES = st.sampled_from([-np.inf, -2.0, -1.0, 0.0, 0.5, 0.75, 1.0, 2.0, 4.0, np.inf, np.nan])
PEOPLE = st.lists(st.tuples(*[VALUES] * FEATURES), min_size=1, max_size=6)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A tree of 2 to 9 leaves and depth 6 or less, grown by splitting a leaf at a time; features may repeat."""
    leaves = draw(st.integers(2, 9))
    left, right, depth = [], [], {0: 0}
    place = {0: (None, "")}
    for node in range(leaves - 1):
        shallow = sorted(leaf for leaf, level in depth.items() if level < 6)
        leaf = draw(st.sampled_from(shallow))
        parent, side = place[leaf]
        if parent is not None:
            (left if side == "left" else right)[parent] = node
        left.append(~leaf)
        right.append(~(node + 1))
        place[leaf], place[node + 1] = (node, "left"), (node, "right")
        depth[leaf] += 1
        depth[node + 1] = depth[leaf]
    counts = np.array(draw(st.lists(st.integers(1, 50), min_size=leaves, max_size=leaves)), dtype=float)
    nodes = range(leaves - 1)
    return Tree(
        feature=np.array([draw(st.integers(0, FEATURES - 1)) for _ in nodes]),
        threshold=np.array([draw(THRESHOLDS) for _ in nodes]),
        missing=np.full(leaves - 1, Missing.NAN),
        default_left=np.array([draw(st.booleans()) for _ in nodes]),
        left=np.array(left),
        right=np.array(right),
        node_counts=np.array([_people(node, left, right, counts) for node in nodes]),
        leaf_counts=counts,
        leaf_values=np.array([draw(st.floats(-3, 3)) for _ in range(leaves)]),
    )


def _people(child: int, left: list[int], right: list[int], counts: np.ndarray) -> float:
    if child < 0:
        return float(counts[~child])
    return _people(left[child], left, right, counts) + _people(right[child], left, right, counts)


@given(tree=trees(), people=PEOPLE)
def test_contributions_are_shapley_values_and_add_up(tree: Tree, people: list[tuple[float, ...]]) -> None:
    values = np.array(people)
    found = ContributionTables(TreeModel(tuple("abcd"), (tree,)), list("abcd")).explain(values)

    wanted = [[shapley(tree, FEATURES, feature, person) for feature in range(FEATURES)] for person in values]
    np.testing.assert_allclose(found.values, wanted, rtol=0, atol=1e-12)
    full = [expectation(tree, 0, person, frozenset(range(FEATURES))) for person in values]
    np.testing.assert_allclose(found.baseline + found.values.sum(axis=1), full, rtol=0, atol=1e-12)
