"""What the change feed tells of, by the names of FHIR R4."""

from enum import StrEnum


class OutwardResource(StrEnum):
    """A kind of row whose changes others may follow; the words of `outward_change.resource`."""

    FLAG = "Flag"
    CARE_PLAN = "CarePlan"
