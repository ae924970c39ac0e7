"""The borough's years, one step after another: who is on the register, what happens to them, how they change."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stratify.synthetic import (
    admission_course,
    contacts,
    gp_codes,
    hazard,
    measurements,
    medicines,
    social_care,
    visits,
)
from stratify.synthetic.arrays import NEVER, Bools, Floats, Ints
from stratify.synthetic.change import advance, strike
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.journal import Journal
from stratify.synthetic.people import People
from stratify.synthetic.scene import Scene
from stratify.synthetic.state import State, newcomers
from stratify.synthetic.streams import stream
from stratify.synthetic.timeline import Step, Timeline

Progress = Callable[[str, float], None]
"""Told the stage and how much of it is done, 0 to 1."""


@dataclass(frozen=True)
class History:
    """What the steps left behind: the journal, deaths, the state on the index date, and everybody's circumstances.

    `circumstances` has a row per field (partnership, alone, residence, carer) and a column per person: as they were
    on the index date, and at the later extraction; of people who had gone by then, as they went.
    """

    journal: Journal
    died: Ints
    at_index: State
    circumstances_at_index: Ints
    circumstances_at_later: Ints


def simulate(people: People, course: LifeCourse, timeline: Timeline, seed: int, progress: Progress) -> History:
    """Run every step; rows of the burn-in are not written."""
    world = _World(people, course, timeline, seed)
    steps = timeline.steps()
    at_index: State | None = None
    for number, step in enumerate(steps):
        world.let_in(step)
        if step.start == timeline.index:
            at_index = world.state.copy()
            circumstances_at_index = world.circumstances()
        world.live(step)
        progress("years", (number + 1) / len(steps))
    last = Step(steps[-1].number + 1, timeline.later, timeline.later + 30)
    world.let_in(last)
    assert at_index is not None  # the index date is one of the steps
    gp_codes.diagnoses(course, world.journal, stream(seed, "diagnoses"))
    span = medicines.prescribing_span(people, timeline, np.minimum(people.leaves, world.died + 1))
    medicines.long_courses(people, course, span, stream(seed, "long_courses"), world.journal)
    return History(world.journal, world.died, at_index, circumstances_at_index, world.circumstances())


class _World:
    """The register as it moves: state of those on it, deaths so far, onsets by step."""

    def __init__(self, people: People, course: LifeCourse, timeline: Timeline, seed: int) -> None:
        self.people, self.course, self.timeline, self.seed = people, course, timeline, seed
        self.journal = Journal()
        self._unwritten = Journal()
        self.died = np.full(people.count, NEVER, dtype=np.int32)
        self.state = newcomers(people, course, np.empty(0, np.int32), timeline.first_day, stream(seed, "none"))
        self._waiting = np.argsort(people.registered, kind="stable").astype(np.int32)
        self._let_in = 0
        self._gone = np.full((4, people.count), -1, dtype=np.int8)
        self._onsets = _Onsets(course, timeline)

    def let_in(self, step: Step) -> None:
        """Those registered before the step come on; those who left or died go off."""
        stays = (self.people.leaves[self.state.person] >= step.start) & (self.died[self.state.person] >= step.start)
        _note(self._gone, self.state.keep(~stays))
        state = self.state.keep(stays)
        until = int(np.searchsorted(self.people.registered[self._waiting], step.start))
        fresh = self._waiting[self._let_in : until]
        self._let_in = until
        fresh = fresh[self.people.leaves[fresh] >= step.start]
        came = newcomers(self.people, self.course, fresh, step.start, self._stream("newcomers", step))
        scene = self._scene("found", step, self.journal)
        gp_codes.found_circumstances(came, step.start, scene)
        social_care.lifelong_services(came, step.start, scene, step.start > self.timeline.first_day)
        self.state = state.joined(came)

    def live(self, step: Step) -> None:
        """One step of everybody's life."""
        journal = self.journal if step.start >= self.timeline.history_start else self._unwritten
        stays = self._emergencies(step, journal)
        self._contacts(step, journal)
        self._deaths(step, stays)
        changes = advance(self.state, step, stays.slots, stays.bed_days, self._stream("change", step))
        gp_codes.circumstances(self.state, step, changes, self._scene("circumstances", step, journal))
        social_care.services_begun(self.state, step, changes, self._scene("services", step, journal))
        for row, slots, severity in self._onsets.of(step, self.state):
            strike(self.state, row, slots, severity)
        if journal is self._unwritten:
            self._unwritten = Journal()

    def circumstances(self) -> Ints:
        """Everybody's partnership, household, residence and carer, as they are now or were on leaving."""
        now = self._gone.copy()
        _note(now, self.state)
        return now

    def _stream(self, name: str, step: Step) -> np.random.Generator:
        return stream(self.seed, name, step.number + 10_000)

    def _scene(self, name: str, step: Step, journal: Journal) -> Scene:
        return Scene(self.people, self.course, journal, self._stream(name, step))

    def _emergencies(self, step: Step, journal: Journal) -> admission_course.Stays:
        chance = hazard.emergency_chance(self.state, step)
        stays = admission_course.emergency_stays(self.state, step, chance, self.course, self._stream("stays", step))
        self.state.free_from[stays.slots] = stays.day + stays.bed_days + 1
        where = admission_course.destination(self.state, stays, self._stream("destination", step))
        journal.write(
            "emergencies",
            person=self.state.person[stays.slots],
            day=stays.day,
            cause=stays.cause,
            bed_days=stays.bed_days,
            delay=stays.delay,
            destination=where,
            lost=(100 * self.state.lost_function[stays.slots]).astype(np.int16),
            alone=self.state.alone[stays.slots].astype(np.int8),
        )
        return stays

    def _contacts(self, step: Step, journal: Journal) -> None:
        state, course = self.state, self.course
        contacts.gp_appointments(state, step, journal, self._stream("gp", step))
        contacts.emergency_departments(state, step, journal, self._stream("ed", step))
        contacts.outpatients(state, step, course, journal, self._stream("outpatients", step))
        contacts.planned_stays(state, step, course, journal, self._stream("planned", step))
        contacts.births(state, self.people, step, journal, self._stream("births", step))
        visits.community_contacts(state, step, course, journal, self._stream("community", step))
        visits.mental_health_contacts(state, step, course, journal, self._stream("mental", step))
        scene = self._scene("gp_codes", step, journal)
        gp_codes.reviews(state, step, course, journal, scene.generator)
        measurements.measure(state, step, scene)
        gp_codes.symptoms(state, step, scene)
        gp_codes.habits(state, step, scene)
        social_care.smaller_services(state, step, self._scene("smaller", step, journal))
        end = np.minimum(self.people.leaves, self.timeline.later)
        span = medicines.Span(self.people.registered, end)
        medicines.short_courses(state, step, span, journal, self._stream("short_courses", step))

    def _deaths(self, step: Step, stays: admission_course.Stays) -> None:
        """Deaths in hospital at the end of the stay; others some day of the step, after any admission in it."""
        generator = self._stream("deaths", step)
        dies = generator.random(self.state.count, dtype=np.float32) < hazard.death_chance(self.state, step)
        slots = np.flatnonzero(dies & (self.died[self.state.person] == NEVER))
        day = generator.integers(step.start, step.end, len(slots)).astype(np.int32)
        last = np.full(self.state.count, step.start, dtype=np.int32)
        last[stays.slots] = np.minimum(stays.day + stays.bed_days, step.end - 1)
        self.died[self.state.person[slots]] = np.maximum(day, last[slots])
        lost = stays.slots[stays.died]
        self.died[self.state.person[lost]] = (stays.day + stays.bed_days)[stays.died]
        self.state.free_from[lost] = NEVER


