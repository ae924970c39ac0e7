"""What every resource begins with: its type, id and meta."""

from collections.abc import Sequence
from typing import Any

from interfaces.fhir.code_systems import HL7, UK_CORE
from interfaces.fhir.record import Record
from interfaces.fhir.values import Json, coding, filled, moment

RESTRICTED = coding(f"{HL7}v3-Confidentiality", "R", "restricted")
"""The security label of a record that is kept from everyone but who is named for it."""
MADE_UP = coding(f"{HL7}v3-ActReason", "HTEST", "test health data")
"""The tag of what a demonstration made: nobody must be cared for by it."""

PROFILES = frozenset(
    {
        "CarePlan", "CareTeam", "Communication", "Consent", "DocumentReference", "Encounter", "EpisodeOfCare", "Flag",
        "Organization", "Patient", "Practitioner", "PractitionerRole", "QuestionnaireResponse", "Task",
    }
)  # fmt: skip
"""The resources UK Core has a profile for; the others are base R4."""


def profile_of(resource: str) -> str | None:
    """The canonical address of the UK Core profile of a resource; None where there is none."""
    return f"{UK_CORE}UKCore-{resource}" if resource in PROFILES else None


def resource_json(
    resource: str, record: Record, *, security: Sequence[Json] = (), tags: Sequence[Json] = (), **parts: Any
) -> Json:
    """A resource from its parts; what is empty is left out. Its version is put in by `interfaces.fhir.resources`."""
    meta = filled(
        lastUpdated=moment(record.updated_at),
        versionId=record.version,
        profile=[profile_of(resource)] if resource in PROFILES else [],
        security=list(security),
        tag=list(tags),
    )
    return {"resourceType": resource, "id": record.id, **filled(meta=meta, **parts)}
