"""Tasks that a rule sets, many at once: a confirmed review opens fifty cases, each with its first contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.task_history import list_ref, tell_history, tell_owner
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import TaskKind, TaskState
from caseload.queries.assignees import default_list, may_be_given, reached_by_team
from caseload.tables import Task


@dataclass(frozen=True, slots=True)
class RuleTask:
    """One of them; the fields are those of `caseload.actions.tasks.add_rule_task`."""

    person_id: int
    case_id: int | None
    kind: TaskKind
    title: str
    due_on: date
    rule_code: str
    rule_ref: str
    owner_id: int | None = None
    team_id: int | None = None


def add_rule_tasks(session: Session, *, now: datetime, tasks: Sequence[RuleTask], by: int | None) -> list[int]:
    """Those whose cause has not made one before, as if set one after another; the ids of the tasks, in their order."""
    refs = [one.rule_ref for one in tasks]
    before = set(session.execute(select(Task.rule_ref).where(Task.rule_ref.in_(refs))).scalars())
    first: dict[str, RuleTask] = {}
    for one in tasks:
        first.setdefault(one.rule_ref, one)
    unmade = [one for ref, one in first.items() if ref not in before]
    reached = _reached(session, now, unmade)
    made = [_task(one, *_list_of(session, now, one, reached)) for one in unmade]
    create_tasks(session, made, now=now, by=by)
    return [task.id for task in made]


def create_tasks(session: Session, tasks: Sequence[Task], *, now: datetime, by: int | None) -> None:
    """Put new tasks in place with their history, and tell their owners: two flushes, however many they are."""
    for task in tasks:
        task.state, task.created_at, task.created_by = TaskState.OPEN, now, by
    session.add_all(tasks)
    session.flush()
    for task in tasks:
        after = list_ref(task.owner_id, task.team_id)
        tell_history(session, task, TaskStep.CREATED, before=None, after=after, now=now, by=by)
    session.flush()
    for task in tasks:
        tell_owner(session, task, now=now, by=by)


def _task(one: RuleTask, owner_id: int | None, team_id: int | None) -> Task:
    return Task(
        person_id=one.person_id, case_id=one.case_id, kind=one.kind, title=one.title, due_on=one.due_on,
        owner_id=owner_id, team_id=team_id, rule_code=one.rule_code, rule_ref=one.rule_ref,
    )  # fmt: skip


def _reached(session: Session, now: datetime, tasks: Sequence[RuleTask]) -> set[tuple[int, int]]:
    """Team and person, for each task that names a team which may be given it."""
    people: dict[int, list[int]] = {}
    for one in tasks:
        if one.owner_id is None and one.team_id is not None:
            people.setdefault(one.team_id, []).append(one.person_id)
    return {
        (team_id, person_id)
        for team_id, ids in people.items()
        for person_id in reached_by_team(session, now, ids, team_id)
    }


def _list_of(
    session: Session, now: datetime, one: RuleTask, reached: set[tuple[int, int]]
) -> tuple[int | None, int | None]:
    """Owner and team: those named, where they may open the person; else those every rule's task goes to."""
    if one.owner_id is None and (one.team_id, one.person_id) in reached:
        return None, one.team_id
    named = one.owner_id is not None
    if named and may_be_given(session, now, one.person_id, owner_id=one.owner_id, team_id=one.team_id):
        return one.owner_id, one.team_id
    return default_list(session, now, person_id=one.person_id, case_id=one.case_id)
