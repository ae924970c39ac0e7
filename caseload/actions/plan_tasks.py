"""What an active version of a plan puts on people's lists, and what goes from them when it ends."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from caseload.actions.rule_tasks import RuleTask, add_rule_tasks
from caseload.actions.task_history import tell_history
from caseload.actions.tasks import add_rule_task
from caseload.clock import local_day
from caseload.domain.lead_rule import in_words
from caseload.domain.plan_headings import KEY, OPEN_ACTIONS, Contents, Entry
from caseload.domain.plan_words import PlanHeading
from caseload.domain.task_rules import TITLE_LENGTH, TaskStep
from caseload.domain.words import TaskKind, TaskState
from caseload.plan_rules import read_plan_rules
from caseload.tables import Case, PlanAction, PlanVersion, Task

_SAME = ("what", "who", "when")
"""What of an action its task is made of: a task goes on from version to version where these stay as they are."""


def set_tasks(  # noqa: PLR0913 - both versions, and who and when
    session: Session,
    case: Case,
    version: PlanVersion,
    contents: Contents,
    *,
    before: PlanVersion | None,
    former: Contents,
    by: int,
    now: datetime,
) -> None:
    """Put every open action that a user is to carry out on their list, once; end what only the version before asked for.

    A task of the version before that says the same goes on under the new version: one that is still open, and one that
    was done since the draft was begun, which could not know of it.
    """
    wanted = {entry[KEY]: entry for entry in contents.get(PlanHeading.ACTIONS, ()) if _is_task(entry)}
    open_before = {} if before is None else _open_tasks(session, before)
    said_before = {entry.get(KEY, ""): entry for entry in former.get(PlanHeading.ACTIONS, ())}
    going_on = {**({} if before is None else _done_since(session, before, version.created_at)), **open_before}
    kept = {key: task for key, task in going_on.items() if _same(said_before.get(key), wanted.get(key))}
    given_up = [task for key, task in open_before.items() if key not in kept]
    end_tasks(session, given_up, TaskStep.CANCELLED, f"Not in version {version.number} of the plan.", by=by, now=now)
    session.add_all(PlanAction(version_id=version.id, action_key=key, task_id=task.id) for key, task in kept.items())
    _add(session, case, version, {key: entry for key, entry in wanted.items() if key not in kept}, by=by, now=now)


def set_review_task(
    session: Session, case: Case, version: PlanVersion, lead_id: int, *, by: int, now: datetime
) -> None:
    """The review of an active version, on the accountable lead's list by the day it is due."""
    assert version.review_on is not None, "an active version has a day for its review"
    add_rule_task(
        session, now=now, person_id=case.person_id, case_id=case.id, kind=TaskKind.PLAN_REVIEW,
        title="Review the care plan", due_on=version.review_on, rule_code="plan_review",
        rule_ref=f"plan_review:{version.id}", owner_id=lead_id, by=by,
    )  # fmt: skip


def cancel_plan_tasks(session: Session, version: PlanVersion, note: str, *, by: int, now: datetime) -> None:
    """What a version that has ended had put on lists: its actions, its review, asking about it again."""
    tasks = [*_open_tasks(session, version).values(), *_follow_ups(session, version)]
    end_tasks(session, tasks, TaskStep.CANCELLED, note, by=by, now=now)


def cancel_follow_ups(session: Session, version: PlanVersion, note: str, *, by: int, now: datetime) -> None:
    """The review of a superseded version, and asking about it again; its actions have gone on or been cancelled."""
    end_tasks(session, _follow_ups(session, version), TaskStep.CANCELLED, note, by=by, now=now)


def set_asking(  # noqa: PLR0913 - what a task says, and who and when
    session: Session, case: Case, version: PlanVersion, title: str, due_on: date, *, cause: int, by: int, now: datetime
) -> None:
    """Ask about a version again: one open task whatever was answered how often, which says what the latest answer asks for.

    `cause` is the id of that answer. A task that somebody has ended stays so: the next answer sets another.
    """
    asking = _asking(session, version)
    end_tasks(session, asking[1:], TaskStep.CANCELLED, "Another task asks for the same.", by=by, now=now)
    for task in asking[:1]:
        _ask_now(session, task, title, due_on, by=by, now=now)
    if not asking:
        add_rule_task(
            session, now=now, person_id=case.person_id, case_id=case.id, kind=TaskKind.PLAN_AGREEMENT, title=title,
            due_on=due_on, rule_code="plan_agreement", rule_ref=f"plan_agreement:{version.id}:{cause}", by=by,
        )  # fmt: skip


