"""What an evaluation is told besides scores and outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Labels = npt.NDArray[Any]


@dataclass(frozen=True)
class FollowUp:
    """How each person's year went; every array has one value a person, in the order of the scores.

    `censored`: left the register in the window without the outcome, so whether they were admitted is not known.
    `event_if_death_counts`: the outcome when a death without an emergency admission counts as one.
    `days_to_event`, `died_days`, `left_days`: whole days from the index date, negative where it did not happen.
    `emergency_admissions` and `cost_pence`: of the 365 days from the index date.
    """

    censored: Bools | None = None
    event_if_death_counts: Bools | None = None
    days_to_event: npt.NDArray[np.int64] | None = None
    died_days: npt.NDArray[np.int64] | None = None
    left_days: npt.NDArray[np.int64] | None = None
    emergency_admissions: npt.NDArray[np.int64] | None = None
    cost_pence: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class EvaluationInputs:
    """Rivals, follow-up and the random seed of an evaluation.

    `rivals` are other scores of the same people, higher meaning riskier, by name: 'logistic', 'charlson', 'hfrs',
    'efi', 'age', 'last_year_admissions'. `seed` drives the simulation of what calibration looks like by chance.
    `horizon` is the length of the outcome window in days.
    """

    rivals: Mapping[str, Floats] = field(default_factory=dict)
    follow_up: FollowUp = field(default_factory=FollowUp)
    seed: int = 0
    horizon: int = 365
