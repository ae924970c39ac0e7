"""Shapley values of one tree by their definition: slow, and with nothing in common with the product's way."""

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from stratify.estimators.trees import Tree

Person = NDArray[np.floating]


def _goes_left(tree: Tree, node: int, person: Person) -> bool:
    value = float(person[tree.feature[node]])
    if np.isnan(value):
        return bool(tree.default_left[node])
    return value <= tree.threshold[node]


def expectation(tree: Tree, child: int, person: Person, known: frozenset[int]) -> float:
    """The tree's value where only the `known` features are known: other decisions go both ways by their shares."""
    if child < 0:
        return float(tree.leaf_values[~child])
    sides = (int(tree.left[child]), int(tree.right[child]))
    if int(tree.feature[child]) in known:
        return expectation(tree, sides[0] if _goes_left(tree, child, person) else sides[1], person, known)
    return sum(tree.count(side) * expectation(tree, side, person, known) for side in sides) / tree.count(child)


def shapley(tree: Tree, features: int, feature: int, person: Person) -> float:
    """A feature's value: what knowing it adds, averaged over every order in which features may become known."""
    others = [other for other in range(features) if other != feature]
    total = 0.0
    for size in range(features):
        weight = factorial(size) * factorial(features - size - 1) / factorial(features)
        for chosen in combinations(others, size):
            known = frozenset(chosen)
            gained = expectation(tree, 0, person, known | {feature}) - expectation(tree, 0, person, known)
            total += weight * gained
    return total
