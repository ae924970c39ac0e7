"""The sections of an assessment: each is written by whoever knows that side, and no word of anybody's is lost.

Any care role may write any section: teams are mixed, and author and organisation are recorded with every one. A section
has a version of its own, so that several are written at once; every state that was saved stays as `AssessmentAnswers`.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.assessments import open_assessment
from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.domain.assessment_rules import STEPS, SectionStep, why_not_stepped
from caseload.domain.plan_words import Discipline, SectionState
from caseload.domain.questionnaires import (
    TO_COMPLETE,
    Questionnaire,
    answer_words,
    said_of,
    unanswered,
    why_not_an_answer,
)
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.questionnaires import read_questionnaires
from caseload.tables import Assessment, AssessmentAnswers, AssessmentSection, Case

NOT_BEGUN = 0
"""The version a form says it was shown where nobody had written the section yet."""

_CODES = {SectionStep.SAVE: "assessment.section_save", SectionStep.COMPLETE: "assessment.section_complete"}

Answers = Mapping[str, str]
"""Question key -> answer; empty ones are left out when they are kept."""


def save_section(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    assessment_id: int,
    discipline: Discipline,
    row_version: int,
    answers: Answers,
) -> int:
    """Keep what was written so far; answers the section's id. Conflict where somebody else saved it meanwhile.

    NotNow for an answer that cannot be one, a section without any, and one that is complete.
    """
    return _write(session, by, now, assessment_id, discipline, row_version, answers, SectionStep.SAVE)


def complete_section(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    assessment_id: int,
    discipline: Discipline,
    row_version: int,
    answers: Answers,
) -> int:
    """The same, and the section is finished: every required question has to have an answer."""
    return _write(session, by, now, assessment_id, discipline, row_version, answers, SectionStep.COMPLETE)


def reopen_section(
    session: Session, *, by: Viewer, now: datetime, assessment_id: int, discipline: Discipline, row_version: int
) -> int:
    """A complete section can be written again; the assessment may stop being joint by it. Answers the section's id."""
    case, assessment = open_assessment(session, by, now, assessment_id)
    section = _section(session, assessment.id, discipline)
    if section is None:
        raise NotThere
    _check_version(session, section, row_version)
    _step(section, SectionStep.REOPEN)
    section.completed_at = section.completed_by = None
    session.flush()
    _record(session, case, section, "assessment.section_reopen", by, now)
    return section.id


def _write(  # noqa: PLR0913 - one door for saving and completing
    session: Session,
    by: Viewer,
    now: datetime,
    assessment_id: int,
    discipline: Discipline,
    row_version: int,
    answers: Answers,
    step: SectionStep,
) -> int:
    case, assessment = open_assessment(session, by, now, assessment_id)
    section = _section(session, assessment.id, discipline)
    _check_version(session, section, row_version)
    section = section or _begun(assessment, discipline)
    questionnaire = _questionnaire(section)
    given = _checked(questionnaire, answers)
    _step(section, step)
    section.answers, section.author_id, section.organisation_id = given, by.user_id, by.home_id
    if step is SectionStep.COMPLETE:
        _check_whole(questionnaire, given)
        section.completed_at, section.completed_by = now, by.user_id
    session.add(section)
    session.flush()
    session.add(AssessmentAnswers(section_id=section.id, answers=given, at=now, by=by.user_id))
    _record(session, case, section, _CODES[step], by, now)
    return section.id


def _section(session: Session, assessment_id: int, discipline: Discipline) -> AssessmentSection | None:
    wanted = select(AssessmentSection).where(
        AssessmentSection.assessment_id == assessment_id, AssessmentSection.discipline == discipline
    )
    return session.execute(wanted.with_for_update()).scalar_one_or_none()


def _begun(assessment: Assessment, discipline: Discipline) -> AssessmentSection:
    questionnaire = read_questionnaires().newest(discipline)
    return AssessmentSection(
        assessment_id=assessment.id, discipline=discipline, state=SectionState.DRAFT, questionnaire=questionnaire.ref
    )


def _questionnaire(section: AssessmentSection) -> Questionnaire:
    found = read_questionnaires().of(section.questionnaire)
    if found is None:
        raise NotNow("The questionnaire of this section is not configured here any more. It can only be read.")
    return found


def _checked(questionnaire: Questionnaire, answers: Answers) -> dict[str, str]:
    """What is kept: the answers that were given, in the order of the questions."""
    asked = questionnaire.by_key
    for key, answer in answers.items():
        if key not in asked:
            raise NotNow("This was not asked.", field=key)
        if refusal := why_not_an_answer(asked[key], answer):
            raise NotNow(f"{said_of(asked[key], refusal)}.", field=key)
    given = {key: answers[key] for key in asked if answers.get(key, "").strip()}
    if not given:
        raise NotNow("Answer at least one question.", field=questionnaire.questions[0].key)
    return given


def _check_whole(questionnaire: Questionnaire, given: Answers) -> None:
    for question in unanswered(questionnaire, given):
        raise NotNow(f"{said_of(question, TO_COMPLETE)}.", field=question.key)


def _step(section: AssessmentSection, step: SectionStep) -> None:
    refusal = why_not_stepped(step, section.state)
    if refusal:
        raise NotNow(refusal)
    section.state = STEPS[step][section.state]


def _check_version(session: Session, section: AssessmentSection | None, row_version: int) -> None:
    shown = NOT_BEGUN if section is None else section.row_version
    if shown == row_version:
        return
    if section is None:
        raise NotThere
    wanted = select(AssessmentAnswers).where(AssessmentAnswers.section_id == section.id)
    last = session.execute(wanted.order_by(AssessmentAnswers.id.desc()).limit(1)).scalar_one()
    change = change_by(session, last.by, last.at)
    raise Conflict(
        "Somebody else wrote in this section while you were working on it.",
        theirs=_as_it_is(section),
        by=change.by,
        at=change.at,
    )


def _as_it_is(section: AssessmentSection) -> dict[str, str]:
    """The section as it is now, question by question in words."""
    questionnaire = read_questionnaires().of(section.questionnaire)
    asked = questionnaire.by_key if questionnaire else {}
    return {
        asked[key].words if key in asked else key.replace("_", " "): answer_words(asked.get(key), answer)
        for key, answer in section.answers.items()
    }


def _record(session: Session, case: Case, section: AssessmentSection, action: str, by: Viewer, now: datetime) -> None:
    record(
        session, action, by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        assessment=section.assessment_id, section=section.discipline.value,
    )  # fmt: skip
