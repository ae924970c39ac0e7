"""Journeys in which somebody hands over all they hold before they leave."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, HandoverState, JourneyState
from caseload.exceptions import NotThere
from caseload.queries.holdings import Holdings, holdings
from caseload.queries.practitioners import leaving
from caseload.queries.visible import openable
from caseload.tables import (
    CareTeamMember,
    Case,
    Handover,
    LeadAllocation,
    LeaverJourney,
    Organisation,
    Person,
    User,
    UserRole,
)


@dataclass(frozen=True, slots=True)
class LeaverChoice:
    """A user who holds something among the viewer's people. `leads` counts only those."""

    user_id: int
    name: str
    job_title: str
    organisation: str
    leads: int


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey with what the leaver still holds everywhere, and how many cases have been taken over in it."""

    journey_id: int
    user_id: int
    name: str
    state: JourneyState
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    row_version: int
    taken_over: int
    holdings: Holdings


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody in care who could take over places on care teams and tasks."""

    user_id: int
    name: str
    organisation: str


def leaver_choices(session: Session, viewer: Viewer, now: datetime, *, only: int | None = None) -> list[LeaverChoice]:
    """Users who lead or work on cases of the viewer's people, by name."""
    reach = in_reach(viewer, now)
    leads = _led_in_reach(reach)
    wanted = (
        select(User.id, User.display_name, User.job_title, Organisation.name, leads)
        .join(Organisation, Organisation.id == User.home_id)
        .where(User.deactivated_at.is_(None), or_(leads > 0, _on_team_in_reach(reach, now)))
        .order_by(User.display_name, User.id)
    )
    if only is not None:
        wanted = wanted.where(User.id == only)
    return [LeaverChoice(*row) for row in session.execute(wanted)]


def journeys(session: Session, viewer: Viewer, now: datetime) -> list[JourneyRow]:
    """The journeys the viewer may see, those under way first, then latest first."""
    wanted = _journeys().where(_may_see(viewer))
    under_way = LeaverJourney.state == JourneyState.BEGUN
    rows = session.execute(wanted.order_by(under_way.desc(), LeaverJourney.id.desc()).limit(100)).all()
    held = holdings(session, now, {row[0].user_id for row in rows}) if rows else {}
    return [_journey(row, held[row[0].user_id]) for row in rows]


def journey_row(session: Session, viewer: Viewer, now: datetime, journey_id: int) -> JourneyRow:
    """One journey; NotThere where the viewer may not see it."""
    found = session.execute(_journeys().where(LeaverJourney.id == journey_id, _may_see(viewer))).one_or_none()
    if found is None:
        raise NotThere
    user_id = found[0].user_id
    return _journey(found, holdings(session, now, [user_id])[user_id])


def successors(session: Session, viewer: Viewer, now: datetime, journey_id: int) -> list[Successor]:
    """Everybody active with a role in care, by name, without those who leave; nobody where the viewer may not see the journey."""
    journey = select(LeaverJourney.user_id).join(User, User.id == LeaverJourney.user_id)
    leaver = journey.where(LeaverJourney.id == journey_id, _may_see(viewer)).correlate(None).scalar_subquery()
    in_care = exists().where(
        UserRole.user_id == User.id,
        UserRole.role.in_(sorted(PERMISSIONS[Permission.WORK_CASE])),
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
    )
    wanted = (
        select(User.id, User.display_name, Organisation.name)
        .join(Organisation, Organisation.id == User.home_id)
        .where(User.deactivated_at.is_(None), User.id != leaver, in_care, ~leaving())
        .order_by(User.display_name, User.id)
    )
    return [Successor(*row) for row in session.execute(wanted)]


def in_reach(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: the viewer may open them and hand over a leaver's cases of their practice."""
    practices = viewer.practices(Permission.HAND_OVER_LEAVER)
    return and_(Person.practice_id.in_(sorted(practices)), openable(viewer, now))


def _journeys() -> Any:
    starter = aliased(User)
    taken_over = (
        select(func.count(Handover.id))
        .where(Handover.journey_id == LeaverJourney.id, Handover.state == HandoverState.ACCEPTED)
        .correlate(LeaverJourney)
        .scalar_subquery()
    )
    return (
        select(LeaverJourney, User.display_name, starter.display_name, taken_over)
        .join(User, User.id == LeaverJourney.user_id)
        .join(starter, starter.id == LeaverJourney.started_by)
    )


def _journey(row: Any, held: Holdings) -> JourneyRow:
    journey, name, started_by, taken_over = row
    return JourneyRow(
        journey.id, journey.user_id, name, journey.state, journey.started_at, started_by, journey.finished_at,
        journey.row_version, taken_over, held,
    )  # fmt: skip


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `LeaverJourney` and its `User`: begun by the viewer, or about somebody who works for the viewer's
    practices or has led cases there."""
    practices = sorted(viewer.practices(Permission.HAND_OVER_LEAVER))
    led = exists().where(
        LeadAllocation.user_id == LeaverJourney.user_id,
        Case.id == LeadAllocation.case_id,
        Person.id == Case.person_id,
        Person.practice_id.in_(practices),
    )
    return or_(LeaverJourney.started_by == viewer.user_id, User.home_id.in_(practices), led.correlate(LeaverJourney))


def _led_in_reach(reach: ColumnElement[bool]) -> Any:
    return (
        select(func.count(LeadAllocation.id))
        .join(Case, Case.id == LeadAllocation.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(
            LeadAllocation.user_id == User.id, LeadAllocation.until_at.is_(None), Case.state != CaseState.CLOSED, reach
        )
        .correlate(User)
        .scalar_subquery()
    )


def _on_team_in_reach(reach: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    today = local_day(now)
    on_team = exists().where(
        CareTeamMember.user_id == User.id,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on > today),
        Case.id == CareTeamMember.case_id,
        Case.state != CaseState.CLOSED,
        Person.id == Case.person_id,
        reach,
    )
    return on_team.correlate(User)
