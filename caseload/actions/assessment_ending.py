"""How an assessment ends, and that the case's history has it: by its outcome, by giving it up, or with its case."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.assessment_rules import EVENTS
from caseload.domain.plan_words import AssessmentState
from caseload.domain.viewer import Viewer
from caseload.tables import Assessment, Case, CaseEvent

_WITH_CASE = "The case was closed."


def end_assessment(
    session: Session, assessment: Assessment, to: AssessmentState, *, by: Viewer, now: datetime, note: str
) -> None:
    """It is over from now on, inside the action that ends it; `note` says why where there is something to say."""
    assessment.state, assessment.ended_at, assessment.ended_by = to, now, by.user_id
    session.flush()
    tell_case(session, assessment, by=by, now=now, note=note)


def abandon_with_case(session: Session, case: Case, *, by: Viewer, now: datetime) -> None:
    """The assessment under way, where there is one, is abandoned inside the action that closes its case."""
    wanted = select(Assessment).where(Assessment.case_id == case.id, Assessment.state == AssessmentState.OPEN)
    assessment = session.execute(wanted.with_for_update()).scalar_one_or_none()
    if assessment is None:
        return
    end_assessment(session, assessment, AssessmentState.ABANDONED, by=by, now=now, note=_WITH_CASE)
    record(
        session, "assessment.abandon", by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        assessment=assessment.id, code="case_closed",
    )  # fmt: skip


def tell_case(session: Session, assessment: Assessment, *, by: Viewer, now: datetime, note: str = "") -> None:
    """The case's history has the assessment's: who, when, and why it ended as it did."""
    session.add(
        CaseEvent(
            case_id=assessment.case_id, kind=EVENTS[assessment.state], after=str(assessment.id), note=note, at=now,
            by=by.user_id,
        )
    )  # fmt: skip
    session.flush()
