"""Who works on a case, and who of the users of this service could."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CareTeamRole, CaseState, Role, Sector
from caseload.queries.kept_out import kept_out
from caseload.queries.lead_cases import LeadCase, lead_case
from caseload.tables import CareTeamMember, LeadAllocation, Organisation, Person, RestrictedAccess, User, UserRole

_CARE = sorted(PERMISSIONS[Permission.OPEN_PERSON])


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody's time on a care team. `current` says whether it covers today; `user_id` is None for one from elsewhere.

    `kept_out` says that they may not open the record all the same: the person said no to sharing with their sector, or the
    record is restricted and they are not named for it.
    """

    member_id: int
    user_id: int | None
    name: str
    organisation: str
    role: CareTeamRole
    from_on: date
    until_on: date | None
    row_version: int
    current: bool
    kept_out: bool


@dataclass(frozen=True, slots=True)
class Joiner:
    """A user who could be put on the care team."""

    user_id: int
    name: str
    job_title: str
    organisation: str


@dataclass(frozen=True, slots=True)
class CareTeamPage:
    """A case's care team: who is on it now or will be, who was, and who could be.

    `lead_kept_out` says that the lead may no longer open the record.
    """

    case: LeadCase
    lead: str | None
    lead_kept_out: bool
    members: tuple[MemberRow, ...]
    former: tuple[MemberRow, ...]
    joiners: tuple[Joiner, ...]
    may_change: bool


def care_team_page(session: Session, viewer: Viewer, now: datetime, case_id: int) -> CareTeamPage:
    """What the page of a care team shows; NotThere for somebody who may not open the person."""
    case = lead_case(session, viewer, now, case_id)
    rows = members_of(session, case, now)
    today = local_day(now)
    going_on = case.state is not CaseState.CLOSED
    may_change = going_on and case.lasting and viewer.may(Permission.WORK_CASE)
    lead, lead_kept_out = _lead(session, case, now)
    return CareTeamPage(
        case, lead, lead_kept_out, tuple(row for row in rows if row.until_on is None or row.until_on > today),
        tuple(row for row in rows if row.until_on is not None and row.until_on <= today),
        tuple(joiners(session, now, case)) if may_change else (), may_change,
    )  # fmt: skip


def members_of(session: Session, case: LeadCase, now: datetime) -> list[MemberRow]:
    """Everybody's time on the care team of a case that the viewer has already been given, in the order they joined."""
    today = local_day(now)
    rows = session.execute(
        select(CareTeamMember, User.display_name, Organisation.name, _shut_out(case, now))
        .select_from(CareTeamMember)
        .join(Person, Person.id == case.person_id)
        .outerjoin(User, User.id == CareTeamMember.user_id)
        .outerjoin(Organisation, Organisation.id == User.home_id)
        .where(CareTeamMember.case_id == case.case_id)
        .order_by(CareTeamMember.from_on, CareTeamMember.id)
    )
    return [
        MemberRow(
            member.id, member.user_id, name or member.name, organisation or member.organisation, member.role,
            member.from_on, member.until_on, member.row_version,
            member.from_on <= today and (member.until_on is None or member.until_on >= today),
            member.user_id is not None and bool(shut_out),
        )
        for member, name, organisation, shut_out in rows
    ]  # fmt: skip


def joiners(session: Session, now: datetime, case: LeadCase, *, only: int | None = None) -> list[Joiner]:
    """Users in care, by name, who may be shown this person once they are on the team: as `caseload.queries.visible` has it.

    Left out: whose sector the person refused sharing with (their own practice excepted), and, for a restricted record,
    who is neither named for it nor leads it: a place on the team does not open one.
    """
    home = aliased(Organisation)
    wanted = (
        select(User.id, User.display_name, User.job_title, home.name)
        .join(home, home.id == User.home_id)
        .where(User.deactivated_at.is_(None), _role(now), _shared(case, home, now))
        .order_by(User.display_name, User.id)
    )
    if case.restricted:
        wanted = wanted.where(or_(_named(case.person_id), _leads(case.case_id)))
    if only is not None:
        wanted = wanted.where(User.id == only)
    return [Joiner(*row) for row in session.execute(wanted)]


def _shut_out(case: LeadCase, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person` and this `User`: being on the team does not open the record to them."""
    unnamed = and_(Person.restricted, ~_named(case.person_id), ~_leads(case.case_id))
    return or_(kept_out(User, now), unnamed)


def _shared(case: LeadCase, home: type[Organisation], now: datetime) -> ColumnElement[bool]:
    own = and_(home.sector == Sector.HEALTH, _role(now, Role.PRACTICE, places=case.path))
    return or_(home.sector.not_in(sorted(case.refused)), User.home_id == case.practice_id, own)


def _role(now: datetime, role: Role | None = None, places: tuple[int, ...] = ()) -> ColumnElement[bool]:
    where = [
        UserRole.user_id == User.id,
        UserRole.role.in_(_CARE if role is None else [role]),
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
    ]
    if places:
        where.append(UserRole.place_id.in_(places))
    return exists().where(*where).correlate(User)


def _named(person_id: int) -> ColumnElement[bool]:
    return exists().where(RestrictedAccess.person_id == person_id, RestrictedAccess.user_id == User.id).correlate(User)


def _leads(case_id: int) -> ColumnElement[bool]:
    leading = exists().where(
        LeadAllocation.case_id == case_id, LeadAllocation.user_id == User.id, LeadAllocation.until_at.is_(None)
    )
    return leading.correlate(User)


def _lead(session: Session, case: LeadCase, now: datetime) -> tuple[str | None, bool]:
    """Who leads, and whether the person's answer keeps them out; a restriction never does."""
    wanted = (
        select(User.display_name, kept_out(User, now))
        .join(LeadAllocation, LeadAllocation.user_id == User.id)
        .join(Person, Person.id == case.person_id)
        .where(LeadAllocation.case_id == case.case_id, LeadAllocation.until_at.is_(None))
    )
    found = session.execute(wanted).one_or_none()
    return (None, False) if found is None else (found[0], bool(found[1]))


def navigator_name(session: Session, now: datetime, case_id: int) -> str | None:
    """Who navigates for a case now: whoever came last; None for nobody, or somebody who is no user."""
    today = local_day(now)
    wanted = (
        select(User.display_name)
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
    return session.execute(wanted).scalar_one_or_none()
