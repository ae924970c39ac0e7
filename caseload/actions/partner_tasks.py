"""What a partner's system asks the care team to do, and what it says of it later: done, or needed no more."""

import hashlib
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.rule_tasks import create_tasks
from caseload.actions.tasks import cancel_task, complete_task
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.task_rules import NOTE_LENGTH, TITLE_LENGTH
from caseload.domain.viewer import Viewer
from caseload.domain.words import TaskKind, TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.assignees import default_list
from caseload.queries.partner_people import case_running, person_reached
from caseload.tables import Task

RULE = "partner_request"
REF_LENGTH = 200
_DAYS = 7


def ask_for_task(  # noqa: PLR0913 - what a request says
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    title: str,
    detail: str = "",
    due_on: date | None = None,
    request_system: str = "",
    request_ref: str = "",
    unless_there: bool = False,
) -> dict[str, int | bool]:
    """A task on the list of the case's navigator, its lead or their team; answers its id, and whether it was made now.

    `request_ref` is the asker's own number of the request in `request_system`: the same one again is the same task, and
    Conflict where it says something else than before, but for who asks to have it made only `unless_there`. Due within a
    week where no day is said.
    """
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    person = person_reached(session, by, now, person_id)
    _check_lengths(title, detail, request_system, request_ref)
    task = Task(
        person_id=person.id, kind=TaskKind.PARTNER_REQUEST, title=title.strip(), detail=detail.strip(), rule_code=RULE,
        due_on=due_on or local_day(now) + timedelta(days=_DAYS),
    )  # fmt: skip
    if request_ref:
        task.request_system, task.request_ref = request_system or None, request_ref
        task.rule_ref = _ref(by, person.id, request_system, request_ref)
        earlier = session.execute(select(Task).where(Task.rule_ref == task.rule_ref)).scalar_one_or_none()
        if earlier is not None:
            _check_same(earlier, task, by_day=due_on is not None, unless_there=unless_there)
            return {"id": earlier.id, "made": False}
    task.case_id = case_running(session, person.id)
    task.owner_id, task.team_id = default_list(session, now, person_id=person.id, case_id=task.case_id)
    create_tasks(session, [task], now=now, by=by.user_id)
    return {"id": task.id, "made": True}


def _check_lengths(title: str, detail: str, system: str, ref: str) -> None:
    if not title.strip() or len(title) > TITLE_LENGTH or len(detail) > NOTE_LENGTH:
        raise NotNow("What is asked for must have 1 to 200 characters, and its details at most 2,000.")
    if max(len(system), len(ref)) > REF_LENGTH:
        raise NotNow("The asker’s own identifier must be 200 characters or fewer.")


def _check_same(earlier: Task, task: Task, *, by_day: bool, unless_there: bool) -> None:
    """Nothing of a second request is dropped unseen: what the first one says holds, so the second must say the same."""
    same = (earlier.title, earlier.detail) == (task.title, task.detail) and not (
        by_day and earlier.due_on != task.due_on
    )
    if not same and not unless_there:
        raise Conflict(
            "This identifier stands for another request about this person. Send the same again, or a new identifier."
        )


def settle_partner_task(  # noqa: PLR0913 - what an update says
    session: Session, *, by: Viewer, now: datetime, task_id: int, row_version: int, state: TaskState | None, note: str
) -> int:
    """The one who asked says that it is done, or needed no more; nothing, where `state` is None. NotNow for a task of others."""
    task = session.get(Task, task_id)
    if task is None or not by.may(Permission.WORK_CASE):
        raise NotThere
    person_reached(session, by, now, task.person_id)
    if len(note) > NOTE_LENGTH:
        raise NotNow("Why it ended must be said in 2,000 characters or fewer.")
    if state is None:
        return task.id
    if task.kind is not TaskKind.PARTNER_REQUEST or task.created_by != by.user_id:
        raise NotNow("Only a task that you asked for yourself can be changed here.")
    if state is TaskState.DONE:
        return complete_task(session, by=by, now=now, task_id=task_id, row_version=row_version, note=note)
    if state is TaskState.CANCELLED:
        return cancel_task(session, by=by, now=now, task_id=task_id, row_version=row_version, note=note)
    raise NotNow("A task can be said to be completed or cancelled.")


def _ref(by: Viewer, person_id: int, system: str, ref: str) -> str:
    """Unique to the asker, the person and the asker's number; a hash, since theirs may be of any length."""
    digest = hashlib.sha256(f"{by.user_id}:{person_id}:{system}\0{ref}".encode()).hexdigest()
    return f"{RULE}:{digest[:48]}"
