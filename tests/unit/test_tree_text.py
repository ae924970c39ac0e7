"""A model text is read as LightGBM wrote it, or refused for what it holds."""

import lightgbm
import numpy as np
import pytest

from stratify.estimators.trees import read_model_text
from stratify.exceptions import ModelRefused
from tests.support.small_models import matrix, small_model

TEXT = small_model().text


def test_trees_hold_what_lightgbm_dumps() -> None:
    model = read_model_text(TEXT)
    dumped = lightgbm.Booster(model_str=TEXT).dump_model()["tree_info"]

    assert len(model.trees) == len(dumped) == 15
    for tree, told in zip(model.trees, dumped, strict=True):
        assert tree.leaves == told["num_leaves"]
        assert tree.threshold[0] == told["tree_structure"]["threshold"]
        assert tree.node_counts[0] == told["tree_structure"]["internal_count"]
        assert tree.depth <= 6


def test_baseline_is_the_mean_raw_score_of_the_people_who_taught() -> None:
    raw = lightgbm.Booster(model_str=TEXT).predict(matrix(3000, seed=1).values, raw_score=True)
    assert read_model_text(TEXT).baseline == pytest.approx(np.mean(raw), abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version=v4", "version=v5", "version=v4"),
        ("num_class=1", "num_class=3", "num_class=1"),
        ("num_tree_per_iteration=1", "num_tree_per_iteration=2", "num_tree_per_iteration=1"),
        ("label_index=0", "label_index=0\naverage_output", "add up"),
        ("num_cat=0", "num_cat=1", "numeric splits in tree 0"),
        ("is_linear=0", "is_linear=1", "constant leaves in tree 0"),
        ("end of trees", "", "end of trees"),
        ("Tree=3\n", "\n\nTree=3\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\nTree=3\n", "15 trees"),
    ],
)
def test_text_of_another_kind_is_refused(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(ModelRefused, match=told):
        read_model_text(TEXT.replace(old, new, 1))


def test_tree_without_a_split_has_no_depth() -> None:
    head, _, _ = TEXT.partition("Tree=0")
    head = head.replace(head[head.index("tree_sizes=") :].split("\n")[0], "tree_sizes=1")
    model = read_model_text(head + "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=-2.5\nis_linear=0\n\n\nend of trees\n")
    assert (model.trees[0].depth, model.baseline) == (0, -2.5)
