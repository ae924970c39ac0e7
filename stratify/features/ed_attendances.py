"""Emergency department attendances: how many, of which kind, and how they ended."""

from stratify.features.definition import WINDOWS, Relation
from stratify.features.families import Family

_ATTENDANCES = Relation(
    "ed_attendances",
    ("ed_attendances",),
    "SELECT pid, {t} - day AS ago, department_type, admitted, acuity FROM chunk_ed_attendances WHERE {usable}",
)
_SOURCE = "ed_attendances"


def _family(name: str, group: str, where: str = "") -> Family:
    return Family(name, group, _SOURCE, _ATTENDANCES, where=where)


_ALL = _family("ed_attendances", "ed_attendances")
# NHS Data Dictionary, EMERGENCY CARE DEPARTMENT TYPE: 01 major, 02 single specialty, 03 urgent treatment or minor
# injury, 04 walk-in centre, 05 same-day emergency care.
_MAJOR = _family("ed_major", "ed_attendances", "department_type = '01'")
_URGENT = _family("ed_urgent_treatment", "ed_other_departments", "department_type IN ('03', '04')")
_SAME_DAY = _family("ed_same_day", "ed_other_departments", "department_type = '05'")
_ADMITTED = _family("ed_admitted", "ed_attendances", "admitted = 1")
_SENT_HOME = _family("ed_not_admitted", "ed_attendances", "admitted = 0")
# ECDS acuity: 1 immediate resuscitation, 2 very urgent, as level or as SNOMED CT code.
_HIGH_ACUITY = _family(
    "ed_high_acuity", "ed_attendances", "acuity IN ('1', '01', '2', '02', '1064891000000107', '1064911000000105')"
)

FEATURES = (
    *_ALL.counts(WINDOWS, "attendances", "Emergency attendances predict admission beside past admissions (SPARRA v4, Liley 2024)."),
    _ALL.latest("A recent attendance says more than an old one."),
    *_MAJOR.counts((365,), "attendances", "Major departments see the illness that leads to admission."),
    _MAJOR.latest("Dates the attendances at major departments."),
    *_URGENT.counts((365,), "attendances", "Minor units stand in for primary care; a weaker sign than a major department."),
    _URGENT.latest("Dates the attendances at urgent treatment centres."),
    *_SAME_DAY.counts((365,), "attendances", "Same-day emergency care takes patients who were admitted before it existed."),
    _SAME_DAY.latest("Dates the same-day emergency care."),
    *_ADMITTED.counts((365,), "attendances", "An attendance that ended in admission was severe."),
    _ADMITTED.latest("Dates the attendances that ended in admission."),
    *_SENT_HOME.counts((365,), "attendances", "Repeated attendances without admission mark unmet need (PARR, Billings 2006)."),
    _SENT_HOME.latest("Dates the attendances that ended at home."),
    *_HIGH_ACUITY.counts((365,), "attendances", "Triage as immediate or very urgent measures severity on arrival."),
    _HIGH_ACUITY.latest("Dates the most urgent attendances."),
)  # fmt: skip
