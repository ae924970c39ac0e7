"""CarePlan (UK Core): the joint care plan of a case, in the headings of the Personalised Care and Support Plan 2.0.

R4 has no sections in a plan, so what stands under each heading is its narrative, escaped; actions are activities, goals
are resources of their own. A version that is being written is nobody's business outside.
"""

from dataclasses import dataclass
from datetime import date, datetime

from interfaces.fhir.code_systems import ours
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import (
    Json,
    concept,
    day,
    filled,
    heading,
    moment,
    named,
    narrative,
    pairs,
    paragraph,
    period,
    reference,
    text_of,
)

STATUSES = {"ready": "draft", "active": "active", "superseded": "completed", "withdrawn": "revoked"}
"""The state of a version to the FHIR value set request-status. Whether its case is on hold is for EpisodeOfCare to say."""

ACTIVITIES = {
    "to_do": "not-started",
    "in_progress": "in-progress",
    "done": "completed",
    "refused": "cancelled",
}
"""How an action stands to the FHIR value set care-plan-activity-status."""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its entries, each a row of labels and texts."""

    title: Words
    entries: tuple[tuple[tuple[Words, Words], ...], ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """One action: `who` is a user, `who_name` somebody who is none; `goal` the logical id of the goal it is for."""

    what: Words
    status: Code
    who: Staff = ""
    who_name: Words = ""
    due_on: date | None = None
    goal: Code = ""
    note: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlanRecord(Record):
    """One version of a case's plan; its id is that of the case. `joint` is whether it is a joint care plan now."""

    patient: Code
    case_id: Code
    number: int
    state: Code
    joint: bool = False
    created_at: datetime
    active_at: datetime | None = None
    ended_at: datetime | None = None
    review_on: date | None = None
    signed_by: Staff = ""
    contributors: tuple[Staff, ...] = ()
    sections: tuple[Section, ...] = ()
    goals: tuple[Code, ...] = ()
    activities: tuple[Activity, ...] = ()


def care_plan_json(record: CarePlanRecord) -> Json:
    """The CarePlan of a version."""
    return resource_json(
        "CarePlan",
        record,
        text=narrative(_narrative(record)),
        status=STATUSES[record.state],
        intent="plan",
        category=_categories(record),
        title=f"Care and support plan, version {record.number}",
        subject=reference("Patient", record.patient),
        period=period(record.active_at, record.ended_at),
        created=moment(record.created_at),
        author=reference("Practitioner", record.signed_by),
        contributor=[reference("Practitioner", one) for one in record.contributors if one],
        careTeam=[reference("CareTeam", record.case_id)],
        goal=[reference("Goal", one) for one in record.goals],
        activity=[*map(_activity, record.activities), *_review(record)],
    )


def _categories(record: CarePlanRecord) -> list[Json]:
    whole = concept(ours("care-plan", "personalised_care_and_support_plan"))
    return [whole, concept(ours("care-plan", "joint"))] if record.joint else [whole]


def _narrative(record: CarePlanRecord) -> list[str]:
    parts: list[str] = []
    for section in record.sections:
        entries = [said for said in map(pairs, section.entries) if said]
        if entries and text_of(section.title):
            parts += [heading(section.title), *entries]
    if parts and record.review_on is not None:
        parts.append(paragraph(f"To be reviewed by {record.review_on.isoformat()}."))
    return parts


def _activity(one: Activity) -> Json:
    performer = reference("Practitioner", one.who) or named(one.who_name)
    detail = filled(
        kind="Task",
        code=concept(ours("plan-activity", "action")),
        goal=[reference("Goal", one.goal)] if one.goal else [],
        status=ACTIVITIES[one.status],
        scheduledPeriod=period(None, one.due_on),
        performer=[performer] if performer else [],
        description=text_of(one.what),
    )
    said = text_of(one.note)
    return filled(progress=[{"text": said}] if said else [], detail=detail)


def _review(record: CarePlanRecord) -> list[Json]:
    """The review a version is due for, while it is in force."""
    if record.review_on is None or record.state != "active":
        return []
    code = concept(ours("plan-activity", "review"))
    return [{"detail": filled(code=code, status="scheduled", scheduledPeriod={"end": day(record.review_on)})}]
