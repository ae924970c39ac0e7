"""Trees cut into blocks of leaves small enough that every outcome of their decisions fits a table.

For one leaf, the exact path-dependent Shapley value of feature i is

    value * (o_i - z_i) * integral over t in (0, 1) of  product over j != i of (t * o_j + (1 - t) * z_j)

where j runs over the distinct features on the leaf's path, z_j is the product of the training shares
behind its decisions and o_j is 1 where the person takes all of them and 0 otherwise (Owen's multilinear
form of the sum that Lundberg et al. 2020, Nature Machine Intelligence 2:56, compute by recursion). The
integrand is a polynomial of degree d - 1 in t, so Gauss-Legendre with ceil(d / 2) nodes is exact.

A person enters only through yes/no decisions. So the leaves of a tree are cut into blocks that ask at most
`BITS` different questions; the answers form a number, and a table gives the block's contribution to
each group for every such number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stratify.estimators.trees import Missing, Tree
from stratify.exceptions import ModelRefused

BITS = 10
"""Most questions in a block: tables of 1,024 rows stay in a core's cache and a model's in tens of megabytes."""


@dataclass(frozen=True, order=True)
class Question:
    """One comparison of one column with one threshold, and which answer means *left*.

    A comparison with NaN is false, so where a missing value goes left the question is "above?" and left
    is *no*; where it goes right the question is "at most?" and left is *yes*.
    """

    feature: int
    threshold: float
    zero_is_missing: bool
    missing_goes_left: bool


@dataclass(frozen=True)
class Block:
    """Some leaves of one tree: their questions, and contributions by group and by answers.

    `questions` are positions in the tree's list, most significant bit first; `table` has one row a group
    and one column for each of the 2 ** len(questions) answers.
    """

    questions: tuple[int, ...]
    groups: tuple[int, ...]
    table: NDArray[np.float64]


@dataclass(frozen=True)
class TreeBlocks:
    """A tree ready to be explained: all its questions, and the blocks that use them."""

    questions: tuple[Question, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class _Player:
    """A feature on a leaf's path: its training share and the answers (question, left) that keep to the path."""

    feature: int
    share: float
    answers: tuple[tuple[int, bool], ...]


@dataclass(frozen=True)
class _Leaf:
    value: float
    players: tuple[_Player, ...]
    questions: frozenset[int]


def cut_tree(tree: Tree, groups: Sequence[int], *, bits: int = BITS) -> TreeBlocks:
    """The blocks of a tree whose feature f belongs to group `groups[f]`.

    Raises ModelRefused where a path asks more than `bits` questions: the tables would not fit.
    """
    if tree.leaves == 1:
        return TreeBlocks((), ())
    if tree.depth > bits:
        raise ModelRefused(
            f"trees of depth {bits} or less, whose contributions can be tabled",
            f"a tree of depth {tree.depth}",
            "Fit the model with a smaller max_depth.",
        )
    asked = [_question(tree, node) for node in range(len(tree.feature))]
    questions = tuple(sorted(set(asked)))
    place = {question: position for position, question in enumerate(questions)}
    leaves = _leaves(tree, [place[question] for question in asked])
    parts = _joined(list(_parts(leaves, tree, 0, bits)), bits)
    return TreeBlocks(questions, tuple(_block(part, questions, groups) for part in parts))


def _question(tree: Tree, node: int) -> Question:
    threshold = float(tree.threshold[node])
    missing = int(tree.missing[node])
    goes_left = bool(tree.default_left[node]) if missing != Missing.NONE else threshold >= 0.0
    return Question(int(tree.feature[node]), threshold, missing == Missing.ZERO, goes_left)


def _leaves(tree: Tree, place: Sequence[int]) -> dict[int, _Leaf]:
    """Every leaf by its number, with the features on its path."""
    found: dict[int, _Leaf] = {}
    waiting: list[tuple[int, tuple[_Player, ...]]] = [(0, ())]
    while waiting:
        node, players = waiting.pop()
        if node < 0:
            asked = frozenset(question for player in players for question, _ in player.answers)
            found[~node] = _Leaf(float(tree.leaf_values[~node]), players, asked)
            continue
        for child, left in ((int(tree.left[node]), True), (int(tree.right[node]), False)):
            share = tree.count(child) / tree.node_counts[node]
            waiting.append((child, _with(players, _Player(int(tree.feature[node]), share, ((place[node], left),)))))
    return found


