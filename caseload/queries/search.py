"""Finding a person: by NHS number, or by name and date of birth. Who may not be opened is not found."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.names import name_fits
from caseload.domain.viewer import Viewer
from caseload.domain.words import Sex
from caseload.queries.merges import current_id
from caseload.queries.visible import openable
from caseload.tables import Organisation, Person

_MOST = 50


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One person a search found, with what tells them from others of the same name."""

    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    sex: Sex
    nhs_number: str
    practice: str
    postcode: str
    date_of_death: date | None
    deregistered_on: date | None


def person_with_number(session: Session, viewer: Viewer, now: datetime, nhs_number: str) -> int | None:
    """The id of the person with this NHS number, or whom that record was merged into; None where not to be opened."""
    found = session.execute(select(Person.id).where(Person.nhs_number == nhs_number)).scalar_one_or_none()
    kept = current_id(session, found or 0)  # asked in any case: missing and forbidden take the same questions
    wanted = select(Person.id).where(Person.id == kept, openable(viewer, now))
    return session.execute(wanted).scalar_one_or_none()


def people_named(
    session: Session, viewer: Viewer, now: datetime, *, family: str, given: str, born: date
) -> list[FoundPerson]:
    """Everyone born that day whose name fits (see `name_fits`) and whom the viewer may open, by name.

    Somebody merged is found under their earlier name too. At most 50: a day has few births in one place.
    """
    named = select(Person.id, Person.name_key, Person.merged_into_id).where(Person.date_of_birth == born)
    fitting = [row for row in session.execute(named.order_by(Person.id)) if name_fits(row.name_key, family, given)]
    ids = {row.id if row.merged_into_id is None else current_id(session, row.id) for row in fitting}
    wanted = (
        select(Person, Organisation.name)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(Person.id.in_(sorted(ids)), openable(viewer, now))
        .order_by(Person.name_key, Person.id)
        .limit(_MOST)
    )
    return [_found(person, practice) for person, practice in session.execute(wanted)]


def _found(person: Person, practice: str) -> FoundPerson:
    return FoundPerson(
        person.id, person.family_name, person.given_name, person.date_of_birth, person.sex, person.nhs_number,
        practice, person.postcode, person.date_of_death, person.deregistered_on,
    )  # fmt: skip
