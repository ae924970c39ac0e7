"""DocumentReference (UK Core): a copy of a plan that can be fetched, where the person's answers let it go."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import ours
from interfaces.fhir.record import Code, Record, Staff
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, concept, moment, reference

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "large_print": "application/pdf",
    "plain_text": "text/plain; charset=utf-8",
    "urgent_summary": "application/pdf",
}
"""What each format is sent as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReferenceRecord(Record):
    """One copy that could be fetched: a version in a format. It is made when it is fetched."""

    patient: Code
    case_id: Code
    version_number: int
    share_format: Code
    in_force: bool
    written_at: datetime
    author: Staff = ""
    practice: Code = ""


def document_reference_json(record: DocumentReferenceRecord) -> Json:
    """The DocumentReference of a copy; its bytes are the Binary of the same id."""
    kind = ours("document", record.share_format)
    return resource_json(
        "DocumentReference",
        record,
        status="current",
        docStatus="final" if record.in_force else "preliminary",
        type=concept(kind),
        category=[concept(ours("care-plan", "personalised_care_and_support_plan"))],
        subject=reference("Patient", record.patient),
        date=moment(record.written_at),
        author=[reference("Practitioner", record.author)] if record.author else [],
        custodian=reference("Organization", record.practice),
        content=[
            {
                "attachment": {
                    "contentType": CONTENT_TYPES[record.share_format],
                    "language": "en-GB",
                    "url": f"Binary/{record.id}",
                    "title": f"{kind['display']}, version {record.version_number}",
                    "creation": moment(record.written_at),
                }
            }
        ],
        context={"related": [reference("CarePlan", record.case_id)]},
    )
