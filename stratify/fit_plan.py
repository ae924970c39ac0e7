"""How a model is to be fitted: config/model.toml, read once and checked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stratify.exceptions import ConfigRefused
from stratify.settings import default_config, read_toml

_LAST_YEAR = 365
_MOST_CANDIDATES = 6


@dataclass(frozen=True)
class Candidate:
    """One setting of the trees to try; the names are those of RiskClassifier."""

    learning_rate: float = 0.05
    leaves: int = 31
    depth: int = 6
    least_people: int = 100
    ridge: float = 10.0
    feature_share: float = 1.0
    bins: int = 255


@dataclass(frozen=True)
class FitPlan:
    """The protocol, the limits and the candidates of a fit; the fields are explained in model.toml."""

    look_back_days: int
    booster_days_before: tuple[int, ...]
    train_share: float
    validation_share: float
    fewest_practices: int
    fewest_events: int
    feature_auroc: float
    model_auroc: float
    drift: float
    most_trees: int
    patience: int
    candidates: tuple[Candidate, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_fit_plan(config: Path | None = None) -> FitPlan:
    """The plan in model.toml of the configuration folder; ConfigRefused where it is incomplete or impossible."""
    content = read_toml((config or default_config()) / "model.toml")
    try:
        plan = _plan(content)
    except (KeyError, TypeError) as error:
        raise _refused("the settings of model.toml, each by its name", f"a fault at {error}") from None
    _check(plan)
    return plan


def _plan(content: Mapping[str, Any]) -> FitPlan:
    protocol, limits, trees = dict(content["protocol"]), content["limits"], content["trees"]
    protocol["booster_days_before"] = tuple(protocol["booster_days_before"])
    candidates = tuple(Candidate(**told) for told in content["candidates"])
    return FitPlan(**protocol, **limits, most_trees=trees["most"], patience=trees["patience"], candidates=candidates)


def _check(plan: FitPlan) -> None:
    if not plan.booster_days_before or min(plan.booster_days_before) < _LAST_YEAR:
        raise _refused(
            "booster_days_before of 365 or more, so that the trees see nothing of the calibration year",
            f"{list(plan.booster_days_before)}",
        )
    shares = (plan.train_share, plan.validation_share, 1 - plan.train_share - plan.validation_share)
    if min(shares) <= 0:
        raise _refused("train_share and validation_share above 0 and below 1 together", f"{shares[:2]}")
    if not 1 <= len(plan.candidates) <= _MOST_CANDIDATES:
        raise _refused(f"1 to {_MOST_CANDIDATES} candidates", f"{len(plan.candidates)}")
    if max(candidate.depth for candidate in plan.candidates) > 6:
        raise _refused("a depth of at most 6, for contributions are tabled by path", "a deeper candidate")


def _refused(expected: str, found: str) -> ConfigRefused:
    return ConfigRefused(expected, found, "Correct model.toml.")
