"""Who wants the daily e-mail and has not had today's, and how much waits for somebody."""

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from caseload.domain.digest import DigestCounts
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.queries.emergency import waiting_for_review
from caseload.queries.today import TaskList, handovers_to, task_counts
from caseload.queries.unread import unread_notices
from caseload.tables import DigestSent, User


def wanting_digest(session: Session, day: date) -> list[tuple[int, str]]:
    """The ids and addresses of the active users who want the e-mail and were not sent that day's."""
    sent = exists().where(DigestSent.user_id == User.id, DigestSent.day == day)
    wanted = (
        select(User.id, User.email)
        .where(User.wants_digest, User.email.is_not(None), User.email != "", User.deactivated_at.is_(None), ~sent)
        .order_by(User.id)
    )
    return [(user_id, email) for user_id, email in session.execute(wanted) if email]


def digest_counts(session: Session, viewer: Viewer, now: datetime) -> DigestCounts:
    """How much waits for a user, counted as the Today page counts it."""
    tasks = task_counts(session, viewer, now).lists
    return DigestCounts(
        overdue=tasks[TaskList.OVERDUE],
        today=tasks[TaskList.TODAY],
        escalated=tasks[TaskList.ESCALATED],
        handovers=len(handovers_to(session, viewer, now)),
        reviews=waiting_for_review(session, viewer) if viewer.may(Permission.REVIEW_EMERGENCY) else 0,
        notices=unread_notices(session, viewer),
    )