def _note(into: Ints, state: State) -> None:
    carer = (state.home_care > 0) | (state.lost_function > 0.7)
    into[:, state.person] = np.stack([state.partnership, state.alone, state.residence, carer]).astype(np.int8)


class _Onsets:
    """Conditions that begin within each step, sorted once."""

    def __init__(self, course: LifeCourse, timeline: Timeline) -> None:
        rows, person = np.nonzero((course.onset >= timeline.first_day) & (course.onset < timeline.later))
        day = course.onset[rows, person]
        order = np.argsort(day, kind="stable")
        self._rows, self._person, self._day = rows[order], person[order], day[order]
        self._severity = course.severity

    def of(self, step: Step, state: State) -> list[tuple[int, Ints, Floats]]:
        """Per condition: slots of the state that it strikes in the step, and how hard."""
        low, high = np.searchsorted(self._day, (step.start, step.end))
        rows, person = self._rows[low:high], self._person[low:high]
        slot_of = np.full(self._severity.shape[1], -1, dtype=np.int32)
        slot_of[state.person] = np.arange(state.count)
        slots = slot_of[person]
        found: Bools = slots >= 0
        return [
            (int(row), slots[found & (rows == row)], self._severity[row, person[found & (rows == row)]])
            for row in np.unique(rows[found])
        ]
