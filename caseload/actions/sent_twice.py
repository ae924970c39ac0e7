"""The same thing recorded a second time, from a page that somebody went back to: asked about before it is kept."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.clock_words import clock_time
from caseload.domain.words import TaskState
from caseload.exceptions import NotNow
from caseload.tables import Contact, Task

LATELY = timedelta(hours=1)
"""How long ago the first may be. What is the same after a longer time has rather happened twice."""


def check_contact_is_another(session: Session, contact: Contact) -> None:
    """NotNow where its recorder lately recorded the same of the same person, on the same day."""
    wanted = select(Contact).where(
        Contact.person_id == contact.person_id,
        Contact.recorded_by == contact.recorded_by,
        Contact.recorded_at >= contact.recorded_at - LATELY,
        Contact.mode == contact.mode,
        Contact.outcome_code == contact.outcome_code,
        Contact.note == contact.note,
    )
    on = local_day(contact.happened_at)
    for earlier in session.execute(wanted.order_by(Contact.id.desc())).scalars():
        if earlier.participants == contact.participants and local_day(earlier.happened_at) == on:
            at = clock_time(earlier.recorded_at)
            raise NotNow(
                f"You recorded the same contact at {at}. Save again only if there were two.", field="there_were_two"
            )


def check_task_is_another(session: Session, task: Task, *, by: int, now: datetime) -> None:
    """NotNow where the same user lately set an open task of the same title, day and list about the same person."""
    wanted = (
        select(Task.created_at)
        .where(
            Task.person_id == task.person_id,
            Task.created_by == by,
            Task.created_at >= now - LATELY,
            Task.state == TaskState.OPEN,
            Task.title == task.title,
            Task.due_on == task.due_on,
            Task.owner_id == task.owner_id,
            Task.team_id == task.team_id,
        )
        .order_by(Task.id.desc())
        .limit(1)
    )
    earlier = session.execute(wanted).scalar_one_or_none()
    if earlier is not None:
        at = clock_time(earlier)
        raise NotNow(f"You set the same task at {at}. Add it again only if there are two.", field="there_are_two")
