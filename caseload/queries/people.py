"""One person: who they are, as every page about them needs it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.proposal_rules import UNDECIDED
from caseload.domain.viewer import Viewer
from caseload.domain.words import (
    CareTeamRole,
    CaseState,
    PrimaryNeed,
    Profession,
    ProposalKind,
    ProposalState,
    Residence,
    Sex,
)
from caseload.exceptions import NotThere
from caseload.queries.flags import flag_may_be_set, flags_in_force
from caseload.queries.kept_out import kept_out
from caseload.queries.visible import (
    BY_NAME,
    Shape,
    found_open,
    may_open,
    names_for,
    openable_by_name,
    related_by_name,
    related_to,
    shape_of,
)
from caseload.tables import CareTeamMember, Case, EmergencyAccess, LeadAllocation, Organisation, Person, Proposal, User


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the banner of a page about one person is made of."""

    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    sex: Sex
    nhs_number: str
    practice: str
    date_of_death: date | None
    deregistered_on: date | None
    restricted: bool


def person_facts(session: Session, viewer: Viewer, now: datetime, person_id: int) -> PersonFacts:
    """Who this person is, for somebody who may open them; NotThere otherwise, whatever the cause."""
    named = {**names_for(viewer, now), "person_id": person_id}
    found = session.execute(_facts(shape_of(viewer)), named).one_or_none()
    if found is None:
        raise NotThere
    found_open(session, viewer, now, person_id)
    return facts_of(found[0], found[1])


@cache
def _facts(shape: Shape) -> Select[Person, str]:
    return (
        select(Person, Organisation.name)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(Person.id == bindparam("person_id"), openable_by_name(shape))
    )


def only_in_emergency(session: Session, viewer: Viewer, now: datetime, person_id: int) -> bool:
    """Whether the viewer has this record open through break-glass and nothing else."""
    return not related_to(session, viewer, now, person_id)


def facts_of(person: Person, practice: str) -> PersonFacts:
    """The facts of a row that another question has already read for somebody who may open it."""
    return PersonFacts(
        person.id,
        person.family_name,
        person.given_name,
        person.date_of_birth,
        person.sex,
        person.nhs_number,
        practice,
        person.date_of_death,
        person.deregistered_on,
        person.restricted,
    )


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The person's current case, with its accountable lead where it has one; `lead_kept_out`: who may not see the record."""

    case_id: int
    state: CaseState
    row_version: int
    primary_need: PrimaryNeed | None
    opened_at: datetime
    lead_id: int | None
    lead: str | None
    profession: Profession | None
    lead_from: datetime | None
    lead_told: bool
    lead_kept_out: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person as their page begins. `proposal` is the undecided one; `emergency_until` is set where only break-glass opens it.

    `flags` is how many flags for urgent care are in force; `flag_may_be_set` is of who has none as well as of who has.
    """

    facts: PersonFacts
    practice_id: int
    address: str
    phone: str
    residence: Residence | None
    lives_alone: bool | None
    has_carer: bool | None
    case: CaseFacts | None
    proposal: ProposalState | None
    proposal_kind: ProposalKind | None
    emergency_until: datetime | None
    flags: int = 0
    flag_may_be_set: bool = False


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Somebody on the care team now."""

    name: str
    organisation: str
    role: CareTeamRole
    from_on: date


def person_page(session: Session, viewer: Viewer, now: datetime, person_id: int) -> PersonPage:
    """Who they are, where they live, their case, its lead and what awaits the practice, in one question.

    NotThere where the viewer may not open them, whatever the cause.
    """
    named = {**names_for(viewer, now), "person_id": person_id}
    found = session.execute(_page(shape_of(viewer)), named).one_or_none()
    if found is None:
        raise NotThere
    found_open(session, viewer, now, person_id)
    person, practice, case, allocation, lead_name, barred, state, kind, has_relationship, opened_until, *flags = found
    return PersonPage(
        facts_of(person, practice),
        person.practice_id,
        ", ".join(part for part in (person.address_line, person.postcode) if part),
        person.phone,
        person.residence,
        person.lives_alone,
        person.has_carer,
        None if case is None else _case_facts(case, allocation, lead_name, kept_out=bool(barred)),
        state,
        kind,
        None if has_relationship else opened_until,
        flags[0],
        bool(flags[1]),
    )


@cache
def _page(shape: Shape) -> Select[*tuple[Any, ...]]:
    lead = and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None))
    undecided = and_(Proposal.person_id == Person.id, Proposal.state.in_(UNDECIDED))
    return (
        select(
            Person, Organisation.name, Case, LeadAllocation, User.display_name, kept_out(User, BY_NAME.now),
            Proposal.state, Proposal.kind, related_by_name(shape), _opened_until(),
            flags_in_force(BY_NAME.today), flag_may_be_set(),
        )
        .select_from(Person)
        .join(Organisation, Organisation.id == Person.practice_id)
        .outerjoin(Case, and_(Case.person_id == Person.id, Case.state != CaseState.CLOSED))
        .outerjoin(LeadAllocation, lead)
        .outerjoin(User, User.id == LeadAllocation.user_id)
        .outerjoin(Proposal, undecided)
        .where(Person.id == bindparam("person_id"), openable_by_name(shape))
    )  # fmt: skip


def _opened_until() -> ScalarSelect[datetime]:
    """When the viewer's break-glass access to the person expires."""
    return (
        select(func.max(EmergencyAccess.expires_at))
        .where(
            EmergencyAccess.person_id == Person.id,
            EmergencyAccess.user_id == BY_NAME.user_id,
            EmergencyAccess.expires_at > BY_NAME.now,
        )
        .correlate(Person)
        .scalar_subquery()
    )


def care_team_of(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[TeamRow]:
    """Who works on the person's current case besides the lead, by role and name."""
    if not may_open(session, viewer, now, person_id):
        return []
    rows = session.execute(_care_team(), {"person_id": person_id, "today": local_day(now)})
    return [TeamRow(*row) for row in rows]


@cache
def _care_team() -> Select[str, str, CareTeamRole, date]:
    name = func.coalesce(User.display_name, CareTeamMember.name)
    organisation = func.coalesce(Organisation.name, CareTeamMember.organisation)
    today = bindparam("today", type_=Date)
    return (
        select(name, organisation, CareTeamMember.role, CareTeamMember.from_on)
        .select_from(CareTeamMember)
        .join(Case, Case.id == CareTeamMember.case_id)
        .outerjoin(User, User.id == CareTeamMember.user_id)
        .outerjoin(Organisation, Organisation.id == User.home_id)
        .where(
            Case.person_id == bindparam("person_id"),
            Case.state != CaseState.CLOSED,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
        )
        .order_by(CareTeamMember.role, name, CareTeamMember.id)
    )


def _case_facts(case: Case, lead: LeadAllocation | None, name: str | None, *, kept_out: bool) -> CaseFacts:
    return CaseFacts(
        case.id,
        case.state,
        case.row_version,
        case.primary_need,
        case.opened_at,
        lead.user_id if lead else None,
        name,
        lead.profession if lead else None,
        lead.from_at if lead else None,
        lead is not None and lead.told_at is not None,
        kept_out,
    )
