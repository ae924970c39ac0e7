"""Tasks, about people the viewer may open."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from caseload.domain.contact_outcomes import COMPLETES
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Role, TaskKind, TaskState
from caseload.exceptions import NotThere
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import BY_NAME, Shape, may_open, names_for, openable, openable_by_name, shape_of
from caseload.tables import Case, Organisation, Person, Task, TaskEvent, Team, User


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as a list shows it. `owner` or `team` says whose list it is on; both are None for nobody's."""

    task_id: int
    row_version: int
    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    date_of_death: date | None
    nhs_number: str
    case_id: int | None
    kind: TaskKind
    title: str
    detail: str
    due_on: date
    hold_until: date | None
    state: TaskState
    owner_id: int | None
    owner: str | None
    team: str | None
    escalated_to: str | None
    by_rule: bool


@dataclass(frozen=True, slots=True)
class TaskStepRow:
    """One change of a task: what, from whose list or day to whose, when, by whom (None for a load)."""

    kind: str
    before: str | None
    after: str | None
    note: str
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task's end, if it has one, and its history, newest first. `lists` has the names behind `user:5`."""

    ended_at: datetime | None
    ended_by: str | None
    ended_note: str
    history: tuple[TaskStepRow, ...]
    lists: dict[str, str]


_Owner = aliased(User, name="owner")
_Escalated = aliased(User, name="escalated")


def due_day_sql() -> ColumnElement[date]:
    """`caseload.domain.due.due_day`, in a question."""
    return case((Task.hold_until > Task.due_on, Task.hold_until), else_=Task.due_on)


def on_lists_by_name(shape: Shape) -> list[ColumnElement[bool]]:
    """Conditions on `Task` and `Person`, one of which holds: the viewer's own list, their teams', nobody's at their place."""
    conditions: list[ColumnElement[bool]] = [Task.owner_id == BY_NAME.user_id]
    if shape.in_teams:
        conditions.append(and_(Task.owner_id.is_(None), Task.team_id.in_(BY_NAME.team_ids)))
    for role in (Role.PRACTICE, Role.NAVIGATOR):
        if role in shape.roles:
            nobodys = and_(Task.owner_id.is_(None), Task.team_id.is_(None))
            conditions.append(and_(nobodys, Person.practice_id.in_(BY_NAME.places[role])))
    return conditions


def tasks_query() -> "Select[*tuple[Any, ...]]":
    """The columns of a `TaskRow`; the caller adds whose, in what order and how many."""
    return (
        select(
            Task.id, Task.row_version, Task.person_id, Person.family_name, Person.given_name, Person.date_of_birth,
            Person.date_of_death, Person.nhs_number, Task.case_id, Task.kind, Task.title, Task.detail, Task.due_on, Task.hold_until, Task.state, Task.owner_id,
            _Owner.display_name.label("owner"), Team.name.label("team"), _Escalated.display_name.label("escalated"),
            Task.rule_code.is_not(None).label("by_rule"),
        )
        .select_from(Task)
        .join(Person, Person.id == Task.person_id)
        .outerjoin(_Owner, _Owner.id == Task.owner_id)
        .outerjoin(_Escalated, _Escalated.id == Task.escalated_to_id)
        .outerjoin(Team, Team.id == Task.team_id)
    )  # fmt: skip


