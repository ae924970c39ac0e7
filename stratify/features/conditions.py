"""Long-term conditions in the general practice record: which, since when, how many and how new."""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.families import years_since_first
from stratify.features.recorded_codes import RECORDED_CODES, latest_record
from stratify.features.reference import CONDITIONS

_REASONS = {
    "anxiety": "Common beside long-term illness and lowers the threshold for seeking urgent care.",
    "asthma": "In QAdmissions (Hippisley-Cox 2013); an ambulatory-care-sensitive condition (Purdy 2009).",
    "atrial_fibrillation": "In QAdmissions: stroke, heart failure and bleeding on treatment.",
    "cancer_recorded": "In QAdmissions: treatment brings infection and bleeding, advanced disease pain and breathlessness.",
    "chronic_kidney_disease": "In QAdmissions: acute kidney injury, infection, heart failure.",
    "chronic_liver_disease": "In QAdmissions: bleeding, confusion, infection and fluid.",
    "copd": "In QAdmissions; exacerbations are among the commonest emergency admissions.",
    "coronary_heart_disease": "In QAdmissions and the eFI (Clegg 2016).",
    "dementia": "In the West Essex plan and SPARRA v4: delirium, falls, infection.",
    "depression": "In QAdmissions; worsens every other condition.",
    "diabetes": "In QAdmissions by type; an ambulatory-care-sensitive condition (Purdy 2009).",
    "epilepsy": "In QAdmissions: seizures are a common and often avoidable emergency admission.",
    "heart_failure": "In QAdmissions; admission for it is often followed by another.",
    "hypertension": "Common cause of vascular disease; in the eFI (Clegg 2016).",
    "learning_disability": "People with a learning disability die and are admitted earlier (LeDeR).",
    "palliative_care": "Near the end of life admissions are frequent and often unwanted.",
    "parkinsons_disease": "In the eFI (Clegg 2016): falls, infection, swallowing.",
    "peripheral_arterial_disease": "In the eFI (peripheral vascular disease): ulcers, infection, amputation.",
    "rheumatoid_arthritis": "In QAdmissions: infection and vascular disease beside the joints.",
    "severe_mental_illness": "In QAdmissions: people with it die 15 to 20 years earlier, mostly of physical illness.",
    "stroke": "In QAdmissions and the eFI: another stroke, falls, aspiration.",
}
# Conditions that come and go: a recent record means more than the first.
_RECURRENT = ("anxiety", "depression", "severe_mental_illness")

_COUNTED = len(CONDITIONS)
_MULTIMORBIDITY = Relation(
    "multimorbidity",
    ("gp_codes",),
    f"""SELECT pid, count(*) AS conditions, count(*) FILTER (WHERE first_ago <= 365) AS new_conditions,
        min(first_ago) AS newest
    FROM chunk_recorded WHERE list < {_COUNTED} GROUP BY pid""",
    (),
    ("chunk_recorded",),
    once=True,
)


def _group(name: str) -> str:
    return "cancer" if name == "cancer_recorded" else name


def _multimorbidity(name: str, column: str, window: int | None, rationale: str) -> Feature:
    is_date = column == "newest"
    unit, kind = ("days", Kind.LATEST) if is_date else ("conditions", Kind.COUNT)
    measure = Measure(Aggregate.AS_IS, window, column, empty=NAN if is_date else 0.0)
    return Feature(
        name, "multimorbidity", "gp_codes", window, unit, rationale, kind, _MULTIMORBIDITY, measure, "",
        "newest_condition_latest",
    )  # fmt: skip


FEATURES = (
    *(years_since_first(name, _group(name), "gp_codes", RECORDED_CODES, _REASONS[name]) for name in CONDITIONS),
    *(
        latest_record(f"{name}_latest", name, name, "Tells a present episode from one long past.")
        for name in _RECURRENT
    ),
    _multimorbidity(
        "long_term_conditions", "conditions", None,
        "The number of conditions predicts admission beside each of them (Payne 2013).",
    ),
    _multimorbidity(
        "new_conditions_365d", "new_conditions", 365, "A diagnosis is riskiest in its first year: treatment is not settled."
    ),
    _multimorbidity("newest_condition_latest", "newest", None, "Days since the newest condition was first recorded."),
)  # fmt: skip
