"""Who leads a case or works on it and may no longer open the record, because of what the person said of sharing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Role, Sector, TaskState
from caseload.queries.objections import said_no
from caseload.queries.visible import SHARING, may_open
from caseload.tables import CareTeamMember, Case, LeadAllocation, Organisation, Person, Task, Team, User, UserRole

LEAD_WITHOUT_ACCESS = "lead_without_access"
"""The rule that sets the task to hand a case over whose lead may no longer see the record."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Those of one case who may no longer open its record: the lead, and others of the care team by name.

    `task_list` is whose list the task to hand it over is on; empty where it is on nobody's, None where there is none.
    """

    lead: str | None
    team: tuple[str, ...]
    task_list: str | None


def kept_out(user: Any, now: Any) -> ColumnElement[bool]:
    """A condition on `Person` and this `User`: the person said no to sharing with the user's sector.

    As `caseload.queries.visible` has it: whoever the person's own practice employs, and its health staff by role, still
    open the record. `now` is a moment, or the name of one.
    """
    home = aliased(Organisation)
    of_sector = or_(*(and_(home.sector == sector, said_no(purpose)) for sector, purpose in SHARING.items()))
    outside = and_(user.home_id != Person.practice_id, or_(home.sector != Sector.HEALTH, ~_practice_role(user, now)))
    return exists(select(home.id).where(home.id == user.home_id, outside, of_sector).correlate(Person, user))


def kept_out_of(session: Session, viewer: Viewer, now: datetime, person_id: int) -> KeptOut:
    """Those of the person's current case, for a viewer who may open them; nobody otherwise."""
    if not may_open(session, viewer, now, person_id):
        return KeptOut(None, (), None)
    rows = session.execute(_leads_and_members(person_id, now)).all()
    lead = next((row.display_name for row in rows if row.leads), None)
    team = tuple(dict.fromkeys(row.display_name for row in rows if row.display_name != lead))
    return KeptOut(lead, team, _task_list(session, person_id) if lead else None)


def _leads_and_members(person_id: int, now: datetime) -> Any:
    today = local_day(now)
    case = select(Case.id).where(Case.person_id == person_id, Case.state != CaseState.CLOSED).scalar_subquery()
    person = and_(Person.id == person_id, kept_out(User, now))
    lead = (
        select(User.id, User.display_name, literal(1).label("leads"))
        .join(LeadAllocation, LeadAllocation.user_id == User.id)
        .join(Person, person)
        .where(LeadAllocation.case_id == case, LeadAllocation.until_at.is_(None))
    )
    member = (
        select(User.id, User.display_name, literal(0).label("leads"))
        .join(CareTeamMember, CareTeamMember.user_id == User.id)
        .join(Person, person)
        .where(
            CareTeamMember.case_id == case,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
        )
    )
    both = union_all(lead, member).subquery()
    return select(both).order_by(both.c.leads.desc(), both.c.display_name, both.c.id)


def _task_list(session: Session, person_id: int) -> str | None:
    found = session.execute(
        select(User.display_name, Team.name)
        .select_from(Task)
        .outerjoin(User, User.id == Task.owner_id)
        .outerjoin(Team, Team.id == Task.team_id)
        .where(Task.person_id == person_id, Task.rule_code == LEAD_WITHOUT_ACCESS, Task.state == TaskState.OPEN)
        .order_by(Task.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else found[0] or found[1] or ""


def _practice_role(user: Any, now: Any) -> ColumnElement[bool]:
    """A condition on `Person` and this `User`: a practice role of theirs holds over the person's practice."""
    places: Sequence[Any] = [aliased(Organisation) for _ in range(3)]
    practice, network, locality = places
    above = (practice.id, practice.parent_id, network.parent_id, locality.parent_id)
    return exists(
        select(UserRole.id)
        .join(practice, practice.id == Person.practice_id)
        .outerjoin(network, network.id == practice.parent_id)
        .outerjoin(locality, locality.id == network.parent_id)
        .where(
            UserRole.user_id == user.id,
            UserRole.role == Role.PRACTICE,
            UserRole.from_at <= now,
            or_(UserRole.until_at.is_(None), UserRole.until_at > now),
            or_(*(UserRole.place_id == place for place in above)),
        )
        .correlate(Person, user)
    )
