"""What is too good to be true stops a fit by name; what changed is told."""

import numpy as np
import pytest

from stratify.exceptions import FitRefused
from stratify.leakage import check_features, check_fit, drifted, single_feature_areas

NAMES = ["age", "falls", "future"]


def people(rows: int = 4000, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two honest features and one of noise; about 8 % with the event."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, 3)).astype(np.float32)
    event = random.random(rows) < 1 / (1 + np.exp(3 - values[:, 0] - 0.5 * values[:, 1]))
    return values, event


def check(values: np.ndarray, event: np.ndarray) -> None:
    check_features(NAMES, values, event, limit=0.95)


def test_honest_features_pass() -> None:
    check(*people())


def test_outcome_among_the_features_is_named() -> None:
    values, event = people()
    values[:, 2] = event + np.random.default_rng(1).normal(scale=0.1, size=len(event))
    with pytest.raises(FitRefused, match=r"AUROC above 0\.95.*future"):
        check(values, event)


def test_feature_that_is_low_for_the_admitted_is_named_too() -> None:
    values, event = people()
    values[:, 1] = 1.0 - event
    with pytest.raises(FitRefused, match="falls"):
        check(values, event)


def test_feature_recorded_only_for_the_admitted_is_named() -> None:
    values, event = people()
    values[~event, 2] = np.nan
    with pytest.raises(FitRefused, match="future"):
        check(values, event)


def test_feature_missing_only_for_the_admitted_is_named() -> None:
    values, event = people()
    values[event, 2] = np.nan
    with pytest.raises(FitRefused, match="future"):
        check(values, event)


def test_the_worst_of_several_leaks_is_named() -> None:
    values, event = people()
    values[:, 1] = event + np.random.default_rng(1).normal(scale=0.3, size=len(event))
    values[:, 2] = event
    with pytest.raises(FitRefused, match="1.000 for future"):
        check(values, event)


def test_too_few_events_accuse_nobody() -> None:
    values, event = people(300)
    event[:] = False
    event[:19] = True
    values[:, 2] = event
    assert single_feature_areas(NAMES, values, event) == []
    check(values, event)


def test_large_population_is_thinned_without_changing_the_verdict() -> None:
    values, event = people(200_000)
    small = {found.name: found.auroc for found in single_feature_areas(NAMES, values[:30_000], event[:30_000])}
    large = {found.name: found.auroc for found in single_feature_areas(NAMES, values, event)}
    assert large == pytest.approx(small, abs=0.02)


def test_constant_feature_is_no_suspect() -> None:
    values, event = people()
    values[:, 2] = 1.0
    assert single_feature_areas(NAMES, values, event)[2].auroc == 0.5


def test_model_too_good_to_be_true_is_refused_with_the_feature_it_leans_on() -> None:
    with pytest.raises(FitRefused, match=r"0\.970, with 80% of the gain from falls"):
        check_fit(0.97, NAMES, np.array([1.0, 8.0, 1.0]), limit=0.95)


def test_good_model_passes() -> None:
    check_fit(0.85, NAMES, np.array([1.0, 8.0, 1.0]), limit=0.95)


def test_feature_counted_in_another_unit_is_told() -> None:
    before, _ = people(seed=1)
    now, _ = people(seed=2)
    now[:, 1] *= 10
    assert [found.name for found in drifted(NAMES, before, now)] == ["falls"]


def test_feature_that_stopped_being_recorded_is_told_first() -> None:
    before, _ = people(seed=1)
    now, _ = people(seed=2)
    now[:, 1] += 0.8
    now[:, 2] = np.nan
    assert [found.name for found in drifted(NAMES, before, now)] == ["future", "falls"]


def test_feature_that_began_to_be_recorded_is_told() -> None:
    before, _ = people(seed=1)
    now, _ = people(seed=2)
    before[:, 0] = np.nan
    assert [found.name for found in drifted(NAMES, before, now)] == ["age"]
