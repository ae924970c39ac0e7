"""The joint assessment from its start to its outcome. Its sections are written in `caseload.actions.assessment_sections`.

Every change locks the case first, so that what is checked across its rows still holds when it is written.
"""

from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.assessment_ending import end_assessment, tell_case
from caseload.actions.audit import record
from caseload.actions.cases import set_need_case
from caseload.actions.changes import change_by, last_change
from caseload.actions.tasks import complete_case_tasks
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.assessment_rules import missing_for_joint, why_not_moved, why_not_written
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import AssessmentState, Capacity, Discipline, SectionState
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, PrimaryNeed, TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.visible import case_to_change
from caseload.questionnaires import read_questionnaires
from caseload.tables import Assessment, AssessmentSection, Case, CaseEvent


def start_assessment(session: Session, *, by: Viewer, now: datetime, case_id: int) -> int:
    """Begin to assess: with the questionnaires of today. Answers the assessment's id.

    Conflict where one is under way already; NotNow for a closed case and for somebody who has died.
    """
    case = locked_case(session, by, now, case_id)
    check_goes_on(case)
    under_way = select(Assessment).where(Assessment.case_id == case.id, Assessment.state == AssessmentState.OPEN)
    first = session.execute(under_way).scalar_one_or_none()
    if first is not None:
        change = change_by(session, first.started_by, first.started_at)
        raise Conflict("An assessment of this case is under way already.", by=change.by, at=change.at)
    assessment = Assessment(
        case_id=case.id, questionnaires=read_questionnaires().version, state=AssessmentState.OPEN, started_at=now,
        started_by=by.user_id,
    )  # fmt: skip
    session.add(assessment)
    session.flush()
    tell_case(session, assessment, by=by, now=now)
    record(
        session, "assessment.start", by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        assessment=assessment.id, questionnaires=assessment.questionnaires,
    )  # fmt: skip
    return assessment.id


def record_capacity(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    assessment_id: int,
    row_version: int,
    capacity: Capacity,
    note: str = "",
) -> int:
    """Say whether the person could decide about being assessed and about sharing. Answers the assessment's id.

    NotNow without a note for somebody who lacks capacity: which decision, how it was found, what is in their interest.
    """
    case, assessment = open_assessment(session, by, now, assessment_id)
    _check_version(session, case, assessment, row_version)
    if capacity is Capacity.LACKS_CAPACITY and not note.strip():
        raise NotNow("Enter how it was found that they lack capacity.", field="note")
    assessment.capacity, assessment.capacity_note = capacity, note
    session.flush()
    record(
        session, "assessment.capacity", by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        assessment=assessment.id, code=capacity.value,
    )  # fmt: skip
    return assessment.id


def complete_assessment(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    assessment_id: int,
    row_version: int,
    need: PrimaryNeed,
    needs: str,
    risks: str,
    review_on: date,
    why_not_joint: str = "",
) -> int:
    """End it with its outcome. The need goes to the case, so that the lead rule proposes again; tasks to assess are done.

    Answers the case's id. NotNow without needs, risks or a day to come; and, where it is not joint, without a reason.
    """
    case, assessment = open_assessment(session, by, now, assessment_id)
    _check_version(session, case, assessment, row_version)
    _check_outcome(needs, risks, review_on, local_day(now))
    together = not missing_for_joint(_sections(session, assessment.id))
    if not together and not why_not_joint.strip():
        raise NotNow("Enter why it is completed although it is not joint.", field="why_not_joint")
    assessment.primary_need, assessment.needs, assessment.risks = need, needs, risks
    assessment.review_on = review_on
    note = "" if together else why_not_joint
    end_assessment(session, assessment, AssessmentState.COMPLETED, by=by, now=now, note=note)
    record(
        session, "assessment.complete", by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        assessment=assessment.id, code=need.value, joint=together,
    )  # fmt: skip
    set_need_case(session, by=by, now=now, case_id=case.id, row_version=case.row_version, need=need)
    complete_case_tasks(
        session, by=by, now=now, case_id=case.id, kinds=[TaskKind.ASSESSMENT], note="By completing the assessment"
    )
    return case.id


def abandon_assessment(
    session: Session, *, by: Viewer, now: datetime, assessment_id: int, row_version: int, reason: str
) -> int:
    """End it without an outcome; what was written stays. Answers the case's id. NotNow without a reason."""
    case, assessment = changeable(session, by, now, assessment_id)
    refusal = why_not_moved(assessment.state, AssessmentState.ABANDONED)
    if refusal:
        raise NotNow(refusal)
    _check_version(session, case, assessment, row_version)
    if not reason.strip():
        raise NotNow("Enter why the assessment is abandoned.", field="reason")
    end_assessment(session, assessment, AssessmentState.ABANDONED, by=by, now=now, note=reason)
    record(
        session, "assessment.abandon", by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        assessment=assessment.id,
    )  # fmt: skip
    return case.id


def open_assessment(session: Session, by: Viewer, now: datetime, assessment_id: int) -> tuple[Case, Assessment]:
    """The case, locked, and its assessment, to be written in; NotNow where either has ended or the person has died."""
    case, assessment = changeable(session, by, now, assessment_id)
    refusal = why_not_written(assessment.state)
    if refusal:
        raise NotNow(refusal)
    check_goes_on(case)
    return case, assessment


def changeable(session: Session, by: Viewer, now: datetime, assessment_id: int) -> tuple[Case, Assessment]:
    """The case, locked, and its assessment, for somebody who may change them; NotThere otherwise, whatever the cause."""
    assessment = session.get(Assessment, assessment_id)
    if assessment is None:
        raise NotThere
    case = locked_case(session, by, now, assessment.case_id)
    session.refresh(assessment)
    return case, assessment


def locked_case(session: Session, by: Viewer, now: datetime, case_id: int) -> Case:
    """The case, locked, for somebody who may assess its person; NotThere otherwise."""
    if not by.may(Permission.ASSESS):
        raise NotThere
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    return case


def check_goes_on(case: Case) -> None:
    """NotNow for a case that is closed and for somebody who has died: nobody is assessed any more."""
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed.")
    if case.person.date_of_death is not None:
        raise NotNow("This person has died. An assessment that is under way can only be abandoned.")


def _check_version(session: Session, case: Case, assessment: Assessment, row_version: int) -> None:
    theirs = {"Primary need": assessment.primary_need.value.capitalize()} if assessment.primary_need else {}
    if assessment.capacity is not None:
        theirs["Capacity"] = assessment.capacity.value.replace("_", " ").capitalize()
        theirs["Note"] = assessment.capacity_note
    last = partial(last_change, session, CaseEvent, CaseEvent.case_id, case.id)
    check_version(assessment, row_version, theirs={name: said for name, said in theirs.items() if said}, last=last)


def _check_outcome(needs: str, risks: str, review_on: date, today: date) -> None:
    if not needs.strip():
        raise NotNow("Enter what the person needs.", field="needs")
    if not risks.strip():
        raise NotNow("Enter the risks.", field="risks")
    if review_on <= today:
        raise NotNow("The date of the review must be after today.", field="review_on")


def _sections(session: Session, assessment_id: int) -> list[tuple[Discipline, SectionState]]:
    wanted = select(AssessmentSection.discipline, AssessmentSection.state)
    found = session.execute(wanted.where(AssessmentSection.assessment_id == assessment_id))
    return [(discipline, state) for discipline, state in found]
