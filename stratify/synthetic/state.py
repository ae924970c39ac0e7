"""What is true of everybody on the register at the start of a step: most of it is in no record."""

from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import DAYS_PER_YEAR, Bools, Floats, Ints, at, by_age
from stratify.synthetic.conditions import DRIVERS, LifeCourse
from stratify.synthetic.people import People


class Partnership(IntEnum):
    """Values of `partnership_status`, in this order."""

    SINGLE = 0
    MARRIED = 1
    COHABITING = 2
    SEPARATED = 3
    WIDOWED = 4


class Residence(IntEnum):
    """Values of `residence`, in this order."""

    HOME = 0
    SHELTERED = 1
    RESIDENTIAL_CARE = 2
    NURSING_CARE = 3
    NO_FIXED_ABODE = 4


class Driver(IntEnum):
    """Rows of `drivers`: what a person's conditions add up to."""

    LOAD = 0
    DEATH = 1
    DECLINE = 2
    VOLATILE = 3
    NEED = 4


@dataclass
class State:
    """Arrays over the people now on the register; `person` points into `People`.

    `short` and `long` are the memory of emergency admissions, `wobble` the month's instability, `function` lost
    function and `setback` the part of it that may come back, `widowed`, `care_started` and `moved_in` fading shocks.
    """

    person: Ints
    birth: Ints
    female: Bools
    frailty: Floats
    seeking: Floats
    fixed: Floats
    drivers: Floats
    wobble: Floats
    short: Floats
    long: Floats
    function: Floats
    setback: Floats
    partnership: Ints
    alone: Bools
    residence: Ints
    home_care: Floats
    widowed: Floats
    care_started: Floats
    moved_in: Floats
    free_from: Ints

    @property
    def count(self) -> int:
        return len(self.person)

    @property
    def load(self) -> Floats:
        return np.asarray(self.drivers[Driver.LOAD])

    @property
    def lost_function(self) -> Floats:
        return self.function + self.setback

    def ages(self, day: int) -> Ints:
        """Whole years of age on a day, 0..110, near enough for a rate."""
        return np.clip((day - self.birth) / DAYS_PER_YEAR, 0, 110).astype(np.int16)

    def keep(self, stays: Bools) -> "State":
        """The same state without some people."""
        if stays.all():
            return self
        return State(**{f.name: getattr(self, f.name)[..., stays] for f in fields(self)})

    def joined(self, other: "State") -> "State":
        """This state with other people added at the end."""
        both = {f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)], axis=-1) for f in fields(self)}
        return State(**both)

    def copy(self) -> "State":
        return replace(self, **{f.name: getattr(self, f.name).copy() for f in fields(self)})


def newcomers(people: People, course: LifeCourse, person: Ints, day: int, generator: np.random.Generator) -> State:
    """The state of people when they first come on the register, near its equilibrium at their age."""
    drivers = _drivers(course, person, day)
    age = np.clip((day - people.birth[person]) / DAYS_PER_YEAR, 0, 110).astype(np.int16)
    size = len(person)
    function = at(_FUNCTION_START, age) * np.exp(0.5 * people.frailty[person]) * generator.gamma(4.0, 0.25, size)
    function += 0.10 * drivers[Driver.DECLINE] * (age > 40)
    zero = np.zeros(size, dtype=np.float32)
    partnership = _partnership(people, person, age, generator)
    residence = _residence(age, function, course, person, day, generator)
    return State(
        person=person,
        birth=people.birth[person],
        female=people.female[person],
        frailty=people.frailty[person],
        seeking=people.seeking[person],
        fixed=_fixed(people, person),
        drivers=drivers,
        wobble=(generator.standard_normal(size) * rates.INSTABILITY_SPREAD).astype(np.float32),
        short=zero.copy(),
        long=zero.copy(),
        function=function.astype(np.float32),
        setback=zero.copy(),
        partnership=partnership,
        alone=_alone(partnership, age, residence, generator),
        residence=residence,
        home_care=zero.copy(),
        widowed=zero.copy(),
        care_started=zero.copy(),
        moved_in=zero.copy(),
        free_from=np.full(size, -(2**30), dtype=np.int32),
    )


