"""Series of team meetings with their meetings, and what was asked for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.meeting_rules import MeetingStep, Part, may_take, not_held
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import MeetingState
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.case_facts import CaseFacts, case_facts
from caseload.queries.mdt_series import (
    Choice,
    SeriesRow,
    meeting_and_series,
    runners,
    sees_series,
    series_for,
    series_row,
    series_rows,
    serves,
    teams_to_run,
)
from caseload.queries.meeting_begun import has_begun
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import EMERGENCY_ONLY, openable
from caseload.tables import AgendaItem, Case, MdtMeeting, MdtRequest, MdtSeries, Organisation, Person, Team, User

PAST_SHOWN = 12
"""How many meetings that are over a series shows."""


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as a list shows it. `items` is how many people are on its agenda, `begun` whether it took place at all."""

    meeting_id: int
    series_id: int
    series: str
    held_on: date
    state: MeetingState
    chair_id: int
    chair: str
    items: int
    row_version: int
    begun: bool

    def not_held(self, today: date) -> bool:
        """Whether its day went by without it."""
        return not_held(self.state, self.held_on, today, begun=self.begun)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Somebody whom the viewer may open is to be discussed, and no agenda has taken that up yet."""

    request_id: int
    case_id: int
    person: PersonFacts
    series: str
    why: str
    by: str
    at: datetime
    mine: bool
    row_version: int


@dataclass(frozen=True, slots=True)
class MdtHome:
    """What somebody has to do with team meetings: series, the meetings to come and those not closed, requests."""

    series: tuple[SeriesRow, ...]
    meetings: tuple[MeetingRow, ...]
    requests: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series with the meetings to come (and those not closed), and the last that are over."""

    series: SeriesRow
    to_come: tuple[MeetingRow, ...]
    past: tuple[MeetingRow, ...]


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One meeting with its series and the steps the viewer may take now."""

    meeting: MeetingRow
    series: SeriesRow
    parts: frozenset[Part]

    def may(self, step: MeetingStep) -> bool:
        """Whether the viewer may take this step as things stand."""
        return may_take(step, self.meeting.state, self.parts)


@dataclass(frozen=True, slots=True)
class SeriesChoices:
    """Whom a series' form offers: teams, and who may chair and coordinate."""

    teams: tuple[Choice, ...]
    people: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskingPage:
    """A case about which a discussion may be asked for, the series of its place, and what waits already."""

    case: CaseFacts
    series: tuple[Choice, ...]
    waiting: tuple[RequestRow, ...]


def mdt_home(session: Session, viewer: Viewer, now: datetime) -> MdtHome:
    """The viewer's series and meetings, and the requests about people they may open."""
    rows = session.execute(_running(viewer).order_by(MdtSeries.name, MdtSeries.id))
    series = tuple(series_row(*row) for row in rows)
    current = or_(MdtMeeting.held_on >= local_day(now), MdtMeeting.state != MeetingState.CLOSED)
    meetings = _meetings(session, and_(sees_series(viewer), MdtSeries.ended_on.is_(None), current))
    return MdtHome(series, meetings, _requests(session, viewer, now, sees_series(viewer)))


def series_page(session: Session, viewer: Viewer, now: datetime, series_id: int) -> SeriesPage:
    """The series with its meetings; NotThere for who is not shown it."""
    series = series_for(session, viewer, series_id)
    over = and_(MdtMeeting.state == MeetingState.CLOSED, MdtMeeting.held_on < local_day(now))
    of_series = MdtMeeting.series_id == series_id
    return SeriesPage(
        series, _meetings(session, and_(of_series, ~over)), _meetings(session, and_(of_series, over), latest=PAST_SHOWN)
    )


def series_choices(session: Session, viewer: Viewer, now: datetime) -> SeriesChoices:
    """What the form of a series offers."""
    return SeriesChoices(tuple(teams_to_run(session, viewer)), tuple(runners(session, now, viewer)))


