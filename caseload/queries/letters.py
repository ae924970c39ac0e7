"""What the letter says that tells a person who their accountable lead is."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.lead_rule import age_on
from caseload.domain.viewer import Viewer
from caseload.domain.words import Profession
from caseload.exceptions import NotNow
from caseload.queries.care_team import navigator_name
from caseload.queries.kept_out import kept_out
from caseload.queries.lead_cases import LeadCase, lead_case
from caseload.tables import LeadAllocation, Organisation, Person, User

OF_AGE = 16
"""From this age on somebody is written to themselves: the age at which they can consent to their own treatment."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. It says nothing of a score. `navigator` is None where the care team has none.

    `to_guardian` says that the person is too young for it to be written to them (under `OF_AGE`).
    """

    case: LeadCase
    address_line: str
    postcode: str
    practice: str
    lead: str
    profession: Profession
    job_title: str
    organisation: str
    since: date
    by_choice: bool
    navigator: str | None
    to_guardian: bool


def letter_for(session: Session, viewer: Viewer, now: datetime, case_id: int) -> Letter:
    """The letter of a case that has a lead. NotThere for somebody who may not open the person; NotNow without a lead, with
    one who may no longer see the record, or to somebody who died."""
    case = lead_case(session, viewer, now, case_id)
    if case.person.date_of_death is not None:
        raise NotNow("This person has died. No letter is sent.")
    home, practice = aliased(Organisation), aliased(Organisation)
    found = session.execute(
        select(
            LeadAllocation, User, home.name, practice.name, Person.address_line, Person.postcode, kept_out(User, now)
        )
        .select_from(LeadAllocation)
        .join(User, User.id == LeadAllocation.user_id)
        .join(home, home.id == User.home_id)
        .join(Person, Person.id == case.person_id)
        .join(practice, practice.id == Person.practice_id)
        .where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotNow("This case has no accountable lead yet, so there is nobody to tell the person about.")
    lead, user, organisation, practice_name, address_line, postcode, barred = found
    if barred:
        raise NotNow(
            "The accountable lead may no longer see the record, so no letter names them. Hand the case over first."
        )
    return Letter(
        case, address_line, postcode, practice_name, user.display_name, lead.profession, user.job_title, organisation,
        local_day(lead.from_at), lead.override_code == "persons_choice", navigator_name(session, now, case_id),
        age_on(case.person.date_of_birth, local_day(now)) < OF_AGE,
    )  # fmt: skip
