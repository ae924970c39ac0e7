"""A meeting as its room shows it: the agenda with what was written down, and who came.

An item about somebody the viewer may not open is its number and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.agenda_rules import SCORE_REASONS
from caseload.domain.meeting_closing import outcome_mark
from caseload.domain.meeting_rules import MeetingStep, Part, may_take, not_held, too_early
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import AgendaReason, AttendanceState, MdtDecisionKind, MeetingState
from caseload.domain.viewer import Viewer
from caseload.domain.words import ConsentPurpose, Sector, TaskState
from caseload.exceptions import NotThere
from caseload.queries.mdt_series import series_row, series_rows
from caseload.queries.meeting_begun import has_begun
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import SHARING, found_open, openable
from caseload.tables import (
    AgendaItem,
    Case,
    LeadAllocation,
    MdtAction,
    MdtAttendance,
    MdtDecision,
    MdtMeeting,
    MdtSeries,
    Organisation,
    Person,
    Task,
    TeamMembership,
    User,
)


@dataclass(frozen=True, slots=True)
class RoomMeeting:
    """One meeting and the viewer's parts in it, as things stand `today`."""

    meeting_id: int
    row_version: int
    name: str
    team_id: int
    team: str
    held_on: date
    starts: str
    venue: str
    state: MeetingState
    quorum: int
    chair_id: int
    chair: str
    coordinator_id: int
    coordinator: str
    closed_at: datetime | None
    closed_by: str | None
    no_quorum_reason: str
    parts: frozenset[Part]
    begun: bool
    today: date

    def lets(self, step: MeetingStep) -> bool:
        """Whether the viewer may take this step at it as it stands."""
        return may_take(step, self.state, self.parts) and too_early(step, self.held_on, self.today) is None

    @property
    def to_come(self) -> bool:
        """Whether its day is still to come."""
        return self.held_on > self.today

    @property
    def not_held(self) -> bool:
        """Whether its day went by without it."""
        return not_held(self.state, self.held_on, self.today, begun=self.begun)


@dataclass(frozen=True, slots=True)
class RoomPerson:
    """Whom an item is about, for who may open them. `kept_from` has the sectors they do not share with.

    `refuses` says that they do not want care coordination: said since the agenda was locked, or they would not be on it.
    """

    facts: PersonFacts
    case_id: int
    lead: str | None
    kept_from: tuple[Sector, ...]
    refuses: bool

    @property
    def person_id(self) -> int:
        """Whom it is about, by number."""
        return self.facts.person_id


@dataclass(frozen=True, slots=True)
class RoomOutcome:
    """What was decided last about an item."""

    decision: MdtDecisionKind
    rationale: str
    next_review_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RoomItem:
    """One item. For a viewer who may not open the person, `person` is None and nothing else is said but its place.

    `reason` is None too where it tells of a score that the viewer is not shown.
    """

    item_id: int
    place: int
    row_version: int
    person: RoomPerson | None
    reason: AgendaReason | None
    reason_text: str
    notes: dict[str, str]
    not_reached: bool
    outcome: RoomOutcome | None
    seen: int
    has_outcome: bool

    @property
    def shown(self) -> bool:
        """Whether the viewer may open the person."""
        return self.person is not None


