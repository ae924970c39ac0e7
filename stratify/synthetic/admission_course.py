"""One step's emergency admissions: who, which day, why, how long, with what end."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import Bools, Floats, Ints, chosen
from stratify.synthetic.cause_list import AGE_BANDS, CAUSES
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.state import Residence, State
from stratify.synthetic.timeline import Step

_WEIGHTS = np.asarray([cause.weights for cause in CAUSES], dtype=float)
_STAY = np.asarray([cause.stay for cause in CAUSES])
_FRAIL = np.asarray([cause.frail for cause in CAUSES])
_LETHAL = np.asarray([cause.lethal for cause in CAUSES])
_FEMALE = np.asarray([cause.female for cause in CAUSES])
_WINTER = np.asarray([cause.winter for cause in CAUSES])


@dataclass(frozen=True)
class Stays:
    """Emergency stays of one step, by slot of the state; `delay` is days waited after being ready to go."""

    slots: Ints
    day: Ints
    cause: Ints
    bed_days: Ints
    delay: Ints
    died: Bools


def emergency_stays(
    state: State, step: Step, chance: Floats, course: LifeCourse, generator: np.random.Generator
) -> Stays:
    """Draw the step's emergency admissions from their chance and give each a day, a cause, a length and an end."""
    slots = np.flatnonzero(generator.random(state.count, dtype=np.float32) < chance)
    free = np.maximum(state.free_from[slots], step.start)
    day = (free + np.floor(generator.random(len(slots)) * (step.end - free))).astype(np.int32)
    cause = chosen(generator, _cause_weights(state, slots, step, course))
    lost = state.lost_function[slots]
    age = state.ages(step.start)[slots]
    length = _STAY[cause] * np.exp(0.55 * np.minimum(lost, 1.5) + 0.006 * np.clip(age - 40, 0, 50))
    bed_days = np.floor(length * generator.lognormal(0.0, 0.85, len(slots))).astype(np.int32)
    delay = _delay(lost, age, generator)
    died = generator.random(len(slots)) < _fatality(age, lost, cause)
    delay[died] = 0
    return Stays(slots, day, cause.astype(np.int8), np.minimum(bed_days + delay, 180), delay, died)


def _cause_weights(state: State, slots: Ints, step: Step, course: LifeCourse) -> Floats:
    band = np.searchsorted(AGE_BANDS, state.ages(step.start)[slots], side="right")
    weights = _WEIGHTS.T[band]
    weights = weights * (1 + np.outer(state.lost_function[slots], _FRAIL))
    weights *= np.where(state.female[slots][:, None], _FEMALE, 1.0)
    winter = np.cos(2 * np.pi * ((step.start - rates.SEASON_PEAK_DAY) % 365.25) / 365.25)
    weights *= np.maximum(1 + _WINTER * winter, 0.1)
    person = state.person[slots]
    for number, cause in enumerate(CAUSES):
        for name, ratio in cause.raised_by:
            ill = course.onset[POSITION[name], person] < step.start
            weights[:, number] *= np.where(ill, ratio, 1.0)
        if cause.female >= 1000:
            weights[~state.female[slots], number] = 0.0
            weights[:, number] = np.minimum(weights[:, number], 11.0)
    return np.asarray(weights)


def _delay(lost: Floats, age: Ints, generator: np.random.Generator) -> Ints:
    """Days in hospital after being ready to leave, for want of care elsewhere."""
    waits = generator.random(len(age)) < np.where(age >= 65, 0.06 + 0.16 * np.minimum(lost, 1.2), 0.008)
    return np.where(waits, 1 + generator.geometric(0.13, len(age)), 0).astype(np.int32)


def _fatality(age: Ints, lost: Floats, cause: Ints) -> Floats:
    older = np.exp(0.05 * (np.clip(age, 20, 95) - 65))
    return np.asarray(np.minimum(rates.DEATH_IN_HOSPITAL * older * _LETHAL[cause] * (0.6 + lost), 0.6))


def destination(state: State, stays: Stays, generator: np.random.Generator) -> Ints:
    """Index into the discharge destinations: 0 home, 1 other hospital, 2 care home (council), 3 care home (other), 4 hospice, 5 died."""
    size = len(stays.slots)
    draw = generator.random(size)
    care_home = np.isin(state.residence[stays.slots], (Residence.RESIDENTIAL_CARE, Residence.NURSING_CARE))
    where = np.where(draw < 0.018, 1, 0)
    where = np.where(care_home & (draw > 0.1), np.where(draw < 0.3, 2, 3), where)
    where = np.where((stays.bed_days > 9) & (draw > 0.985), 4, where)
    return np.where(stays.died, 5, where).astype(np.int8)
