"""Task: what is to be done for somebody, as the lists of the case app have it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.hospital_effects import RULES
from caseload.domain.viewer import Viewer
from caseload.domain.words import TaskKind, TaskState
from caseload.queries.outward.conditions import Condition, day, moment, nothing, own_number, pointer, token, words_of
from caseload.queries.outward.listing import Listing, nameless, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.newest import newest_of
from caseload.queries.outward.staff import is_program
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import HospitalStay, Person, PlanAction, PlanVersion, Task, TaskEvent, Team, User
from interfaces.fhir.code_systems import our_codes
from interfaces.fhir.task import ON_HOLD, STATUSES, TaskRecord

_STATUS = "http://hl7.org/fhir/task-status"


def find_tasks(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every task there is or was but those of sensitive stays. One that a program asked for is from its employer."""
    held = and_(Task.state == TaskState.OPEN, Task.hold_until > local_day(now))
    plan = _plan()
    question = (
        select(
            Task, Person.pseudonym, Team.name, User.home_id, is_program(Task.created_by).label("by_program"),
            func.coalesce(held, False).label("held"), plan.label("plan_id"),
        )
        .join(Person, Person.id == Task.person_id)
        .outerjoin(Team, Team.id == Task.team_id)
        .outerjoin(User, User.id == Task.created_by)
        .where(reachable(viewer, now), _of_no_sensitive_stay())
    )  # fmt: skip
    changed = newest_of(Task.created_at, _last_event())
    listing = Listing((Task.id,), changed, _conditions(viewer, func.coalesce(held, False), changed, plan))
    rows = rows_of(session, wanted, question, listing)
    return slice_of(viewer, rows, [(_record(viewer, row), [row[0].person_id]) for row in rows.rows])


def _of_no_sensitive_stay() -> ColumnElement[bool]:
    """A task of a stay names it by a hash that cannot be asked for: of who has a sensitive stay, none that a stay has set."""
    sensitive = exists().where(HospitalStay.person_id == Task.person_id, HospitalStay.sensitive).correlate(Task)
    return or_(Task.rule_code.is_(None), Task.rule_code.not_in(sorted(RULES.values())), ~sensitive)


def _last_event() -> Any:
    return select(func.max(TaskEvent.at)).where(TaskEvent.task_id == Task.id).correlate(Task).scalar_subquery()


def _plan() -> Any:
    """The case whose plan the task is an action of: its versions name the task again and again."""
    return (
        select(func.max(PlanVersion.case_id))
        .join(PlanAction, PlanAction.version_id == PlanVersion.id)
        .where(PlanAction.task_id == Task.id)
        .correlate(Task)
        .scalar_subquery()
    )


def _conditions(viewer: Viewer, held: Any, changed: Any, plan: Any) -> dict[str, Condition]:
    requested = STATUSES[TaskState.OPEN.value]
    statuses = {
        **words_of(Task.state, {STATUSES[state.value]: state for state in TaskState}),
        requested: and_(Task.state == TaskState.OPEN, ~held),
        ON_HOLD: held,
    }
    return {
        **patient(viewer),
        "identifier": nothing if nameless(viewer) else own_number(Task.request_system, Task.request_ref),
        "status": token({_STATUS: statuses}),
        "code": token({our_codes("task-kind"): words_of(Task.kind, {kind.value: kind for kind in TaskKind})}),
        "owner": pointer("Practitioner", Task.owner_id),
        "requester": pointer("Practitioner", Task.created_by),
        "authored-on": moment(Task.created_at),
        "modified": moment(changed),
        "due-date": day(Task.due_on),
        "based-on": pointer("CarePlan", plan),
    }


def _record(viewer: Viewer, row: Any) -> TaskRecord:
    task: Task = row[0]
    asked_by = task.created_by or ""
    return TaskRecord(
        id=str(task.id), updated_at=updated(row), patient=patient_id(viewer, task.person_id, row.pseudonym),
        case_id=str(task.case_id or ""), kind=task.kind.value, title=task.title, detail=task.detail,
        state=task.state.value, on_hold=bool(row.held), owner=str(task.owner_id or ""), team=str(task.team_id or ""),
        team_name=row.name or "", requester="" if row.by_program else str(asked_by),
        requester_organisation=str(row.home_id or "") if row.by_program else "", due_on=task.due_on,
        created_at=task.created_at, ended_at=task.ended_at, ended_note=task.ended_note, care_plan=str(row.plan_id or ""),
        request_system=task.request_system or "", request_ref=task.request_ref or "",
    )  # fmt: skip
