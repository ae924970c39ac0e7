"""Patient (UK Core): the only resource with a name, an NHS number or an address in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from interfaces.fhir.code_systems import NHS_NUMBER, NHS_NUMBER_STATUS, UK_CORE
from interfaces.fhir.record import Code, Record, Words
from interfaces.fhir.resource import RESTRICTED, resource_json
from interfaces.fhir.values import Json, coding, concept, day, filled, identifier, reference, text_of

GENDERS = {"0": "unknown", "1": "male", "2": "female", "9": "other"}
"""NHS Data Dictionary PERSON STATED GENDER CODE to the FHIR value set administrative-gender, as UK Core maps them."""

NOT_TRACED = "02"
NUMBER_STATUSES = {"01": "Number present and verified", NOT_TRACED: "Number present but not traced"}
"""NHS Data Dictionary NHS NUMBER STATUS INDICATOR CODE, those that can be said here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord(Record):
    """Somebody registered in the place. `born` is a day, or a year and month where no more is to be told.

    `replaced_by` is who the person is known as now, `replaces` the records that were merged into this one. Nothing but
    that is said of a record that was merged into another.
    """

    nhs_number: Words = ""
    number_status: Code = NOT_TRACED
    family_name: Words = ""
    given_name: Words = ""
    sex: Code = ""
    born: date | None = None
    month_only: bool = False
    address: Words = ""
    postcode: Words = ""
    phone: Words = ""
    died_on: date | None = None
    registered: bool = True
    restricted: bool = False
    practice: Code = ""
    replaced_by: Code = ""
    replaces: tuple[Code, ...] = ()


def patient_json(record: PatientRecord) -> Json:
    """The Patient of a person."""
    return resource_json(
        "Patient",
        record,
        security=[RESTRICTED] if record.restricted else [],
        identifier=[_number(record)] if record.nhs_number else [],
        active=record.registered and not record.replaced_by,
        name=[_name(record)] if text_of(record.family_name) else [],
        telecom=[_phone(record.phone)] if text_of(record.phone) else [],
        gender=GENDERS.get(record.sex),
        birthDate=_born(record),
        deceasedDateTime=day(record.died_on),
        address=[_address(record)] if text_of(record.address) or text_of(record.postcode) else [],
        generalPractitioner=[reference("Organization", record.practice)] if record.practice else [],
        link=[*_links("replaced-by", [record.replaced_by]), *_links("replaces", record.replaces)],
    )


def _number(record: PatientRecord) -> Json:
    status = coding(NHS_NUMBER_STATUS, record.number_status, NUMBER_STATUSES[record.number_status])
    extension = {
        "url": f"{UK_CORE}Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": concept(status),
    }
    return identifier(NHS_NUMBER, record.nhs_number, extension=[extension])


def _name(record: PatientRecord) -> Json:
    given = text_of(record.given_name)
    return filled(use="official", family=text_of(record.family_name), given=[given] if given else [])


def _phone(phone: str) -> Json:
    return filled(system="phone", value=text_of(phone))


def _address(record: PatientRecord) -> Json:
    line = text_of(record.address)
    return filled(use="home", line=[line] if line else [], postalCode=text_of(record.postcode))


def _born(record: PatientRecord) -> str | None:
    if record.born is None:
        return None
    return record.born.strftime("%Y-%m") if record.month_only else record.born.isoformat()


def _links(kind: str, ids: Any) -> list[Json]:
    return [{"other": reference("Patient", one), "type": kind} for one in ids if one]
