"""What a partner's system asks the care team to do, and what it says of it later: done, or needed no more."""

import hashlib
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.rule_tasks import create_tasks
from caseload.actions.tasks import cancel_task, complete_task
from caseload.domain.permissions import Permission
from caseload.domain.task_rules import NOTE_LENGTH, TITLE_LENGTH
from caseload.domain.viewer import Viewer
from caseload.domain.words import TaskKind, TaskState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.assignees import default_list
from caseload.queries.partner_people import case_running, person_reached
from caseload.tables import Task

RULE = "partner_request"


def ask_for_task(  # noqa: PLR0913 - what a request says
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    title: str,
    detail: str,
    due_on: date,
    request_ref: str,
) -> dict[str, int | bool]:
    """A task on the list of the case's navigator, its lead or their team; answers its id, and whether it was made now.

    `request_ref` is the asker's own number of the request: the same one again is the same task.
    """
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    person = person_reached(session, by, now, person_id)
    if not title.strip() or len(title) > TITLE_LENGTH or len(detail) > NOTE_LENGTH:
        raise NotNow("What is asked for must have 1 to 200 characters, and its details at most 2,000.")
    rule_ref = _ref(by, person.id, request_ref)
    earlier = session.execute(select(Task.id).where(Task.rule_ref == rule_ref)).scalar_one_or_none()
    if earlier is not None:
        return {"id": earlier, "made": False}
    case_id = case_running(session, person.id)
    owner_id, team_id = default_list(session, now, person_id=person.id, case_id=case_id)
    task = Task(
        person_id=person.id, case_id=case_id, kind=TaskKind.PARTNER_REQUEST, title=title.strip(), detail=detail.strip(),
        due_on=due_on, owner_id=owner_id, team_id=team_id, rule_code=RULE, rule_ref=rule_ref,
    )  # fmt: skip
    create_tasks(session, [task], now=now, by=by.user_id)
    return {"id": task.id, "made": True}


def settle_partner_task(  # noqa: PLR0913 - what an update says
    session: Session, *, by: Viewer, now: datetime, task_id: int, row_version: int, state: TaskState, note: str
) -> int:
    """The one who asked says that it is done, or needed no more. NotNow for a task that others set."""
    task = session.get(Task, task_id)
    if task is None or not by.may(Permission.WORK_CASE):
        raise NotThere
    person_reached(session, by, now, task.person_id)
    if task.kind is not TaskKind.PARTNER_REQUEST or task.created_by != by.user_id:
        raise NotNow("Only a task that you asked for yourself can be changed here.")
    if state is TaskState.DONE:
        return complete_task(session, by=by, now=now, task_id=task_id, row_version=row_version, note=note)
    if state is TaskState.CANCELLED:
        return cancel_task(session, by=by, now=now, task_id=task_id, row_version=row_version, note=note)
    raise NotNow("A task can be said to be completed or cancelled.")


def _ref(by: Viewer, person_id: int, request_ref: str) -> str:
    """Unique to the asker, the person and the asker's number; a hash, since theirs may be of any length."""
    digest = hashlib.sha256(f"{by.user_id}:{person_id}:{request_ref}".encode()).hexdigest()
    return f"{RULE}:{digest[:48]}"
