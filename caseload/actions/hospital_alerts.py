"""What a change of a stay sets off for the people who care for somebody: notices, and tasks that fit where the person is.

Only for people with a case that is not closed. Tasks follow what is so and not what was told in which order: one that fits
is made once, one that fits no longer is cancelled with the reason, one that fits again is open again.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from caseload.actions.notices import notify
from caseload.actions.plan_reviews import review_after_discharges
from caseload.actions.plan_tasks import end_tasks
from caseload.actions.plan_versions import who_hears
from caseload.actions.task_history import tell_history
from caseload.actions.tasks import add_rule_task
from caseload.domain.hospital_effects import (
    GIVEN_UP,
    RULES,
    TASKS,
    TITLES,
    HospitalRules,
    Phase,
    due_on,
    is_news,
    notice_for,
    phase_of,
)
from caseload.domain.hospital_stays import StayNow
from caseload.domain.lead_rule import in_words
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import CaseState, Role, TaskKind, TaskState
from caseload.hospital_effects import read_hospital_rules
from caseload.queries.holders import holders_over
from caseload.tables import Case, HospitalStay, Person, Task, TaskEvent

_OF_ITS_NUMBER = (TaskKind.DISCHARGE_PLANNING, TaskKind.DISCHARGE_CONTACT)
"""The tasks that name the stay by the hospital's number; a plan's review names it by its place in the list."""


@dataclass(frozen=True, slots=True)
class StayChange:
    """A stay of a person, before and after something was told of it. `encounter_ids` are its rows in the list, then and now."""

    person_id: int
    feed: str
    visit_ref: str
    before: StayNow | None
    after: StayNow | None
    encounter_ids: frozenset[int] = frozenset()


def encounter_of(session: Session, feed: str, visit_ref: str) -> frozenset[int]:
    """The row of a stay in the list of encounters, or none."""
    wanted = select(HospitalStay.encounter_id).where(HospitalStay.feed == feed, HospitalStay.visit_ref == visit_ref)
    return frozenset(one for one in session.execute(wanted).scalars() if one is not None)


def tell_of_stay(session: Session, *, now: datetime, change: StayChange) -> None:
    """Notices and tasks for every current case of the person, inside what changed the stay."""
    rules = read_hospital_rules()
    wanted = select(Case).where(Case.person_id == change.person_id, Case.state != CaseState.CLOSED).order_by(Case.id)
    for case in session.execute(wanted).scalars().all():
        news = is_news(change.before, change.after, now, rules.news_days)
        if news:
            _notify(session, case, change, now)
        _settle_tasks(session, case, change, rules, now, news=news)


def _notify(session: Session, case: Case, change: StayChange, now: datetime) -> None:
    died = select(Person.date_of_death).where(Person.id == case.person_id)
    death_known = session.execute(died).scalar_one() is not None
    kind = notice_for(change.before, change.after, death_known=death_known)
    if kind is None:
        return
    told = who_hears(session, case.id, now) or _navigators(session, case, now)
    notify(session, now=now, user_ids=told, kind=kind, person_id=case.person_id, case_id=case.id)


def _navigators(session: Session, case: Case, now: datetime) -> set[int]:
    """Of a case that nobody leads or navigates yet, the navigators of its place."""
    practice = select(Person.practice_id).where(Person.id == case.person_id)
    return holders_over(session, now, session.execute(practice).scalar_one(), Role.NAVIGATOR)


def _settle_tasks(
    session: Session, case: Case, change: StayChange, rules: HospitalRules, now: datetime, *, news: bool
) -> None:
    phase = phase_of(change.after)
    fitting = TASKS[phase]
    made = _tasks(session, case, change)
    unfit = [task for task in made if task.state is TaskState.OPEN and task.kind not in fitting]
    end_tasks(session, unfit, TaskStep.CANCELLED, GIVEN_UP[phase], by=None, now=now)
    again = [
        task for task in made if task.kind in fitting and task.state is TaskState.CANCELLED and task.ended_by is None
    ]
    _reopen(session, again, now)
    _put_dates_right(session, made, change, rules, now)
    if not news or change.after is None:
        return
    for kind in sorted(fitting - {TaskKind.PLAN_REVIEW}):
        add_rule_task(
            session, now=now, person_id=case.person_id, case_id=case.id, kind=kind, title=TITLES[kind],
            due_on=due_on(kind, change.after, rules), rule_code=RULES[kind], rule_ref=_ref(kind, case, change),
        )  # fmt: skip
    if TaskKind.PLAN_REVIEW in fitting:
        for encounter_id in encounter_of(session, change.feed, change.visit_ref):
            review_after_discharges(session, now, encounter_id=encounter_id)


def _tasks(session: Session, case: Case, change: StayChange) -> list[Task]:
    """The tasks that this stay has set, whatever became of them."""
    refs = [_ref(kind, case, change) for kind in _OF_ITS_NUMBER]
    reviews: Iterable[ColumnElement[bool]] = (
        and_(
            Task.rule_code == RULES[TaskKind.PLAN_REVIEW],
            Task.rule_ref.endswith(f":stay:{encounter_id}", autoescape=True),
        )
        for encounter_id in sorted(change.encounter_ids)
    )
    wanted = select(Task).where(Task.case_id == case.id, or_(Task.rule_ref.in_(refs), *reviews))
    return list(session.execute(wanted.order_by(Task.id).with_for_update()).scalars())


def _reopen(session: Session, tasks: list[Task], now: datetime) -> None:
    """What a rule cancelled is to be done after all; what somebody cancelled stays so."""
    for task in tasks:
        task.state, task.ended_at, task.ended_note = TaskState.OPEN, None, ""
        tell_history(
            session, task, TaskStep.REOPENED, before=TaskState.CANCELLED.value, after=TaskState.OPEN.value, now=now,
            by=None,
        )  # fmt: skip
    session.flush()


def _put_dates_right(
    session: Session, tasks: Iterable[Task], change: StayChange, rules: HospitalRules, now: datetime
) -> None:
    """Somebody left on another day than was told before: the contact is due by the same rule, unless somebody set its day."""
    due, was = (_contact_due(stay, rules) for stay in (change.after, change.before))
    if due is None or due == was:
        return
    for task in tasks:
        waits = task.kind is TaskKind.DISCHARGE_CONTACT and task.state is TaskState.OPEN and task.due_on != due
        if not waits or _changed_by_hand(session, task):
            continue
        note = f"The hospital put the day of the discharge right. Due on {in_words(due)}, not {in_words(task.due_on)}."
        task.due_on = due
        tell_history(session, task, TaskStep.CHANGED, before=task.title, after=task.title, now=now, by=None, note=note)
    session.flush()


def _contact_due(stay: StayNow | None, rules: HospitalRules) -> date | None:
    if stay is None or phase_of(stay) is not Phase.LEFT_WARD:
        return None
    return due_on(TaskKind.DISCHARGE_CONTACT, stay, rules)


def _changed_by_hand(session: Session, task: Task) -> bool:
    changed = exists().where(
        TaskEvent.task_id == task.id, TaskEvent.kind == TaskStep.CHANGED.value, TaskEvent.by.is_not(None)
    )
    return bool(session.execute(select(changed)).scalar_one())


def _ref(kind: TaskKind, case: Case, change: StayChange) -> str:
    """Names the stay by the hospital's own number, so that it is the same whenever and however often it is told of."""
    stay = hashlib.sha256(f"{change.feed}\x1f{change.visit_ref}".encode()).hexdigest()[:24]
    return f"{kind.value}:{case.id}:{stay}"
