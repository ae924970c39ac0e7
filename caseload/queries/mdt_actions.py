"""The actions of closed meetings: those still to be done, and what became of those that have fallen due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.implementation import DueAction
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import MdtDecisionKind, MeetingState
from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind, TaskState
from caseload.queries.visible import openable
from caseload.tables import (
    AgendaItem,
    Case,
    MdtAction,
    MdtDecision,
    MdtMeeting,
    MdtSeries,
    Organisation,
    Person,
    Task,
    Team,
    User,
)

COUNTED_DAYS = 365
"""How far back the actions are counted by which the implementation rate is worked out."""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """An action whose task is open. `owner` is whose list the task is on now; None for a team's or nobody's."""

    action_id: int
    task_id: int
    what: str
    due_on: date
    owner: str | None
    team_list: str | None
    person_id: int
    family_name: str
    given_name: str
    nhs_number: str
    meeting_id: int
    meeting: str
    held_on: date
    decision: MdtDecisionKind | None


def outstanding_actions(
    session: Session, viewer: Viewer, now: datetime, *, after: tuple[date, int] | None, mine: bool, most: int
) -> list[Outstanding]:
    """The open actions about people the viewer may open, the one due first at the top; `after` is the last of a page."""
    wanted = _outstanding().where(Task.state == TaskState.OPEN, openable(viewer, now))
    if mine:
        wanted = wanted.where(Task.owner_id == viewer.user_id)
    if after is not None:
        wanted = wanted.where(tuple_(MdtAction.due_on, MdtAction.id) > tuple_(*after))
    found = session.execute(wanted.order_by(MdtAction.due_on, MdtAction.id).limit(most))
    return [Outstanding(*row) for row in found]


def _outstanding() -> "Select[*tuple[Any, ...]]":
    return (
        select(
            MdtAction.id, Task.id, Task.title, MdtAction.due_on, User.display_name, Team.name, Person.id,
            Person.family_name, Person.given_name, Person.nhs_number, MdtMeeting.id, MdtSeries.name, MdtMeeting.held_on,
            MdtDecision.decision,
        )
        .join(Task, Task.id == MdtAction.task_id)
        .join(AgendaItem, AgendaItem.id == MdtAction.item_id)
        .join(MdtMeeting, MdtMeeting.id == AgendaItem.meeting_id)
        .join(MdtSeries, MdtSeries.id == MdtMeeting.series_id)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(User, User.id == Task.owner_id)
        .outerjoin(Team, Team.id == Task.team_id)
        .outerjoin(MdtDecision, _holds())
    )  # fmt: skip


def due_actions(session: Session, viewer: Viewer, now: datetime) -> tuple[DueAction, ...]:
    """The actions of the viewer's meetings that fell due in the last year, by today; nobody is named."""
    today = local_day(now)
    wanted = (
        select(
            Team.name, MdtDecision.decision, Person.imd_decile, MdtAction.due_on, Task.state, Task.ended_at,
            openable(viewer, now),
        )
        .select_from(MdtAction)
        .join(Task, Task.id == MdtAction.task_id)
        .join(AgendaItem, AgendaItem.id == MdtAction.item_id)
        .join(MdtMeeting, MdtMeeting.id == AgendaItem.meeting_id)
        .join(MdtSeries, MdtSeries.id == MdtMeeting.series_id)
        .join(Team, Team.id == MdtSeries.team_id)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(MdtDecision, _holds())
        .where(
            MdtMeeting.state == MeetingState.CLOSED,
            MdtAction.due_on <= today,
            MdtAction.due_on > today - timedelta(days=COUNTED_DAYS),
            _theirs(viewer),
        )
        .order_by(Team.name, MdtAction.id)
    )  # fmt: skip
    return tuple(
        DueAction(
            team, decision, decile, due, local_day(ended) if state is TaskState.DONE and ended else None, bool(shown)
        )
        for team, decision, decile, due, state, ended, shown in session.execute(wanted)
        if due is not None  # the question asks for no others
    )


def _holds() -> ColumnElement[bool]:
    """The decision that held when the meeting was closed."""
    other = aliased(MdtDecision)
    last = select(func.max(other.id)).where(other.item_id == AgendaItem.id).correlate(AgendaItem).scalar_subquery()
    return and_(MdtDecision.id == last, AgendaItem.not_reached.is_(False))


def _theirs(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Team` and `MdtMeeting`: meetings that the viewer is given, by place, by team or by their part."""
    practices = sorted(viewer.practices(Permission.SEE_MDT))
    above = (
        select(Organisation.id, Organisation.parent_id)
        .where(Organisation.id.in_(practices), Organisation.kind == OrganisationKind.PRACTICE)
        .cte("above", recursive=True)
    )
    larger = select(Organisation.id, Organisation.parent_id).join(above, above.c.parent_id == Organisation.id)
    above = above.union(larger)
    return or_(
        Team.place_id.in_(select(above.c.id)),
        Team.id.in_(sorted(viewer.team_ids)),
        MdtMeeting.chair_id == viewer.user_id,
        MdtSeries.coordinator_id == viewer.user_id,
    )