@dataclass(frozen=True, slots=True)
class RoomAction:
    """An action, with the state of the task it became."""

    action_id: int
    item_id: int
    row_version: int
    what: str
    owner_id: int | None
    owner: str | None
    due_on: date | None
    task_id: int | None
    task_state: TaskState | None


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who was asked or came; `state` None where nothing was said of them, `user_id` None for a guest."""

    attendance_id: int | None
    row_version: int
    user_id: int | None
    name: str
    organisation: str
    state: AttendanceState | None
    deputy_for: str


def room_meeting(session: Session, viewer: Viewer, now: datetime, meeting_id: int) -> RoomMeeting:
    """The meeting, for somebody who sees its series; NotThere for anybody else."""
    return _meeting(session, viewer, now, MdtMeeting.id == meeting_id)


def meeting_of_item(session: Session, viewer: Viewer, now: datetime, item_id: int) -> RoomMeeting:
    """The meeting an item is on, in the same way. Whether its person may be opened, the items say."""
    held = select(AgendaItem.meeting_id).where(AgendaItem.id == item_id).scalar_subquery()
    return _meeting(session, viewer, now, MdtMeeting.id == held)


def _meeting(session: Session, viewer: Viewer, now: datetime, which: ColumnElement[bool]) -> RoomMeeting:
    leads_it, closer = aliased(User), aliased(User)
    found = session.execute(
        series_rows(viewer)
        .add_columns(MdtMeeting, leads_it.display_name, closer.display_name, has_begun())
        .join(MdtMeeting, MdtMeeting.series_id == MdtSeries.id)
        .join(leads_it, leads_it.id == MdtMeeting.chair_id)
        .outerjoin(closer, closer.id == MdtMeeting.closed_by)
        .where(which)
    ).one_or_none()
    if found is None:
        raise NotThere
    *row, meeting, chair, closed_by, begun = found
    series = series_row(*row)
    parts = series.parts(viewer.user_id, meeting.chair_id) if viewer.may(Permission.RUN_MDT) else frozenset[Part]()
    return RoomMeeting(
        meeting.id, meeting.row_version, series.name, series.team_id, series.team, meeting.held_on, series.starts,
        series.venue, meeting.state, series.quorum, meeting.chair_id, chair, series.coordinator_id,
        series.coordinator, meeting.closed_at, closed_by, meeting.no_quorum_reason, parts,
        bool(begun), local_day(now),
    )  # fmt: skip


def room_items(session: Session, viewer: Viewer, now: datetime, meeting_id: int) -> tuple[RoomItem, ...]:
    """The agenda in its order, each item as the viewer may see it."""
    decider, leader = aliased(User), aliased(User)
    found = session.execute(
        select(
            AgendaItem, Person, Organisation.name, MdtDecision, decider.display_name, leader.display_name,
            openable(viewer, now).label("shown"), objects_to_scoring(),
            said_no(ConsentPurpose.CARE_COORDINATION), *(said_no(purpose) for purpose in SHARING.values()),
        )
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .outerjoin(MdtDecision, MdtDecision.id == _last_decision())
        .outerjoin(decider, decider.id == MdtDecision.by)
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .outerjoin(leader, leader.id == LeadAllocation.user_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )  # fmt: skip
    scores = viewer.may(Permission.SEE_SCORE)
    items = tuple(_item(place, row, scores=scores) for place, row in enumerate(found, start=1))
    for item in items:
        if item.person is not None:
            found_open(session, viewer, now, item.person.person_id)
    return items


def _item(place: int, row: Any, *, scores: bool) -> RoomItem:
    item, person, practice, decision, decider, lead, shown, objects, refuses, *refused = row
    has_outcome = item.not_reached or decision is not None
    bare = RoomItem(item.id, place, item.row_version, None, None, "", {}, False, None, 0, has_outcome)
    if not shown:
        return bare
    told = item.reason not in SCORE_REASONS or (scores and not objects)
    kept_from = tuple(sector for sector, no in zip(SHARING, refused, strict=True) if no)
    return replace(
        bare,
        person=RoomPerson(facts_of(person, practice), item.case_id, lead, kept_from, bool(refuses)),
        reason=item.reason if told else None, reason_text=item.reason_text if told else "", not_reached=item.not_reached,
        notes={
            "situation": item.situation, "action_to_date": item.action_to_date, "latest": item.latest,
            "persons_view": item.persons_view,
        },
        outcome=None if decision is None or item.not_reached else RoomOutcome(
            decision.decision, decision.rationale, decision.next_review_on, decision.at, decider
        ),
        seen=outcome_mark(decision.id if decision else None, not_reached=item.not_reached),
    )  # fmt: skip


def room_actions(session: Session, viewer: Viewer, now: datetime, meeting_id: int) -> dict[int, list[RoomAction]]:
    """The actions of the items the viewer may see, by item."""
    wanted = (
        _actions()
        .join(AgendaItem, AgendaItem.id == MdtAction.item_id)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(AgendaItem.meeting_id == meeting_id, openable(viewer, now))
    )
    found: dict[int, list[RoomAction]] = {}
    for row in session.execute(wanted.order_by(MdtAction.id)):
        found.setdefault(row.item_id, []).append(RoomAction(*row))
    return found


def room_action(session: Session, viewer: Viewer, now: datetime, action_id: int) -> RoomAction:
    """One action, for somebody who may open its person; NotThere otherwise."""
    wanted = (
        _actions()
        .join(AgendaItem, AgendaItem.id == MdtAction.item_id)
        .join(Case, Case.id == AgendaItem.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(MdtAction.id == action_id, openable(viewer, now))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotThere
    return RoomAction(*found)


def _actions() -> "Select[*tuple[Any, ...]]":
    return (
        select(
            MdtAction.id, MdtAction.item_id, MdtAction.row_version, MdtAction.what, MdtAction.owner_id,
            User.display_name, MdtAction.due_on, MdtAction.task_id, Task.state,
        )
        .outerjoin(User, User.id == MdtAction.owner_id)
        .outerjoin(Task, Task.id == MdtAction.task_id)
    )  # fmt: skip


def attendance_of(session: Session, now: datetime, meeting: RoomMeeting) -> tuple[Attendee, ...]:
    """The team's people with what was said of each, by name; then the guests, in the order in which they were added."""
    marked = and_(MdtAttendance.user_id == User.id, MdtAttendance.meeting_id == meeting.meeting_id)
    team = (
        select(User.id, User.display_name, Organisation.name, MdtAttendance)
        .join(Organisation, Organisation.id == User.home_id)
        .outerjoin(MdtAttendance, marked)
        .where(or_(MdtAttendance.id.is_not(None), _expected(meeting.team_id, [meeting.chair_id, meeting.coordinator_id], now)))
        .order_by(User.display_name, User.id)
    )  # fmt: skip
    guests = select(MdtAttendance).where(
        MdtAttendance.meeting_id == meeting.meeting_id, MdtAttendance.user_id.is_(None)
    )
    members = [
        Attendee(row.id, row.row_version, user_id, name, row.organisation, row.state, row.deputy_for)
        if row is not None
        else Attendee(None, 0, user_id, name, home, None, "")
        for user_id, name, home, row in session.execute(team)
    ]
    others = [
        Attendee(row.id, row.row_version, None, row.name, row.organisation, row.state, row.deputy_for)
        for row in session.execute(guests.order_by(MdtAttendance.id)).scalars()
    ]
    return (*members, *others)


