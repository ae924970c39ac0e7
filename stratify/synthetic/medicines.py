"""Prescriptions: courses of treatment laid out in time, then cut into issues."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import DAYS_PER_YEAR, Ints, at, by_age, days_within, one_of
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.contacts import repeated
from stratify.synthetic.journal import Journal
from stratify.synthetic.medicine_list import CODE, HABITS, LINES, Habit, Line
from stratify.synthetic.people import People
from stratify.synthetic.state import State
from stratify.synthetic.timeline import Step, Timeline

ISSUE_DAYS = 56
"""Two months' supply, the usual length of a repeat prescription; some have one month."""
PAUSE = 0.3
"""Time off a repeat medicine as a share of the time on it; assumption."""


@dataclass(frozen=True)
class Span:
    """First and last day (exclusive) on which each person can be issued anything in the period recorded."""

    first: Ints
    last: Ints


def long_courses(
    people: People, course: LifeCourse, span: Span, generator: np.random.Generator, journal: Journal
) -> None:
    """Repeat medicines of everybody's recorded conditions: each line of treatment is taken, stopped and taken up again."""
    for line in LINES:
        person, start = _takers(people, course, span, line, generator)
        weights = tuple(1.0 / (1 + number) for number in range(len(line.chemicals)))
        chemical = np.asarray([CODE[code] for code in line.chemicals])[one_of(generator, weights, len(person))]
        long_ago = start < span.first[person]
        pausing = long_ago & (generator.random(len(person)) < PAUSE / (1 + PAUSE))
        start = np.maximum(start, span.first[person]) + _length(generator, line.years * PAUSE, len(person)) * pausing
        while len(person):
            end = start + 28 + _length(generator, line.years, len(person))
            _issues(journal, span, (person, start, end, chemical), generator)
            start = end + _length(generator, line.years * PAUSE, len(person))
            goes_on = start < span.last[person]
            person, start, chemical = person[goes_on], start[goes_on], chemical[goes_on]


def _length(generator: np.random.Generator, years: float, size: int) -> Ints:
    return generator.exponential(years * DAYS_PER_YEAR, size).astype(np.int32)


def _takers(
    people: People, course: LifeCourse, span: Span, line: Line, generator: np.random.Generator
) -> tuple[Ints, Ints]:
    """Who is ever put on a line of treatment, and when first."""
    row = POSITION[line.condition]
    draw = generator.random(people.count)
    severity = course.severity[row] * np.exp(0.35 * people.frailty)
    person = np.flatnonzero((draw < line.share) & (severity >= line.step) & (course.recorded[row] < span.last))
    wait = generator.exponential(40 + 700 * line.step, len(person)).astype(np.int32)
    return person, course.recorded[row, person] + wait


def _issues(
    journal: Journal, span: Span, courses: tuple[Ints, Ints, Ints, Ints], generator: np.random.Generator
) -> None:
    """One row per issue of each course, jittered about its interval, within the person's span."""
    person, start, end, chemical = courses
    end = np.minimum(end, span.last[person])
    interval = np.where(generator.random(len(person)) < 0.12, ISSUE_DAYS // 2, ISSUE_DAYS)
    # A course already running when the record begins is met part of the way through an interval.
    running = start <= span.first[person]
    first = start + (generator.random(len(person)) * np.where(running, interval, 14)).astype(np.int32)
    count = np.maximum(-(-(end - first) // interval), 0)
    which = np.repeat(np.arange(len(person)), count)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    day = first[which] + turn * interval[which] + generator.integers(-4, 5, len(which))
    kept = (generator.random(len(which)) < 0.94) & (day >= start[which]) & (day < end[which])
    which = which[kept]
    journal.write(
        "gp_prescriptions",
        person=person[which].astype(np.int32),
        day=day[kept].astype(np.int32),
        chemical=chemical[which].astype(np.int16),
    )


def short_courses(state: State, step: Step, span: Span, journal: Journal, generator: np.random.Generator) -> None:
    """Medicines begun in the step without a long-term condition behind them."""
    age = state.ages(step.start)
    use = np.exp(rates.MEDICINES_WITH_FRAILTY * state.frailty + 0.45 * state.seeking + 0.06)
    for habit, starts in zip(HABITS, _STARTS, strict=True):
        rate = at(starts, age) * use * np.where(state.female, habit.women, habit.men)
        if habit.wobble:
            rate = rate * np.exp(habit.wobble * state.wobble)
        slots = repeated(generator, rate, step)
        _begin(state, slots, habit, (step, span, journal), generator)


def _begin(
    state: State, slots: Ints, habit: Habit, where: tuple[Step, Span, Journal], generator: np.random.Generator
) -> None:
    step, span, journal = where
    person = state.person[slots]
    start = days_within(generator, step.start, step.end, len(slots))
    weights = tuple(1.0 / (1 + number) for number in range(len(habit.chemicals)))
    chemical = np.asarray([CODE[code] for code in habit.chemicals])[one_of(generator, weights, len(slots))]
    length = generator.exponential(habit.days, len(slots)).astype(np.int32)
    if habit.days < 30:
        journal.write("gp_prescriptions", person=person, day=start, chemical=chemical.astype(np.int16))
    else:
        _issues(journal, span, (person, start, start + length + 15, chemical), generator)


_STARTS = [by_age(habit.ages, habit.starts) for habit in HABITS]


def prescribing_span(people: People, timeline: Timeline, end: Ints) -> Span:
    """From the start of the history or registration to leaving, death or the later extraction."""
    first = np.maximum(people.registered, timeline.history_start)
    return Span(first.astype(np.int32), np.minimum(end, timeline.later).astype(np.int32))