def _with(players: tuple[_Player, ...], new: _Player) -> tuple[_Player, ...]:
    """The path one decision longer; a feature that is asked about again stays one player."""
    for position, old in enumerate(players):
        if old.feature == new.feature:
            merged = _Player(new.feature, old.share * new.share, old.answers + new.answers)
            return (*players[:position], merged, *players[position + 1 :])
    return (*players, new)


def _parts(leaves: dict[int, _Leaf], tree: Tree, node: int, bits: int) -> Iterator[list[_Leaf]]:
    """The largest subtrees whose leaves ask at most `bits` questions."""
    below = [leaves[leaf] for leaf in _below(tree, node)]
    if len(_asked(below)) <= bits:
        yield below
        return
    yield from _parts(leaves, tree, int(tree.left[node]), bits)
    yield from _parts(leaves, tree, int(tree.right[node]), bits)


def _below(tree: Tree, node: int) -> list[int]:
    if node < 0:
        return [~node]
    return _below(tree, int(tree.left[node])) + _below(tree, int(tree.right[node]))


def _joined(parts: list[list[_Leaf]], bits: int) -> list[list[_Leaf]]:
    """Parts put together while their common questions allow it, largest first."""
    joined: list[list[_Leaf]] = []
    for part in sorted(parts, key=lambda part: -len(_asked(part))):
        home = next((other for other in joined if len(_asked(other) | _asked(part)) <= bits), None)
        if home is None:
            joined.append(list(part))
        else:
            home.extend(part)
    return joined


def _asked(leaves: Sequence[_Leaf]) -> frozenset[int]:
    return frozenset().union(*(leaf.questions for leaf in leaves))


def _block(leaves: Sequence[_Leaf], questions: Sequence[Question], groups: Sequence[int]) -> Block:
    asked = tuple(sorted(_asked(leaves)))
    touched = tuple(sorted({groups[player.feature] for leaf in leaves for player in leaf.players}))
    went_left = _went_left(asked, questions)
    table = np.zeros((len(touched), 2 ** len(asked)))
    for leaf in leaves:
        taken = _taken(leaf, went_left)
        for player, values in zip(leaf.players, _shapley(leaf), strict=True):
            table[touched.index(groups[player.feature])] += values[taken]
    return Block(asked, touched, table)


def _went_left(asked: Sequence[int], questions: Sequence[Question]) -> dict[int, NDArray[np.bool_]]:
    """For every number that answers can form, whether each question's node sends the person left."""
    numbers = np.arange(2 ** len(asked))
    left = {}
    for position, question in enumerate(reversed(asked)):
        yes = (numbers >> position & 1).astype(bool)
        left[question] = ~yes if questions[question].missing_goes_left else yes
    return left


def _taken(leaf: _Leaf, went_left: dict[int, NDArray[np.bool_]]) -> NDArray[np.int64]:
    """Per number, which players keep to the leaf's path: player j in bit j."""
    taken = np.zeros(len(next(iter(went_left.values()))), dtype=np.int64)
    for bit, player in enumerate(leaf.players):
        keeps = np.logical_and.reduce([went_left[question] == left for question, left in player.answers])
        taken |= keeps.astype(np.int64) << bit
    return taken


def _shapley(leaf: _Leaf) -> NDArray[np.float64]:
    """Each player's contribution for each of the 2 ** d sets of players that keep to the path: [d, 2 ** d]."""
    size = len(leaf.players)
    shares = np.array([player.share for player in leaf.players])[:, None, None]
    keeps = _subsets(size)[:, None, :]
    nodes, weights = _quadrature((size + 1) // 2)
    times = nodes[None, :, None]
    factors = times * keeps + (1 - times) * shares
    others = _products_of_others(factors)
    integrals = np.einsum("q,jqm->jm", weights, others)
    values: NDArray[np.float64] = leaf.value * (keeps - shares)[:, 0, :] * integrals
    return values


@cache
def _subsets(size: int) -> NDArray[np.float64]:
    """Every set of `size` players: membership as 0 or 1, player by set."""
    return (np.arange(2**size) >> np.arange(size)[:, None] & 1).astype(np.float64)


@cache
def _quadrature(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(size)
    return (nodes + 1) / 2, weights / 2


def _products_of_others(factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along the first axis, the product of all factors but one; no division, so a zero share is no trouble."""
    before = np.ones_like(factors)
    after = np.ones_like(factors)
    for position in range(1, len(factors)):
        before[position] = before[position - 1] * factors[position - 1]
        after[-1 - position] = after[-position] * factors[-position]
    product: NDArray[np.float64] = before * after
    return product
