"""Encounter (UK Core): a stay in hospital or an attendance, from a monthly extract or a hospital's own messages."""

from dataclasses import dataclass
from datetime import date, datetime

from interfaces.fhir.code_systems import HL7, ICD_10, ODS_CODE, UK_CORE, our_ids, ours
from interfaces.fhir.record import Code, Record, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, filled, identifier, named, period, reference

CLASSES = {
    "I": ("IMP", "inpatient encounter"),
    "O": ("AMB", "ambulatory"),
    "E": ("EMER", "emergency"),
    "D": ("SS", "short stay"),
    "P": ("PRENC", "pre-admission"),
    "R": ("AMB", "ambulatory"),
    "B": ("OBSENC", "observation encounter"),
}
"""HL7 table 0004 to v3-ActCode, the codes of the FHIR value set of Encounter.class."""

KIND_CLASSES = {"emergency_admission": "I", "other_admission": "I", "ed_attendance": "E"}
"""The class where no message of the hospital says one."""

_ENGLAND = "https://fhir.hl7.org.uk/CodeSystem/UKCore-{name}England"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterRecord(Record):
    """One stay. `state` is a word of the FHIR value set encounter-status; `patient_class` of HL7 table 0004."""

    patient: Code
    kind: Code
    state: Code
    patient_class: Code = ""
    visit_ref: Words = ""
    provider_code: Code = ""
    provider: Code = ""
    started: date | datetime
    ended: date | datetime | None = None
    diagnosis: Code = ""
    admission_method: Code = ""
    discharge_method: Code = ""
    discharge_destination: Code = ""
    location: Words = ""


def encounter_json(record: EncounterRecord) -> Json:
    """The Encounter of a stay. A class nobody knows is that of its kind."""
    known = record.patient_class if record.patient_class in CLASSES else KIND_CLASSES[record.kind]
    diagnosis = coding(ICD_10, record.diagnosis)
    where = named(record.location)
    return resource_json(
        "Encounter",
        record,
        identifier=[identifier(our_ids("visit"), record.visit_ref)] if record.visit_ref.strip() else [],
        status=record.state,
        class_=coding(f"{HL7}v3-ActCode", *CLASSES[known]),
        type=[concept(ours("encounter-kind", record.kind))],
        subject=reference("Patient", record.patient),
        period=period(record.started, record.ended),
        reasonCode=[concept(diagnosis)] if diagnosis else [],
        hospitalization=_hospitalization(record),
        location=[{"location": where}] if where else [],
        serviceProvider=_provider(record),
    )


def _hospitalization(record: EncounterRecord) -> Json:
    methods = (("AdmissionMethod", record.admission_method), ("DischargeMethod", record.discharge_method))
    destination = coding(_ENGLAND.format(name="DischargeDestination"), record.discharge_destination)
    return filled(
        extension=[_method(name, code) for name, code in methods if code.strip()],
        dischargeDisposition=concept(destination) if destination else {},
    )


def _method(name: str, code: str) -> Json:
    """How somebody came or left: UK Core has an extension for each, with the codes of the NHS Data Dictionary."""
    url = f"{UK_CORE}Extension-UKCore-{name}"
    return {"url": url, "valueCodeableConcept": concept(coding(_ENGLAND.format(name=name), code))}


def _provider(record: EncounterRecord) -> Json:
    """One of our organisations; else by its code alone, since there is nothing here to refer to."""
    if record.provider:
        return reference("Organization", record.provider)
    return filled(identifier=identifier(ODS_CODE, record.provider_code))
