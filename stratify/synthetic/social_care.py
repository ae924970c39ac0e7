"""Adult social care as the council records it: requests, assessments, services and reviews."""

from dataclasses import dataclass

import numpy as np

from interfaces.extracts.contract import TABLES
from stratify.synthetic.arrays import NEVER, NO_CODE, Bools, Floats, Ints, days_within, tenths
from stratify.synthetic.change import Changes
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.scene import Scene
from stratify.synthetic.state import Residence, State
from stratify.synthetic.timeline import Step

_EVENTS = TABLES["social_care_events"]
EVENT_TYPES = _EVENTS.column("event_type").values
SERVICES = _EVENTS.column("service_type").values
GROUPS = _EVENTS.column("client_group").values
OUTCOMES: tuple[str, ...] = (
    "long_term_support",
    "short_term_support",
    "no_further_action",
    "information_and_advice",
    "no_change",
    "support_changed",
)
REQUEST, ASSESSMENT, SERVICE, REVIEW = range(4)


@dataclass(frozen=True)
class Kind:
    """What sort of event: positions in the lists above, one for all rows or one per row; -1 for none."""

    event: int
    service: Ints | int = NO_CODE
    outcome: Ints | int = NO_CODE
    carer: bool = False


def services_begun(state: State, step: Step, changes: Changes, scene: Scene) -> None:
    """Home care that begins: a request, an assessment, sometimes reablement first, then hours a week until further notice."""
    slots = changes.care_began
    start = days_within(scene.generator, step.start, step.end, len(slots))
    _asked(state, slots, start, scene, 0)
    reabled = (state.short[slots] > 0.3) & (scene.generator.random(len(slots)) < 0.55)
    _write(
        scene,
        state.person[slots[reabled]],
        start[reabled],
        start[reabled] + 42,
        Kind(SERVICE, 0, 1),
        state.home_care[slots[reabled]] + 3.5,
    )
    begins = np.where(reabled, start + 43, start)
    direct = scene.generator.random(len(slots)) < 0.18
    for chosen, service in ((~direct, 1), (direct, 2)):
        _write(
            scene,
            state.person[slots[chosen]],
            begins[chosen],
            None,
            Kind(SERVICE, service, 0),
            state.home_care[slots[chosen]],
        )
    homes = changes.entered_care
    start = days_within(scene.generator, step.start, step.end, len(homes))
    funded = scene.generator.random(len(homes)) < 0.7
    nursing = state.residence[homes] == Residence.NURSING_CARE
    _asked(state, homes[funded], start[funded], scene, 0)
    for chosen, service in ((funded & nursing, 5), (funded & ~nursing, 4)):
        _write(scene, state.person[homes[chosen]], start[chosen], None, Kind(SERVICE, service, 0), None)


def smaller_services(state: State, step: Step, scene: Scene) -> None:
    """Equipment, telecare, reablement alone, requests that come to nothing, reviews, and carers who ask for themselves."""
    generator = scene.generator
    age = state.ages(step.start)
    lost = np.minimum(state.lost_function, 1.8)
    adult = age >= 18
    equipment = (0.22 * lost**1.3 + 0.10 * state.short * (age >= 65)) * adult
    telecare = 0.07 * lost * (age >= 65) * (1 + state.alone)
    reablement = 0.25 * state.short * np.clip(lost, 0, 1.2) * (age >= 65)
    for rate, service, days in ((equipment, 6, 0), (telecare, 7, None), (reablement, 0, 42)):
        slots, start = _happening(state, rate, step, generator)
        _asked(state, slots, start, scene, 1 if service == 0 else 0)
        end = None if days is None else start + days
        hours = np.full(len(slots), 7.0) if service == 0 else None
        _write(scene, state.person[slots], start, end, Kind(SERVICE, service, -1), hours)
    nothing = (0.0012 + 0.10 * lost + 0.005 * np.minimum(state.load, 3)) * adult
    slots, start = _happening(state, nothing, step, generator)
    _write(scene, state.person[slots], start, None, Kind(REQUEST, -1, 2), None)
    slots, start = _happening(state, 0.9 * (state.home_care > 0), step, generator)
    changed = generator.random(len(slots)) < 0.25
    _write(scene, state.person[slots], start, start, Kind(REVIEW, -1, np.where(changed, 5, 4)), None)
    slots, start = _happening(
        state, 0.004 * ((age >= 35) & (age < 80)) * np.where(state.female, 1.4, 0.7), step, generator
    )
    _write(scene, state.person[slots], start, None, Kind(REQUEST, -1, 3, carer=True), None)


