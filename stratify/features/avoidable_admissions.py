"""Emergency admissions for conditions that good care outside hospital can often keep out of it."""

from stratify.features.admission_causes import MAIN_CAUSES
from stratify.features.families import Family

_CHRONIC = Family("acsc_chronic", "avoidable_admissions", "admissions", MAIN_CAUSES, "acsc_chronic")
_ACUTE = Family("acsc_acute", "avoidable_admissions", "admissions", MAIN_CAUSES, "acsc_acute")

FEATURES = (
    *_CHRONIC.counts(
        (365, 1095), "admissions", "Asthma, COPD, heart failure, angina, diabetes and the like: they come back (Purdy 2009; NHS OF 2.3.i)."
    ),
    _CHRONIC.latest("Dates the admission for a chronic ambulatory-care-sensitive condition."),
    *_ACUTE.counts(
        (365, 1095), "admissions", "Urinary infection, cellulitis, pneumonia, dehydration, seizures and the like (Purdy 2009; NHS OF 3a)."
    ),
    _ACUTE.latest("Dates the admission for an acute ambulatory-care-sensitive condition."),
)  # fmt: skip
