"""Everybody who is ever on a register of the borough: who, where, from when and until when."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import DAYS_PER_YEAR, NEVER, Bools, Floats, Ints, at, by_age, one_of
from stratify.synthetic.places import Places, practice_of
from stratify.synthetic.streams import stream
from stratify.synthetic.timeline import Timeline


@dataclass(frozen=True)
class People:
    """One array entry per person. Days are day numbers; traits are standard-normal-like or log scale.

    `registered` is the register's date, `leaves` the day of deregistration (NEVER if none).
    """

    birth: Ints
    female: Bools
    ethnic: Ints
    area: Ints
    decile: Ints
    practice: Ints
    registered: Ints
    leaves: Ints
    frailty: Floats
    seeking: Floats
    metabolic: Floats
    distress: Floats
    smoker: Bools

    @property
    def count(self) -> int:
        return len(self.birth)

    @property
    def asian(self) -> Bools:
        return np.asarray([code in rates.ASIAN for code, _ in rates.ETHNIC_SHARES])[self.ethnic]

    @property
    def black(self) -> Bools:
        return np.asarray([code in rates.BLACK for code, _ in rates.ETHNIC_SHARES])[self.ethnic]


def make_people(count: int, places: Places, timeline: Timeline, seed: int) -> People:
    """People for a borough of `count` at the index date, with those who leave before and come after it."""
    generator = stream(seed, "people")
    years = (timeline.index - timeline.first_day) / DAYS_PER_YEAR
    at_index = count * (1 + rates.SURPLUS) + rates.SURPLUS_LEAST
    at_start = round(at_index / (1 + rates.GROWTH_PER_YEAR) ** years)
    found_ages = _ages(generator, _pyramid(), at_start)
    arrivals = _arrivals_per_year(at_start) * (timeline.later - timeline.first_day) / DAYS_PER_YEAR
    come_ages = _ages(generator, _arrival_weights(), round(float(arrivals)))
    entered = np.concatenate(
        [np.full(at_start, timeline.first_day), generator.integers(timeline.first_day, timeline.later, len(come_ages))]
    ).astype(np.int32)
    ages = np.concatenate([found_ages, come_ages])
    birth = (entered - ages * DAYS_PER_YEAR).astype(np.int32)
    return _people(places, timeline, birth, entered, generator)


def _people(places: Places, timeline: Timeline, birth: Ints, entered: Ints, generator: np.random.Generator) -> People:
    size = len(birth)
    area = generator.integers(0, len(places.area_deciles), size).astype(np.int16)
    decile = places.area_deciles[area]
    poorer = (5.5 - decile) / 4.5
    return People(
        birth=birth,
        female=generator.random(size) < rates.FEMALE_SHARE,
        ethnic=_ethnic(places.area_tilt[area], generator),
        area=area,
        decile=decile,
        practice=practice_of(places, area, generator),
        registered=_registered(timeline, birth, entered, generator),
        leaves=_leaves(timeline, birth, entered, generator),
        frailty=_trait(generator, size, rates.FRAILTY_SPREAD) + (0.10 * poorer).astype(np.float32),
        seeking=_trait(generator, size, rates.SEEKING_SPREAD),
        metabolic=_trait(generator, size, rates.METABOLIC_SPREAD),
        distress=_trait(generator, size, rates.DISTRESS_SPREAD),
        smoker=generator.random(size) < rates.SMOKING_SHARE * (1 + 0.4 * poorer),
    )


def _trait(generator: np.random.Generator, size: int, spread: float) -> Floats:
    return generator.standard_normal(size, dtype=np.float32) * np.float32(spread)


def _pyramid() -> Floats:
    """People per single year of age 0..99 as shares."""
    starts = np.asarray(rates.AGE_BAND_STARTS)
    widths = np.diff(starts)
    shares = np.repeat(np.asarray(rates.AGE_BAND_SHARES) / widths, widths)
    smooth = np.convolve(np.pad(shares, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    shares = smooth / smooth.sum()
    return np.asarray(shares)


def _arrival_weights() -> Floats:
    """Yearly arrivals by single year of age that keep the pyramid as it is: ageing, leaving and death replaced."""
    pyramid = _pyramid()
    lost = by_age(rates.LEAVING_AGES, rates.LEAVING_PER_YEAR)[:100] + by_age(rates.DEATH_AGES, rates.DEATH_IN_ALL)[:100]
    older = np.diff(pyramid, prepend=0.0)
    return np.maximum(older + (lost + rates.GROWTH_PER_YEAR) * pyramid, 0.0)


def _arrivals_per_year(people: int) -> float:
    return float(people * _arrival_weights().sum())


def _ages(generator: np.random.Generator, weights: Floats, size: int) -> Floats:
    """Exact ages; those who arrive in their first year of life arrive newborn, as births."""
    whole = one_of(generator, tuple(weights.tolist()), size)
    return whole + generator.random(size)


def _ethnic(tilt: Floats, generator: np.random.Generator) -> Ints:
    """Ethnic category: small areas lean to or from the Bangladeshi population."""
    shares = np.asarray([share for _, share in rates.ETHNIC_SHARES])
    bangladeshi = np.asarray([code == "K" for code, _ in rates.ETHNIC_SHARES])
    odds = np.exp(tilt)[:, None] ** bangladeshi * shares
    edges = np.cumsum(odds, axis=1)
    draw = generator.random(len(tilt)) * edges[:, -1]
    return np.asarray((edges < draw[:, None]).sum(axis=1), dtype=np.int8)


def _registered(timeline: Timeline, birth: Ints, entered: Ints, generator: np.random.Generator) -> Ints:
    """Those found at the start joined earlier in their lives; newborns are registered within weeks of birth."""
    found = entered == timeline.first_day
    tenure = generator.exponential(rates.TENURE_YEARS * DAYS_PER_YEAR, len(birth))
    life = np.maximum((entered - birth) * 0.98, 1)
    earlier = np.maximum(entered - np.minimum(tenure, life) - 1, birth)
    newborn = ~found & (entered - birth < 366)
    weeks = birth + generator.integers(3, 29, len(birth))
    return np.where(found, earlier, np.where(newborn, weeks, entered)).astype(np.int32)


def _leaves(timeline: Timeline, birth: Ints, entered: Ints, generator: np.random.Generator) -> Ints:
    """Day of leaving the register, by yearly rates at the age reached; NEVER beyond the later extraction."""
    rate = by_age(rates.LEAVING_AGES, rates.LEAVING_PER_YEAR)
    patience = generator.standard_exponential(len(birth), dtype=np.float32)
    leaves = np.full(len(birth), NEVER, dtype=np.int32)
    for start in range(timeline.first_day, timeline.later, 365):
        days = np.clip(start + 365 - np.maximum(entered, start), 0, 365)
        age = np.clip((start - birth) / DAYS_PER_YEAR, 0, 110).astype(np.int16)
        use = at(rate, age) * days / 365
        goes = (patience < use) & (leaves == NEVER) & (days > 0)
        leaves[goes] = (start + 365 - days + days * patience / np.maximum(use, 1e-9))[goes].astype(np.int32)
        patience = patience - use
    early = leaves <= entered + 30
    leaves[early] = entered[early] + 31
    leaves[leaves >= timeline.later] = NEVER
    return leaves
