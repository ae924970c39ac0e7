"""Raw scores by LightGBM's library are those of its Python package, and need none of that package's imports."""

import subprocess
import sys

import lightgbm
import numpy as np
import pytest

from stratify.estimators.scoring import Scorer
from stratify.exceptions import ModelRefused


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    random = np.random.default_rng(7)
    values = random.normal(size=(600, 5)).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    happened = np.nan_to_num(values[:, 0]) + random.normal(size=600) > 0.5
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1, "max_depth": 4, "seed": 7}
    return lightgbm.train(settings, lightgbm.Dataset(values, happened), num_boost_round=20)


@pytest.fixture
def values() -> np.ndarray:
    values = np.random.default_rng(8).normal(size=(300, 5))
    values[::7, 1] = np.nan
    return values


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 2])
def test_scores_are_those_of_the_package(booster, values, kind, threads):
    asked = values.astype(kind)
    expected = booster.predict(asked, raw_score=True)
    assert np.array_equal(Scorer(booster.model_to_string()).raw_scores(asked, threads=threads), expected)


def test_scores_of_columns_kept_apart_in_memory(booster, values):
    scorer = Scorer(booster.model_to_string())
    assert np.array_equal(scorer.raw_scores(np.asfortranarray(values)), scorer.raw_scores(values))


def test_scores_of_nobody(booster):
    assert Scorer(booster.model_to_string()).raw_scores(np.empty((0, 5), dtype=np.float32)).shape == (0,)


def test_text_that_is_no_model_is_refused(capfd):
    with pytest.raises(ModelRefused, match="a model that LightGBM can read"):
        Scorer("tree\n")


def test_matrix_of_other_width_is_refused(booster, values, capfd):
    with pytest.raises(ModelRefused, match="features"):
        Scorer(booster.model_to_string()).raw_scores(values[:, :4])


@pytest.mark.slow
def test_run_imports_no_library_it_does_not_use():
    heavy = "{'sklearn', 'scipy', 'pandas', 'lightgbm', 'matplotlib'}"
    code = f"import sys, stratify.pipeline.run; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
