"""One case with whom it is about, as the forms that change it show it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, PrimaryNeed
from caseload.exceptions import NotThere
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import openable, related
from caseload.tables import Case, Organisation, Person


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as it is now. `row_version` goes back with the form; `lasting`: not opened by break-glass only."""

    case_id: int
    state: CaseState
    need: PrimaryNeed | None
    opened_at: datetime
    row_version: int
    person: PersonFacts
    lasting: bool


def case_facts(session: Session, viewer: Viewer, now: datetime, case_id: int) -> CaseFacts:
    """The case, for somebody who may open its person; NotThere otherwise."""
    wanted = (
        select(Case, Person, Organisation.name, related(viewer, now))
        .join(Person, Person.id == Case.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(Case.id == case_id, openable(viewer, now))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotThere
    case, person, practice, lasting = found
    return CaseFacts(
        case.id, case.state, case.primary_need, case.opened_at, case.row_version, facts_of(person, practice),
        bool(lasting),
    )  # fmt: skip
