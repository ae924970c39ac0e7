"""Consent: everything somebody said to each purpose; the last answer of a purpose is active."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import ConsentPurpose
from caseload.queries.outward.conditions import Condition, moment, token, words_of
from caseload.queries.outward.listing import Listing, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import Consent, Person
from interfaces.fhir.code_systems import HL7, our_codes
from interfaces.fhir.consent import ConsentRecord

_STATUS = "http://hl7.org/fhir/consent-state-codes"


def find_consents(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every answer, in the order in which they were recorded."""
    later = aliased(Consent)
    superseded = (
        select(later.id)
        .where(later.person_id == Consent.person_id, later.purpose == Consent.purpose, later.id > Consent.id)
        .correlate(Consent)
        .exists()
    )
    question = (
        select(Consent, Person.pseudonym, superseded.label("superseded"))
        .join(Person, Person.id == Consent.person_id)
        .where(reachable(viewer, now))
    )
    purposes = words_of(Consent.purpose, {purpose.value: purpose for purpose in ConsentPurpose})
    conditions: dict[str, Condition] = {
        **patient(viewer),
        "status": token({_STATUS: {"active": ~superseded, "inactive": superseded}}),
        "date": moment(Consent.at),
        "purpose": token(
            {our_codes("consent-purpose"): purposes, f"{HL7}v3-ActReason": {"TREAT": Consent.id.is_not(None)}}
        ),
    }
    rows = rows_of(session, wanted, question, Listing((Consent.id,), Consent.at, conditions))
    found = [
        ConsentRecord(
            id=str(consent.id), updated_at=updated(row), patient=patient_id(viewer, consent.person_id, pseudonym),
            purpose=consent.purpose.value, state=consent.state.value, in_force=not superseded, said_at=consent.at,
            recorded_by=str(consent.by or ""),
        )
        for row in rows.rows
        for consent, pseudonym, superseded in [row[:3]]
    ]  # fmt: skip
    return slice_of(viewer, rows, [(one, [row[0].person_id]) for one, row in zip(found, rows.rows, strict=True)])
