"""Binary (base R4): the bytes of a copy that a DocumentReference points to, where they are asked for as a resource.

Source: FHIR R4 4.0.1, Binary. It says nothing of the plan beside its content: what that is, and whose, the
DocumentReference says that `securityContext` names, and who may have the one may have the other.
"""

from dataclasses import dataclass

from interfaces.fhir.record import Code, Record, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, reference


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryRecord(Record):
    """The bytes in base64, what they are, and the logical id of their DocumentReference, which is its own."""

    content_type: Code
    document: Code
    data: Words


def binary_json(record: BinaryRecord) -> Json:
    """The Binary of a copy."""
    return resource_json(
        "Binary",
        record,
        contentType=record.content_type,
        securityContext=reference("DocumentReference", record.document),
        data=record.data,
    )
