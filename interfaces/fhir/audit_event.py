"""AuditEvent (base R4): that somebody looked at a record or changed it, for who may see who has."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import DICOM, HL7, SERVICE, our_codes
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, filled, moment, named, reference

LOOK = "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEventRecord(Record):
    """One event. `patients` are those of the people concerned whom the reader may know of.

    `user` is empty where a load did it, and where it was a program: that has a name and an employer.
    """

    happened_at: datetime
    action: Code
    page: Code = ""
    user: Staff = ""
    name: Words = ""
    organisation: Code = ""
    patients: tuple[Code, ...] = ()


def audit_event_json(record: AuditEventRecord) -> Json:
    """The AuditEvent of one event of the log."""
    subtypes = [coding(our_codes("audit"), record.action), coding(our_codes("page"), record.page)]
    return resource_json(
        "AuditEvent",
        record,
        type=coding(DICOM, "110110", "Patient Record"),
        subtype=[one for one in subtypes if one],
        action="R" if record.action == LOOK else "U",
        recorded=moment(record.happened_at),
        outcome="0",
        agent=[_agent(record)],
        source={"observer": named(SERVICE)},
        entity=[{"what": reference("Patient", one)} for one in record.patients],
    )


def _agent(record: AuditEventRecord) -> Json:
    kind = coding(f"{HL7}extra-security-role-type", "humanuser", "human user") if record.user else {}
    program = reference("Organization", record.organisation) if not record.user else {}
    return filled(
        type=concept(kind) if kind else {},
        who=reference("Practitioner", record.user) or program,
        name=named(record.name).get("display"),
        requestor=True,
    )
