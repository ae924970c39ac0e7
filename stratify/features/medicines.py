"""Medicines by BNF section: what is taken says what is treated, often before a diagnosis is coded."""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.reference import MEDICINE_CODE_LENGTH, MEDICINE_SECTIONS
from stratify.features.stages import MEDICINE_LOOK_BACK

_REASONS = {
    "anticoagulants": "Bleeding is among the commonest causes of medicine-related admission (Pirmohamed 2004); in QAdmissions.",
    "antidepressants": "In QAdmissions (Hippisley-Cox 2013): depression treated, and falls from the medicine.",
    "antiepileptics": "Epilepsy and its treatment lead to admission by seizures and falls (QAdmissions).",
    "antibiotics": "Repeated courses mark recurrent infection, a common cause of emergency admission.",
    "antipsychotics": "In QAdmissions (Hippisley-Cox 2013); severe mental illness, or distress in dementia.",
    "blood_pressure_medicines": "ACE inhibitors and the like: hypertension or heart failure treated; falls and kidney injury.",
    "bronchodilators": "Use of relievers measures how well asthma and COPD are controlled (SPARRA v4 medicine sections).",
    "dementia_medicines": "Dementia treated, also where no code says so.",
    "diabetes_medicines": "Diabetes treated by tablets; hypoglycaemia (Pirmohamed 2004).",
    "diuretics": "Heart failure treated; falls and kidney injury (Pirmohamed 2004).",
    "hypnotics": "Falls and dependence; a SPARRA v4 medicine section.",
    "immunosuppressants": "Serious inflammatory disease or a transplant, and infection.",
    "inhaled_steroids": "Asthma or COPD that needs prevention.",
    "insulin": "Diabetes that needs insulin: hypoglycaemia and ketoacidosis.",
    "nsaids": "Bleeding, kidney injury and heart failure (Pirmohamed 2004); in QAdmissions.",
    "opioids": "Pain that limits life, falls and constipation; a SPARRA v4 medicine section.",
    "oral_steroids": "Courses mark exacerbations of lung disease; in QAdmissions (Hippisley-Cox 2013).",
}
_BY_SECTION = Relation(
    "medicines_by_section",
    ("gp_prescriptions",),
    f"""SELECT pid, list AS label, sum(issues) AS issues, min(last_ago) AS last_ago
    FROM chunk_medicines JOIN ref_medicine ON substr(medicine, 1, {MEDICINE_CODE_LENGTH}) = code
    GROUP BY pid, list""",
    MEDICINE_SECTIONS,
    ("chunk_medicines",),
    ("ref_medicine",),
    once=True,
)


def _section(name: str) -> tuple[Feature, Feature]:
    latest = f"{name}_latest"
    count = Measure(Aggregate.AS_IS, MEDICINE_LOOK_BACK, "issues")
    day = Measure(Aggregate.AS_IS, MEDICINE_LOOK_BACK, "last_ago", empty=NAN)
    words = (name, "gp_prescriptions", MEDICINE_LOOK_BACK)
    return (
        Feature(f"{name}_365d", *words, "prescriptions", _REASONS[name], Kind.COUNT, _BY_SECTION, count, name, latest),
        Feature(latest, *words, "days", "Tells treatment going on from treatment stopped.", Kind.LATEST, _BY_SECTION, day, name, latest),
    )  # fmt: skip


FEATURES = tuple(feature for name in MEDICINE_SECTIONS for feature in _section(name))