def open_tasks_of(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[TaskRow]:
    """A person's open tasks, on whosever list, the one due first at the top."""
    if not may_open(session, viewer, now, person_id):
        return []
    return [TaskRow(*row) for row in session.execute(_open_tasks(), {"person_id": person_id})]


@cache
def _open_tasks() -> "Select[*tuple[Any, ...]]":
    theirs = Task.person_id == bindparam("person_id")
    return tasks_query().where(theirs, Task.state == TaskState.OPEN).order_by(due_day_sql(), Task.id)


@dataclass(frozen=True, slots=True)
class CompletableTask:
    """An open task that a contact may complete, by its kind."""

    task_id: int
    kind: TaskKind
    title: str


def tasks_to_complete(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[CompletableTask]:
    """The open tasks of a person that some contact completes: those of the current case, or of none."""
    if not may_open(session, viewer, now, person_id):
        return []
    return [CompletableTask(*row) for row in session.execute(_to_complete(), {"person_id": person_id})]


@cache
def _to_complete() -> "Select[*tuple[Any, ...]]":
    kinds = frozenset[TaskKind]().union(*COMPLETES.values())
    return (
        select(Task.id, Task.kind, Task.title)
        .outerjoin(Case, Case.id == Task.case_id)
        .where(
            Task.person_id == bindparam("person_id"),
            Task.state == TaskState.OPEN,
            Task.kind.in_(sorted(kinds)),
            or_(Task.case_id.is_(None), Case.state != CaseState.CLOSED),
        )
        .order_by(Task.due_on, Task.id)
    )


def ended_tasks_of(session: Session, viewer: Viewer, now: datetime, person_id: int, most: int) -> list[TaskRow]:
    """The tasks of a person that were done or cancelled last."""
    wanted = tasks_query().where(Task.person_id == person_id, Task.state != TaskState.OPEN, openable(viewer, now))
    return [TaskRow(*row) for row in session.execute(wanted.order_by(Task.ended_at.desc(), Task.id.desc()).limit(most))]


def task_and_person(session: Session, viewer: Viewer, now: datetime, task_id: int) -> tuple[TaskRow, PersonFacts]:
    """One task and whom it is about; NotThere where the viewer may not open them."""
    named = {**names_for(viewer, now), "task_id": task_id}
    found = session.execute(_task_and_person(shape_of(viewer)), named).one_or_none()
    if found is None:
        raise NotThere
    *task, person, practice = found
    return TaskRow(*task), facts_of(person, practice)


@cache
def _task_and_person(shape: Shape) -> "Select[*tuple[Any, ...]]":
    return (
        tasks_query()
        .join(Organisation, Organisation.id == Person.practice_id)
        .add_columns(Person, Organisation.name)
        .where(Task.id == bindparam("task_id"), openable_by_name(shape))
    )


def task_detail(session: Session, task_id: int) -> TaskDetail:
    """The end and the history of a task that the viewer has already been given."""
    wanted = (
        select(Task.ended_at, User.display_name, Task.ended_note)
        .outerjoin(User, User.id == Task.ended_by)
        .where(Task.id == task_id)
    )
    ended_at, ended_by, ended_note = session.execute(wanted).one()
    history = _history(session, task_id)
    return TaskDetail(ended_at, ended_by, ended_note, history, _list_names(session, history))


def _history(session: Session, task_id: int) -> tuple[TaskStepRow, ...]:
    wanted = (
        select(TaskEvent.kind, TaskEvent.before, TaskEvent.after, TaskEvent.note, TaskEvent.at, User.display_name)
        .outerjoin(User, User.id == TaskEvent.by)
        .where(TaskEvent.task_id == task_id)
        .order_by(TaskEvent.id.desc())
    )
    return tuple(TaskStepRow(*row) for row in session.execute(wanted))


def _list_names(session: Session, history: tuple[TaskStepRow, ...]) -> dict[str, str]:
    """Names of the users and teams that the history speaks of by id."""
    refs = {ref for step in history for ref in (step.before, step.after) if ref}
    names = {"nobody": "nobody"}
    for prefix, ident, name in (("user:", User.id, User.display_name), ("team:", Team.id, Team.name)):
        names |= _names(session, prefix, refs, ident, name)
    return names


def _names(
    session: Session, prefix: str, refs: set[str], ident: InstrumentedAttribute[int], name: InstrumentedAttribute[str]
) -> dict[str, str]:
    ids = sorted(int(ref.removeprefix(prefix)) for ref in refs if ref.startswith(prefix))
    if not ids:
        return {}
    return {f"{prefix}{row[0]}": row[1] for row in session.execute(select(ident, name).where(ident.in_(ids)))}
