"""One step's community and mental-health contacts."""

import numpy as np

from stratify.synthetic.arrays import Ints, days_within
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.contacts import repeated
from stratify.synthetic.journal import Journal
from stratify.synthetic.state import State
from stratify.synthetic.timeline import Step

TEAMS: tuple[str, ...] = (
    "district_nursing", "therapy", "community_matron", "rapid_response", "intermediate_care", "palliative", "falls", "other",
)  # fmt: skip
MENTAL_TEAMS: tuple[str, ...] = (
    "community_mental_health",
    "talking_therapies",
    "crisis",
    "older_adults",
    "inpatient_ward",
    "drug_and_alcohol",
)


def community_contacts(
    state: State, step: Step, course: LifeCourse, journal: Journal, generator: np.random.Generator
) -> None:
    """District nurses and therapists for those who have lost function, more after a stay; the palliative team at the end."""
    age = state.ages(step.start)
    lost = np.minimum(state.lost_function, 1.8)
    older = np.clip((age - 30) / 45, 0.05, 1.2)
    frail = np.where(lost > 0.12, 2.4 * lost**1.5 * older, 0.01) * np.exp(0.3 * state.wobble)
    after = np.minimum(state.short, 1.2) * older
    ulcer = _has(state, course, "skin_ulcer", step) * 6.0
    palliative = _has(state, course, "palliative", step) * 14.0
    rates_by_team = (
        frail * 1.2 + ulcer,
        frail * 0.30 + after * 1.5,
        frail * 0.12,
        after * 0.8,
        after * 0.7,
        palliative,
        frail * 0.10,
        0.02 + frail * 0.05,
    )
    for team, rate in enumerate(rates_by_team):
        slots = repeated(generator, np.asarray(rate), step)
        journal.write(
            "community_contacts",
            person=state.person[slots],
            day=days_within(generator, step.start, step.end, len(slots)),
            team=np.full(len(slots), team, dtype=np.int8),
        )


def mental_health_contacts(
    state: State, step: Step, course: LifeCourse, journal: Journal, generator: np.random.Generator
) -> None:
    """Teams by condition; a crisis or a ward when the month goes badly."""
    ill = _has(state, course, "severe_mental_illness", step)
    low = _has(state, course, "depression", step) | _has(state, course, "anxiety", step)
    demented = _has(state, course, "dementia", step)
    misuse = _has(state, course, "drug_misuse", step) | _has(state, course, "alcohol_misuse", step)
    crisis = np.exp(np.clip(1.2 * state.wobble + 0.5 * state.frailty, -3, 2.5))
    rates_by_team = (
        ill * 7.0 * (0.6 + 0.4 * crisis),
        low * 0.55,
        (ill * 0.35 + low * 0.03) * crisis,
        demented * 1.6,
        ill * 0.10 * crisis,
        misuse * 1.4,
    )
    for team, rate in enumerate(rates_by_team):
        slots = repeated(generator, np.asarray(rate), step)
        journal.write(
            "mental_health_contacts",
            person=state.person[slots],
            day=days_within(generator, step.start, step.end, len(slots)),
            team=np.full(len(slots), team, dtype=np.int8),
        )


def _has(state: State, course: LifeCourse, name: str, step: Step) -> Ints:
    onset = course.onset[POSITION[name], state.person]
    return np.asarray(onset < step.start, dtype=np.int8)