def complete_asking(session: Session, version: PlanVersion, *, by: int, now: datetime) -> None:
    """The person has agreed themselves: nobody has to ask them again."""
    end_tasks(session, _asking(session, version), TaskStep.DONE, "The person agreed to the plan.", by=by, now=now)


def end_tasks(
    session: Session, tasks: Iterable[Task], step: TaskStep, note: str, *, by: int | None, now: datetime
) -> None:
    """End open tasks as done or cancelled inside somebody else's action; `by` is empty where a rule ends them."""
    state = TaskState.DONE if step is TaskStep.DONE else TaskState.CANCELLED
    for task in tasks:
        task.state, task.ended_at, task.ended_by, task.ended_note = state, now, by, note
        tell_history(session, task, step, before=TaskState.OPEN.value, after=state.value, now=now, by=by, note=note)
    session.flush()


def done_actions(session: Session, version: PlanVersion) -> frozenset[str]:
    """The keys of a version's actions whose tasks are done."""
    wanted = (
        select(PlanAction.action_key)
        .join(Task, Task.id == PlanAction.task_id)
        .where(PlanAction.version_id == version.id, Task.state == TaskState.DONE)
    )
    return frozenset(session.execute(wanted).scalars())


def _is_task(entry: Entry) -> bool:
    return bool(entry.get("who")) and entry.get("status") in OPEN_ACTIONS


def _same(one: Entry | None, other: Entry | None) -> bool:
    if one is None or other is None:
        return False
    return all(one.get(name, "") == other.get(name, "") for name in _SAME)


def _add(
    session: Session, case: Case, version: PlanVersion, entries: Mapping[str, Entry], *, by: int, now: datetime
) -> None:
    later = local_day(now) + timedelta(days=read_plan_rules().action_days)
    tasks = [
        RuleTask(
            case.person_id, case.id, TaskKind.PLAN_ACTION, entry["what"][:TITLE_LENGTH],
            due_on=date.fromisoformat(entry["when"]) if entry.get("when") else later, rule_code="plan_action",
            rule_ref=f"plan_action:{version.id}:{key}", owner_id=int(entry["who"]),
        )
        for key, entry in entries.items()
    ]  # fmt: skip
    made = add_rule_tasks(session, now=now, tasks=tasks, by=by)
    session.add_all(
        PlanAction(version_id=version.id, action_key=key, task_id=task_id)
        for key, task_id in zip(entries, made, strict=True)
    )
    session.flush()


def _open_tasks(session: Session, version: PlanVersion) -> dict[str, Task]:
    return _tasks_where(session, version, Task.state == TaskState.OPEN)


def _done_since(session: Session, version: PlanVersion, since: datetime) -> dict[str, Task]:
    return _tasks_where(session, version, and_(Task.state == TaskState.DONE, Task.ended_at >= since))


def _tasks_where(session: Session, version: PlanVersion, condition: ColumnElement[bool]) -> dict[str, Task]:
    wanted = (
        select(PlanAction.action_key, Task)
        .join(Task, Task.id == PlanAction.task_id)
        .where(PlanAction.version_id == version.id, condition)
        .order_by(PlanAction.id)
    )
    return {row.action_key: row.Task for row in session.execute(wanted)}


def _ask_now(session: Session, task: Task, title: str, due_on: date, *, by: int, now: datetime) -> None:
    before = (task.title, task.due_on)
    if before == (title, due_on):
        return
    task.title, task.due_on = title, due_on
    note = f"The person was asked again. Due on {in_words(due_on)}."
    tell_history(session, task, TaskStep.CHANGED, before=before[0], after=title, now=now, by=by, note=note)
    session.flush()


def _asking(session: Session, version: PlanVersion) -> list[Task]:
    return [task for task in _follow_ups(session, version) if task.kind is TaskKind.PLAN_AGREEMENT]


def _follow_ups(session: Session, version: PlanVersion) -> list[Task]:
    """The open tasks of a version that are of no action."""
    wanted = (
        select(Task)
        .where(
            Task.case_id == version.case_id,
            Task.state == TaskState.OPEN,
            Task.kind.in_([TaskKind.PLAN_REVIEW, TaskKind.PLAN_AGREEMENT]),
        )
        .order_by(Task.id)
    )
    ours = (f"plan_review:{version.id}", f"plan_review:{version.id}:", f"plan_agreement:{version.id}:")
    return [
        task
        for task in session.execute(wanted).scalars()
        if task.rule_ref == ours[0] or _starts(task.rule_ref, ours[1:])
    ]


def _starts(ref: str | None, beginnings: tuple[str, ...]) -> bool:
    return ref is not None and ref.startswith(beginnings)