_FUNCTION_START = by_age(rates.FUNCTION_AGES, rates.FUNCTION_START)
_EVER_PARTNERED = by_age((0, 18, 25, 32, 45, 110), (0.0, 0.0, 0.25, 0.58, 0.78, 0.90))
_WIDOWED_SHARE = by_age((0, 45, 60, 70, 80, 90, 110), (0.0, 0.005, 0.04, 0.14, 0.36, 0.62, 0.8))
_ALONE_SHARE = by_age((0, 17, 20, 40, 60, 80, 110), (0.0, 0.0, 0.10, 0.25, 0.42, 0.72, 0.8))


def _drivers(course: LifeCourse, person: Ints, day: int) -> Floats:
    """Sum over conditions a person has of what each adds, by severity and growing with the years."""
    total = np.zeros((len(Driver), len(person)), dtype=np.float32)
    for row in range(len(DRIVERS)):
        onset = course.onset[row, person]
        ill = np.flatnonzero(onset < day)
        years = np.minimum((day - onset[ill]) / DAYS_PER_YEAR, 25)
        weight = course.severity[row, person[ill]] * (1 + rates.LOAD_GROWTH_PER_YEAR * years)
        total[:, ill] += DRIVERS[row][:, None] * weight
    return total


def _fixed(people: People, person: Ints) -> Floats:
    """The part of the log admission rate that does not change: frailty, deprivation, smoking."""
    poorer = rates.DEPRIVATION_EFFECT * (5.5 - people.decile[person])
    smoking = rates.SMOKING_EFFECT * people.smoker[person]
    return np.asarray(people.frailty[person] + poorer + smoking, dtype=np.float32)


def _partnership(people: People, person: Ints, age: Ints, generator: np.random.Generator) -> Ints:
    size = len(person)
    asian = people.asian[person]
    partnered = generator.random(size) < at(_EVER_PARTNERED, age) * np.where(asian, 1.1, 0.95)
    widowed = generator.random(size) < at(_WIDOWED_SHARE, age) * np.where(people.female[person], 1.25, 0.6)
    draw = generator.random(size)
    kind = np.where(draw < np.where(asian, 0.04, 0.30), Partnership.COHABITING, Partnership.MARRIED)
    kind = np.where(draw > 1 - np.where(asian, 0.07, 0.17) * (age > 27), Partnership.SEPARATED, kind)
    kind = np.where(partnered, kind, Partnership.SINGLE)
    return np.where(partnered & widowed, Partnership.WIDOWED, kind).astype(np.int8)


def _residence(
    age: Ints, function: Floats, course: LifeCourse, person: Ints, day: int, generator: np.random.Generator
) -> Ints:
    """Care homes hold the old and very frail, above all with dementia; a few younger people have no fixed abode."""
    size = len(person)
    demented = course.present("dementia", day)[person]
    draw = generator.random(size)
    care = draw < np.where(age >= 65, 0.05 * np.clip(function, 0, 1.6) ** 2 + 0.16 * demented, 0.0005 * demented)
    nursing = generator.random(size) < 0.5
    sheltered = (draw > 0.955) & (age >= 65)
    homeless = (draw > 0.994) & (age >= 18) & (age < 65)
    homeless |= (draw > 0.93) & course.present("drug_misuse", day)[person] & (age < 65)
    residence = np.where(sheltered, Residence.SHELTERED, np.where(homeless, Residence.NO_FIXED_ABODE, Residence.HOME))
    care_home = np.where(nursing, Residence.NURSING_CARE, Residence.RESIDENTIAL_CARE)
    return np.where(care, care_home, residence).astype(np.int8)


def _alone(partnership: Ints, age: Ints, residence: Ints, generator: np.random.Generator) -> Bools:
    partnered = (partnership == Partnership.MARRIED) | (partnership == Partnership.COHABITING)
    share = at(_ALONE_SHARE, age) * np.where(partnered, 0.02, 1.0)
    at_home = (residence == Residence.HOME) | (residence == Residence.SHELTERED)
    return np.asarray((generator.random(len(age)) < share) & at_home)
