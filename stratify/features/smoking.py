"""Smoking and the misuse of drugs, as the practice last recorded them."""

from stratify.features.recorded_codes import latest_record

FEATURES = (
    latest_record(
        "drug_misuse_latest", "drug_misuse", "drug_misuse",
        "Drug misuse: overdose, infection and injury; drug dependence is a SPARRA v4 predictor (Liley 2024).",
    ),
    latest_record("smoking_latest", "smoking", "smoking_current", "Current smoking is in QAdmissions (Hippisley-Cox 2013)."),
)  # fmt: skip
