"""Who may be given work about a person: everyone who may open the record, seen from the person's side.

`caseload.queries.visible` answers "which people may this user open"; here the question is turned round for the lists of
a form. Left out are those who came by break-glass and those who have not yet answered a handover: neither is given work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, and_, exists, false, func, literal, or_, select, true
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.viewer import Viewer
from caseload.domain.words import CareTeamRole, CaseState, Role, Sector
from caseload.exceptions import NotThere
from caseload.queries.objections import AGAINST, said_no
from caseload.queries.visible import SHARING, may_open, person_for
from caseload.tables import (
    ApiClient,
    CareTeamMember,
    Case,
    Consent,
    LeadAllocation,
    Organisation,
    Person,
    RestrictedAccess,
    Team,
    TeamMembership,
    User,
    UserRole,
)

_CARE = (Role.PRACTICE, Role.NAVIGATOR, Role.LEAD, Role.MDT_CHAIR)


@dataclass(frozen=True, slots=True)
class Assignee:
    """A member of staff who may be given work about a person; `leads` where they are the accountable lead."""

    user_id: int
    name: str
    job_title: str
    organisation: str
    leads: bool


@dataclass(frozen=True, slots=True)
class AssigneeTeam:
    """A team that serves the person's practice and has a member who may open them."""

    team_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Everyone whose list a task about a person may go on: people, the accountable lead first, and teams, by name."""

    people: tuple[Assignee, ...]
    teams: tuple[AssigneeTeam, ...]


def lists_for(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Lists:
    """Everyone active who may open this person, and the teams of the place with such a member.

    NotThere where the viewer may not open them.
    """
    person = person_for(session, viewer, now, person_id)
    such = _may_open(session, person, now)
    around = _around(person.practice_id)
    teams = (
        select(Team.id, Team.name)
        .join(around, around.c.id == Team.place_id)
        .where(_has_member(such, now))
        .order_by(Team.name, Team.id)
    )
    people = _people(session, now, person_id, such)
    return Lists(people, tuple(AssigneeTeam(*row) for row in session.execute(teams)))


def people_for(session: Session, viewer: Viewer, now: datetime, person_id: int) -> tuple[Assignee, ...]:
    """The people of `lists_for`, for a page that asks for no team; NotThere where the viewer may not open the person."""
    if not may_open(session, viewer, now, person_id):
        raise NotThere
    person = session.get_one(Person, person_id)
    return _people(session, now, person_id, _may_open(session, person, now))


def _people(session: Session, now: datetime, person_id: int, such: ColumnElement[bool]) -> tuple[Assignee, ...]:
    leads = _leads(person_id, now)
    wanted = (
        select(User.id, User.display_name, User.job_title, Organisation.name, leads.label("leads"))
        .join(Organisation, Organisation.id == User.home_id)
        .where(such, _somebody())
        .order_by(leads.desc(), User.display_name, User.id)
    )
    return tuple(Assignee(*row[:4], bool(row.leads)) for row in session.execute(wanted))


def may_be_given(session: Session, now: datetime, person_id: int, *, owner_id: int | None, team_id: int | None) -> bool:
    """Whether work about the person may go on this user's list, or this team's: a team needs a member who may open them."""
    person = session.get_one(Person, person_id)
    if owner_id is not None:
        wanted = select(User.id).where(User.id == owner_id, _may_open(session, person, now), _somebody())
        return session.execute(wanted).first() is not None
    around = _around(person.practice_id)
    teams = select(Team.id).join(around, around.c.id == Team.place_id).where(Team.id == team_id)
    return session.execute(teams.where(_reaches(session, person, now))).first() is not None


def _somebody() -> ColumnElement[bool]:
    """A condition on `User`: no program's account. A program asks for work and is never given any."""
    return ~exists().where(ApiClient.user_id == User.id).correlate(User)


def reached_by_team(session: Session, now: datetime, person_ids: Sequence[int], team_id: int) -> frozenset[int]:
    """Those of these people about whom work may go on the team's list: `may_be_given` for many.

    Whom a member may open because of their place is asked once for a practice; only the others one by one.
    """
    by_practice: dict[int, set[int]] = {}
    for person_id, practice_id in session.execute(_open_by_place(person_ids)):
        by_practice.setdefault(practice_id, set()).add(person_id)
    reached: set[int] = set()
    for practice_id, people in by_practice.items():
        around = _around(practice_id)
        team = select(Team.id).join(around, around.c.id == Team.place_id).where(Team.id == team_id)
        if session.execute(team.where(_has_member(_placed_over(practice_id, now), now))).first() is not None:
            reached |= people
    others = [person_id for person_id in person_ids if person_id not in reached]
    return frozenset(
        reached.union(one for one in others if may_be_given(session, now, one, owner_id=None, team_id=team_id))
    )


def _open_by_place(person_ids: Sequence[int]) -> Select[int, int]:
    """Those of the people whom somebody's place alone opens: in a case, not restricted, sharing with every sector."""
    has_case = exists().where(Case.person_id == Person.id, Case.state != CaseState.CLOSED)
    refuses = or_(*(said_no(purpose) for purpose in SHARING.values()))
    plain = and_(Person.merged_into_id.is_(None), Person.restricted.is_(False), has_case, ~refuses)
    return select(Person.id, Person.practice_id).where(Person.id.in_(person_ids), plain)


def _placed_over(practice_id: int, now: datetime) -> ColumnElement[bool]:
    """A condition on `User`: active staff whose role holds over the practice."""
    above = _places_above(practice_id)
    return and_(User.deactivated_at.is_(None), _holds(above, now, Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR))


