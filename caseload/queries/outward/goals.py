"""Goal: the goals of every plan that holds. They are entries of a part of a plan, so a page of them is cut out of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.plan_headings import KEY
from caseload.domain.plan_words import PlanHeading, PlanState
from caseload.domain.viewer import Viewer
from caseload.queries.outward.conditions import row_id_of
from caseload.queries.outward.listing import patient, patient_id
from caseload.queries.outward.plan_rows import holds, plan_changed, plan_rows
from caseload.queries.outward.plan_words import goal_id
from caseload.queries.outward.wanted import MOST, Found, Slice, Wanted
from caseload.tables import Person, PlanSection, PlanVersion
from interfaces.fhir.code_systems import our_ids
from interfaces.fhir.goal import GoalRecord, lifecycle
from interfaces.fhir.search_values import Filter, Modifier, Pointer, Token

_STATUS = "http://hl7.org/fhir/goal-status"


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
    """Goals in the order of their cases, and within a plan in its own. One statement, whatever is asked."""
    changed = plan_changed()
    question = (
        plan_rows(viewer, now)
        .join(PlanSection, PlanSection.version_id == PlanVersion.id)
        .where(holds(), PlanSection.heading == PlanHeading.GOALS, *_where(viewer, wanted, changed))
        .with_only_columns(
            PlanVersion.case_id, PlanVersion.state, PlanVersion.ready_at, PlanVersion.active_at, PlanSection.content,
            changed.label("updated_at"), Person.id, Person.pseudonym,
        )
        .order_by(PlanVersion.case_id)
    )  # fmt: skip
    every = [
        goal
        for row in session.execute(question)
        for goal in (_Goal(row, entry) for entry in row.content if entry.get(KEY))
        if _is_asked(goal, wanted)
    ]
    begin = _begin(wanted, every)
    count = max(0, min(wanted.count, MOST))
    shown = every[begin : begin + count]
    more = bool(count) and begin + count < len(every)
    return Slice(tuple(_found(viewer, goal) for goal in shown), shown[-1].id if more else None, len(every))


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


def _begin(wanted: Wanted, every: list[_Goal]) -> int:
    """Where a page begins: after the goal that was last seen, or, where that is gone, after what came before it.

    A cursor is the id of a goal; ids are compared by case, so that goals taken out meanwhile do not start it again.
    """
    if wanted.after is None:
        return 0
    ids = [goal.id for goal in every]
    if wanted.after in ids:
        return ids.index(wanted.after) + 1
    case_id = _case(wanted.after)
    return next((number for number, one in enumerate(ids) if _case(one) > case_id), len(ids))


_NO_CASE = 2**63


def _case(logical_id: str) -> int:
    """The case a goal's id begins with; a number no case has for what is no such id."""
    number = row_id_of(logical_id.partition("-")[0])
    return _NO_CASE if number is None else number
