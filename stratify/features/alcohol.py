"""Harm from alcohol: in hospital, and as the practice recorded it."""

from stratify.features.admission_causes import ADMISSION_CAUSES
from stratify.features.families import Family
from stratify.features.recorded_codes import latest_record

_ADMITTED = Family("alcohol_admissions", "alcohol", "admissions", ADMISSION_CAUSES, "alcohol_specific")

FEATURES = (
    *_ADMITTED.counts(
        (365, 1095), "admissions", "Alcohol-specific admissions recur; a SPARRA v4 predictor (Liley 2024), alcohol is in QAdmissions."
    ),
    _ADMITTED.latest("Dates the alcohol-specific admission."),
    latest_record("harmful_drinking_latest", "alcohol", "harmful_drinking", "Heavy drinking known to the practice (QAdmissions)."),
)  # fmt: skip
