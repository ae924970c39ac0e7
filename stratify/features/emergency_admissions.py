"""Emergency admissions: the outcome itself in the past, its strongest predictor."""

from stratify.features.definition import WINDOWS, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.families import Family
from stratify.features.hospital_stays import HOSPITAL_STAYS

_STAYS = Family("emergency_admissions", "emergency_admissions", "admissions", HOSPITAL_STAYS, "emergency")

READMISSION_DAYS = 30

# The latest discharge before a stay, whatever it was for; ties are put in order so that the answer never depends on it.
_AFTER_DISCHARGE = Relation(
    "after_discharge",
    ("admissions",),
    """SELECT pid, {t} - day AS ago, day - left_before AS days_out, kind
    FROM (
        SELECT pid, day, kind,
            max(CASE WHEN discharged_day < {t} AND discharged_day >= day THEN discharged_day END) OVER (
                PARTITION BY pid ORDER BY day, discharged_day, kind, avail
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS left_before
        FROM chunk_admissions WHERE {usable}
    ) AS stay WHERE kind = 'emergency'""",
)
_READMISSIONS = Family(
    "emergency_readmissions", "emergency_admissions", "admissions", _AFTER_DISCHARGE,
    where=f"days_out BETWEEN 0 AND {READMISSION_DAYS}",
)  # fmt: skip

# NHS Data Dictionary, DISCHARGE DESTINATION: 54 NHS-run care home, 65 residential accommodation of a local
# authority where care is provided, 85 care home not run by the NHS or a local authority.
_TO_CARE_HOME = Family(
    "discharges_to_care_home", "care_home", "admissions", HOSPITAL_STAYS, "emergency",
    where="destination IN ('54', '65', '85')",
)  # fmt: skip

FEATURES = (
    *_STAYS.counts(
        WINDOWS, "admissions",
        "Previous emergency admissions are the strongest predictor in PARR, the Combined Model and SPARRA v4 (Liley 2024).",
    ),
    *_STAYS.sums(
        "emergency_bed_days", "bed_days", WINDOWS, "days",
        "Days in hospital measure how ill the person was at each stay; a SPARRA v4 predictor.",
    ),
    _STAYS.latest("The risk of another admission is highest soon after one and falls with time (PARR, Billings 2006)."),
    *_READMISSIONS.counts(
        (365,), "admissions",
        "Coming back within 30 days of leaving hospital marks unstable illness or a failed discharge (PARR-30, Billings 2012).",
    ),
    _READMISSIONS.latest("Dates the readmissions."),
    Feature(
        "in_hospital_now", "emergency_admissions", "admissions", 180, "yes/no",
        "A person still in hospital at the index date cannot be admitted until home, and leaves into the riskiest month.",
        Kind.STATE, HOSPITAL_STAYS, Measure(Aggregate.LARGEST, 180, "1 - ended"), "emergency", _STAYS.latest_name,
    ),
    _TO_CARE_HOME.latest("A discharge to a care home is new dependency (West Essex plan: living in a care home)."),
)  # fmt: skip
