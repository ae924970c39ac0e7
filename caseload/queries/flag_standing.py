"""How things stand with somebody as far as flags go: for actions that hold the person's row, and for the page's reason."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from caseload.domain.flag_rules import FlagStanding
from caseload.domain.plan_words import PlanState
from caseload.domain.words import CaseState
from caseload.tables import Case, Consent, Person, PlanVersion


@dataclass(frozen=True, slots=True)
class StandsNow:
    """The standing, with the case and the active version of its plan where there are such."""

    standing: FlagStanding
    case_id: int | None
    plan_id: int | None


def stands_now(session: Session, person_id: int, case_id: int | None = None) -> StandsNow:
    """How things stand with a person, by their current case; with `case_id`, by that case and no other.

    The question is put anew each time: what the session holds of these rows may be older than the lock on them.
    """
    active = and_(PlanVersion.case_id == Case.id, PlanVersion.state == PlanState.ACTIVE)
    current = and_(Case.person_id == Person.id, Case.state != CaseState.CLOSED)
    wanted = (
        select(
            Person.date_of_death, Person.deregistered_on, Person.merged_into_id, Person.restricted, Case.id, PlanVersion.id
        )
        .outerjoin(Case, current if case_id is None else and_(current, Case.id == case_id))
        .outerjoin(PlanVersion, active)
        .where(Person.id == person_id)
    )  # fmt: skip
    died_on, left_on, merged_into, restricted, case, plan = session.execute(wanted).one()
    latest = select(func.max(Consent.id)).where(Consent.person_id == person_id).group_by(Consent.purpose)
    answers = select(Consent.purpose, Consent.state).where(Consent.id.in_(latest))
    standing = FlagStanding(
        died=died_on is not None, left=left_on is not None or merged_into is not None, restricted=restricted,
        holds={row.purpose: row.state for row in session.execute(answers)},
        case_current=case is not None, plan_active=plan is not None,
    )  # fmt: skip
    return StandsNow(standing, case, plan)
