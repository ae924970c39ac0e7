"""Cancer, as hospitals coded it."""

from stratify.features.admission_causes import ADMISSION_CAUSES
from stratify.features.families import Family

_ADMITTED = Family("cancer_admissions", "cancer", "admissions", ADMISSION_CAUSES, "cancer")

FEATURES = (
    *_ADMITTED.counts(
        (1095,), "admissions", "Treatment brings infection and bleeding, advanced disease pain and breathlessness; in QAdmissions."
    ),
    _ADMITTED.latest("Tells cancer under treatment from cancer in the past."),
)  # fmt: skip
