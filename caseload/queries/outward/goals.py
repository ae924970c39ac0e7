"""Goal: the goals of every plan that holds. They are entries of a part of a plan, so plans are read until a page is full."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, and_, func
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.plan_headings import KEY
from caseload.domain.plan_words import PlanHeading, PlanState
from caseload.domain.viewer import Viewer
from caseload.queries.outward.conditions import row_id_of
from caseload.queries.outward.listing import Question, patient, patient_id
from caseload.queries.outward.plan_rows import holds, plan_changed, plan_rows
from caseload.queries.outward.plan_words import goal_id
from caseload.queries.outward.wanted import MOST, Found, Slice, Wanted
from caseload.tables import Person, PlanSection, PlanVersion
from interfaces.fhir.code_systems import our_ids
from interfaces.fhir.goal import GoalRecord, lifecycle
from interfaces.fhir.search_values import Filter, Modifier, Pointer, Token

_STATUS = "http://hl7.org/fhir/goal-status"
_OF_A_GOAL = frozenset({"lifecycle-status", "identifier"})
"""Parameters that are not of the plan."""
_LEAST, _MORE = 100, 4
"""As many plans are read at first, whatever is asked, and so many times more each time that they were not enough."""


@dataclass(frozen=True, slots=True)
class _Goal:
    """One entry of a plan that holds, before it is known whether it is asked for."""

    row: Row[Any]
    entry: Mapping[str, str]

    @property
    def id(self) -> str:
        return goal_id(self.row.case_id, self.entry)

    @property
    def in_force(self) -> bool:
        return bool(self.row.state is PlanState.ACTIVE)


def find_goals(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Goals in the order of their cases, and within a plan in its own: a statement for the total and most often one more.

    Plans are read from where the page begins until it is full. What can be asked of a goal alone is known from its plan
    only, so that a total by that reads them all.
    """
    changed = plan_changed()
    question = _plans_that_hold(viewer, now).where(*_where(viewer, wanted, changed))
    rows = question.with_only_columns(*_COLUMNS, changed.label("updated_at")).order_by(PlanVersion.case_id)
    total = _total(session, question, rows, wanted) if wanted.total else None
    count = max(0, min(wanted.count, MOST))
    found = _page(session, rows, wanted, count) if count else []
    shown = found[:count]
    return Slice(tuple(_found(viewer, goal) for goal in shown), shown[-1].id if len(found) > count else None, total)


_COLUMNS = (
    PlanVersion.case_id, PlanVersion.state, PlanVersion.ready_at, PlanVersion.active_at, PlanSection.content, Person.id,
    Person.pseudonym,
)  # fmt: skip


def _plans_that_hold(viewer: Viewer, now: datetime) -> Question:
    of_goals = and_(PlanSection.version_id == PlanVersion.id, PlanSection.heading == PlanHeading.GOALS)
    return plan_rows(viewer, now).select_from(PlanVersion).join(PlanSection, of_goals).where(holds())


def _total(session: Session, question: Question, rows: Question, wanted: Wanted) -> int:
    """How many there are. Every goal that was ever saved has its key, so that the length of the part is their number."""
    if wanted.ids is None and not _OF_A_GOAL & wanted.filters.keys():
        length = func.coalesce(func.sum(func.json_array_length(PlanSection.content)), 0)
        return int(session.execute(question.with_only_columns(length)).scalar_one())
    return sum(_is_asked(goal, wanted) for row in session.execute(rows) for goal in _goals_of(row, None))


def _page(session: Session, rows: Question, wanted: Wanted, count: int) -> list[_Goal]:
    """The goals of the page and one more, where there is one. Nothing follows a cursor that is none."""
    begin = 0 if wanted.after is None else _case(wanted.after)
    if begin == _NO_CASE:
        return []
    plans = _from_case(session, rows, begin, max(count + 1, _LEAST))
    every = (goal for row in plans for goal in _goals_of(row, wanted.after) if _is_asked(goal, wanted))
    return list(islice(every, count + 1))


def _from_case(session: Session, rows: Question, begin: int, size: int) -> Iterator[Row[Any]]:
    """Plans from a case on, more of them each time: few statements, however few of their goals are asked for."""
    while True:
        plans = session.execute(rows.where(PlanVersion.case_id >= begin).limit(size)).all()
        yield from plans
        if len(plans) < size:
            return
        begin, size = plans[-1].case_id + 1, size * _MORE


def _goals_of(row: Row[Any], after: str | None) -> list[_Goal]:
    """The goals of a plan, behind the one that was last seen; none of a plan in which that stands no more.

    A cursor is the id of a goal; ids are compared by case, so that goals taken out meanwhile do not start it again.
    """
    goals = [_Goal(row, entry) for entry in row.content if entry.get(KEY)]
    if after is None or row.case_id != _case(after):
        return goals
    ids = [goal.id for goal in goals]
    return goals[ids.index(after) + 1 :] if after in ids else []


def _where(viewer: Viewer, wanted: Wanted, changed: Any) -> list[Any]:
    """What can be asked of the plan and the person; the rest is asked of each goal."""
    where = [
        patient(viewer)[name](chosen) for name in ("patient", "subject") for chosen in wanted.filters.get(name, ())
    ]
    if wanted.patient_ids is not None:
        people = Filter(tuple(Pointer("Patient", one) for one in wanted.patient_ids))
        where.append(patient(viewer)["patient"](people) if wanted.patient_ids else PlanVersion.id < 0)
    if wanted.ids is not None:
        where.append(PlanVersion.case_id.in_(sorted({_case(one) for one in wanted.ids} - {_NO_CASE})))
    where += [changed >= wanted.since] if wanted.since else []
    where += [changed <= wanted.until] if wanted.until else []
    return where


def _found(viewer: Viewer, goal: _Goal) -> Found:
    row, entry = goal.row, goal.entry
    record = GoalRecord(
        id=goal.id, updated_at=row.updated_at, patient=patient_id(viewer, row.id, row.pseudonym), key=entry[KEY],
        words=entry.get("goal", ""), status=entry.get("status", ""), in_force=goal.in_force,
        started_on=_day(row.active_at), status_on=_day(row.ready_at), importance=entry.get("importance", ""),
        confidence=entry.get("confidence", ""), steps=entry.get("steps", ""), outcome=entry.get("outcome", ""),
    )  # fmt: skip
    return Found(record, (row.id,))


def _day(at: datetime | None) -> date | None:
    return None if at is None else local_day(at)


def _is_asked(goal: _Goal, wanted: Wanted) -> bool:
    if wanted.ids is not None and goal.id not in wanted.ids:
        return False
    said: Mapping[str, tuple[str, str]] = {
        "lifecycle-status": (_STATUS, lifecycle(goal.entry.get("status", ""), in_force=goal.in_force)),
        "identifier": (our_ids("goal"), goal.entry[KEY]),
    }
    return all(_fits(chosen, *said[name]) for name in said for chosen in wanted.filters.get(name, ()))


def _fits(chosen: Filter, system: str, code: str) -> bool:
    if chosen.modifier is Modifier.MISSING:
        return not chosen.missing
    found = any(
        isinstance(one, Token) and one.system in (None, system) and one.code in ("", code) for one in chosen.values
    )
    return not found if chosen.modifier is Modifier.NOT else found


_NO_CASE = 2**31


def _case(logical_id: str) -> int:
    """The case a goal's id begins with; a number no case has for what is no such id."""
    number = row_id_of(logical_id.partition("-")[0])
    return _NO_CASE if number is None else number
