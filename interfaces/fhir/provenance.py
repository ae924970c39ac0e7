"""Provenance (base R4): who wrote a version of a plan, who signed it off, and who said yes to it."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import HL7, SERVICE, ours
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, filled, moment, named, period, reference

WROTE, SIGNED, ANSWERED = "author", "verifier", "attester"
TYPES = {WROTE: "Author", SIGNED: "Verifier", ANSWERED: "Attester"}
"""HL7 provenance-participant-type: who wrote, who signed off, who answered."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody's part in it. With an answer it is the person's, or that of who spoke for them, who has a name only."""

    part: Code
    practitioner: Staff = ""
    organisation: Code = ""
    name: Words = ""
    answer: Code = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceRecord(Record):
    """How one version of a plan came to be; `target_version` is its versionId."""

    patient: Code
    care_plan: Code
    target_version: Code
    recorded_at: datetime
    started_at: datetime
    agents: tuple[Agent, ...]


def provenance_json(record: ProvenanceRecord) -> Json:
    """The Provenance of one version of a plan."""
    target = f"CarePlan/{record.care_plan}/_history/{record.target_version}"
    return resource_json(
        "Provenance",
        record,
        target=[{"reference": target}],
        occurredPeriod=period(record.started_at, record.recorded_at),
        recorded=moment(record.recorded_at),
        agent=[_agent(one, record.patient) for one in record.agents] or [{"who": named(SERVICE)}],
    )


def _agent(one: Agent, patient: str) -> Json:
    kind = coding(f"{HL7}provenance-participant-type", one.part, TYPES[one.part])
    person = reference("Patient", patient) if one.answer else {}
    speaker = named(one.name) if one.answer else {}
    return filled(
        type=concept(kind),
        role=[concept(ours("plan-agreement", one.answer))] if one.answer else [],
        who=reference("Practitioner", one.practitioner) or speaker or person or named(SERVICE),
        onBehalfOf=person if speaker else reference("Organization", one.organisation),
    )
