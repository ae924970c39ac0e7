"""Practitioner and PractitionerRole (UK Core): staff, and what they do for whom."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import our_ids, ours
from interfaces.fhir.record import Code, Record, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, concept, identifier, period, reference, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerRecord(Record):
    """A member of staff, by the number of their row: nothing anybody could sign in with or write to."""

    name: Words
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerRoleRecord(Record):
    """What a member of staff does for their employer, from when until when."""

    practitioner: Code
    organisation: Code
    role: Code
    profession: Code = ""
    job_title: Words = ""
    started_at: datetime
    ended_at: datetime | None = None
    active: bool = True


def practitioner_json(record: PractitionerRecord) -> Json:
    """The Practitioner of a member of staff."""
    return resource_json(
        "Practitioner",
        record,
        identifier=[identifier(our_ids("user"), record.id)],
        active=record.active,
        name=[{"text": text_of(record.name)}] if text_of(record.name) else [],
    )


def practitioner_role_json(record: PractitionerRoleRecord) -> Json:
    """The PractitionerRole of one of their roles."""
    professions = [concept(ours("profession", record.profession))] if record.profession else []
    return resource_json(
        "PractitionerRole",
        record,
        active=record.active,
        period=period(record.started_at, record.ended_at),
        practitioner=reference("Practitioner", record.practitioner),
        organization=reference("Organization", record.organisation),
        code=[concept(ours("role", record.role), text=record.job_title), *professions],
    )
