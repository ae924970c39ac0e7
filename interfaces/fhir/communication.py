"""Communication (UK Core): what a partner's system wrote to the care team about somebody."""

from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, listed, moment, own_identifier, reference, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationRecord(Record):
    """One message. The sender is the employer of the program that wrote it; `sender_ref` is the sender's own number.

    It is for the team of the case; `for_staff` or `for_organisation` is whom it names beside.
    """

    patient: Code
    case_id: Code = ""
    sender: Code = ""
    sender_system: Words = ""
    sender_ref: Words = ""
    for_staff: Staff = ""
    for_organisation: Code = ""
    words: Words
    sent_at: datetime
    received_at: datetime


def communication_json(record: CommunicationRecord) -> Json:
    """The Communication of a partner's message."""
    words = text_of(record.words)
    return resource_json(
        "Communication",
        record,
        identifier=listed([own_identifier(record.sender_system, record.sender_ref)]),
        status="completed",
        subject=reference("Patient", record.patient),
        recipient=listed(
            [
                reference("CareTeam", record.case_id),
                reference("Practitioner", record.for_staff),
                reference("Organization", record.for_organisation),
            ]
        ),
        sender=reference("Organization", record.sender),
        sent=moment(record.sent_at),
        received=moment(record.received_at),
        payload=[{"contentString": words}] if words else [],
    )