def default_list(
    session: Session, now: datetime, *, person_id: int, case_id: int | None
) -> tuple[int | None, int | None]:
    """Owner and team of a task that names neither: the case's navigator, its lead, the smallest team, else nobody.

    Each only where they may open the person, a team where one of its members may.
    """
    person = session.get_one(Person, person_id)
    for candidate in (_navigator(case_id, now), _lead(case_id)):
        for owner_id in session.execute(candidate.where(_may_open(session, person, now))).scalars():
            return owner_id, None
    around = _around(person.practice_id)
    nearest = (
        select(Team.id)
        .join(around, around.c.id == Team.place_id)
        .where(_reaches(session, person, now))
        .order_by(around.c.steps, Team.id)
        .limit(1)
    )
    return None, session.execute(nearest).scalar_one_or_none()


def _navigator(case_id: int | None, now: datetime) -> Select[int]:
    today = local_day(now)
    return (
        select(User.id)
        .join(CareTeamMember, CareTeamMember.user_id == User.id)
        .where(
            CareTeamMember.case_id == case_id,
            CareTeamMember.role == CareTeamRole.CARE_NAVIGATOR,
            CareTeamMember.from_on <= today,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
        )
        .order_by(CareTeamMember.id.desc())
        .limit(1)
    )


def _lead(case_id: int | None) -> Select[int]:
    return (
        select(User.id)
        .join(LeadAllocation, LeadAllocation.user_id == User.id)
        .where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    )


def _may_open(session: Session, person: Person, now: datetime) -> ColumnElement[bool]:
    """A condition on `User`: active, related to the person, and not kept out by consent or restriction."""
    if person.merged_into_id is not None:
        return false()
    has_case = exists().where(Case.person_id == person.id, Case.state != CaseState.CLOSED)
    above = _places_above(person.practice_id)
    practice = _holds(above, now, Role.PRACTICE)
    through_place = and_(_holds(above, now, Role.NAVIGATOR, Role.MDT_CHAIR), has_case)
    named = or_(_named_for(person.id), _leads(person.id, now)) if person.restricted else true()
    return and_(
        User.deactivated_at.is_(None),
        _holds(None, now, *_CARE),
        or_(practice, through_place, _leads(person.id, now), _on_team(person.id, now)),
        or_(_holds_record(person, practice), _sector().not_in(_sectors_refused(session, person.id))),
        named,
    )


def _holds_record(person: Person, practice: ColumnElement[bool]) -> ColumnElement[bool]:
    """The person's own practice keeps its record whatever they say of sharing: those it employs, its health staff."""
    return or_(User.home_id == person.practice_id, and_(practice, _sector() == Sector.HEALTH))


def _sector() -> ScalarSelect[Sector]:
    return select(Organisation.sector).where(Organisation.id == User.home_id).correlate(User).scalar_subquery()


def _sectors_refused(session: Session, person_id: int) -> list[Sector]:
    """The sectors that sharing is refused to or withdrawn from."""
    latest = select(func.max(Consent.id)).where(Consent.person_id == person_id).group_by(Consent.purpose)
    wanted = select(Consent.purpose).where(Consent.id.in_(latest), Consent.state.in_(AGAINST))
    refused = set(session.execute(wanted).scalars())
    return [sector for sector, purpose in SHARING.items() if purpose in refused]


def _holds(places: Select[int] | None, now: datetime, *roles: Role) -> ColumnElement[bool]:
    where: list[ColumnElement[bool]] = [
        UserRole.user_id == User.id,
        UserRole.role.in_(roles),
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
    ]
    if places is not None:
        where.append(UserRole.place_id.in_(places))
    return exists().where(*where)


def _leads(person_id: int, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Case.person_id == person_id,
        Case.state != CaseState.CLOSED,
        LeadAllocation.case_id == Case.id,
        LeadAllocation.user_id == User.id,
        LeadAllocation.from_at <= now,
        LeadAllocation.until_at.is_(None),
    )


def _on_team(person_id: int, now: datetime) -> ColumnElement[bool]:
    today = local_day(now)
    return exists().where(
        Case.person_id == person_id,
        Case.state != CaseState.CLOSED,
        CareTeamMember.case_id == Case.id,
        CareTeamMember.user_id == User.id,
        CareTeamMember.from_on <= today,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
    )


def _named_for(person_id: int) -> ColumnElement[bool]:
    return exists().where(RestrictedAccess.person_id == person_id, RestrictedAccess.user_id == User.id)


def _reaches(session: Session, person: Person, now: datetime) -> ColumnElement[bool]:
    """A condition on `Team`: one of its members now may open the person."""
    return _has_member(_may_open(session, person, now), now)


def _has_member(such: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    """A condition on `Team`: somebody such as this is in it now."""
    return exists().where(
        TeamMembership.team_id == Team.id,
        TeamMembership.from_at <= now,
        or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now),
        User.id == TeamMembership.user_id,
        such,
    )


def _places_above(practice_id: int) -> Select[int]:
    """The practice and every larger place it lies in."""
    return select(_around(practice_id).c.id)


def _around(practice_id: int) -> CTE:
    """The same, with the steps up to each place."""
    start = select(Organisation.id, Organisation.parent_id, literal(0).label("steps"))
    around = start.where(Organisation.id == practice_id).cte(recursive=True)
    larger = select(Organisation.id, Organisation.parent_id, around.c.steps + 1)
    return around.union_all(larger.join(around, around.c.parent_id == Organisation.id))
