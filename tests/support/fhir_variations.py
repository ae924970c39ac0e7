"""Records as different as hypothesis can make them: any words, any days, any of the codes a field can have."""

from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from interfaces.fhir import (
    care_plan,
    care_team,
    consent,
    encounter,
    episode_of_care,
    flag,
    goal,
    patient,
    provenance,
    task,
)
from interfaces.fhir.code_systems import DISPLAYS
from interfaces.fhir.document_reference import CONTENT_TYPES
from interfaces.fhir.record import Kind, kinds_of

WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["<b>&amp;", "]]>", "\x00\x0b\ufffe", " \t\n ", "O’Brien", "‮sdrow", "🙂", '"quoted"', "--"]),
)
_DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1))
_MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_STAYS = frozenset({"planned", "arrived", "in-progress", "finished", "cancelled"})

CODES: dict[tuple[str, str], Any] = {
    ("PatientRecord", "sex"): [*patient.GENDERS, ""],
    ("PatientRecord", "number_status"): patient.NUMBER_STATUSES,
    ("PractitionerRoleRecord", "role"): DISPLAYS["role"],
    ("PractitionerRoleRecord", "profession"): [*DISPLAYS["profession"], ""],
    ("OrganizationRecord", "kind"): DISPLAYS["organisation-kind"],
    ("RiskAssessmentRecord", "tier"): DISPLAYS["tier"],
    ("RiskAssessmentRecord", "outcome"): ["emergency_admission_12m", "death_1m", "other", "stay_99m"],
    ("EpisodeOfCareRecord", "state"): episode_of_care.STATUSES,
    ("EpisodeOfCareRecord", "primary_need"): [*DISPLAYS["primary-need"], ""],
    ("CareTeamRecord", "state"): care_team.STATUSES,
    ("Participant", "role"): DISPLAYS["care-team-role"],
    ("Participant", "profession"): [*DISPLAYS["profession"], ""],
    ("CarePlanRecord", "state"): care_plan.STATUSES,
    ("Activity", "status"): care_plan.ACTIVITIES,
    ("GoalRecord", "status"): [*goal.LIFECYCLES, ""],
    ("TaskRecord", "state"): task.STATUSES,
    ("TaskRecord", "kind"): DISPLAYS["task-kind"],
    ("FlagRecord", "category"): flag.CATEGORIES,
    ("FlagRecord", "state"): flag.STATUSES,
    ("ConsentRecord", "state"): consent.PERMITS,
    ("ConsentRecord", "purpose"): DISPLAYS["consent-purpose"],
    ("EncounterRecord", "state"): _STAYS,
    ("EncounterRecord", "kind"): encounter.KIND_CLASSES,
    ("EncounterRecord", "patient_class"): [*encounter.CLASSES, "U", ""],
    ("QuestionnaireResponseRecord", "status"): ["in-progress", "completed", "stopped"],
    ("QuestionnaireResponseRecord", "discipline"): DISPLAYS["discipline"],
    ("Answer", "kind"): ["yes_no", "number", "choice", "short", "long", ""],
    ("Agent", "part"): provenance.TYPES,
    ("Agent", "answer"): [*DISPLAYS["plan-agreement"], ""],
    ("AuditEventRecord", "action"): ["view", "case.open"],
    ("DocumentReferenceRecord", "share_format"): CONTENT_TYPES,
    ("BinaryRecord", "content_type"): CONTENT_TYPES.values(),
    ("BinaryRecord", "data"): ["", "JVBERi0=", "AA=="],
}
"""The codes a field can have; a field that is not here keeps those of its example."""


def varied(example: Any) -> st.SearchStrategy[Any]:
    """Any record like this one."""
    return _fields_of(type(example)).flatmap(
        lambda changes: st.just(replace(example, **{name: part for name, part in changes.items() if part is not KEPT}))
    )


KEPT = object()


@cache
def _fields_of(kind: Any) -> st.SearchStrategy[dict[str, Any]]:
    declared = get_type_hints(kind, include_extras=True)
    return st.fixed_dictionaries({one.name: _value(kind, one.name, declared[one.name]) for one in fields(kind)})


def _value(kind: Any, name: str, declared: Any) -> st.SearchStrategy[Any]:
    if (kind.__name__, name) in CODES:
        return st.sampled_from(sorted(CODES[kind.__name__, name]))
    inner = [part for part in get_args(declared) if is_dataclass(part)]
    if get_origin(declared) is tuple and inner:
        return st.lists(_whole(inner[0]), max_size=3).map(tuple)
    if name == "entries":
        return st.lists(st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple), max_size=2).map(tuple)
    known = kinds_of(declared)
    if Kind.WORDS in known and get_origin(declared) is tuple:
        return st.lists(WORDS, max_size=3).map(tuple)
    if Kind.WORDS in known:
        return WORDS
    if Kind.STAFF in known and get_origin(declared) is not tuple:
        return st.sampled_from(["", "2", "11"])
    parts = set(get_args(declared)) or {declared}
    options = [made for of, made in _PLAIN.items() if of in parts]
    if not options:
        return st.just(KEPT)
    return st.one_of(*options, *([st.none()] if type(None) in parts else []))


_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    date: _DATES,
    datetime: _MOMENTS,
    bool: st.booleans(),
    float: st.floats(0, 1),
    int: st.integers(1, 99),
}


def _whole(kind: Any) -> st.SearchStrategy[Any]:
    """A part by itself: what has no choice of its own has its default, or a code."""
    asked = {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}

    def made(parts: dict[str, Any]) -> Any:
        given = {
            name: "x" if part is KEPT else part for name, part in parts.items() if part is not KEPT or name in asked
        }
        return kind(**given)

    return _fields_of(kind).map(made)
