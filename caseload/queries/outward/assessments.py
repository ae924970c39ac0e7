"""QuestionnaireResponse: the sections of joint assessments, each with the questions it was made with."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from caseload.domain.plan_words import AssessmentState, SectionState
from caseload.domain.questionnaires import Questionnaires, answer_words
from caseload.domain.viewer import Viewer
from caseload.queries.outward.conditions import Condition, moment, pointer, token
from caseload.queries.outward.listing import Listing, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.newest import newest_of
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.questionnaires import read_questionnaires
from caseload.tables import Assessment, AssessmentAnswers, AssessmentSection, Case, Person
from interfaces.fhir.questionnaire_response import Answer, QuestionnaireResponseRecord

_STATUS = "http://hl7.org/fhir/questionnaire-answers-status"


def find_questionnaire_responses(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every section there is: one that is not complete is in progress, or stopped with its assessment."""
    question = (
        select(AssessmentSection, Assessment.state, Person.id.label("person_id"), Person.pseudonym)
        .join(Assessment, Assessment.id == AssessmentSection.assessment_id)
        .join(Case, Case.id == Assessment.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(reachable(viewer, now))
    )
    saved = _last_saved()
    changed = newest_of(Assessment.started_at, saved, AssessmentSection.completed_at, Assessment.ended_at)
    question = question.add_columns(saved.label("saved_at"))
    rows = rows_of(session, wanted, question, Listing((AssessmentSection.id,), changed, _conditions(viewer, saved)))
    asked = read_questionnaires()
    return slice_of(viewer, rows, [(_record(viewer, row, asked), [row.person_id]) for row in rows.rows])


def _last_saved() -> Any:
    return (
        select(func.max(AssessmentAnswers.at))
        .where(AssessmentAnswers.section_id == AssessmentSection.id)
        .correlate(AssessmentSection)
        .scalar_subquery()
    )


def _conditions(viewer: Viewer, saved: Any) -> dict[str, Condition]:
    complete = AssessmentSection.state == SectionState.COMPLETE
    stopped = and_(~complete, Assessment.state == AssessmentState.ABANDONED)
    statuses = {"completed": complete, "stopped": stopped, "in-progress": and_(~complete, ~stopped)}
    return {
        **patient(viewer),
        "status": token({_STATUS: statuses}),
        "authored": moment(saved),
        "author": pointer("Practitioner", AssessmentSection.author_id),
    }


def _record(viewer: Viewer, row: Any, asked: Questionnaires) -> QuestionnaireResponseRecord:
    section: AssessmentSection = row[0]
    _, _, version = section.questionnaire.rpartition(".")
    return QuestionnaireResponseRecord(
        id=str(section.id), updated_at=updated(row), patient=patient_id(viewer, row.person_id, row.pseudonym),
        discipline=section.discipline.value, questionnaire_version=version, status=_status(section, row[1]),
        authored_at=row.saved_at, author=str(section.author_id), answers=_answers(section, asked),
    )  # fmt: skip


def _status(section: AssessmentSection, of_assessment: AssessmentState) -> str:
    if section.state is SectionState.COMPLETE:
        return "completed"
    return "stopped" if of_assessment is AssessmentState.ABANDONED else "in-progress"


def _answers(section: AssessmentSection, asked: Questionnaires) -> tuple[Answer, ...]:
    """In the order of the questions; one whose question is not known any more stands last, in its own words."""
    made_with = asked.of(section.questionnaire)
    questions = made_with.by_key if made_with else {}
    order = sorted(
        section.answers, key=lambda key: (list(questions).index(key) if key in questions else len(questions), key)
    )
    found = []
    for key in order:
        question, answer = questions.get(key), section.answers[key]
        kind = question.kind.value if question else ""
        found.append(Answer(key, question.words if question else "", kind, answer, answer_words(question, answer)))
    return tuple(found)
