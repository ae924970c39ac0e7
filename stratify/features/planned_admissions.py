"""Planned care in hospital: waiting-list stays, day cases and maternity."""

from stratify.features.definition import WINDOWS
from stratify.features.families import Family
from stratify.features.hospital_stays import HOSPITAL_STAYS

_ELECTIVE = Family("elective_admissions", "elective_admissions", "admissions", HOSPITAL_STAYS, "elective")
_DAY_CASE = Family("day_case_admissions", "day_case_admissions", "admissions", HOSPITAL_STAYS, "day_case")
_MATERNITY = Family("maternity_admissions", "maternity_admissions", "admissions", HOSPITAL_STAYS, "maternity")

FEATURES = (
    *_ELECTIVE.counts(
        WINDOWS, "admissions", "Planned surgery shows treated illness and brings complications (SPARRA v4, Liley 2024)."
    ),
    *_ELECTIVE.sums(
        "elective_bed_days", "bed_days", WINDOWS, "days", "Days in hospital measure the size of the planned treatment."
    ),
    _ELECTIVE.latest("Complications come soon after an operation."),
    *_DAY_CASE.counts(
        WINDOWS, "admissions", "Regular day cases (dialysis, chemotherapy, transfusion) mark serious illness (SPARRA v4)."
    ),
    _DAY_CASE.latest("Tells treatment going on from treatment that has ended."),
    *_MATERNITY.counts(
        WINDOWS, "admissions", "Maternity stays are no illness: kept apart so that they do not raise the others."
    ),
    *_MATERNITY.sums(
        "maternity_bed_days", "bed_days", (365,), "days", "A long maternity stay is a complicated one."
    ),
    _MATERNITY.latest("Tells the months after a birth from later ones."),
)  # fmt: skip
