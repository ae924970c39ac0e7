"""Tables against the definition of a Shapley value, summed over every subset of features."""

import numpy as np
import pytest

from stratify.contributions import ContributionTables
from stratify.estimators.trees import Tree, TreeModel
from tests.support.shapley import expectation, shapley

TOLERANCE = 1e-13

# Feature 0 is asked twice on one path, feature 2 in two subtrees; thresholds reach to infinity.
#
#             f0 <= 1.5 (NaN left)
#            /                    \
#     f1 <= inf (NaN right)      f2 <= -inf (NaN left)
#      /        \                  /         \
#   f0 <= 0   leaf 1            leaf 3     f2 <= 0.25 (NaN right)
#    /   \                                   /    \
# leaf 0  leaf 2                         leaf 4   leaf 5
TREE = Tree(
    feature=np.array([0, 1, 2, 0, 2]),
    threshold=np.array([1.5, np.inf, -np.inf, 0.0, 0.25]),
    missing=np.array([2, 2, 2, 2, 2]),
    default_left=np.array([True, False, True, True, False]),
    left=np.array([1, 3, ~3, ~0, ~4]),
    right=np.array([2, ~1, 4, ~2, ~5]),
    node_counts=np.array([100.0, 60.0, 40.0, 45.0, 33.0]),
    leaf_counts=np.array([30.0, 15.0, 15.0, 7.0, 21.0, 12.0]),
    leaf_values=np.array([-1.0, 2.0, 0.5, 4.0, -3.0, 1.25]),
)
PEOPLE = np.array(
    [[a, b, c] for a in (-1.0, 1.0, 2.0, np.nan) for b in (0.0, np.inf, np.nan) for c in (0.0, 1.0, -np.inf, np.nan)]
)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_contributions_equal_the_definition_of_shapley_values(kind: type) -> None:
    tables = ContributionTables(TreeModel(("a", "b", "c"), (TREE,)), ["a", "b", "c"])

    found = tables.explain(PEOPLE.astype(kind))

    wanted = [[shapley(TREE, 3, feature, person) for feature in range(3)] for person in PEOPLE]
    np.testing.assert_allclose(found.values, wanted, rtol=0, atol=TOLERANCE)
    assert found.baseline == pytest.approx(expectation(TREE, 0, PEOPLE[0], frozenset()), abs=TOLERANCE)
