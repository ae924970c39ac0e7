"""What may be done to a task in which state, and how much a title may hold."""

from enum import StrEnum

from caseload.domain.words import TaskState

TITLE_LENGTH = 200
NOTE_LENGTH = 2_000


class TaskStep(StrEnum):
    """What happens to a task; the word of its history row and, behind `task.`, of the audit event."""

    CREATED = "created"
    DONE = "done"
    CANCELLED = "cancelled"
    HELD = "held"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    CHANGED = "changed"


_WHILE_OPEN = frozenset({TaskState.OPEN})
_ONCE_ENDED = frozenset({TaskState.DONE, TaskState.CANCELLED})

ALLOWED: dict[TaskStep, frozenset[TaskState]] = {
    TaskStep.CREATED: frozenset(),
    TaskStep.DONE: _WHILE_OPEN,
    TaskStep.CANCELLED: _WHILE_OPEN,
    TaskStep.HELD: _WHILE_OPEN,
    TaskStep.RELEASED: _WHILE_OPEN,
    TaskStep.REASSIGNED: _WHILE_OPEN,
    TaskStep.ESCALATED: _WHILE_OPEN,
    TaskStep.REOPENED: _ONCE_ENDED,
    TaskStep.CHANGED: _WHILE_OPEN,
}
"""The states a task has to be in for a step."""

REFUSALS: dict[TaskState, str] = {
    TaskState.OPEN: "This task is open already.",
    TaskState.DONE: "This task is done. Undo that first if it has to be changed.",
    TaskState.CANCELLED: "This task was cancelled. Undo that first if it has to be changed.",
}
"""What somebody is told who takes a step the state does not allow."""


def may_take(step: TaskStep, state: TaskState) -> bool:
    """Whether a task in this state can take this step."""
    return state in ALLOWED[step]
