"""What a viewer has to do today: their tasks by how pressing they are, what is new to them, what waits for them.

Every list is counted by the same question that reads its rows, so that a count always equals the rows behind it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.due import NEW_DAYS, SOON_DAYS
from caseload.domain.handover_rules import answer_by
from caseload.domain.task_rules import TaskStep
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, HandoverState, TaskState
from caseload.queries.tasks import TaskRow, due_day_sql, on_lists_by_name, tasks_query
from caseload.queries.visible import BY_NAME, Shape, names_for, openable_by_name, shape_of
from caseload.tables import CareTeamMember, Case, Handover, LeadAllocation, Person, Task, TaskEvent, User
from caseload.tables.base import UtcMoment


class TaskList(StrEnum):
    """The lists of tasks, as they are named in an address."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    ESCALATED = "escalated"
    LATER = "later"
    HELD = "held"


ON_THE_PAGE = (TaskList.OVERDUE, TaskList.TODAY, TaskList.SOON, TaskList.ESCALATED)
"""The lists whose first rows are shown at once; of the others the Today page gives the number."""


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks are on each list. `out_of_reach` are the viewer's own about people they may not open any more."""

    lists: Mapping[TaskList, int]
    out_of_reach: int


@dataclass(frozen=True, slots=True)
class TodayTasks:
    """The tasks of the page: counts of every list, rows of those shown, and one that was ended a moment ago."""

    counts: TaskCounts
    lists: Mapping[TaskList, list[TaskRow]]
    ended: TaskRow | None


@dataclass(frozen=True, slots=True)
class NewRow:
    """Something given to the viewer lately: lead, team, task, team_task or nobodys_task; `detail` is the role or the task's title."""

    what: str
    at: datetime
    ref_id: int
    person_id: int
    family_name: str
    given_name: str
    detail: str
    date_of_death: date | None
    by: str | None


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A request to take over a case that the viewer has to answer before it lapses."""

    handover_id: int
    person_id: int
    family_name: str
    given_name: str
    date_of_death: date | None
    sender: str
    requested_at: datetime
    expires_at: datetime

    @property
    def answer_by(self) -> date:
        """The last day on which the viewer can answer."""
        return answer_by(self.expires_at)


@dataclass(frozen=True, slots=True)
class TaskKey:
    """Where a page of a list of tasks ended."""

    day: date
    task_id: int


def task_lists(
    session: Session, viewer: Viewer, now: datetime, most: int, *, ended_id: int | None = None
) -> TodayTasks:
    """How many are on each list, and the first rows of those on the page: at most so many, the one due first at the top.

    `ended_id` is a task that was just ended; `ended` is None where it is open again or the viewer may not open its person.
    """
    standing = _standing(session, viewer, now)
    firsts = {
        name: [one.task_id for one in standing if one.reached and one.name == name][:most] for name in ON_THE_PAGE
    }
    rows = _rows(session, viewer, now, [task_id for ids in firsts.values() for task_id in ids], ended_id)
    lists = {name: [rows[task_id] for task_id in ids] for name, ids in firsts.items()}
    return TodayTasks(_counted(standing), lists, rows.get(ended_id or 0))


def task_list(
    session: Session, viewer: Viewer, now: datetime, name: TaskList, *, after: TaskKey | None, most: int
) -> tuple[int, list[TaskRow]]:
    """How many are on one list, and the rows behind a key: at most so many, the one due first at the top."""
    on_it = [one for one in _standing(session, viewer, now) if one.reached and one.name == name]
    ids = [one.task_id for one in on_it if after is None or (one.day, one.task_id) > (after.day, after.task_id)][:most]
    rows = _rows(session, viewer, now, ids)
    return len(on_it), [rows[task_id] for task_id in ids]


def task_counts(session: Session, viewer: Viewer, now: datetime) -> TaskCounts:
    """How many tasks are on each of the viewer's lists, without any row."""
    return _counted(_standing(session, viewer, now))


