"""Measurements of the general practice record: the last plausible value and how old it is.

Two values on one day: the higher counts. Units are converted as features.toml says; a value in another
unit, or outside what can be true, is not used. A person without a value is not recorded, never average.
"""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.measurement_units import MEASURED

_HUNDREDTHS = 100
_SPACE = 1_000_000  # more than any value in hundredths, so that day and value share one whole number

# The range stands in a CASE: as a condition of the join DuckDB 1.5.6 fails on it when a chunk holds a single row.
_LAST = Relation(
    "measurements",
    ("gp_codes",),
    f"""SELECT pid, label, {{t}} - max(day) AS ago, max(day * {_SPACE} + hundredths) - max(day) * {_SPACE} AS hundredths
    FROM (
        SELECT pid, ref_measured.list AS label, CAST(day AS BIGINT) AS day,
            CASE WHEN value >= lowest AND value <= highest
                THEN CAST(round((value * factor + shift) * {_HUNDREDTHS}) AS BIGINT) END AS hundredths
        FROM chunk_gp_codes
        JOIN ref_measured ON snomed = code
        JOIN ref_unit ON ref_unit.list = ref_measured.list AND ref_unit.unit = lower(trim(coalesce(chunk_gp_codes.unit, '')))
        WHERE {{usable}} AND value IS NOT NULL
    ) AS plausible WHERE hundredths IS NOT NULL GROUP BY pid, label""",
    MEASURED,
    (),
    ("ref_measured", "ref_unit"),
    once=True,
)  # fmt: skip

_REASONS = {
    "bmi": ("kg/m2", "Both very low and very high body mass raise risk; in QAdmissions (Hippisley-Cox 2013)."),
    "egfr": ("mL/min/1.73m2", "Kidney function: falls before kidney disease is coded."),
    "haemoglobin": ("g/L", "Anaemia is in QAdmissions and the eFI: bleeding, kidney disease, cancer, frailty."),
    "hba1c": ("mmol/mol", "Poor and over-tight control of diabetes both lead to admission."),
    "systolic_blood_pressure": ("mmHg", "High pressure causes stroke and heart failure; low pressure falls."),
}


def _measurement(name: str) -> tuple[Feature, Feature]:
    unit, why = _REASONS[name]
    age = f"{name}_latest"
    value = Measure(Aggregate.AS_IS, None, "hundredths", scale=1 / _HUNDREDTHS, empty=NAN)
    day = Measure(Aggregate.AS_IS, None, "ago", empty=NAN)
    return (
        Feature(name, name, "gp_codes", None, unit, why, Kind.VALUE, _LAST, value, name, age),
        Feature(
            age, name, "gp_codes", None, "days", "How old the value is; not measuring it says something too.",
            Kind.LATEST, _LAST, day, name, age,
        ),
    )  # fmt: skip


FEATURES = tuple(feature for name in MEASURED for feature in _measurement(name))
