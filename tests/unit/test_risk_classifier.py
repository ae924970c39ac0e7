"""The classifier of the product: repeatable, honest about what is missing, and stopped in time."""

import numpy as np
import pytest

from stratify.estimators.risk_classifier import RiskClassifier
from stratify.estimators.scoring import Scorer
from stratify.estimators.trees import read_model_text
from stratify.estimators.tuning import model_text


def people(rows: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, 8)).astype(np.float32)
    values[random.random((rows, 8)) < 0.1] = np.nan
    risk = 1 / (1 + np.exp(2 - np.nan_to_num(values[:, 0]) - np.nan_to_num(values[:, 1] * values[:, 2])))
    return values, random.random(rows) < risk


def small(**settings: object) -> RiskClassifier:
    return RiskClassifier(**({"trees": 40, "least_people": 20} | settings))


def test_one_thread_and_two_grow_the_same_trees_and_give_the_same_scores() -> None:
    values, event = people(5000)
    one, two = (small(threads=threads).fit(values, event) for threads in (1, 2))

    assert model_text(one) == model_text(two)
    assert one.decision_function(values).tobytes() == two.decision_function(values).tobytes()


def test_the_same_seed_gives_the_same_model_and_another_seed_another() -> None:
    values, event = people(5000)
    first, again, other = (model_text(small(seed=seed, feature_share=0.5).fit(values, event)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_growing_stops_when_later_people_gain_nothing_and_drops_the_trees_after_the_best() -> None:
    values, event = people(2000)
    noise = np.random.default_rng(3).random(500) < 0.2
    classifier = small(trees=400, patience=5).fit(values, event, validation=(people(500, seed=2)[0], noise, None))

    losses = classifier.validation_loss_
    assert classifier.trees_ == int(np.argmin(losses)) + 1
    assert len(losses) == classifier.trees_ + 5
    assert len(read_model_text(model_text(classifier)).trees) == classifier.trees_


def test_a_model_read_back_from_text_scores_the_same() -> None:
    values, event = people(3000)
    classifier = small().fit(values, event)

    again = Scorer(model_text(classifier)).raw_scores(values, threads=2)
    assert again.tobytes() == classifier.decision_function(values).tobytes()


def test_model_text_holds_neither_the_threads_nor_any_ones_extreme_value() -> None:
    values, event = people(3000)
    values[7, 3] = 12345.678
    text = model_text(small(threads=2).fit(values, event))

    assert "num_threads" not in text
    assert "12345" not in text


def test_weight_counts_a_person_as_often_as_it_says() -> None:
    values, event = people(3000)
    doubled = small(least_people=1, ridge=0.0).fit(np.vstack([values, values]), np.tile(event, 2))
    weighted = small(least_people=1, ridge=0.0).fit(values, event, np.full(3000, 2.0))

    mean = [model.predict_proba(values)[:, 1].mean() for model in (doubled, weighted)]
    assert mean[0] == pytest.approx(mean[1], abs=0.005)


def test_weight_of_zero_is_as_good_as_absent() -> None:
    values, event = people(3000)
    half = np.arange(3000) < 1500
    flipped = np.where(half, event, ~event)

    kept = small().fit(values, flipped, half.astype(float)).decision_function(values)
    assert np.corrcoef(kept, small().fit(values, event).decision_function(values))[0, 1] > 0.8


def test_names_reach_the_model() -> None:
    values, event = people(500)
    names = [f"feature_{number}" for number in range(8)]

    assert list(read_model_text(model_text(small(trees=2).fit(values, event, names=names))).names) == names


def test_one_outcome_only_is_refused() -> None:
    values, _ = people(100)
    with pytest.raises(ValueError, match="one class"):
        small().fit(values, np.zeros(100))


def test_infinite_value_is_refused() -> None:
    values, event = people(100)
    values[3, 2] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        small().fit(values, event)
