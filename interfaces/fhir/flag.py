"""Flag (UK Core): what 111, out of hours and ambulance services should know, and whom to ring.

R4 has no place for whom to ring, so that is an extension of ours, and stands in the text as well; the plan is named by
the standard extension flag-detail.
"""

from dataclasses import dataclass
from datetime import date

from interfaces.fhir.code_systems import FLAG_DETAIL, HL7, our_codes, our_extension, ours
from interfaces.fhir.record import Code, Record, Staff, Words
from interfaces.fhir.resource import resource_json
from interfaces.fhir.values import Json, coding, concept, narrative, paragraph, period, reference, text_of

CATEGORIES = {
    "care_plan": ("admin", "Administrative"),
    "clinical": ("clinical", "Clinical"),
    "safety": ("safety", "Safety"),
    "communication": ("contact", "Subject Contact"),
    "end_of_life": ("advance-directive", "Advance Directive"),
}
"""Our categories to HL7's flag-category."""
STATUSES = frozenset({"active", "inactive", "entered-in-error"})
"""FHIR R4, flag-status: the words are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRecord(Record):
    """One flag. `state` is of this moment: one past its review date is inactive, whatever is stored."""

    patient: Code
    category: Code
    code: Code
    said: Words = ""
    ring_name: Words = ""
    ring_phone: Words = ""
    ring_when: Words = ""
    starts_on: date
    review_on: date
    ended_on: date | None = None
    state: Code
    author: Staff = ""
    care_plan: Code = ""


def flag_json(record: FlagRecord) -> Json:
    """The Flag of a flag. Its period ends on the day it is to be reviewed, or was ended."""
    code, display = CATEGORIES[record.category]
    return resource_json(
        "Flag",
        record,
        text=narrative(_narrative(record)),
        extension=_extensions(record),
        status=record.state,
        category=[concept(coding(f"{HL7}flag-category", code, display), ours("flag-category", record.category))],
        code=concept(coding(our_codes("flag"), record.code), text=record.said),
        subject=reference("Patient", record.patient),
        period=period(record.starts_on, record.ended_on or record.review_on),
        author=reference("Practitioner", record.author),
    )


def _extensions(record: FlagRecord) -> list[Json]:
    detail = reference("CarePlan", record.care_plan)
    plan = [{"url": FLAG_DETAIL, "valueReference": detail}] if detail else []
    return [*_ring(record), *plan]


def _ring(record: FlagRecord) -> list[Json]:
    name, phone, when = map(text_of, (record.ring_name, record.ring_phone, record.ring_when))
    said: list[Json] = []
    if name:
        said.append({"url": "name", "valueString": name})
    if phone:
        said.append({"url": "phone", "valueContactPoint": {"system": "phone", "value": phone}})
    if when:
        said.append({"url": "when", "valueString": when})
    return [{"url": our_extension("ring"), "extension": said}] if said else []


def _narrative(record: FlagRecord) -> list[str]:
    if not text_of(record.said):
        return []
    who, phone, when = map(text_of, (record.ring_name, record.ring_phone, record.ring_when))
    ring = ", ".join(part for part in (who, phone, when) if part)
    return [paragraph(record.said), *([paragraph(f"Ring: {ring}")] if ring else [])]