def lifelong_services(state: State, day: int, scene: Scene, newcomers: bool) -> None:
    """Long-term support of younger adults with a learning disability or severe mental illness, and home care already there."""
    generator = scene.generator
    age = state.ages(day)
    draw = generator.random(state.count)
    disabled = (draw < 0.6) & _has(state, scene, "learning_disability", day) & (age >= 18)
    ill = (draw > 0.86) & _has(state, scene, "severe_mental_illness", day) & (age >= 18)
    frail = (
        (draw < 0.55 * np.minimum(state.lost_function, 1.2) ** 1.5)
        & (age >= 65)
        & (state.residence <= Residence.SHELTERED)
    )
    homes = np.isin(state.residence, (Residence.RESIDENTIAL_CARE, Residence.NURSING_CARE)) & (draw < 0.75)
    for who, services in ((disabled, (3, 2, 1, 4)), (ill, (1, 9, 2, 3)), (frail, (1, 1, 2, 1)), (homes, (4, 5, 4, 5))):
        slots = np.flatnonzero(who)
        service = np.asarray(services)[generator.integers(0, 4, len(slots))]
        hours = 3.5 * np.ceil(generator.gamma(2.0, 0.8 + state.lost_function[slots]))
        started = (
            day + generator.integers(1, 60, len(slots)) if newcomers else day - generator.integers(1, 1500, len(slots))
        )
        started = np.maximum(started, state.birth[slots] + 18 * 365)
        _write(
            scene,
            state.person[slots],
            started,
            None,
            Kind(SERVICE, service, 0),
            np.where((service >= 1) & (service <= 3), hours, np.nan),
        )
    state.home_care[frail] = np.clip(3.5 * np.ceil(generator.gamma(2.0, 0.6 + state.lost_function[frail])), 3.5, 42)


def _has(state: State, scene: Scene, name: str, day: int) -> Bools:
    return np.asarray(scene.course.onset[POSITION[name], state.person] < day)


def _happening(state: State, rate: Floats, step: Step, generator: np.random.Generator) -> tuple[Ints, Ints]:
    slots = np.flatnonzero(generator.random(state.count) < rate * step.years)
    return slots, days_within(generator, step.start, step.end, len(slots))


def _asked(state: State, slots: Ints, start: Ints, scene: Scene, outcome: int) -> None:
    """The request and the assessment that come before a service."""
    asked = start - scene.generator.integers(2, 35, len(slots))
    _write(scene, state.person[slots], asked, asked, Kind(REQUEST, -1, outcome), None)
    seen = np.minimum(asked + scene.generator.integers(1, 21, len(slots)), start)
    told = scene.generator.random(len(slots)) < 0.8
    _write(scene, state.person[slots[told]], seen[told], seen[told], Kind(ASSESSMENT, -1, outcome), None)


def _write(scene: Scene, person: Ints, day: Ints, end: Ints | None, kind: Kind, hours: Floats | None) -> None:
    size = len(person)
    scene.journal.write(
        "social_care_events",
        person=person,
        day=day.astype(np.int32),
        end=np.full(size, NEVER, np.int32) if end is None else end.astype(np.int32),
        event=np.full(size, kind.event, np.int8),
        service=np.broadcast_to(np.asarray(kind.service, np.int8), size),
        hours=np.full(size, NO_CODE, np.int16) if hours is None else tenths(hours),
        outcome=np.broadcast_to(np.asarray(kind.outcome, np.int8), size),
        carer=np.full(size, int(kind.carer), np.int8),
    )


def client_group(state_has: dict[str, Bools], decline: Floats, age: Ints) -> Ints:
    """Primary support reason of a person, in the order of `GROUPS`."""
    group = np.full(len(age), 3)
    group[decline > 0.25] = 2
    group[(age >= 65)] = 2
    group[state_has["severe_mental_illness"] & (age < 70)] = 1
    group[state_has["dementia"]] = 4
    group[state_has["learning_disability"]] = 0
    return group
