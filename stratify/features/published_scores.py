"""Published indices as features: what others measured, in one number each."""

from stratify.features.definition import Aggregate, Feature, Kind, Measure, Relation
from stratify.features.stages import CHARLSON_LOOK_BACK, HFRS_LOOK_BACK

EFI_DEFICITS = 36

CHARLSON_SCORE = Relation(
    "charlson_score",
    ("admissions",),
    "SELECT pid, sum(weight) AS score FROM chunk_charlson GROUP BY pid",
    (),
    ("chunk_charlson",),
    once=True,
)
HFRS_SCORE = Relation(
    "hfrs_score",
    ("admissions",),
    "SELECT pid, sum(tenths) AS score FROM chunk_hfrs GROUP BY pid",
    (),
    ("chunk_hfrs",),
    once=True,
)
EFI_SCORE = Relation(
    "efi_score",
    ("gp_codes", "gp_prescriptions"),
    "SELECT pid, count(*) AS score FROM chunk_frailty GROUP BY pid",
    (),
    ("chunk_frailty",),
    once=True,
)


def _score(name: str, source: str, window: int | None, unit: str, rationale: str, relation: Relation) -> Feature:
    scale = {"hfrs": 0.1, "efi": 1 / EFI_DEFICITS}.get(name, 1.0)
    group = "comorbidity" if name == "charlson" else "frailty"
    return Feature(
        name, group, source, window, unit, rationale, Kind.SCORE, relation,
        Measure(Aggregate.AS_IS, window, "score", scale=scale),
    )  # fmt: skip


FEATURES = (
    _score(
        "charlson", "admissions", CHARLSON_LOOK_BACK, "points",
        "Charlson comorbidity index from hospital diagnoses (ICD-10 coding of Quan 2005, weights of Charlson 1987).",
        CHARLSON_SCORE,
    ),
    _score(
        "hfrs", "admissions", HFRS_LOOK_BACK, "points",
        "Hospital Frailty Risk Score (Gilbert 2018): 109 diagnoses over two years, each counted once.", HFRS_SCORE,
    ),
    _score(
        "efi", "gp_codes and gp_prescriptions", None, "share of 36 deficits",
        "Electronic frailty index (Clegg 2016): 35 coded deficits and five or more medicines in a year.", EFI_SCORE,
    ),
)  # fmt: skip
