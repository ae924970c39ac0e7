"""Tasks: made by hand and by rule, done, cancelled, held, reassigned, escalated, reopened.

A rule's task carries a reference to its cause, so that the same cause never makes it twice. Every change adds a row to
the task's history. Due and overdue are never stored: see `caseload.domain.due`.
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.changes import last_change
from caseload.actions.notices import notify
from caseload.actions.rule_tasks import RuleTask, add_rule_tasks, create_tasks
from caseload.actions.sent_twice import check_task_is_another
from caseload.actions.task_history import list_ref, tell_history, tell_owner
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.lead_rule import in_words
from caseload.domain.permissions import Permission
from caseload.domain.task_rules import REFUSALS, TaskStep, may_take
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, NoticeKind, TaskKind, TaskState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.assignees import default_list, may_be_given
from caseload.queries.visible import openable, person_for
from caseload.tables import Case, Contact, Person, Task, TaskEvent, Team, User


def add_rule_task(  # noqa: PLR0913 - the fields of a task
    session: Session,
    *,
    now: datetime,
    person_id: int,
    case_id: int | None,
    kind: TaskKind,
    title: str,
    due_on: date,
    rule_code: str,
    rule_ref: str,
    owner_id: int | None = None,
    team_id: int | None = None,
    by: int | None = None,
) -> int | None:
    """A task that a rule sets inside somebody else's action or a load; None where its cause made one before.

    `rule_ref` names the cause, as `first_contact:case:12` (80 characters at most); `by` is a user's id, or None for a
    load. Without an owner or team, or where they may not open the person, it goes to the case's navigator, else its lead,
    else the smallest team with a member who may, else nobody's list, where the practice and its navigators see it.
    """
    wanted = RuleTask(person_id, case_id, kind, title, due_on, rule_code, rule_ref, owner_id, team_id)
    return next(iter(add_rule_tasks(session, now=now, tasks=[wanted], by=by)), None)


def add_task(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    kind: TaskKind,
    title: str,
    due_on: date,
    detail: str = "",
    owner_id: int | None = None,
    team_id: int | None = None,
    contact_id: int | None = None,
    unless_twice: bool = False,
) -> int:
    """A task by hand, on the list of a user or a team; on the viewer's own where neither is given. Answers its id.

    Who opened the record in an emergency cannot keep the task: without a list it then goes where a rule's would.
    With `unless_twice`, NotNow for what is open already and was lately set by the same user.
    """
    _allowed(by)
    person = person_for(session, by, now, person_id)
    if owner_id is None and team_id is None:
        owner_id, team_id = _own_list(session, by, now, person.id)
    else:
        _check_list(session, now, person.id, owner_id=owner_id, team_id=team_id)
    task = Task(
        person_id=person.id, case_id=_current_case(session, person.id), kind=kind, title=title, detail=detail,
        due_on=due_on, owner_id=owner_id, team_id=team_id, contact_id=contact_id,
    )  # fmt: skip
    if unless_twice:
        check_task_is_another(session, task, by=by.user_id, now=now)
    return _created(session, task, now=now, by=by.user_id)


def complete_task(
    session: Session, *, by: Viewer, now: datetime, task_id: int, row_version: int, note: str = ""
) -> int:
    """The task is done. Answers its id."""
    task = _task(session, by, now, task_id, row_version, TaskStep.DONE)
    return _ended(session, task, TaskState.DONE, TaskStep.DONE, by=by, now=now, note=note)


def complete_by_contact(
    session: Session, *, by: Viewer, now: datetime, contact: Contact, kinds: Collection[TaskKind], note: str
) -> list[int]:
    """The open tasks of these kinds that a contact has done, inside the action that records it. Answers their ids.

    Only tasks of the contact's case, or of none, that were set by the day of the contact: one before is not what it asks for.
    """
    if not kinds:
        return []
    wanted = select(Task).where(
        Task.person_id == contact.person_id,
        Task.state == TaskState.OPEN,
        Task.kind.in_(kinds),
        or_(Task.case_id.is_(None), Task.case_id == contact.case_id),
    )
    found = session.execute(wanted.order_by(Task.id).with_for_update()).scalars().all()
    on = local_day(contact.happened_at)
    tasks = [task for task in found if local_day(task.created_at) <= on]
    return [_ended(session, task, TaskState.DONE, TaskStep.DONE, by=by, now=now, note=note) for task in tasks]


def complete_case_tasks(
    session: Session, *, by: Viewer, now: datetime, case_id: int, kinds: Collection[TaskKind], note: str
) -> list[int]:
    """The open tasks of these kinds of a case are done, inside the action that did what they ask for. Answers their ids."""
    wanted = select(Task).where(Task.case_id == case_id, Task.state == TaskState.OPEN, Task.kind.in_(kinds))
    tasks = session.execute(wanted.order_by(Task.id).with_for_update()).scalars().all()
    return [_ended(session, task, TaskState.DONE, TaskStep.DONE, by=by, now=now, note=note) for task in tasks]


def complete_kind(
    session: Session, *, by: Viewer, now: datetime, person_id: int, kind: TaskKind, note: str
) -> list[int]:
    """The open tasks of one kind about a person are done by what another action does. Answers their ids."""
    wanted = select(Task).where(Task.person_id == person_id, Task.state == TaskState.OPEN, Task.kind == kind)
    tasks = session.execute(wanted.order_by(Task.id).with_for_update()).scalars().all()
    return [_ended(session, task, TaskState.DONE, TaskStep.DONE, by=by, now=now, note=note) for task in tasks]


def cancel_task(session: Session, *, by: Viewer, now: datetime, task_id: int, row_version: int, note: str) -> int:
    """The task is not needed, for a reason in words. Answers its id."""
    task = _task(session, by, now, task_id, row_version, TaskStep.CANCELLED)
    return _ended(session, task, TaskState.CANCELLED, TaskStep.CANCELLED, by=by, now=now, note=note)


def hold_task(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    task_id: int,
    row_version: int,
    until: date | None,
    note: str = "",
) -> int:
    """Nothing is to be done until a later day; None ends the hold. NotNow for a day that is not later than today."""
    step = TaskStep.RELEASED if until is None else TaskStep.HELD
    task = _task(session, by, now, task_id, row_version, step)
    if until is not None and until <= local_day(now):
        raise NotNow("Hold a task until a day after today.", field="until")
    before, task.hold_until = task.hold_until, until
    _history(session, task, step, before=_day(before), after=_day(until), now=now, by=by.user_id, note=note)
    return task.id


def reassign_task(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    task_id: int,
    row_version: int,
    owner_id: int | None = None,
    team_id: int | None = None,
    note: str = "",
) -> int:
    """The task goes on somebody else's list, or a team's; that also answers an escalation. Answers its id.

    NotNow for the list it is on, unless that answers an escalation: then it stays where it is.
    """
    task = _task(session, by, now, task_id, row_version, TaskStep.REASSIGNED)
    _check_list(session, now, task.person_id, owner_id=owner_id, team_id=team_id)
    before = list_ref(task.owner_id, task.team_id)
    if before == list_ref(owner_id, team_id) and task.escalated_to_id is None:
        raise NotNow("The task is on this list already. Choose another list.", field="on_list")
    task.owner_id, task.team_id, task.escalated_to_id = owner_id, team_id, None
    after = list_ref(owner_id, team_id)
    _history(session, task, TaskStep.REASSIGNED, before=before, after=after, now=now, by=by.user_id, note=note)
    tell_owner(session, task, now=now, by=by.user_id)
    return task.id


def escalate_task(  # noqa: PLR0913 - the fields of a form
    session: Session, *, by: Viewer, now: datetime, task_id: int, row_version: int, to_id: int, note: str
) -> int:
    """Somebody else has to decide about the task, which stays on its list meanwhile. Answers its id."""
    task = _task(session, by, now, task_id, row_version, TaskStep.ESCALATED)
    if to_id == by.user_id:
        raise NotNow("Escalate a task to somebody other than yourself.", field="on_list")
    _check_list(session, now, task.person_id, owner_id=to_id, team_id=None)
    before = None if task.escalated_to_id is None else f"user:{task.escalated_to_id}"
    task.escalated_to_id = to_id
    _history(session, task, TaskStep.ESCALATED, before=before, after=f"user:{to_id}", now=now, by=by.user_id, note=note)
    notify(
        session,
        now=now,
        user_ids=[to_id],
        kind=NoticeKind.TASK_ESCALATED,
        person_id=task.person_id,
        case_id=task.case_id,
    )
    return task.id


def reopen_task(session: Session, *, by: Viewer, now: datetime, task_id: int, row_version: int) -> int:
    """Undo: a task that was done or cancelled is open again. Answers its id."""
    task = _task(session, by, now, task_id, row_version, TaskStep.REOPENED)
    before, task.state = task.state, TaskState.OPEN
    task.ended_at, task.ended_by, task.ended_note = None, None, ""
    _history(session, task, TaskStep.REOPENED, before=before.value, after=TaskState.OPEN.value, now=now, by=by.user_id)
    return task.id


def cancel_case_tasks(session: Session, *, now: datetime, case_id: int, note: str, by: int) -> int:
    """Every open task of a case is cancelled, inside the action that ends the case. Answers how many were."""
    wanted = select(Task).where(Task.case_id == case_id, Task.state == TaskState.OPEN).order_by(Task.id)
    tasks = session.execute(wanted).scalars().all()
    for task in tasks:
        task.state, task.ended_at, task.ended_by, task.ended_note = TaskState.CANCELLED, now, by, note
        _history(
            session, task, TaskStep.CANCELLED, before=TaskState.OPEN.value, after=TaskState.CANCELLED.value, now=now,
            by=by, note=note,
        )  # fmt: skip
    return len(tasks)


def pass_on_case_tasks(session: Session, *, now: datetime, case_id: int, from_id: int, to_id: int, by: int) -> int:
    """The open tasks of a case on one user's list go to another's, inside a handover. Answers how many did."""
    wanted = select(Task).where(Task.case_id == case_id, Task.owner_id == from_id, Task.state == TaskState.OPEN)
    tasks = session.execute(wanted.order_by(Task.id)).scalars().all()
    for task in tasks:
        give_task(session, task=task, now=now, owner_id=to_id, team_id=None, by=by)
    return len(tasks)


def pass_on_unreachable_tasks(
    session: Session, *, now: datetime, person_id: int, by: int | None, as_of: datetime | None = None
) -> int:
    """Open tasks on lists that cannot open the person any more go where a rule's would. Answers how many did.

    For whatever takes access away: consent, restriction, the end of a time on the care team (`as_of` the day after).
    """
    as_of = as_of or now
    wanted = select(Task).where(Task.person_id == person_id, Task.state == TaskState.OPEN)
    tasks = [task for task in session.execute(wanted.order_by(Task.id)).scalars() if task.owner_id or task.team_id]
    reached = {
        (owner_id, team_id): may_be_given(session, as_of, person_id, owner_id=owner_id, team_id=team_id)
        for owner_id, team_id in {(task.owner_id, task.team_id) for task in tasks}
    }
    out_of_reach = [task for task in tasks if not reached[task.owner_id, task.team_id]]
    for task in out_of_reach:
        owner_id, team_id = default_list(session, as_of, person_id=person_id, case_id=task.case_id)
        give_task(session, task=task, now=now, owner_id=owner_id, team_id=team_id, by=by)
    return len(out_of_reach)


def give_task(
    session: Session, *, task: Task, now: datetime, owner_id: int | None, team_id: int | None, by: int | None
) -> None:
    """Put a task on another list inside somebody else's action; nobody's permission is asked and no notice is sent."""
    before = list_ref(task.owner_id, task.team_id)
    task.owner_id, task.team_id = owner_id, team_id
    _history(session, task, TaskStep.REASSIGNED, before=before, after=list_ref(owner_id, team_id), now=now, by=by)


def _allowed(by: Viewer) -> None:
    if not by.may(Permission.WORK_CASE):
        raise NotThere


def _task(session: Session, by: Viewer, now: datetime, task_id: int, row_version: int, step: TaskStep) -> Task:
    _allowed(by)
    wanted = select(Task).join(Person, Person.id == Task.person_id).where(Task.id == task_id, openable(by, now))
    task = session.execute(wanted).scalar_one_or_none()
    if task is None:
        raise NotThere
    if task.row_version != row_version:
        last = partial(last_change, session, TaskEvent, TaskEvent.task_id, task.id)
        check_version(task, row_version, theirs=_as_it_is(session, task), last=last)
    if not may_take(step, task.state):
        raise NotNow(REFUSALS[task.state])
    return task


def _as_it_is(session: Session, task: Task) -> dict[str, str]:
    """What somebody is shown whose form was overtaken: the task as it is now, in words."""
    owner = session.get(User, task.owner_id) if task.owner_id is not None else None
    team = session.get(Team, task.team_id) if task.team_id is not None else None
    theirs = {
        "State": task.state.value.capitalize(),
        "Due": in_words(task.due_on),
        "List": owner.display_name if owner else f"Team: {team.name}" if team else "Nobody’s list",
    }
    if task.hold_until is not None:
        theirs["On hold until"] = in_words(task.hold_until)
    return theirs


def _check_list(session: Session, now: datetime, person_id: int, *, owner_id: int | None, team_id: int | None) -> None:
    if (owner_id is None) == (team_id is None):
        raise NotNow("Choose one list: a member of staff or a team.", field="on_list")
    if not may_be_given(session, now, person_id, owner_id=owner_id, team_id=team_id):
        raise NotNow("Choose somebody who may open this record.", field="on_list")


def _own_list(session: Session, by: Viewer, now: datetime, person_id: int) -> tuple[int | None, int | None]:
    if may_be_given(session, now, person_id, owner_id=by.user_id, team_id=None):
        return by.user_id, None
    return default_list(session, now, person_id=person_id, case_id=_current_case(session, person_id))


def _created(session: Session, task: Task, *, now: datetime, by: int | None) -> int:
    create_tasks(session, [task], now=now, by=by)
    return task.id


def _ended(  # noqa: PLR0913 - one change, wholly said
    session: Session, task: Task, state: TaskState, step: TaskStep, *, by: Viewer, now: datetime, note: str
) -> int:
    task.state, task.ended_at, task.ended_by, task.ended_note = state, now, by.user_id, note
    _history(session, task, step, before=TaskState.OPEN.value, after=state.value, now=now, by=by.user_id, note=note)
    return task.id


def _history(  # noqa: PLR0913 - the fields of a history row
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
    """What is told of one change, written at once."""
    tell_history(session, task, step, before=before, after=after, now=now, by=by, note=note)
    session.flush()


def _current_case(session: Session, person_id: int) -> int | None:
    wanted = select(Case.id).where(Case.person_id == person_id, Case.state != CaseState.CLOSED)
    return session.execute(wanted).scalar_one_or_none()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
