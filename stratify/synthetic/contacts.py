"""One step's contacts that are not emergencies: GP, emergency department and home again, outpatients, planned stays."""

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import Floats, Ints, at, by_age, days_within, one_of
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.journal import Journal
from stratify.synthetic.people import People
from stratify.synthetic.state import Driver, Residence, State
from stratify.synthetic.timeline import Step

_GP = np.stack(
    [by_age(rates.CONTACT_AGES, rates.GP_MALE_PER_YEAR), by_age(rates.CONTACT_AGES, rates.GP_FEMALE_PER_YEAR)]
)
_ED = by_age(rates.CONTACT_AGES, rates.ED_PER_YEAR)
_OUTPATIENT = by_age(rates.CONTACT_AGES, rates.OUTPATIENT_PER_YEAR)
_DAY_CASE = by_age(rates.CONTACT_AGES, rates.DAY_CASE_PER_YEAR)
_INPATIENT = by_age(rates.CONTACT_AGES, rates.INPATIENT_PER_YEAR)
_BIRTHS = by_age(rates.BIRTHS_AGES, rates.BIRTHS_PER_YEAR)


def repeated(generator: np.random.Generator, rate_per_year: Floats, step: Step) -> Ints:
    """Slots of people by how often something of that yearly rate happens to each in the step."""
    counts = generator.poisson(rate_per_year * step.years)
    return np.repeat(np.arange(len(counts)), counts)


def gp_appointments(state: State, step: Step, journal: Journal, generator: np.random.Generator) -> None:
    """Appointments follow need, distress, the month's wobble and a recent admission."""
    age = state.ages(step.start)
    need = np.minimum(state.drivers[Driver.NEED], 2.5)
    log_ratio = (
        rates.GP_WITH_FRAILTY * state.frailty
        + 0.42 * state.seeking
        + 0.55 * need
        + 0.45 * state.wobble
        + 0.25 * state.lost_function
    )
    rate = (
        at(_GP, state.female.astype(np.int8), age) * np.exp(log_ratio - 0.37) * (1 + 0.7 * np.minimum(state.short, 1.2))
    )
    slots = repeated(generator, rate * (state.free_from <= step.end), step)
    home = np.where(state.residence[slots] >= Residence.RESIDENTIAL_CARE, 0.35, 0.0) + 0.25 * np.minimum(
        state.lost_function[slots], 1.5
    )
    home = np.where(state.residence[slots] == Residence.NO_FIXED_ABODE, 0.0, home)
    mode = one_of(generator, rates.GP_MODE_SHARES, len(slots))
    mode = np.where(generator.random(len(slots)) < home * (age[slots] >= 60), 2, mode)
    missed = rates.GP_MISSED * np.exp(0.5 * state.seeking[slots]) * np.where(mode == 0, 1.3, 0.5)
    journal.write(
        "gp_appointments",
        person=state.person[slots],
        day=days_within(generator, step.start, step.end, len(slots)),
        mode=mode.astype(np.int8),
        attended=(generator.random(len(slots)) >= missed).astype(np.int8),
    )


def emergency_departments(state: State, step: Step, journal: Journal, generator: np.random.Generator) -> None:
    """Attendances that do not end in an admission; those that do are written with the admission."""
    rate = at(_ED, state.ages(step.start))
    load = np.minimum(state.load, 3.5)
    log_ratio = rates.ED_WITH_FRAILTY * state.frailty + 0.55 * state.seeking + 0.28 * load + 0.5 * state.wobble - 0.92
    log_ratio = log_ratio + np.where(state.residence == Residence.NO_FIXED_ABODE, 0.9, 0.0)
    slots = repeated(generator, rate * np.exp(log_ratio) * (1 + 0.8 * np.minimum(state.short, 1.2)), step)
    journal.write(
        "ed_attendances",
        person=state.person[slots],
        day=days_within(generator, step.start, step.end, len(slots)),
        department=one_of(generator, (0.62, 0.03, 0.16, 0.06, 0.13), len(slots)).astype(np.int8),
        cause=np.full(len(slots), -1, dtype=np.int8),
    )


def outpatients(state: State, step: Step, course: LifeCourse, journal: Journal, generator: np.random.Generator) -> None:
    """Clinics by need; `specialty` -1 is drawn later from the conditions the person has."""
    need = np.minimum(state.drivers[Driver.NEED], 2.5)
    log_ratio = (
        rates.OUTPATIENT_WITH_FRAILTY * state.frailty + 0.35 * state.seeking + 0.75 * need + 0.15 * state.wobble - 0.48
    )
    rate = at(_OUTPATIENT, state.ages(step.start)) * np.exp(log_ratio) * (1 + 0.9 * np.minimum(state.short, 1.2))
    slots = repeated(generator, rate, step)
    missed = rates.OUTPATIENT_MISSED * np.exp(
        0.4 * state.seeking[slots] + 0.2 * np.minimum(state.drivers[Driver.VOLATILE][slots], 2)
    )
    journal.write(
        "outpatients",
        person=state.person[slots],
        day=days_within(generator, step.start, step.end, len(slots)),
        first=(generator.random(len(slots)) < 0.32).astype(np.int8),
        attended=(generator.random(len(slots)) >= missed).astype(np.int8),
    )


def planned_stays(
    state: State, step: Step, course: LifeCourse, journal: Journal, generator: np.random.Generator
) -> None:
    """Day cases and planned admissions; cancer brings runs of day cases."""
    age = state.ages(step.start)
    cancer = (course.onset[POSITION["cancer"], state.person] < step.start) & (
        course.onset[POSITION["cancer"], state.person] > step.start - 900
    )
    log_ratio = 0.45 * state.frailty + 0.30 * state.seeking + 0.45 * np.minimum(state.drivers[Driver.NEED], 2.5) - 0.30
    for table, curve, extra in (("day_cases", _DAY_CASE, 2.2), ("inpatients", _INPATIENT, 0.25)):
        slots = repeated(generator, at(curve, age) * np.exp(log_ratio) + extra * cancer, step)
        journal.write(
            table,
            person=state.person[slots],
            day=days_within(generator, step.start, step.end, len(slots)),
            cancer=cancer[slots].astype(np.int8),
        )


def births(state: State, people: People, step: Step, journal: Journal, generator: np.random.Generator) -> None:
    """Deliveries, and sometimes a stay before one."""
    rate = at(_BIRTHS, state.ages(step.start)) * state.female
    rate = rate * np.where(people.asian[state.person], 1.35, 0.9)
    for table, share in (("deliveries", 1.0), ("antenatal", 0.25)):
        slots = repeated(generator, rate * share, step)
        journal.write(
            table,
            person=state.person[slots],
            day=days_within(generator, step.start, step.end, len(slots)),
        )
