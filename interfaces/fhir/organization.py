"""Organization (UK Core): the places of the tree, and who else employs people."""

from dataclasses import dataclass

from interfaces.codes.ods import OdsCode
from interfaces.exceptions import CodeError
from interfaces.fhir.code_systems import HL7, ODS_CODE, our_ids, ours
from interfaces.fhir.record import Code, Record
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, identifier, reference, text_of

CARES = frozenset({"practice", "trust"})
"""The kinds that are providers of health care (HL7 organization-type)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord(Record):
    """An organisation; `part_of` is the next larger place. Its name is public, so a warehouse is told it as well."""

    code: Code
    name: Code
    kind: Code
    part_of: Code = ""


def organization_json(record: OrganizationRecord) -> Json:
    """The Organization of a place or an employer."""
    provider = coding(f"{HL7}organization-type", "prov", "Healthcare Provider") if record.kind in CARES else {}
    return resource_json(
        "Organization",
        record,
        identifier=[_identifier(record)],
        active=True,
        type=[concept(ours("organisation-kind", record.kind), provider)],
        name=text_of(record.name),
        partOf=reference("Organization", record.part_of),
    )


def _identifier(record: OrganizationRecord) -> Json:
    """By its ODS code where it has one; places of the tree that are no organisations have a code of our own."""
    return identifier(code_system(record.kind, record.code), record.code)


def code_system(kind: str, code: str) -> str:
    """Which system the code of an organisation of this kind is of."""
    if kind not in ("practice", "trust", "council"):
        return our_ids("organisation")
    try:
        OdsCode.parse(code)
    except CodeError:
        return our_ids("organisation")
    return ODS_CODE