def people_of_meeting(session: Session, now: datetime, team_id: int, always: Sequence[int]) -> frozenset[int]:
    """The users who are expected: the team now, and `always` those (the chair, the coordinator)."""
    wanted = select(User.id).where(_expected(team_id, always, now))
    return frozenset(session.execute(wanted).scalars())


def _expected(team_id: int, always: Sequence[int], now: datetime) -> ColumnElement[bool]:
    member = (
        select(TeamMembership.id)
        .where(
            TeamMembership.team_id == team_id,
            TeamMembership.user_id == User.id,
            TeamMembership.from_at <= now,
            or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now),
        )
        .correlate(User)
        .exists()
    )
    return and_(User.deactivated_at.is_(None), or_(User.id.in_(always), member))


def latest_decision(session: Session, item_id: int) -> MdtDecision | None:
    """The decision of an item that holds, as the row itself: for actions that have locked the item."""
    wanted = select(MdtDecision).where(MdtDecision.item_id == item_id).order_by(MdtDecision.id.desc()).limit(1)
    return session.execute(wanted).scalar_one_or_none()


def decided_items(session: Session, meeting_id: int) -> frozenset[int]:
    """The items of a meeting that have a decision."""
    wanted = (
        select(MdtDecision.item_id)
        .join(AgendaItem, AgendaItem.id == MdtDecision.item_id)
        .where(AgendaItem.meeting_id == meeting_id)
    )
    return frozenset(session.execute(wanted).scalars())


def _last_decision() -> ScalarSelect[int]:
    other = aliased(MdtDecision)
    return select(func.max(other.id)).where(other.item_id == AgendaItem.id).correlate(AgendaItem).scalar_subquery()
