"""Task (UK Core): what somebody has to do for a person by when."""

from dataclasses import dataclass
from datetime import date, datetime

from interfaces.fhir.code_systems import our_ids, ours
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import (
    Json,
    annotations,
    concept,
    filled,
    identifier,
    listed,
    moment,
    named,
    own_identifier,
    period,
    reference,
    text_of,
)

STATUSES = {"open": "requested", "done": "completed", "cancelled": "cancelled"}
"""The state of a task to the FHIR value set task-status."""
ON_HOLD = "on-hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord(Record):
    """One task, on a person's list or a team's. `on_hold` is of this day; `request_ref` is the number a partner gave it."""

    patient: Code
    case_id: Code = ""
    request_system: Words = ""
    request_ref: Words = ""
    kind: Code
    title: Words
    detail: Words = ""
    state: Code
    on_hold: bool = False
    owner: Staff = ""
    team: Code = ""
    team_name: Words = ""
    requester: Staff = ""
    requester_organisation: Code = ""
    due_on: date
    created_at: datetime
    ended_at: datetime | None = None
    ended_note: Words = ""
    care_plan: Code = ""


def task_json(record: TaskRecord) -> Json:
    """The Task of a task. A team has no resource here: it is named, with its number."""
    why = text_of(record.ended_note)
    return resource_json(
        "Task",
        record,
        identifier=listed([own_identifier(record.request_system, record.request_ref)]),
        basedOn=[reference("CarePlan", record.care_plan)] if record.care_plan else [],
        status=ON_HOLD if record.on_hold and record.state == "open" else STATUSES[record.state],
        statusReason={"text": why} if why else {},
        intent="order",
        code=concept(ours("task-kind", record.kind)),
        description=text_of(record.title),
        for_=reference("Patient", record.patient),
        executionPeriod=period(None, record.ended_at),
        authoredOn=moment(record.created_at),
        lastModified=moment(record.updated_at),
        requester=reference("Practitioner", record.requester)
        or reference("Organization", record.requester_organisation),
        owner=_owner(record),
        reasonReference=reference("EpisodeOfCare", record.case_id),
        note=annotations([record.detail]),
        restriction={"period": period(None, record.due_on)},
    )


def _owner(record: TaskRecord) -> Json:
    if record.owner:
        return reference("Practitioner", record.owner)
    if not record.team:
        return {}
    return filled(identifier=identifier(our_ids("team"), record.team), **named(record.team_name))
