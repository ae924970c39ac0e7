"""When each person's long-term conditions begin, year by year of life, and when the GP record learns of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stratify.synthetic.arrays import DAYS_PER_YEAR, NEVER, Bools, Floats, Ints
from stratify.synthetic.condition_list import CONDITIONS, POSITION, Condition
from stratify.synthetic.people import People
from stratify.synthetic.streams import stream
from stratify.synthetic.timeline import Timeline

_ANCHORS = np.arange(0, 100, 10)
_OLDEST = 111
_GROUP = 64


@dataclass(frozen=True)
class LifeCourse:
    """Per condition (rows) and person (columns): day of onset, day of record (NEVER if none), severity about 1.

    `hazard_after_index` is the yearly onset rate in the year that begins on the index date, given what a person
    already has then.
    """

    onset: Ints
    recorded: Ints
    severity: Floats
    hazard_after_index: Floats

    def present(self, name: str, day: int) -> Bools:
        """Who truly has a condition before a day."""
        return np.asarray(self.onset[POSITION[name]] < day)


def live(people: People, timeline: Timeline, seed: int) -> LifeCourse:
    """Onset of every condition for everybody, from birth to the later extraction.

    Years are laid out from the index date so that the coming year's onset rate is one number per person.
    """
    order = np.argsort(people.birth, kind="stable")
    multiplier = _multipliers(people)[:, order]
    birth = people.birth[order]
    generator = stream(seed, "onset")
    patience = generator.standard_exponential(multiplier.shape, dtype=np.float32)
    onset = np.full(multiplier.shape, NEVER, dtype=np.int32)
    ahead = np.zeros(multiplier.shape, dtype=np.float32)
    for start in _years(timeline, int(birth[0])):
        born = int(np.searchsorted(birth, start + 182))
        year = _Year(start, birth[:born], patience[:, :born], onset[:, :born])
        hazard = _one_year(year, multiplier[:, :born], generator)
        if start == timeline.index:
            ahead[:, :born] = hazard
    back = np.argsort(order, kind="stable")
    onset = onset[:, back]
    severity = np.clip(generator.gamma(6.0, 1 / 6.0, onset.shape), 0.35, 2.2).astype(np.float32)
    return LifeCourse(onset, _recorded(onset, seed), severity, ahead[:, back])


@dataclass(frozen=True)
class _Year:
    start: int
    birth: Ints
    patience: Floats
    onset: Ints


def _years(timeline: Timeline, oldest: int) -> range:
    first = timeline.index - 365 * ((timeline.index - oldest) // 365 + 1)
    return range(first, timeline.later, 365)


def _one_year(year: _Year, multiplier: Floats, generator: np.random.Generator) -> Floats:
    """Spend one year of hazard; onsets are written into `year.onset`. Returns the hazard of those still free."""
    age = np.clip((year.start + 182 - year.birth) / DAYS_PER_YEAR, 0, _OLDEST - 1).astype(np.int16)
    free = year.onset > year.start
    hazards = np.empty(multiplier.shape, dtype=np.float32)
    for row, curve in enumerate(_INCIDENCE):
        hazard = curve[age] * multiplier[row]
        for parent, log_ratio in _AFTER[row]:
            hazard *= np.where(free[parent], np.float32(1.0), np.float32(np.exp(log_ratio)))
        hazard *= free[row]
        hazards[row] = hazard
        year.patience[row] -= hazard
        struck = np.flatnonzero((year.patience[row] < 0) & free[row])
        days = year.start + generator.integers(0, 365, len(struck))
        year.onset[row, struck] = np.maximum(days, year.birth[struck] + 1)
    return hazards


def _incidence(condition: Condition) -> Floats:
    """Yearly incidence at each age that would give the prevalence curve, were nobody to die of it."""
    prevalence = np.interp(np.arange(_OLDEST + 1), _ANCHORS, np.asarray(condition.prevalence) / 100)
    prevalence = np.maximum.accumulate(prevalence)
    incidence = np.diff(prevalence) / (1 - prevalence[:-1])
    incidence[0] += prevalence[0]
    return incidence.astype(np.float32)


_INCIDENCE = [_incidence(condition) for condition in CONDITIONS]
_AFTER = [[(POSITION[name], float(np.log(ratio))) for name, ratio in condition.after] for condition in CONDITIONS]
# A condition that follows from others would be too common on top of its own curve; this brings it back on average.
_AFTER_SHARE = 0.12


def _multipliers(people: People) -> Floats:
    """Personal rate ratio of each condition (rows) for each person, about 1 on average."""
    traits: list[tuple[Callable[[Condition], float], Floats]] = [
        (lambda c: c.metabolic, people.metabolic),
        (lambda c: c.distress, people.distress),
        (lambda c: c.frailty, people.frailty),
        (lambda c: c.poorer, ((5.5 - people.decile) / 9).astype(np.float32)),
        (lambda c: float(np.log(c.female)), people.female.astype(np.float32)),
        (lambda c: float(np.log(c.asian)), people.asian.astype(np.float32)),
        (lambda c: float(np.log(c.black)), people.black.astype(np.float32)),
        (lambda c: float(np.log(c.smoking)), people.smoker.astype(np.float32)),
    ]
    ratios = np.empty((len(CONDITIONS), people.count), dtype=np.float32)
    for row, condition in enumerate(CONDITIONS):
        total = np.zeros(people.count, dtype=np.float32)
        for effect, values in traits:
            if effect(condition):
                total += np.float32(effect(condition)) * values
        ratio = np.exp(total)
        spill = 1.0 + sum(_AFTER_SHARE * (rr - 1) for _, rr in condition.after)
        ratios[row] = ratio / (np.mean(ratio) * spill)
    return ratios


def _recorded(onset: Ints, seed: int) -> Ints:
    """Day the GP record learns of a condition: a delay, and some never."""
    generator = stream(seed, "recorded")
    recorded = np.full(onset.shape, NEVER, dtype=np.int32)
    for row, condition in enumerate(CONDITIONS):
        struck = np.flatnonzero(onset[row] < NEVER)
        delay = generator.exponential(condition.delay, len(struck)).astype(np.int32)
        known = generator.random(len(struck)) < condition.recorded
        recorded[row, struck[known]] = (onset[row, struck] + delay)[known]
    return recorded


DRIVERS = np.asarray([[c.load, c.death, c.decline, c.volatile, c.need] for c in CONDITIONS], dtype=np.float32)
"""Per condition: what it adds to load, death, decline, instability and need (the columns of the state's drivers)."""
