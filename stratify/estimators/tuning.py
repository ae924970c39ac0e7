"""Which settings of the trees to take: each tried on earlier people, judged on later people of other practices."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stratify.contributions import Matrix
from stratify.estimators.risk_classifier import RiskClassifier
from stratify.fit_plan import Candidate, FitPlan

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Lesson:
    """People to learn from or to be judged by: features, outcome and how much each counts."""

    values: Matrix
    event: NDArray[np.bool_]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """A candidate after its trial: log loss on the validation people, trees kept, and the trees themselves."""

    candidate: Candidate
    log_loss: float
    trees: int
    classifier: RiskClassifier

    def to_json(self) -> dict[str, Any]:
        return asdict(self.candidate) | {"trees": self.trees, "validation_log_loss": self.log_loss}


@dataclass(frozen=True)
class Growth:
    """What is the same for every candidate."""

    plan: FitPlan
    names: Sequence[str]
    seed: int
    threads: int


def try_candidates(
    train: Lesson, validation: Lesson, growth: Growth, told: Told = lambda done, total: None
) -> list[Trial]:
    """Every candidate of the plan, best first; of equals the earlier in the plan."""
    trials = []
    for done, candidate in enumerate(growth.plan.candidates):
        told(done, len(growth.plan.candidates))
        trials.append(_try(candidate, train, validation, growth))
    return sorted(trials, key=lambda trial: trial.log_loss)


def _try(candidate: Candidate, train: Lesson, validation: Lesson, growth: Growth) -> Trial:
    classifier = _classifier(candidate, growth, growth.plan.most_trees)
    held = (validation.values, validation.event, validation.weight)
    classifier.fit(train.values, train.event, train.weight, validation=held, names=growth.names)
    # The last digits of LightGBM's mean depend on the number of threads.
    return Trial(candidate, round(min(classifier.validation_loss_), 9), classifier.trees_, classifier)


def grow(trial: Trial, lesson: Lesson, growth: Growth) -> RiskClassifier:
    """The chosen settings grown on more people, with the number of trees that served best."""
    return _classifier(trial.candidate, growth, trial.trees).fit(
        lesson.values, lesson.event, lesson.weight, names=growth.names
    )


def _classifier(candidate: Candidate, growth: Growth, trees: int) -> RiskClassifier:
    return RiskClassifier(
        **asdict(candidate), trees=trees, patience=growth.plan.patience, seed=growth.seed, threads=growth.threads
    )


def model_text(classifier: RiskClassifier) -> str:
    """The trees as LightGBM text, without what depends on the machine or tells of single people.

    The settings at the foot of LightGBM's text hold the number of threads; its head holds the lowest and the highest
    value of every feature, which are one person's. Neither is needed to score.
    """
    text = classifier.booster_.model_to_string(num_iteration=-1)
    kept, mark, _ = text.partition("end of trees\n")
    lines = (kept + mark).split("\n")
    return "\n".join(_without_ranges(line) for line in lines)


def _without_ranges(line: str) -> str:
    key, separator, ranges = line.partition("=")
    if key != "feature_infos":
        return line
    return key + separator + " ".join("none" for _ in ranges.split(" "))


def gains(classifier: RiskClassifier) -> NDArray[np.float64]:
    """The total gain of each feature."""
    return np.asarray(classifier.booster_.feature_importance("gain"), dtype=np.float64)
