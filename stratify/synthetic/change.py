"""How a state moves over one step: instability, memory, function, partnership, residence and care."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import Bools, Floats, Ints, at, by_age
from stratify.synthetic.conditions import DRIVERS
from stratify.synthetic.state import Driver, Partnership, Residence, State
from stratify.synthetic.timeline import Step

_LOSS = by_age(rates.FUNCTION_AGES, rates.FUNCTION_LOSS_PER_YEAR)
# Chances a year; assumptions after national statistics on marriage, divorce and death of a spouse.
_BEREAVED = by_age((0, 40, 55, 65, 75, 85, 110), (0.0, 0.0008, 0.004, 0.012, 0.035, 0.085, 0.12))
_PAIRS_UP = by_age((0, 17, 22, 28, 36, 50, 70, 110), (0.0, 0.0, 0.05, 0.085, 0.05, 0.012, 0.002, 0.0))
_PARTS = by_age((0, 20, 30, 45, 65, 110), (0.0, 0.03, 0.02, 0.014, 0.003, 0.0))


@dataclass(frozen=True)
class Changes:
    """Rows of the state whose circumstances changed in the step, by kind."""

    bereaved: Ints
    paired: Ints
    parted: Ints
    entered_care: Ints
    alone_changed: Ints
    care_began: Ints


def strike(state: State, row: int, slots: Ints, severity: Floats) -> None:
    """Add one condition's drivers to people (slots of the state)."""
    state.drivers[:, slots] += DRIVERS[row][:, None] * severity


def advance(state: State, step: Step, admitted: Ints, bed_days: Ints, generator: np.random.Generator) -> Changes:
    """Move the state over one step in place; `admitted` are slots with an emergency admission in it."""
    _wobble(state, generator)
    _memory(state, step, admitted)
    _function(state, step, admitted, bed_days, generator)
    state.drivers *= np.float32(1 + rates.LOAD_GROWTH_PER_YEAR / 12)
    return _circumstances(state, step, generator)


def _wobble(state: State, generator: np.random.Generator) -> None:
    spread = rates.INSTABILITY_SPREAD * (1 + 0.30 * np.minimum(state.drivers[Driver.VOLATILE], 2.5))
    keep = rates.INSTABILITY_MEMORY
    fresh = generator.standard_normal(state.count, dtype=np.float32)
    state.wobble = (keep * state.wobble + np.sqrt(1 - keep**2) * spread * fresh).astype(np.float32)


def _memory(state: State, step: Step, admitted: Ints) -> None:
    fades = (
        (state.short, rates.EXCITEMENT_SHORT_DAYS),
        (state.long, rates.EXCITEMENT_LONG_DAYS),
        (state.widowed, rates.WIDOWED_DAYS),
        (state.care_started, rates.CARE_STARTED_DAYS),
        (state.moved_in, rates.CARE_STARTED_DAYS),
        (state.setback, rates.FUNCTION_RECOVERY_DAYS),
    )
    for memory, days in fades:
        memory *= np.float32(np.exp(-step.days / days))
    state.short[admitted] = 0.9
    state.long[admitted] = 1.0


def _function(state: State, step: Step, admitted: Ints, bed_days: Ints, generator: np.random.Generator) -> None:
    age = state.ages(step.start)
    ageing = at(_LOSS, age) * (1 + state.drivers[Driver.DECLINE]) * np.exp(0.4 * state.frailty)
    luck = generator.gamma(1.5, 1 / 1.5, state.count)
    state.function = np.minimum(state.function + ageing * luck * step.years, 2.0).astype(np.float32)
    age_weight = np.clip((age[admitted] - 35) / 40, 0.05, 1.2)
    blow = rates.FUNCTION_LOSS_PER_ADMISSION + rates.FUNCTION_LOSS_PER_BED_DAY * np.minimum(bed_days, 40)
    state.function[admitted] += (0.25 * blow * age_weight).astype(np.float32)
    state.setback[admitted] += (1.4 * blow * age_weight).astype(np.float32)


