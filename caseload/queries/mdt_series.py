"""Which series of team meetings somebody sees, and which they may run.

A series is a team's. Whoever is in the team sees it, its chair and coordinator do, and whoever works in care at a
practice within the team's place. Of these, who may run meetings (RUN_MDT) there, or is in the team, runs it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.meeting_rules import Part, parts_of
from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.tables import MdtMeeting, MdtSeries, Organisation, Team, User, UserRole


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series as pages show it. `runs` says that the viewer may run meetings of its team."""

    series_id: int
    name: str
    team_id: int
    team: str
    weekday: int
    starts: str
    venue: str
    chair_id: int
    chair: str
    coordinator_id: int
    coordinator: str
    quorum: int
    capacity: int
    ended_on: date | None
    row_version: int
    runs: bool

    def parts(self, user_id: int, chair_id: int) -> frozenset[Part]:
        """A user's parts in a meeting of this series with that chair; `runs` is of the viewer whose row this is."""
        return parts_of(user_id, chair_id=chair_id, coordinator_id=self.coordinator_id, runs=self.runs)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something a form offers, by its id."""

    row_id: int
    words: str


def serves(practice_ids: Collection[int], name: str = "around") -> ColumnElement[bool]:
    """A condition on `Team`: its place is one of these practices or lies around one of them.

    Two of them in one question need two names.
    """
    around = (
        select(Organisation.id, Organisation.parent_id)
        .where(Organisation.id.in_(sorted(practice_ids)))
        .cte(name, recursive=True)
    )
    around = around.union(
        select(Organisation.id, Organisation.parent_id).join(around, Organisation.id == around.c.parent_id)
    )
    return Team.place_id.in_(select(around.c.id))


def practices_of_team(team_id: int) -> Select[int]:
    """The ids of the practices (and places between) at or below a team's place."""
    below = select(Team.place_id.label("id")).where(Team.id == team_id).cte("below", recursive=True)
    below = below.union(select(Organisation.id).join(below, Organisation.parent_id == below.c.id))
    return select(below.c.id)


def sees_series(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `MdtSeries` joined with `Team`: true for those the viewer is shown."""
    if not viewer.may(Permission.SEE_MDT):
        return false()
    return or_(_belongs(viewer), serves(viewer.practices(Permission.SEE_MDT)))


def runs_series(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on the same: true for those of which the viewer may run meetings."""
    if not viewer.may(Permission.RUN_MDT):
        return false()
    return or_(_belongs(viewer), serves(viewer.practices(Permission.RUN_MDT), "around_run"))


def series_rows(viewer: Viewer) -> Select[MdtSeries, str, str, str, bool]:
    """The question for series with the names of everybody in it; `series_row` reads its rows."""
    chair, coordinator = aliased(User), aliased(User)
    return (
        select(
            MdtSeries, Team.name.label("team"), chair.display_name.label("chair"),
            coordinator.display_name.label("coordinator"), runs_series(viewer).label("runs"),
        )
        .join(Team, Team.id == MdtSeries.team_id)
        .join(chair, chair.id == MdtSeries.chair_id)
        .join(coordinator, coordinator.id == MdtSeries.coordinator_id)
        .where(sees_series(viewer))
    )  # fmt: skip


def series_row(series: MdtSeries, team: str, chair: str, coordinator: str, runs: bool) -> SeriesRow:
    """One answer to that question."""
    return SeriesRow(
        series.id, series.name, series.team_id, team, series.weekday, series.starts, series.venue, series.chair_id,
        chair, series.coordinator_id, coordinator, series.quorum, series.capacity, series.ended_on, series.row_version,
        bool(runs),
    )  # fmt: skip


def series_for(session: Session, viewer: Viewer, series_id: int) -> SeriesRow:
    """The series, for somebody who sees it; NotThere otherwise."""
    found = session.execute(series_rows(viewer).where(MdtSeries.id == series_id)).one_or_none()
    if found is None:
        raise NotThere
    return series_row(*found)


def meeting_and_series(session: Session, viewer: Viewer, meeting_id: int) -> tuple[MdtMeeting, SeriesRow]:
    """The meeting with its series, for somebody who sees the series; NotThere otherwise."""
    wanted = series_rows(viewer).add_columns(MdtMeeting).join(MdtMeeting, MdtMeeting.series_id == MdtSeries.id)
    found = session.execute(wanted.where(MdtMeeting.id == meeting_id)).one_or_none()
    if found is None:
        raise NotThere
    *series, meeting = found
    return meeting, series_row(*series)


def teams_to_run(session: Session, viewer: Viewer) -> list[Choice]:
    """The teams for which the viewer may run meetings, by name."""
    if not viewer.may(Permission.RUN_MDT):
        return []
    mine = or_(Team.id.in_(sorted(viewer.team_ids)), serves(viewer.practices(Permission.RUN_MDT)))
    rows = session.execute(select(Team.id, Team.name).where(mine).order_by(Team.name, Team.id))
    return [Choice(*row) for row in rows]


def runners(session: Session, now: datetime, viewer: Viewer) -> list[Choice]:
    """Who may chair and coordinate a series the viewer makes: active users with a role for it at a place of theirs, by name."""
    practices = sorted(viewer.practices(Permission.RUN_MDT))
    rows = session.execute(
        select(User.id, User.display_name, User.job_title)
        .where(User.deactivated_at.is_(None), _runs_near(practices, now))
        .order_by(User.display_name, User.id)
    )
    return [Choice(row.id, ", ".join(part for part in (row.display_name, row.job_title) if part)) for row in rows]


def _belongs(viewer: Viewer) -> ColumnElement[bool]:
    in_it = [MdtSeries.chair_id == viewer.user_id, MdtSeries.coordinator_id == viewer.user_id]
    return or_(*in_it, MdtSeries.team_id.in_(sorted(viewer.team_ids)))


def _runs_near(practices: list[int], now: datetime) -> ColumnElement[bool]:
    """A condition on `User`: a role that runs meetings, at one of the practices or a place around one."""
    place = aliased(Organisation)
    around = select(place.id, place.parent_id).where(place.id.in_(practices)).cte("near", recursive=True)
    around = around.union(select(place.id, place.parent_id).join(around, place.id == around.c.parent_id))
    in_force = and_(UserRole.from_at <= now, or_(UserRole.until_at.is_(None), UserRole.until_at > now))
    return (
        exists()
        .where(
            UserRole.user_id == User.id,
            UserRole.role.in_(sorted(PERMISSIONS[Permission.RUN_MDT])),
            in_force,
            UserRole.place_id.in_(select(around.c.id)),
        )
        .correlate(User)
    )
