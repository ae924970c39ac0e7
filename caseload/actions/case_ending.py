"""What ends with a case: its lead's time, a handover under way, the care team's time, its assessment, its plan, flags, open tasks."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.assessment_ending import abandon_with_case
from caseload.actions.flag_endings import end_flags
from caseload.actions.handovers import release_case
from caseload.actions.plans import end_plans
from caseload.actions.tasks import cancel_case_tasks
from caseload.clock import local_day
from caseload.domain.border_words import FlagEnding
from caseload.domain.viewer import Viewer
from caseload.tables import CareTeamMember, Case

_TASK_NOTE = "The case was closed."


def end_work_on(session: Session, case: Case, by: Viewer, now: datetime) -> None:
    """End everything that goes on in a case, inside the action that closes it."""
    release_case(session, by=by, now=now, case=case)
    _end_care_team(session, case, now)
    abandon_with_case(session, case, by=by, now=now)
    ending = FlagEnding.CASE_CLOSED
    end_flags(session, now=now, person_id=case.person_id, ending=ending, by=by.user_id, case_id=case.id)
    end_plans(session, case, by=by, now=now)
    cancel_case_tasks(session, now=now, case_id=case.id, note=_TASK_NOTE, by=by.user_id)
    session.flush()


def _end_care_team(session: Session, case: Case, now: datetime) -> None:
    today = local_day(now)
    wanted = select(CareTeamMember).where(
        CareTeamMember.case_id == case.id, or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on > today)
    )
    for member in session.execute(wanted).scalars():
        member.until_on = max(today, member.from_on)