def _circumstances(state: State, step: Step, generator: np.random.Generator) -> Changes:
    age = state.ages(step.start)
    alone_before = state.alone.copy()
    bereaved, paired, parted = _partners(state, age, step, generator)
    entered = _care_homes(state, age, step, generator)
    began = _home_care(state, age, step, generator)
    return Changes(bereaved, paired, parted, entered, np.flatnonzero(state.alone != alone_before), began)


def _happens(chance_per_year: Floats, who: Bools, step: Step, generator: np.random.Generator) -> Ints:
    """Slots among `who` to whom something of that yearly chance happens in the step."""
    slots = np.flatnonzero(who)
    return slots[generator.random(len(slots)) < chance_per_year[slots] * step.years]


def _partners(state: State, age: Ints, step: Step, generator: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    partnered = (state.partnership == Partnership.MARRIED) | (state.partnership == Partnership.COHABITING)
    longer = np.where(state.female, 1.4, 0.6).astype(np.float32)
    bereaved = _happens(at(_BEREAVED, age) * longer, partnered, step, generator)
    paired = _happens(at(_PAIRS_UP, age), ~partnered & (state.residence == Residence.HOME), step, generator)
    parted = _happens(at(_PARTS, age), partnered, step, generator)
    parted = np.setdiff1d(parted, bereaved)
    state.partnership[paired] = np.where(
        generator.random(len(paired)) < 0.45, Partnership.MARRIED, Partnership.COHABITING
    )
    state.partnership[parted] = Partnership.SEPARATED
    state.partnership[bereaved] = Partnership.WIDOWED
    state.widowed[bereaved] = 1.0
    state.alone[paired] = False
    for slots, share in ((bereaved, 0.65), (parted, 0.5)):
        at_home = state.residence[slots] <= Residence.SHELTERED
        state.alone[slots] |= (generator.random(len(slots)) < share) & at_home
    return bereaved, paired, parted


def _care_homes(state: State, age: Ints, step: Step, generator: np.random.Generator) -> Ints:
    lost = np.minimum(state.lost_function, 1.8)
    demented = np.minimum(state.drivers[Driver.DECLINE] / 2.2, 1.5)
    chance = 0.012 * lost**2 * (1 + 2.0 * demented) * np.where(state.alone, 1.5, 1.0) * (1 + 2.0 * state.short)
    entered = _happens(chance, (age >= 65) & (state.residence <= Residence.SHELTERED), step, generator)
    nursing = generator.random(len(entered)) < np.clip(0.2 + 0.4 * lost[entered], 0, 0.85)
    state.residence[entered] = np.where(nursing, Residence.NURSING_CARE, Residence.RESIDENTIAL_CARE)
    state.alone[entered] = False
    state.home_care[entered] = 0.0
    state.moved_in[entered] = 1.0
    return entered


def _home_care(state: State, age: Ints, step: Step, generator: np.random.Generator) -> Ints:
    """Home care begins for the frail, above all after a stay in hospital; hours grow with lost function."""
    lost = np.minimum(state.lost_function, 1.8)
    chance = 0.10 * lost**1.5 * np.where(state.alone, 1.6, 1.0) * (1 + 3.0 * state.short)
    eligible = (state.home_care <= 0) & (state.residence <= Residence.SHELTERED) & (age >= 18)
    began = _happens(chance, eligible & (lost > 0.15), step, generator)
    hours = 3.5 * np.ceil(generator.gamma(2.0, 0.6 + lost[began]))
    state.home_care[began] = np.clip(hours, 3.5, 42.0)
    state.care_started[began] = 1.0
    more = (state.home_care > 0) & (generator.random(state.count) < 0.02)
    state.home_care[more] = np.minimum(state.home_care[more] + 3.5, 56.0)
    return began
