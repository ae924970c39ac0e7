"""Assessments and care plans of a demonstration: made jointly, agreed by most, one refused, one still being written."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.agreements import record_agreement
from caseload.actions.assessment_sections import NOT_BEGUN, complete_section
from caseload.actions.assessments import complete_assessment, record_capacity, start_assessment
from caseload.actions.care_team import add_member
from caseload.actions.measures import record_measures
from caseload.actions.plan_sections import NOT_WRITTEN, save_section
from caseload.actions.plan_versions import contents_of, sections_of
from caseload.actions.plans import Basis, activate_plan, mark_ready, sign_plan, start_plan
from caseload.clock import local_day
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_words import (
    AgreementMethod,
    AgreementState,
    Capacity,
    Discipline,
    MeasureKind,
    PlanHeading,
)
from caseload.domain.questionnaires import Question, QuestionKind
from caseload.domain.words import CareTeamRole, PrimaryNeed
from caseload.intake.demo_scene import OpenCase, Scene
from caseload.queries.lead_cases import lead_in_force
from caseload.questionnaires import read_questionnaires
from caseload.tables import Assessment, PlanSection, PlanVersion

_SOCIAL_WORKER = "ruth.bennett"
_ANSWERS = (
    "To stay in the flat and to see the grandchildren on Sundays.",
    "Gets breathless on the stairs and has stopped going out alone.",
    "Sister comes on Tuesdays; a neighbour does the heavy shopping.",
)
_ABOUT = {
    "most_important": "My flat, my cat, and the lunch club on Thursdays.",
    "communicate": "Speak up and give me time. I hear better on the left.",
    "please_do": "Ring the bell twice and wait: it takes me a while.",
    "support": "I manage mornings myself. Evenings are hard.",
}
_CONTINGENCY = {
    "name": "More breathless than usual",
    "trigger": "Cannot finish a sentence, or sleeps in the chair.",
    "what": "Start the rescue pack, ring the practice the same day; at night 111 with this plan at hand.",
    "who": "The accountable lead, then the care navigator, in working hours.",
}


def assessments(scene: Scene) -> None:
    """A third of the people are assessed by health and social care together in the first month's last days."""
    for number, case in enumerate(scene.cases()):
        if number % 3 == 0:
            _assess(scene, case, scene.at(scene.first + timedelta(days=18 + number % 8), 10), number)


def plans(scene: Scene) -> None:
    """Who was assessed gets a plan: most agree to it, one does not, the last is still a draft."""
    begun = scene.second + timedelta(days=2)
    for number, case in enumerate(scene.cases()):
        if number % 3 == 0:
            _plan(scene, case, scene.at(begun + timedelta(days=number % 10), 9), number)


def _assess(scene: Scene, case: OpenCase, at: datetime, number: int) -> None:
    navigator = case.surgery.navigator
    scene.maybe(
        case.surgery.manager, at, add_member, case_id=case.case_id, role=CareTeamRole.SOCIAL_WORKER,
        from_on=local_day(at), user_id=scene.staff.ids[_SOCIAL_WORKER],
    )  # fmt: skip
    assessment = scene.maybe(navigator, at, start_assessment, case_id=case.case_id)
    if assessment is None:
        return
    scene.maybe(navigator, at, _complete, assessment_id=assessment, discipline=Discipline.HEALTH)
    later = at + timedelta(days=1)
    scene.maybe(_SOCIAL_WORKER, later, _complete, assessment_id=assessment, discipline=Discipline.SOCIAL_CARE)
    scene.maybe(navigator, later, _outcome, assessment_id=assessment, need=list(PrimaryNeed)[number % len(PrimaryNeed)])
    values = {MeasureKind.ACTIVATION: 1 + number % 4, MeasureKind.LONELINESS: 1 + number % 5}
    scene.maybe(navigator, later, record_measures, person_id=case.person_id, measured_on=local_day(at), values=values)


def _complete(session: Session, *, by: Any, now: datetime, assessment_id: int, discipline: Discipline) -> int:
    asked = read_questionnaires().newest(discipline).questions
    answers = {question.key: _answer(question, place) for place, question in enumerate(asked) if question.required}
    return complete_section(
        session, by=by, now=now, assessment_id=assessment_id, discipline=discipline, row_version=NOT_BEGUN,
        answers=answers,
    )  # fmt: skip


def _answer(question: Question, place: int) -> str:
    if question.answers:
        return question.answers[place % len(question.answers)].code
    if question.kind is QuestionKind.NUMBER:
        return str(max(question.least, min(question.most, place)))
    return _ANSWERS[place % len(_ANSWERS)]