def new_to(session: Session, viewer: Viewer, now: datetime, most: int) -> tuple[int, list[NewRow]]:
    """What was given to the viewer by others in the last days, latest first: how many, and at most so many rows."""
    named = {**names_for(viewer, now), "since": now - timedelta(days=NEW_DAYS), "most": most}
    rows = session.execute(_new(shape_of(viewer)), named).all()
    return (rows[0][-1] if rows else 0), [NewRow(*row[:-1]) for row in rows]


@cache
def _new(shape: Shape) -> Select[*tuple[Any, ...]]:
    given = union_all(_new_leads(), _new_teams(), _new_tasks(shape)).subquery()
    return (
        select(
            given.c.what, given.c.at, given.c.ref_id, Person.id, Person.family_name, Person.given_name,
            given.c.detail, Person.date_of_death, User.display_name, func.count().over(),
        )
        .join(Person, Person.id == given.c.person_id)
        .outerjoin(User, User.id == given.c.by)
        .where(openable_by_name(shape))
        .order_by(given.c.at.desc(), given.c.what, given.c.ref_id)
        .limit(bindparam("most", type_=Integer))
    )  # fmt: skip


def handovers_to(session: Session, viewer: Viewer, now: datetime) -> list[HandoverRow]:
    """Requests the viewer has to answer, the one that lapses first at the top."""
    return [HandoverRow(*row) for row in session.execute(_handovers(shape_of(viewer)), names_for(viewer, now))]


@cache
def _handovers(shape: Shape) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Handover.id, Person.id, Person.family_name, Person.given_name, Person.date_of_death, User.display_name,
            Handover.requested_at, Handover.expires_at,
        )
        .join(Case, Case.id == Handover.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == Handover.from_user_id)
        .where(
            Handover.to_user_id == BY_NAME.user_id,
            Handover.state == HandoverState.REQUESTED,
            Handover.expires_at > BY_NAME.now,
            openable_by_name(shape),
        )
        .order_by(Handover.expires_at, Handover.id)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    """One open task of the viewer's: which list it is on, whether they may open its person, whether it is their own."""

    task_id: int
    day: date
    name: TaskList
    reached: bool
    own: bool


def _standing(session: Session, viewer: Viewer, now: datetime) -> list[_Standing]:
    """All of the viewer's open tasks, the one due first at the top: one question, from which lists and counts are made."""
    named = {**names_for(viewer, now), "soon": local_day(now) + timedelta(days=SOON_DAYS)}
    return [
        _Standing(task_id, day, TaskList(name), bool(reached), bool(own))
        for task_id, day, name, reached, own in session.execute(_all_standing(shape_of(viewer)), named)
    ]


