"""Consent (UK Core): what somebody agreed or objected to, for one purpose, as it was said once."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import HL7, our_codes, ours
from interfaces.fhir.record import Code, Record, Staff
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, moment, reference

PERMITS = {"given": "permit", "refused": "deny", "withdrawn": "deny"}
"""What was said to the FHIR value set consent-provision-type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord(Record):
    """One answer. `in_force` is whether it is the last one to its purpose: a no is in force as a yes is."""

    patient: Code
    purpose: Code
    state: Code
    in_force: bool
    said_at: datetime
    recorded_by: Staff = ""


def consent_json(record: ConsentRecord) -> Json:
    """The Consent of one answer: active while it holds, whether it permits or denies."""
    treatment = coding(f"{HL7}v3-ActReason", "TREAT", "treatment")
    return resource_json(
        "Consent",
        record,
        status="active" if record.in_force else "inactive",
        scope=concept(coding(f"{HL7}consentscope", "patient-privacy", "Privacy Consent")),
        category=[concept(coding(f"{HL7}v3-ActCode", "INFA", "information access"))],
        patient=reference("Patient", record.patient),
        dateTime=moment(record.said_at),
        performer=[reference("Practitioner", record.recorded_by)] if record.recorded_by else [],
        policyRule=concept(coding(our_codes("consent-rule"), "latest_answer_holds", "The latest answer holds")),
        provision={
            "type": PERMITS[record.state],
            "purpose": [treatment, ours("consent-purpose", record.purpose)],
        },
    )
