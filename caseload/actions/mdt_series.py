"""Series of team meetings: made with their first meetings, changed, ended."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.active_users import keep_active
from caseload.actions.audit import record
from caseload.actions.meetings import add_meetings
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import MeetingState
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.mdt_rules import read_mdt_rules
from caseload.queries.mdt_series import runners, series_for, teams_to_run
from caseload.queries.meeting_begun import has_begun
from caseload.tables import MdtMeeting, MdtSeries

NOT_A_RUNNER = "This user cannot run meetings here. Choose somebody else."


def create_series(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    name: str,
    team_id: int,
    weekday: int,
    starts: str,
    venue: str,
    chair_id: int,
    coordinator_id: int,
    quorum: int,
    capacity: int,
) -> int:
    """A team's weekly meeting, with the next meetings planned; its id. `starts` is a time such as 12:30.

    NotNow for a team the viewer runs no meetings for, or a chair or coordinator who may not run them.
    """
    if not by.may(Permission.RUN_MDT):
        raise NotThere
    if team_id not in {team.row_id for team in teams_to_run(session, by)}:
        raise NotNow("You cannot run meetings for this team. Choose another team.", field="team_id")
    _check_runners(session, by, now, chair_id=chair_id, coordinator_id=coordinator_id)
    series = MdtSeries(
        name=name, team_id=team_id, weekday=weekday, starts=starts, venue=venue, chair_id=chair_id,
        coordinator_id=coordinator_id, quorum=quorum, capacity=capacity, created_at=now, created_by=by.user_id,
    )  # fmt: skip
    session.add(series)
    session.flush()
    record(session, "mdt_series.create", by=by.user_id, now=now, series=series.id, team=team_id)
    add_meetings(session, series, now=now, count=read_mdt_rules().weeks_ahead)
    return series.id


def change_series(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    series_id: int,
    row_version: int,
    name: str,
    weekday: int,
    starts: str,
    venue: str,
    chair_id: int,
    coordinator_id: int,
    quorum: int,
    capacity: int,
) -> int:
    """Change a series; its id. A new chair chairs every meeting that has not begun, so that somebody can unlock its agenda.

    Meetings that are planned keep their day: a new weekday is of those planned from now on.
    """
    series = _to_change(session, by, series_id, row_version)
    _check_runners(session, by, now, chair_id=chair_id, coordinator_id=coordinator_id)
    if chair_id != series.chair_id:
        for meeting in _not_begun(session, series_id):
            meeting.chair_id = chair_id
    given = {
        "name": name, "weekday": weekday, "starts": starts, "venue": venue, "chair_id": chair_id,
        "coordinator_id": coordinator_id, "quorum": quorum, "capacity": capacity,
    }  # fmt: skip
    changed = sorted(field for field, value in given.items() if getattr(series, field) != value)
    for field in changed:
        setattr(series, field, given[field])
    session.flush()
    record(session, "mdt_series.change", by=by.user_id, now=now, series=series.id, fields=changed)
    return series.id


def end_series(session: Session, *, by: Viewer, now: datetime, series_id: int, row_version: int) -> int:
    """No more meetings are planned from today on; its id. NotNow while one to come is planned or not closed."""
    series = _to_change(session, by, series_id, row_version)
    wanted = select(MdtMeeting.id).where(MdtMeeting.series_id == series_id, MdtMeeting.state != MeetingState.CLOSED)
    if session.execute(wanted).first() is not None:
        raise NotNow("A meeting of this series is not closed yet. Close it, or cancel it, first.")
    series.ended_on = local_day(now)
    session.flush()
    record(session, "mdt_series.end", by=by.user_id, now=now, series=series.id)
    return series.id


def _to_change(session: Session, by: Viewer, series_id: int, row_version: int) -> MdtSeries:
    """The series, locked, for who runs meetings of its team."""
    if not by.may(Permission.RUN_MDT) or not series_for(session, by, series_id).runs:
        raise NotThere
    series = session.get_one(MdtSeries, series_id, with_for_update=True, populate_existing=True)
    if series.ended_on is not None:
        raise NotNow("This series has ended.")
    check_version(series, row_version)
    return series


def _check_runners(session: Session, by: Viewer, now: datetime, *, chair_id: int, coordinator_id: int) -> None:
    allowed = {user.row_id for user in runners(session, now, by)}
    for field, user_id in (("chair_id", chair_id), ("coordinator_id", coordinator_id)):
        if user_id not in allowed:
            raise NotNow(NOT_A_RUNNER, field=field)
        keep_active(session, user_id)


def _not_begun(session: Session, series_id: int) -> list[MdtMeeting]:
    wanted = select(MdtMeeting).where(
        MdtMeeting.series_id == series_id, MdtMeeting.state != MeetingState.CLOSED, ~has_begun()
    )
    return list(session.execute(wanted.order_by(MdtMeeting.id).with_for_update()).scalars())
