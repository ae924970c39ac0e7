"""Communication: what partners' systems wrote to the care team."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.queries.outward.conditions import Condition, moment, own_number, pointer
from caseload.queries.outward.listing import Listing, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import PartnerMessage, Person, User
from interfaces.fhir.communication import CommunicationRecord


def find_communications(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every message, in the order in which they came. The sender is who runs the program that wrote."""
    question = (
        select(PartnerMessage, Person.pseudonym, User.home_id)
        .join(Person, Person.id == PartnerMessage.person_id)
        .join(User, User.id == PartnerMessage.by)
        .where(reachable(viewer, now))
    )
    conditions: dict[str, Condition] = {
        **patient(viewer),
        "sent": moment(PartnerMessage.sent_at),
        "received": moment(PartnerMessage.at),
        "sender": pointer("Organization", User.home_id),
        "identifier": own_number(PartnerMessage.sender_system, PartnerMessage.sender_ref),
    }
    rows = rows_of(session, wanted, question, Listing((PartnerMessage.id,), PartnerMessage.at, conditions))
    found = [
        CommunicationRecord(
            id=str(message.id), updated_at=updated(row), patient=patient_id(viewer, message.person_id, pseudonym),
            case_id=str(message.case_id or ""), sender=str(home_id), sender_system=message.sender_system,
            sender_ref=message.sender_ref, for_staff=_named(message, "Practitioner"),
            for_organisation=_named(message, "Organization"), words=message.words, sent_at=message.sent_at, received_at=message.at,
        )
        for row in rows.rows
        for message, pseudonym, home_id in [row[:3]]
    ]  # fmt: skip
    return slice_of(viewer, rows, [(one, [row[0].person_id]) for one, row in zip(found, rows.rows, strict=True)])


def _named(message: PartnerMessage, resource: str) -> str:
    """The id of whom the message names beside the team, where that is one of this kind."""
    kind, _, logical_id = message.addressed_to.partition("/")
    return logical_id if kind == resource else ""
