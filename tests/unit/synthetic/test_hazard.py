"""The rates must move the way the plans say they do (D1), and never with anything in a record."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from stratify.synthetic import conditions, hazard, people, places, rates
from stratify.synthetic.change import advance
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.state import Driver, Residence, State, newcomers
from stratify.synthetic.timeline import Step, Timeline, day_number

TIMELINE = Timeline(day_number(date(2025, 10, 1)))
STEP = Step(0, TIMELINE.boundary(0), TIMELINE.boundary(1))


@pytest.fixture(scope="module")
def state() -> State:
    borough = places.make_places(1500, 4)
    everybody = people.make_people(1500, borough, TIMELINE, 4)
    course = conditions.live(everybody, TIMELINE, 4)
    here = np.flatnonzero((everybody.registered < STEP.start) & (everybody.leaves > STEP.start)).astype(np.int32)
    return newcomers(everybody, course, here, STEP.start, np.random.default_rng(4))


def changed(state: State, **values: object) -> State:
    other = state.copy()
    for name, value in values.items():
        setattr(other, name, np.full_like(getattr(state, name), value))
    return other


@pytest.mark.parametrize(
    "name", ["widowed", "care_started", "moved_in", "short", "long", "wobble", "setback", "home_care"]
)
def test_a_shock_raises_the_emergency_rate(state, name):
    before, after = changed(state, **{name: 0}), changed(state, **{name: 1})
    assert (hazard.emergency_rate(after, STEP) > hazard.emergency_rate(before, STEP)).all()


def test_having_no_home_raises_the_emergency_rate(state):
    home, homeless = changed(state, residence=Residence.HOME), changed(state, residence=Residence.NO_FIXED_ABODE)
    assert (hazard.emergency_rate(homeless, STEP) > hazard.emergency_rate(home, STEP)).all()


def test_a_further_condition_adds_less_to_the_rate_than_the_first(state):
    def at_load(load: float) -> np.ndarray:
        other = changed(state, wobble=0, function=0, setback=0)
        other.drivers[Driver.LOAD] = load
        return np.log(hazard.emergency_rate(other, STEP).astype(float))

    assert (at_load(3.0) - at_load(2.0) < at_load(1.0) - at_load(0.0)).all()


def test_winter_is_worse_than_summer(state):
    january = Step(-9, day_number(date(2025, 1, 1)), day_number(date(2025, 1, 31)))
    july = Step(-3, day_number(date(2025, 7, 1)), day_number(date(2025, 7, 31)))
    assert hazard.season(state, january).mean() > 1.05 > 0.95 > hazard.season(state, july).mean()


def test_days_in_hospital_are_days_without_a_new_emergency(state):
    inside = changed(state, free_from=STEP.end)
    assert (hazard.emergency_chance(inside, STEP) == 0).all()


def test_memory_of_an_admission_fades(state):
    later = changed(state, short=0, long=0)
    advance(later, STEP, np.arange(10), np.zeros(10, dtype=np.int32), np.random.default_rng(1))
    first = hazard.emergency_rate(later, STEP)[:10]
    short = later.short[:10].copy()
    for _ in range(12):
        advance(later, STEP, np.empty(0, np.int32), np.empty(0, np.int32), np.random.default_rng(1))
    assert (later.short[:10] < 0.01 * short).all()
    assert first.shape == (10,)


def test_chance_within_a_step_is_the_exponential_of_the_rate(state):
    free = changed(state, free_from=-(2**30))
    expected = 1 - np.exp(-hazard.emergency_rate(free, STEP).astype(float) * STEP.days / 365)
    assert np.allclose(hazard.emergency_chance(free, STEP), expected, atol=1e-6)


def test_leaving_people_out_keeps_every_array_in_step(state):
    stays = np.arange(state.count) % 3 > 0
    kept = state.keep(stays)
    assert {getattr(kept, field.name).shape[-1] for field in fields(kept)} == {int(stays.sum())}
    assert kept.joined(state.keep(~stays)).count == state.count


def test_onset_follows_smoking_for_chronic_lung_disease():
    borough = places.make_places(20_000, 5)
    everybody = people.make_people(20_000, borough, TIMELINE, 5)
    ill = conditions.live(everybody, TIMELINE, 5).present("copd", TIMELINE.index)
    old = TIMELINE.index - everybody.birth > 50 * 365
    assert ill[old & everybody.smoker].mean() > 2 * ill[old & ~everybody.smoker].mean()
    assert POSITION["copd"] >= 0


def test_a_year_is_twelve_steps_of_365_days():
    steps = TIMELINE.steps()
    year = [step for step in steps if 0 <= step.number < 12]
    assert sum(step.days for step in year) == 365
    assert len(steps) == rates.STEPS_OF_HISTORY + rates.STEPS_OF_BURN_IN + rates.STEPS_AFTER_INDEX
    assert all(before.end == after.start for before, after in zip(steps, steps[1:], strict=False))
