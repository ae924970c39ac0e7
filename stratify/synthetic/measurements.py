"""What is measured in general practice, drawn from the latent severity of what it measures."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic.arrays import Floats, Ints, days_within, tenths
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.contacts import repeated
from stratify.synthetic.gp_codes import CODE, MEASURES
from stratify.synthetic.scene import Scene
from stratify.synthetic.state import State
from stratify.synthetic.timeline import Step


@dataclass(frozen=True)
class Measuring:
    """Yearly rate of being measured: base over an age, and more with a recorded condition."""

    code: int
    base: float
    from_age: int
    conditions: tuple[str, ...]
    extra: float


_MEASURING: tuple[Measuring, ...] = (
    Measuring(0, 0.26, 16, ("obesity", "diabetes_type_2", "severe_mental_illness"), 0.6),
    Measuring(
        1, 0.22, 18, ("hypertension", "diabetes_type_2", "chronic_kidney_disease", "coronary_heart_disease"), 0.9
    ),
    Measuring(2, 0.12, 25, ("diabetes_type_2", "diabetes_type_1"), 1.3),
    Measuring(3, 0.17, 25, ("diabetes_type_2", "chronic_kidney_disease", "hypertension", "heart_failure"), 0.7),
    Measuring(4, 0.20, 5, ("anaemia", "chronic_kidney_disease", "cancer", "sickle_cell_disease"), 0.8),
)


def measure(state: State, step: Step, scene: Scene) -> None:
    """Measured values drawn from the latent severity of what they measure."""
    age = state.ages(step.start)
    for measuring in _MEASURING:
        known = np.zeros(state.count, dtype=bool)
        for name in measuring.conditions:
            known |= scene.course.recorded[POSITION[name], state.person] < step.start
        rate = (
            measuring.base * (age >= measuring.from_age) * np.exp(0.25 * state.frailty + 0.4 * state.seeking)
            + measuring.extra * known
        )
        slots = repeated(scene.generator, rate * (1 + 0.8 * np.minimum(state.short, 1)), step)
        value = _VALUES[measuring.code](state, slots, step, scene)
        scene.journal.write(
            "gp_codes",
            person=state.person[slots],
            day=days_within(scene.generator, step.start, step.end, len(slots)),
            code=np.full(len(slots), CODE[MEASURES[measuring.code]], dtype=np.int16),
            value=tenths(value),
            unit=np.full(len(slots), measuring.code, dtype=np.int8),
        )


def _severity(scene: Scene, state: State, slots: Ints, name: str, step: Step) -> Floats:
    """Severity of a condition where it is present, else 0."""
    person = state.person[slots]
    row = POSITION[name]
    return np.where(scene.course.onset[row, person] < step.start, scene.course.severity[row, person], 0.0)


def _bmi(state: State, slots: Ints, step: Step, scene: Scene) -> Floats:
    metabolic = scene.people.metabolic[state.person[slots]]
    obese = _severity(scene, state, slots, "obesity", step)
    value = (
        23.6
        + 2.4 * metabolic
        + 5.5 * obese
        - 1.5 * state.lost_function[slots]
        + scene.generator.normal(0, 1.2, len(slots))
    )
    return np.asarray(np.round(np.clip(value, 13, 62), 1))


def _pressure(state: State, slots: Ints, step: Step, scene: Scene) -> Floats:
    high = _severity(scene, state, slots, "hypertension", step)
    value = 116 + 0.22 * state.ages(step.start)[slots] + 11 * high + scene.generator.normal(0, 11, len(slots))
    return np.round(np.clip(value, 80, 230))


def _hba1c(state: State, slots: Ints, step: Step, scene: Scene) -> Floats:
    sweet = _severity(scene, state, slots, "diabetes_type_2", step) + 1.2 * _severity(
        scene, state, slots, "diabetes_type_1", step
    )
    value = (
        36
        + 17 * sweet
        + 2 * scene.people.metabolic[state.person[slots]]
        + scene.generator.normal(0, 5, len(slots)) * (0.5 + sweet)
    )
    return np.round(np.clip(value, 22, 150))


def _egfr(state: State, slots: Ints, step: Step, scene: Scene) -> Floats:
    age = state.ages(step.start)[slots]
    failing = _severity(scene, state, slots, "chronic_kidney_disease", step)
    value = (
        112
        - 0.55 * np.maximum(age - 25, 0)
        - 26 * failing
        - 5 * state.setback[slots]
        + scene.generator.normal(0, 8, len(slots))
    )
    return np.round(np.clip(value, 5, 120))


def _haemoglobin(state: State, slots: Ints, step: Step, scene: Scene) -> Floats:
    thin = _severity(scene, state, slots, "anaemia", step) + 0.6 * _severity(
        scene, state, slots, "chronic_kidney_disease", step
    )
    sickle = _severity(scene, state, slots, "sickle_cell_disease", step)
    value = (
        np.where(state.female[slots], 131, 146)
        - 16 * thin
        - 45 * np.minimum(sickle, 1.2)
        + scene.generator.normal(0, 8, len(slots))
    )
    return np.asarray(np.round(np.clip(value, 45, 195)))


_VALUES = (_bmi, _pressure, _hba1c, _egfr, _haemoglobin)
