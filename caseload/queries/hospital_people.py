"""Whom a hospital's message may be linked to by hand: somebody of the place, found by two things that have to agree."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import Sex
from caseload.queries.hospital_reach import may_be_linked
from caseload.queries.merges import current_id
from caseload.tables import Organisation, Person


@dataclass(frozen=True, slots=True)
class PersonBeside:
    """One person, with what is compared with a message's demographics."""

    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    sex: Sex
    nhs_number: str
    address_line: str
    postcode: str
    phone: str
    practice: str
    practice_code: str
    date_of_death: date | None


def person_to_link(session: Session, viewer: Viewer, *, nhs_number: str, born: date) -> PersonBeside | None:
    """The person with this NHS number and date of birth, or whom that record was merged into; None for nobody to be linked.

    Not there, registered elsewhere, closed to the viewer and born on another day are one answer.
    """
    found = session.execute(select(Person.id).where(Person.nhs_number == nhs_number)).scalar_one_or_none()
    wanted = (
        select(Person, Organisation.name, Organisation.code)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(Person.id == current_id(session, found or 0), Person.date_of_birth == born, may_be_linked(viewer))
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        return None
    person, practice, code = row
    return PersonBeside(
        person.id, person.family_name, person.given_name, person.date_of_birth, person.sex, person.nhs_number,
        person.address_line, person.postcode, person.phone, practice, code, person.date_of_death,
    )  # fmt: skip