def meeting_page(session: Session, viewer: Viewer, meeting_id: int) -> MeetingPage:
    """The meeting without its agenda; NotThere for who is not shown the series."""
    meeting, series = meeting_and_series(session, viewer, meeting_id)
    found = session.execute(
        select(User.display_name, _items_on(), has_begun()).select_from(User).join(MdtMeeting, MdtMeeting.chair_id == User.id).where(
            MdtMeeting.id == meeting_id
        )
    ).one()  # fmt: skip
    row = MeetingRow(
        meeting.id, series.series_id, series.name, meeting.held_on, meeting.state, meeting.chair_id, found[0], found[1],
        meeting.row_version, bool(found[2]),
    )  # fmt: skip
    return MeetingPage(row, series, series.parts(viewer.user_id, meeting.chair_id))


def asking_page(session: Session, viewer: Viewer, now: datetime, case_id: int) -> AskingPage:
    """What the form that asks for a discussion shows; NotThere for a person the viewer may not open."""
    if not viewer.may(Permission.SEE_MDT):
        raise NotThere
    case = case_facts(session, viewer, now, case_id)
    if not case.lasting:
        raise NotNow(EMERGENCY_ONLY)
    practice = session.execute(select(Person.practice_id).where(Person.id == case.person.person_id)).scalar_one()
    rows = session.execute(
        select(MdtSeries.id, MdtSeries.name, Team.name.label("team"))
        .join(Team, Team.id == MdtSeries.team_id)
        .where(MdtSeries.ended_on.is_(None), serves([practice]))
        .order_by(MdtSeries.name, MdtSeries.id)
    )
    offered = tuple(Choice(row.id, f"{row.name} ({row.team})") for row in rows)
    return AskingPage(case, offered, _requests(session, viewer, now, MdtRequest.case_id == case_id))


def _running(viewer: Viewer) -> Select[MdtSeries, str, str, str, bool]:
    return series_rows(viewer).where(MdtSeries.ended_on.is_(None))


def _items_on() -> ColumnElement[int]:
    on = select(func.count(AgendaItem.id)).where(AgendaItem.meeting_id == MdtMeeting.id)
    return on.correlate(MdtMeeting).scalar_subquery()


def _meetings(session: Session, wanted: ColumnElement[bool], *, latest: int | None = None) -> tuple[MeetingRow, ...]:
    """The meetings, the next at the top; so many of the latest where that is said, the last at the top."""
    question = (
        select(
            MdtMeeting.id, MdtSeries.id, MdtSeries.name, MdtMeeting.held_on, MdtMeeting.state, MdtMeeting.chair_id,
            User.display_name, _items_on(), MdtMeeting.row_version, has_begun(),
        )
        .join(MdtSeries, MdtSeries.id == MdtMeeting.series_id)
        .join(Team, Team.id == MdtSeries.team_id)
        .join(User, User.id == MdtMeeting.chair_id)
        .where(wanted)
    )  # fmt: skip
    if latest is None:
        question = question.order_by(MdtMeeting.held_on, MdtMeeting.id)
    else:
        question = question.order_by(MdtMeeting.held_on.desc(), MdtMeeting.id.desc()).limit(latest)
    rows: Iterable[Any] = session.execute(question)
    return tuple(MeetingRow(*row) for row in rows)


def _requests(session: Session, viewer: Viewer, now: datetime, wanted: ColumnElement[bool]) -> tuple[RequestRow, ...]:
    practice = aliased(Organisation)
    rows = session.execute(
        select(MdtRequest, Person, practice.name.label("practice"), MdtSeries.name.label("series"), User.display_name)
        .join(Case, Case.id == MdtRequest.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(practice, practice.id == Person.practice_id)
        .join(MdtSeries, MdtSeries.id == MdtRequest.series_id)
        .join(Team, Team.id == MdtSeries.team_id)
        .join(User, User.id == MdtRequest.by)
        .where(
            MdtRequest.ended_at.is_(None),
            MdtRequest.item_id.is_(None),
            Case.state != CaseState.CLOSED,
            openable(viewer, now),
            wanted,
        )
        .order_by(MdtRequest.at, MdtRequest.id)
    )
    return tuple(
        RequestRow(
            row.MdtRequest.id, row.MdtRequest.case_id, facts_of(row.Person, row.practice), row.series,
            row.MdtRequest.why, row.display_name, row.MdtRequest.at, row.MdtRequest.by == viewer.user_id,
            row.MdtRequest.row_version,
        )
        for row in rows
    )  # fmt: skip
