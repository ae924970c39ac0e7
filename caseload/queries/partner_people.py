"""Whom a partner's program may write about: whom it may be sent something of, seen from the action's side."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState
from caseload.exceptions import NotThere
from caseload.queries.reach import reachable
from caseload.tables import CareFlag, Case, Person, Task


def person_reached(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Person:
    """The person, where something of theirs may leave to this viewer now; NotThere otherwise, whatever the cause."""
    wanted = select(Person).where(Person.id == person_id, reachable(viewer, now))
    person = session.execute(wanted).scalar_one_or_none()
    if person is None:
        raise NotThere
    return person


def person_to_write_about(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Person:
    """The same, locked until the end of a writing transaction: what comes twice at once comes one after the other."""
    person = person_reached(session, viewer, now, person_id)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    return person


def case_running(session: Session, person_id: int) -> int | None:
    """The case of theirs that is not closed."""
    wanted = select(Case.id).where(Case.person_id == person_id, Case.state != CaseState.CLOSED)
    return session.execute(wanted).scalar_one_or_none()


def task_version(session: Session, task_id: int) -> int:
    """The version of a task's row, read in the same transaction as what a partner was sent of it."""
    return session.execute(select(Task.row_version).where(Task.id == task_id)).scalar_one()


def flag_version(session: Session, flag_id: int) -> int:
    """The same of a flag's row."""
    return session.execute(select(CareFlag.row_version).where(CareFlag.id == flag_id)).scalar_one()
