"""EpisodeOfCare (UK Core): a person's time in care coordination, the case."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import ours
from interfaces.fhir.record import Code, Record, Staff
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, concept, period, reference

STATUSES = {"open": "active", "on_hold": "onhold", "closed": "finished"}
"""The state of a case to the FHIR value set episode-of-care-status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeOfCareRecord(Record):
    """A case. `lead` is accountable for it now."""

    patient: Code
    state: Code
    primary_need: Code = ""
    practice: Code = ""
    opened_at: datetime
    closed_at: datetime | None = None
    lead: Staff = ""


def episode_of_care_json(record: EpisodeOfCareRecord) -> Json:
    """The EpisodeOfCare of a case; its team has the same id."""
    needs = [concept(ours("primary-need", record.primary_need))] if record.primary_need else []
    return resource_json(
        "EpisodeOfCare",
        record,
        status=STATUSES[record.state],
        type=[concept(ours("episode", "care_coordination")), *needs],
        patient=reference("Patient", record.patient),
        managingOrganization=reference("Organization", record.practice),
        period=period(record.opened_at, record.closed_at),
        careManager=reference("Practitioner", record.lead),
        team=[reference("CareTeam", record.id)],
    )
