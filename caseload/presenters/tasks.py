"""Tasks in words: when they are due, whose they are, what happened to them."""

from dataclasses import dataclass
from datetime import date

from caseload.domain.due import DUE_WORDS, Due, due_state
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import TaskState
from caseload.presenters.banner import age_words
from caseload.presenters.words import words_of
from caseload.presenters.writing import day
from caseload.queries.tasks import TaskDetail, TaskRow, TaskStepRow

DUE_COLOURS: dict[Due, str] = {
    Due.OVERDUE: "red",
    Due.TODAY: "orange",
    Due.SOON: "yellow",
    Due.LATER: "grey",
    Due.HELD: "grey",
}

_STEPS: dict[TaskStep, str] = {
    TaskStep.CREATED: "Set, on the list of {after}",
    TaskStep.DONE: "Done",
    TaskStep.CANCELLED: "Cancelled",
    TaskStep.HELD: "On hold until {after}",
    TaskStep.RELEASED: "Hold ended",
    TaskStep.REASSIGNED: "Moved from {before} to {after}",
    TaskStep.ESCALATED: "Escalated to {after}",
    TaskStep.REOPENED: "Undone: open again",
    TaskStep.CHANGED: "Says now: {after}",
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a list shows it. `age` of somebody who died is the day of their death. `status` and `colour` make its tag; `due` is the day it is due, and `hold` the day a hold ends."""

    task_id: int
    row_version: int
    person_id: int
    person: str
    age: str
    alive: bool
    nhs_number: str
    title: str
    detail: str
    kind: str
    status: str
    colour: str
    due: str
    hold: str
    whose: str
    escalated_to: str | None
    by_rule: bool
    open: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """One row of a task's history: what happened, the note that was left with it, who did it."""

    words: str
    note: str
    step: TaskStepRow


def task_line(row: TaskRow, today: date) -> TaskLine:
    """A task on a day."""
    state = due_state(row.due_on, row.hold_until, today)
    is_open = row.state is TaskState.OPEN
    return TaskLine(
        task_id=row.task_id,
        row_version=row.row_version,
        person_id=row.person_id,
        person=person_name(row.family_name, row.given_name),
        age=f"Died {day(row.date_of_death)}" if row.date_of_death else age_words(row.date_of_birth, today),
        alive=row.date_of_death is None,
        nhs_number=row.nhs_number,
        title=row.title,
        detail=row.detail,
        kind=words_of(row.kind),
        status=DUE_WORDS[state] if is_open else words_of(row.state),
        colour=DUE_COLOURS[state] if is_open else "grey",
        due=day(row.due_on),
        hold=_hold(row, today) if is_open else "",
        whose=row.owner or (f"Team: {row.team}" if row.team else "Nobody’s list"),
        escalated_to=row.escalated_to,
        by_rule=row.by_rule,
        open=is_open,
    )


def _hold(row: TaskRow, today: date) -> str:
    """A hold in words, beside the due date; nothing for one that ended before it counted."""
    if row.hold_until is None or row.hold_until <= min(today, row.due_on):
        return ""
    return f"{'On' if row.hold_until > today else 'Was on'} hold until {day(row.hold_until)}"


def step_lines(detail: TaskDetail) -> list[StepLine]:
    """A task's history in words, newest first."""
    return [StepLine(_step_words(step, detail.lists), step.note, step) for step in detail.history]


def person_name(family: str, given: str) -> str:
    """A person's name as lists write it: SMITH, Anna."""
    return f"{family.upper()}, {given}"


def _step_words(step: TaskStepRow, lists: dict[str, str]) -> str:
    return _STEPS[TaskStep(step.kind)].format(before=_said(step.before, lists), after=_said(step.after, lists))


def _said(value: str | None, lists: dict[str, str]) -> str:
    """A list by its name, a day in words."""
    if value is None:
        return ""
    if value in lists:
        return lists[value]
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value