@cache
def _all_standing(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Made once for a shape of viewers, as every question of this page: putting one together costs more than asking it."""
    return (
        select(
            Task.id,
            due_day_sql(),
            _bucket(),
            case((openable_by_name(shape), 1), else_=0),
            case((Task.owner_id == BY_NAME.user_id, 1), else_=0),
        )
        .join(Person, Person.id == Task.person_id)
        .where(Task.id.in_(_mine(shape)))
        .order_by(due_day_sql(), Task.id)
    )


def _rows(
    session: Session, viewer: Viewer, now: datetime, task_ids: list[int], ended_id: int | None = None
) -> dict[int, TaskRow]:
    named = {**names_for(viewer, now), "task_ids": task_ids, "ended_id": ended_id}
    found = session.execute(_shown(None if ended_id is None else shape_of(viewer)), named)
    return {row.task_id: row for row in (TaskRow(*one) for one in found)}


@cache
def _shown(shape: Shape | None) -> Select[*tuple[Any, ...]]:
    """The tasks of the page; for a shape with one that was just ended."""
    shown = Task.id.in_(bindparam("task_ids", expanding=True, type_=Integer))
    if shape is None:
        return tasks_query().where(shown)
    ended = and_(Task.id == bindparam("ended_id", type_=Integer), Task.state != TaskState.OPEN, openable_by_name(shape))
    return tasks_query().where(or_(shown, ended))


def _counted(standing: list[_Standing]) -> TaskCounts:
    lists = Counter(one.name for one in standing if one.reached)
    return TaskCounts({name: lists[name] for name in TaskList}, sum(one.own and not one.reached for one in standing))


def _mine(shape: Shape) -> CompoundSelect[int]:
    """The ids of open tasks on the viewer's lists, or escalated to them; each part has an index of its own."""
    parts = (Task.escalated_to_id == BY_NAME.user_id, *on_lists_by_name(shape))
    return union(*(_open_tasks(part) for part in parts))


def _bucket() -> ColumnElement[str]:
    """The list a task is on: `due_state` in a question, with what was escalated to the viewer before all else."""
    day, today = due_day_sql(), BY_NAME.today
    return case(
        (Task.escalated_to_id == BY_NAME.user_id, TaskList.ESCALATED.value),
        (Task.hold_until > today, TaskList.HELD.value),
        (day < today, TaskList.OVERDUE.value),
        (day == today, TaskList.TODAY.value),
        (day <= bindparam("soon", type_=Date), TaskList.SOON.value),
        else_=TaskList.LATER.value,
    )


_SINCE: ColumnElement[datetime] = bindparam("since", type_=UtcMoment)


def _new_leads() -> Any:
    return (
        select(
            literal("lead").label("what"), LeadAllocation.from_at.label("at"), Case.id.label("ref_id"),
            Case.person_id.label("person_id"), literal("").label("detail"), LeadAllocation.confirmed_by.label("by"),
        )
        .join(Case, Case.id == LeadAllocation.case_id)
        .where(
            LeadAllocation.user_id == BY_NAME.user_id,
            LeadAllocation.until_at.is_(None),
            LeadAllocation.from_at >= _SINCE,
            Case.state != CaseState.CLOSED,
        )
    )  # fmt: skip


def _new_teams() -> Any:
    return (
        select(
            literal("team"), CareTeamMember.added_at, Case.id, Case.person_id, CareTeamMember.role,
            CareTeamMember.added_by,
        )
        .join(Case, Case.id == CareTeamMember.case_id)
        .where(
            CareTeamMember.user_id == BY_NAME.user_id,
            CareTeamMember.added_by != BY_NAME.user_id,
            CareTeamMember.added_at >= _SINCE,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= BY_NAME.today),
            Case.state != CaseState.CLOSED,
        )
    )  # fmt: skip


def _new_tasks(shape: Shape) -> Any:
    """Open tasks on the viewer's lists that somebody else, or a rule, put there: their own, a team's, nobody's at their place.

    Each list is asked for by itself, as for the lists of what is due: no task is on two of them.
    """
    given = (
        select(func.max(TaskEvent.id))
        .where(TaskEvent.task_id == Task.id, TaskEvent.kind.in_([TaskStep.CREATED.value, TaskStep.REASSIGNED.value]))
        .correlate(Task)
        .scalar_subquery()
    )
    what = case((Task.owner_id.is_not(None), "task"), (Task.team_id.is_not(None), "team_task"), else_="nobodys_task")
    return (
        select(what, TaskEvent.at, Task.id, Task.person_id, Task.title, TaskEvent.by)
        .join(TaskEvent, TaskEvent.id == given)
        .where(
            Task.id.in_(_on_lists(shape)),
            TaskEvent.at >= _SINCE,
            or_(TaskEvent.by.is_(None), TaskEvent.by != BY_NAME.user_id),
        )
    )


def _on_lists(shape: Shape) -> CompoundSelect[int]:
    """The ids of open tasks on the viewer's lists; each part has an index of its own."""
    return union(*(_open_tasks(part) for part in on_lists_by_name(shape)))


def _open_tasks(part: ColumnElement[bool]) -> Select[int]:
    return select(Task.id).join(Person, Person.id == Task.person_id).where(Task.state == TaskState.OPEN, part)
