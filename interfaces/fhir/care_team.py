"""CareTeam (UK Core): who answers for a case and who works on it, each for a time."""

from dataclasses import dataclass
from datetime import date, datetime

from interfaces.fhir.code_systems import LOINC, ours
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, filled, named, period, reference

STATUSES = {"open": "active", "on_hold": "active", "closed": "inactive"}
"""The state of a case to the FHIR value set care-team-status."""

LEAD = "accountable_lead"

EPISODE_TEAM = "LA27977-0"
"""LOINC answer "Episode of care-focused care team", as the FHIR value set care-team-category has it."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody's time on the team. Somebody from elsewhere has a name and an employer instead of ids."""

    role: Code
    profession: Code = ""
    practitioner: Staff = ""
    name: Words = ""
    organisation: Code = ""
    organisation_name: Words = ""
    start: date | datetime | None = None
    end: date | datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeamRecord(Record):
    """The team of a case: every lead there was, the one who is last, then everybody else in the order they joined."""

    patient: Code
    state: Code
    practice: Code = ""
    opened_at: datetime
    closed_at: datetime | None = None
    participants: tuple[Participant, ...] = ()


def care_team_json(record: CareTeamRecord) -> Json:
    """The CareTeam of a case."""
    return resource_json(
        "CareTeam",
        record,
        status=STATUSES[record.state],
        category=[concept(coding(LOINC, EPISODE_TEAM, "Episode of care-focused care team"))],
        name="Care team",
        subject=reference("Patient", record.patient),
        period=period(record.opened_at, record.closed_at),
        participant=[_participant(one) for one in record.participants],
        managingOrganization=[reference("Organization", record.practice)] if record.practice else [],
    )


def _participant(one: Participant) -> Json:
    professions = [concept(ours("profession", one.profession))] if one.profession else []
    employer = reference("Organization", one.organisation) or named(one.organisation_name)
    return filled(
        role=[concept(ours("care-team-role", one.role)), *professions],
        member=reference("Practitioner", one.practitioner) or named(one.name),
        onBehalfOf=employer if one.practitioner or one.organisation else {},
        period=period(one.start, one.end),
    )
