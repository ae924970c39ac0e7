"""Contacts as they were recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import ContactMode
from caseload.exceptions import NotThere
from caseload.queries.visible import openable
from caseload.tables import Contact, Person, User


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact; `corrected` where a later row stands in its place."""

    contact_id: int
    person_id: int
    mode: ContactMode
    participants: tuple[str, ...]
    outcome_code: str
    note: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    corrected: bool


def contact_of(session: Session, viewer: Viewer, now: datetime, contact_id: int) -> ContactRow:
    """One contact; NotThere where the viewer may not open its person."""
    correction = aliased(Contact)
    corrected = exists().where(correction.person_id == Contact.person_id, correction.corrects_id == Contact.id)
    wanted = (
        select(Contact, User.display_name, corrected)
        .join(Person, Person.id == Contact.person_id)
        .join(User, User.id == Contact.recorded_by)
        .where(Contact.id == contact_id, openable(viewer, now))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotThere
    contact, recorded_by, was_corrected = found
    return ContactRow(
        contact.id, contact.person_id, contact.mode, tuple(contact.participants), contact.outcome_code, contact.note,
        contact.happened_at, contact.recorded_at, recorded_by, was_corrected,
    )  # fmt: skip
