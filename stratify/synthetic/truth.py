"""The risk each person really has, from the state itself: what no model can beat except by luck.

The coming year is followed along paths without an emergency admission, because only the first one counts: on such a
path the chance of none by the end is exp(-sum of hazards), so each path gives a probability and not a yes or no.
Averaging over a few paths takes in what may yet happen (new conditions, bereavement, care beginning, instability).
Death competes; leaving the register does not, as if everybody stayed.
"""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import hazard, rates
from stratify.synthetic.arrays import Floats, Ints
from stratify.synthetic.change import advance, strike
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.state import State
from stratify.synthetic.streams import stream
from stratify.synthetic.timeline import Step, Timeline


@dataclass(frozen=True)
class Truth:
    """Per person on the register at the index date: true risk and what it came from.

    `rate_now` is admissions a year at the index date's state, `death_risk` the chance of dying in the year without
    an emergency admission first.
    """

    person: Ints
    true_risk: Floats
    death_risk: Floats
    rate_now: Floats
    state: State


def true_risk(state: State, course: LifeCourse, timeline: Timeline, seed: int) -> Truth:
    """True risk of everybody in a state taken on the index date; the state itself is not changed."""
    steps = [step for step in timeline.steps() if 0 <= step.number < 12]
    risk = np.zeros(state.count)
    death = np.zeros(state.count)
    for replicate in range(rates.TRUTH_REPLICATES):
        one_risk, one_death = _path(state.copy(), course, steps, stream(seed, "truth", replicate))
        risk += one_risk
        death += one_death
    replicates = rates.TRUTH_REPLICATES
    rate_now = hazard.emergency_rate(state, steps[0])
    return Truth(state.person, risk / replicates, death / replicates, rate_now, state)


def _path(state: State, course: LifeCourse, steps: list[Step], generator: np.random.Generator) -> tuple[Floats, Floats]:
    nobody = np.empty(0, dtype=np.int32)
    waiting = np.ones(state.count)
    risk = np.zeros(state.count)
    death = np.zeros(state.count)
    onsets = _new_onsets(state, course, generator)
    for number, step in enumerate(steps):
        admitted = hazard.emergency_chance(state, step)
        dies = hazard.death_chance(state, step)
        risk += waiting * admitted
        death += waiting * (1 - admitted) * dies
        waiting *= (1 - admitted) * (1 - dies)
        advance(state, step, nobody, nobody, generator)
        for row, slots, when in onsets:
            now = when == number
            severity = np.clip(generator.gamma(6.0, 1 / 6.0, int(now.sum())), 0.35, 2.2).astype(np.float32)
            strike(state, row, slots[now], severity)
    return risk, death


def _new_onsets(state: State, course: LifeCourse, generator: np.random.Generator) -> list[tuple[int, Ints, Ints]]:
    """Conditions that begin in the coming year on one path: who, and in which step."""
    found = []
    for row in range(len(course.hazard_after_index)):
        chance = -np.expm1(-course.hazard_after_index[row, state.person])
        slots = np.flatnonzero(generator.random(state.count, dtype=np.float32) < chance)
        found.append((row, slots, generator.integers(0, 12, len(slots))))
    return found
