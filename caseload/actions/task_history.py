"""What is told of every change of a task: a row of its history, the audit log, and whoever finds it on their list."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.notices import notify
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import NoticeKind
from caseload.tables import Task, TaskEvent


def list_ref(owner_id: int | None, team_id: int | None) -> str:
    """Whose list, as history rows keep it: `user:5`, `team:2`, or `nobody`."""
    if owner_id is not None:
        return f"user:{owner_id}"
    return "nobody" if team_id is None else f"team:{team_id}"


def tell_history(  # noqa: PLR0913 - the fields of a history row
    session: Session,
    task: Task,
    step: TaskStep,
    *,
    before: str | None,
    after: str | None,
    now: datetime,
    by: int | None,
    note: str = "",
) -> None:
    """The history row, written with the next flush, and the audit event of one change; the note stays in the row."""
    session.add(TaskEvent(task_id=task.id, kind=step.value, before=before, after=after, note=note, at=now, by=by))
    record(
        session, f"task.{step.value}", by=by, now=now, people=[task.person_id], case_id=task.case_id,
        task_id=task.id, before=before, after=after, rule=task.rule_code,
    )  # fmt: skip


def tell_owner(session: Session, task: Task, *, now: datetime, by: int | None) -> None:
    """A notice to whoever has the task on their list now, unless they put it there."""
    if task.owner_id is None or task.owner_id == by:
        return
    notify(
        session, now=now, user_ids=[task.owner_id], kind=NoticeKind.TASK_ASSIGNED, person_id=task.person_id,
        case_id=task.case_id,
    )  # fmt: skip
