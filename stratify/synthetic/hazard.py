"""The rates that act on a state: emergency admission and death. Neither knows of any record or feature."""

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import DAYS_PER_YEAR, Floats, at, by_age
from stratify.synthetic.state import Driver, Residence, State
from stratify.synthetic.timeline import Step

_EMERGENCY = np.stack(
    [by_age(rates.EMERGENCY_AGES, rates.EMERGENCY_MALE), by_age(rates.EMERGENCY_AGES, rates.EMERGENCY_FEMALE)]
)
_DEATH = np.exp(by_age(rates.DEATH_AGES, tuple(float(np.log(rate)) for rate in rates.DEATH_PER_YEAR)))


def emergency_rate(state: State, step: Step) -> Floats:
    """Emergency admissions a year at the state's rate, season included.

    Conditions saturate, instability and lost function matter more in the ill, and a recent admission multiplies all:
    nothing here is linear in anything a record could count.
    """
    age = state.ages(step.start)
    load = state.load
    lost = state.lost_function
    illness = rates.LOAD_CEILING * (1 - np.exp(-load / rates.LOAD_SCALE))
    capped = np.minimum(load, 4.0)
    wobble = state.wobble * (1 + rates.INSTABILITY_WITH_LOAD * capped)
    frail = rates.FUNCTION_EFFECT * lost / (rates.FUNCTION_HALF + lost) + rates.FUNCTION_WITH_LOAD * capped * lost
    log_rate = at(_EMERGENCY, state.female.astype(np.int8), age) + rates.EMERGENCY_LEVEL
    log_rate += state.fixed + illness + wobble + frail + _social(state, step)
    memory = 1 + rates.EXCITEMENT_SHORT * state.short + rates.EXCITEMENT_LONG * state.long
    rate = np.exp(log_rate)
    rate /= 1 + rate / rates.RATE_CEILING
    return np.asarray(rate * memory * season(state, step), dtype=np.float32)


def _social(state: State, step: Step) -> Floats:
    old = state.ages(step.start) >= 65
    care_home = (state.residence == Residence.RESIDENTIAL_CARE) | (state.residence == Residence.NURSING_CARE)
    effect = state.alone * (rates.ALONE_EFFECT + rates.ALONE_OLD_EFFECT * old)
    effect = effect + rates.WIDOWED_EFFECT * state.widowed + rates.CARE_STARTED_EFFECT * state.care_started
    effect += rates.HOME_CARE_EFFECT * (state.home_care > 0) + rates.CARE_HOME_EFFECT * care_home
    effect += rates.CARE_HOME_ENTRY_EFFECT * state.moved_in
    return np.asarray(effect + rates.HOMELESS_EFFECT * (state.residence == Residence.NO_FIXED_ABODE), dtype=np.float32)


def season(state: State, step: Step) -> Floats:
    """A winter factor about 1, deeper for the under-fives and the over-seventy-fives."""
    middle = (step.start + step.end) / 2
    phase = np.cos(2 * np.pi * ((middle - rates.SEASON_PEAK_DAY) % DAYS_PER_YEAR) / DAYS_PER_YEAR)
    age = state.ages(step.start)
    swing = np.where((age < 5) | (age >= 75), rates.SEASON_SWING_EXTREME_AGES, rates.SEASON_SWING)
    return np.asarray(1 + swing * phase, dtype=np.float32)


def emergency_chance(state: State, step: Step) -> Floats:
    """Chance of an emergency admission within the step; days still spent in hospital do not count."""
    free = np.clip(step.end - np.maximum(state.free_from, step.start), 0, step.days)
    return np.asarray(-np.expm1(-emergency_rate(state, step) * free / 365.0), dtype=np.float32)


def death_chance(state: State, step: Step) -> Floats:
    """Chance of dying within the step other than in an emergency admission of that step."""
    rate = at(_DEATH, state.ages(step.start)) * np.where(state.female, rates.DEATH_FEMALE_RATIO, 1.0)
    illness = 2.6 * (1 - np.exp(-state.drivers[Driver.DEATH] / 2.2))
    frail = rates.DEATH_WITH_FUNCTION * state.lost_function + 0.25 * state.frailty
    memory = 1 + rates.DEATH_AFTER_ADMISSION * state.short
    return np.asarray(-np.expm1(-rate * np.exp(illness + frail) * memory * step.years), dtype=np.float32)
