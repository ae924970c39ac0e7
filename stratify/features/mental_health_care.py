"""Specialist mental-health services: contacts, and days as an inpatient."""

from stratify.features.definition import Relation
from stratify.features.families import Family

_CONTACTS = Relation(
    "mental_health_contacts",
    ("mental_health_contacts",),
    "SELECT pid, {t} - day AS ago, coalesce(inpatient, 0) AS inpatient FROM chunk_mental_health_contacts WHERE {usable}",
)
_ALL = Family("mental_health_contacts", "mental_health_care", "mental_health_contacts", _CONTACTS)
_INPATIENT = Family(
    "mental_health_inpatient", "mental_health_care", "mental_health_contacts", _CONTACTS, where="inpatient = 1"
)  # fmt: skip

FEATURES = (
    *_ALL.counts((90, 365, 1095), "contacts", "Under specialist mental-health care: self-harm, neglect, side effects (SPARRA v4 inputs)."),
    _ALL.latest("Tells care going on from care that has ended."),
    *_INPATIENT.counts((365,), "contacts", "A psychiatric stay marks the most severe illness; the months after it are dangerous."),
    _INPATIENT.latest("Dates the psychiatric stay."),
)  # fmt: skip
