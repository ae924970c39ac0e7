"""Falls: recorded by the practice, and those that ended in hospital."""

from stratify.features.admission_causes import ADMISSION_CAUSES
from stratify.features.definition import Aggregate, Feature, Kind, Measure
from stratify.features.families import Family
from stratify.features.recorded_codes import RECORDED_CODES, latest_record

_ADMITTED = Family("fall_admissions", "falls", "admissions", ADMISSION_CAUSES, "fall_injury")

FEATURES = (
    Feature(
        "falls_365d", "falls", "gp_codes", 365, "records",
        "One fall predicts the next; a deficit of the eFI and a predictor in QAdmissions (Hippisley-Cox 2013).",
        Kind.COUNT, RECORDED_CODES, Measure(Aggregate.AS_IS, 365, "records_365d"), "falls", "falls_latest",
    ),
    latest_record("falls_latest", "falls", "falls", "A recent fall means more than an old one."),
    *_ADMITTED.counts((1095,), "admissions", "A fall that needed hospital: injury, a long lie, or nobody at home (ICD-10 W00-W19)."),
    _ADMITTED.latest("Dates the fall that ended in hospital."),
)  # fmt: skip
