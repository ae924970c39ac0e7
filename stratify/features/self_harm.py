"""Hospital stays after self-harm."""

from stratify.features.admission_causes import ADMISSION_CAUSES
from stratify.features.families import Family

_ADMITTED = Family("self_harm_admissions", "self_harm", "admissions", ADMISSION_CAUSES, "self_harm")

FEATURES = (
    *_ADMITTED.counts(
        (365, 1095), "admissions", "About one in six comes back within a year of self-harm (Carroll 2014); ICD-10 X60-X84."
    ),
    _ADMITTED.latest("Dates the stay after self-harm."),
)  # fmt: skip