def _outcome(session: Session, *, by: Any, now: datetime, assessment_id: int, need: PrimaryNeed) -> int:
    version = session.get_one(Assessment, assessment_id).row_version
    record_capacity(
        session, by=by, now=now, assessment_id=assessment_id, row_version=version, capacity=Capacity.HAS_CAPACITY
    )
    return complete_assessment(
        session, by=by, now=now, assessment_id=assessment_id,
        row_version=session.get_one(Assessment, assessment_id).row_version, need=need,
        needs="Breathless, lonely since the lift broke, unsure about the inhalers.",
        risks="Falls on the stairs. Another admission in the winter.", review_on=local_day(now) + timedelta(days=84),
        why_not_joint="Social care could not come in time.",
    )  # fmt: skip


def _plan(scene: Scene, case: OpenCase, at: datetime, number: int) -> None:
    navigator = case.surgery.navigator
    version = scene.maybe(navigator, at, start_plan, case_id=case.case_id, basis=Basis.ASSESSMENT)
    if version is None:
        return
    who = str(scene.staff.ids[navigator])
    due = (local_day(at) + timedelta(days=21)).isoformat()
    for heading, entry in (
        (PlanHeading.ABOUT_ME, _ABOUT),
        (PlanHeading.GOALS, {"goal": "Walk to the lunch club on my own again", "importance": "9", "confidence": "6"}),
        (
            PlanHeading.ACTIONS,
            {"what": "Ask the practice about the inhalers", "who": who, "when": due, "status": "to_do"},
        ),
        (PlanHeading.CONTINGENCY, _CONTINGENCY),
    ):
        scene.maybe(navigator, at, _write, version_id=version, heading=heading, entry=entry)
    carer = {"name": "My sister", "relationship": "Sister", "helps_with": "Shopping and paperwork"}
    scene.maybe(_SOCIAL_WORKER, at, _write, version_id=version, heading=PlanHeading.CARERS, entry=carer)
    if number % 12 == 9:
        return
    scene.maybe(navigator, at + timedelta(hours=2), _ready, version_id=version)
    _agree(scene, case, at + timedelta(days=2), version, refused=number % 12 == 6)


def _agree(scene: Scene, case: OpenCase, at: datetime, version: int, *, refused: bool) -> None:
    at = min(at, scene.end)
    lead = _lead_of(scene, case)
    if lead is None:
        return
    scene.maybe(lead, at, _do, step=sign_plan, version_id=version)
    said = (
        {"state": AgreementState.DOES_NOT_AGREE, "reason": "Does not want anybody to come before ten."}
        if refused
        else {"state": AgreementState.AGREED, "copy_given": True}
    )
    scene.maybe(
        case.surgery.navigator, at, _do, step=record_agreement, version_id=version,
        method=AgreementMethod.FACE_TO_FACE, **said,
    )  # fmt: skip
    if not refused:
        scene.maybe(case.surgery.navigator, at, _do, step=activate_plan, version_id=version)


def _write(
    session: Session, *, by: Any, now: datetime, version_id: int, heading: PlanHeading, entry: Mapping[str, str]
) -> int:
    wanted = select(PlanSection).where(PlanSection.version_id == version_id, PlanSection.heading == heading)
    section = session.execute(wanted).scalar_one_or_none()
    before = [] if section is None else section.content
    return save_section(
        session, by=by, now=now, version_id=version_id, heading=heading,
        row_version=NOT_WRITTEN if section is None else section.row_version,
        entries=[*(_completed(heading, one) for one in before), entry],
    )  # fmt: skip


def _completed(heading: PlanHeading, entry: Mapping[str, str]) -> Mapping[str, str]:
    """What came from the assessment: a risk says what to look out for, not yet what should happen."""
    return {**entry, "what": entry.get("what") or _CONTINGENCY["what"]} if heading is PlanHeading.CONTINGENCY else entry


def _ready(session: Session, *, by: Any, now: datetime, version_id: int) -> int:
    seen = content_hash(contents_of(sections_of(session, version_id)))
    return _do(session, by=by, now=now, step=mark_ready, version_id=version_id, seen=seen)


def _do(session: Session, *, by: Any, now: datetime, step: Any, version_id: int, **fields: Any) -> int:
    """An action on the version as it is now."""
    version = session.get_one(PlanVersion, version_id).row_version
    answer: int = step(session, by=by, now=now, version_id=version_id, row_version=version, **fields)
    return answer


def _lead_of(scene: Scene, case: OpenCase) -> str | None:
    with scene.store.reading() as session:
        allocation = lead_in_force(session, case.case_id)
        leads = None if allocation is None else allocation.user_id
    return next((name for name, user_id in scene.staff.ids.items() if user_id == leads), None)
