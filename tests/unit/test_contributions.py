"""Contributions against LightGBM's own, on models that meet every way a decision can be taken."""

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from stratify.contributions import ContributionTables
from stratify.estimators import tree_blocks
from stratify.estimators.trees import read_model_text
from stratify.exceptions import ModelRefused

FEATURES = 12


def people(rows: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Counts, measurements with gaps, a yes/no column and a column that never changes."""
    random = np.random.default_rng(seed)
    values = random.poisson(1.0, size=(rows, FEATURES)).astype(np.float32)
    values[:, 1:5] = random.normal(size=(rows, 4))
    values[random.random((rows, FEATURES)) < 0.2] = np.nan
    values[:, 5] = 3.0
    values[:, 6] = random.random(rows) < 0.1
    values[:, 7] = np.where(random.random(rows) < 0.9, 0.0, random.normal(size=rows))
    return values


def outcome(values: NDArray[np.float32], *, seed: int = 1) -> NDArray[np.float64]:
    risk = np.nan_to_num(values[:, 1] + values[:, 0] * values[:, 7]) + np.isnan(values[:, 2]) - 1.0
    return (np.random.default_rng(seed).random(len(values)) < 1 / (1 + np.exp(-risk))).astype(np.float64)


def train(rounds: int = 20, **options: object) -> lightgbm.Booster:
    values = people(2000)
    usual = {"objective": "binary", "num_leaves": 31, "max_depth": 6, "learning_rate": 0.1, "verbose": -1}
    settings = usual | {"deterministic": True, "force_row_wise": True, "num_threads": 1, "min_data_in_leaf": 5}
    return lightgbm.train(settings | options, lightgbm.Dataset(values, outcome(values)), rounds)


def tables(booster: lightgbm.Booster, groups: list[str] | None = None) -> ContributionTables:
    model = read_model_text(booster.model_to_string())
    return ContributionTables(model, groups or list(model.names))


def expected(booster: lightgbm.Booster, values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(booster.predict(values, pred_contrib=True, num_threads=1))


def extremes() -> NDArray[np.float32]:
    values = people(600, seed=7)
    values[:50, 1] = np.inf
    values[50:100, 1] = -np.inf
    values[100:150, 7] = 1e-36
    values[150:200, 7] = -0.0
    return values


SETTINGS = {
    "missing follows a direction": {},
    "missing read as zero": {"use_missing": False},
    "zero is missing": {"zero_as_missing": True},
    "features repeat on a path": {"feature_fraction": 0.3, "max_depth": 8, "num_leaves": 63},
    "shallow": {"max_depth": 2},
    "half of the people a tree": {"bagging_fraction": 0.5, "bagging_freq": 1, "bagging_seed": 3},
}


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_contributions_by_feature_equal_lightgbms_own(options: dict[str, object], kind: type) -> None:
    booster = train(**options)
    values = extremes().astype(kind)

    found = tables(booster).explain(values)

    wanted = expected(booster, values)
    np.testing.assert_allclose(found.values, wanted[:, :-1], rtol=0, atol=1e-12)
    assert found.baseline == pytest.approx(wanted[0, -1], abs=1e-12)


def test_contributions_by_group_are_sums_over_the_groups_features() -> None:
    booster = train()
    groups = ["b", "a", "b", "c"] * 3

    found = tables(booster, groups).explain(extremes())

    wanted = expected(booster, extremes())
    assert found.groups == ["b", "a", "c"]
    for number, group in enumerate(found.groups):
        members = [position for position, name in enumerate(groups) if name == group]
        np.testing.assert_allclose(found.values[:, number], wanted[:, members].sum(axis=1), rtol=0, atol=1e-12)


def test_contributions_and_baseline_sum_to_the_raw_score() -> None:
    booster = train()
    found = tables(booster).explain(extremes())

    raw = np.asarray(booster.predict(extremes(), raw_score=True, num_threads=1))
    np.testing.assert_allclose(found.baseline + found.values.sum(axis=1), raw, rtol=0, atol=1e-9)


def test_float64_values_between_two_float32_neighbours_are_decided_as_lightgbm_decides() -> None:
    booster = train()
    trees = read_model_text(booster.model_to_string()).trees
    thresholds = np.unique(np.concatenate([tree.threshold for tree in trees]).clip(-1e30, 1e30))
    values = np.zeros((len(thresholds) * 3, FEATURES))
    for column in (1, 2, 3, 4, 7):
        values[:, column] = np.concatenate([thresholds, np.nextafter(thresholds, 9), np.nextafter(thresholds, -9)])

    for kind in (np.float64, np.float32):
        cast = values.astype(kind)
        np.testing.assert_allclose(
            tables(booster).explain(cast).values, expected(booster, cast)[:, :-1], rtol=0, atol=1e-12
        )


def test_constant_feature_contributes_nothing() -> None:
    assert not tables(train()).explain(extremes()).values[:, 5].any()


def test_model_without_a_split_is_all_baseline() -> None:
    booster = train(min_data_in_leaf=1900)
    found = tables(booster).explain(extremes())

    assert not found.values.any()
    assert found.baseline == pytest.approx(float(np.asarray(booster.predict(extremes(), raw_score=True))[0]), abs=1e-12)


def test_no_people_give_an_empty_answer() -> None:
    assert tables(train(rounds=1)).explain(people(0)).values.shape == (0, FEATURES)


def test_contributions_do_not_depend_on_threads_or_on_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tables(train())
    whole = made.explain(extremes()).values
    monkeypatch.setattr("stratify.contributions.ROWS", 64)

    assert np.array_equal(made.explain(extremes(), threads=2).values, whole)


def test_contributions_do_not_depend_on_how_the_trees_are_cut() -> None:
    booster = train()
    model = read_model_text(booster.model_to_string())
    for bits in (6, 14):
        tables_of_size = ContributionTables.__new__(ContributionTables)
        tables_of_size.__dict__.update(tables(booster).__dict__)
        tables_of_size._trees = [tree_blocks.cut_tree(tree, range(FEATURES), bits=bits) for tree in model.trees]
        np.testing.assert_allclose(
            tables_of_size.explain(extremes()).values, expected(booster, extremes())[:, :-1], rtol=0, atol=1e-12
        )


def test_matrix_with_a_column_too_few_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected a matrix of 12 features"):
        tables(train(rounds=1)).explain(people(5)[:, 1:])


def test_groups_for_too_few_features_are_an_error() -> None:
    with pytest.raises(ValueError, match="a group for each of 12 features"):
        tables(train(rounds=1), ["a"])


def test_too_deep_a_tree_is_refused() -> None:
    with pytest.raises(ModelRefused, match="max_depth"):
        tables(train(max_depth=-1, num_leaves=200, min_data_in_leaf=2))


def test_tables_of_a_model_of_the_usual_size_stay_small() -> None:
    assert tables(train()).bytes < 20 * 31 * 2**10 * 8
