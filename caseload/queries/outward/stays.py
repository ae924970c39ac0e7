"""Encounter: stays in hospital and attendances. Nothing of a sensitive stay leaves, and none of a restricted person."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.viewer import Viewer
from caseload.domain.words import EncounterKind
from caseload.queries.outward.conditions import Condition, days, pointer, token, words_of
from caseload.queries.outward.listing import Listing, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import Encounter, HospitalStay, Organisation, Person
from interfaces.fhir.code_systems import HL7, our_codes
from interfaces.fhir.encounter import CLASSES, KIND_CLASSES, EncounterRecord

_STATUS = "http://hl7.org/fhir/encounter-status"


def find_encounters(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every stay there is, with what the hospital's own messages said of it."""
    question = (
        select(Encounter, HospitalStay, Organisation.id.label("provider_id"), Person.pseudonym)
        .join(Person, Person.id == Encounter.person_id)
        .outerjoin(HospitalStay, HospitalStay.encounter_id == Encounter.id)
        .outerjoin(Organisation, Organisation.code == Encounter.provider_code)
        .where(reachable(viewer, now), Person.restricted.is_(False), _not_sensitive())
    )
    listing = Listing((Encounter.id,), HospitalStay.updated_at, _conditions(viewer))
    rows = rows_of(session, wanted, question, listing)
    return slice_of(viewer, rows, [(_record(viewer, row), [row[0].person_id]) for row in rows.rows])


def _not_sensitive() -> ColumnElement[bool]:
    return or_(HospitalStay.id.is_(None), HospitalStay.sensitive.is_(False))


def _state() -> Any:
    """As the hospital's messages have it; without them, whether the extract knows an end."""
    by_days = case((Encounter.ended_on.is_(None), StayState.IN_PROGRESS.value), else_=StayState.FINISHED.value)
    return case((HospitalStay.id.is_(None), by_days), else_=HospitalStay.state)


def _conditions(viewer: Viewer) -> dict[str, Condition]:
    state = _state()
    return {
        **patient(viewer),
        "status": token({_STATUS: {word.value: state == word.value for word in StayState}}),
        "class": token({f"{HL7}v3-ActCode": _classes()}),
        "type": token(
            {our_codes("encounter-kind"): words_of(Encounter.kind, {kind.value: kind for kind in EncounterKind})}
        ),
        "date": days(Encounter.started_on, Encounter.ended_on),
        "service-provider": pointer("Organization", Organisation.id),
    }


def _classes() -> dict[str, ColumnElement[bool]]:
    """Each code of Encounter.class with the stays it is sent for: by the hospital's class, else by the kind."""
    found: dict[str, ColumnElement[bool]] = {}
    told = func.coalesce(HospitalStay.patient_class, PatientClass.NOT_KNOWN.value)
    for letter, (code, _) in CLASSES.items():
        kinds = [EncounterKind(kind) for kind, of_kind in KIND_CLASSES.items() if of_kind == letter]
        untold = and_(told == PatientClass.NOT_KNOWN.value, Encounter.kind.in_(kinds)) if kinds else false()
        found[code] = or_(found.get(code, false()), told == letter, untold)
    return found


def _record(viewer: Viewer, row: Any) -> EncounterRecord:
    stay: HospitalStay | None = row[1]
    encounter: Encounter = row[0]
    common: dict[str, Any] = {
        "id": str(encounter.id), "patient": patient_id(viewer, encounter.person_id, row.pseudonym),
        "kind": encounter.kind.value, "provider_code": encounter.provider_code,
        "provider": str(row.provider_id or ""), "diagnosis": encounter.diagnosis_code,
    }  # fmt: skip
    if stay is None:
        over = StayState.FINISHED if encounter.ended_on else StayState.IN_PROGRESS
        return EncounterRecord(**common, state=over.value, started=encounter.started_on, ended=encounter.ended_on)
    return EncounterRecord(
        **common, updated_at=updated(row), state=stay.state.value, patient_class=stay.patient_class.value,
        visit_ref=stay.visit_ref, started=stay.admitted_at or stay.expected_at or encounter.started_on,
        ended=stay.discharged_at, admission_method=stay.admission_method, discharge_method=stay.discharge_method,
        discharge_destination=stay.discharge_destination, location=stay.location,
    )  # fmt: skip
