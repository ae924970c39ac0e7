"""Meetings of a series: planned week by week, moved to another day, cancelled."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.meeting_steps import meeting_for_step, take_off, touch, written_about
from caseload.clock import local_day
from caseload.domain.agenda_rules import planned_days
from caseload.domain.lead_rule import in_words
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import MeetingState
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.mdt_rules import read_mdt_rules
from caseload.queries.mdt_series import series_for
from caseload.queries.meeting_begun import meeting_has_begun
from caseload.tables import AgendaItem, AgendaLeftOut, Case, MdtAttendance, MdtMeeting, MdtSeries

_SAME_WEEK = timedelta(days=4)
"""A meeting that was moved by up to so many days still stands for its week."""


def plan_meetings(session: Session, *, by: Viewer, now: datetime, series_id: int) -> int:
    """Plan weekly meetings until as many are to come as the rules say; how many were added.

    They go on from the last there is, so that one that was cancelled stays so.
    """
    if not by.may(Permission.RUN_MDT) or not series_for(session, by, series_id).runs:
        raise NotThere
    series = session.get_one(MdtSeries, series_id, with_for_update=True, populate_existing=True)
    if series.ended_on is not None:
        raise NotNow("This series has ended.")
    to_come = session.execute(
        select(func.count()).where(MdtMeeting.series_id == series_id, MdtMeeting.held_on >= local_day(now))
    ).scalar_one()
    return add_meetings(session, series, now=now, count=max(read_mdt_rules().weeks_ahead - to_come, 0), by=by.user_id)


def add_meetings(session: Session, series: MdtSeries, *, now: datetime, count: int, by: int | None = None) -> int:
    """So many weekly meetings after the last one of a series, or from today on; inside an action that has locked it."""
    last = session.execute(select(func.max(MdtMeeting.held_on)).where(MdtMeeting.series_id == series.id)).scalar_one()
    today = local_day(now)
    start = today if last is None else max(today, last + _SAME_WEEK)
    for held_on in planned_days(start, series.weekday, count):
        session.add(
            MdtMeeting(
                series_id=series.id, held_on=held_on, state=MeetingState.PLANNED, chair_id=series.chair_id,
            )
        )  # fmt: skip
    session.flush()
    record(session, "meeting.plan", by=by or series.created_by, now=now, series=series.id, meetings=count)
    return count


def move_meeting(
    session: Session, *, by: Viewer, now: datetime, meeting_id: int, row_version: int, held_on: date
) -> int:
    """The meeting is on another day, with its agenda; its id. NotNow for a day that is past or has one already."""
    meeting, series = meeting_for_step(session, by, meeting_id, MeetingStep.MOVE_DAY, row_version)
    if held_on < local_day(now):
        raise NotNow("The day of the meeting must be today or in the future.", field="held_on")
    if _is_taken(session, series, held_on):
        raise NotNow("This series has a meeting on that day. Choose another day.", field="held_on")
    return _put_on(session, meeting, held_on, by, now)


def hold_today(session: Session, *, by: Viewer, now: datetime, meeting_id: int, row_version: int) -> int:
    """The meeting is held today, with its agenda as it was locked, and not on the day it was planned for; its id.

    NotNow where today is its day, where it was begun on that day, or where the series has another meeting today.
    """
    meeting, series = meeting_for_step(session, by, meeting_id, MeetingStep.HOLD_TODAY, row_version)
    today = local_day(now)
    if meeting.held_on == today:
        raise NotNow("This meeting is planned for today already.")
    if meeting_has_begun(session, meeting.id):
        raise NotNow(f"This meeting was begun on {in_words(meeting.held_on)}. Go on with it: its day stays.")
    if _is_taken(session, series, today):
        raise NotNow("This series has another meeting today. Hold that one, or cancel or move it first.")
    return _put_on(session, meeting, today, by, now)


def _is_taken(session: Session, series: MdtSeries, day: date) -> bool:
    taken = select(MdtMeeting.id).where(MdtMeeting.series_id == series.id, MdtMeeting.held_on == day)
    return session.execute(taken).first() is not None


def _put_on(session: Session, meeting: MdtMeeting, day: date, by: Viewer, now: datetime) -> int:
    before, meeting.held_on = meeting.held_on, day
    session.flush()
    record(
        session,
        "meeting.move",
        by=by.user_id,
        now=now,
        meeting=meeting.id,
        before=before.isoformat(),
        after=day.isoformat(),
    )
    return meeting.id


def cancel_meeting(session: Session, *, by: Viewer, now: datetime, meeting_id: int, row_version: int) -> int:
    """There is no meeting that day; the id of its series. Its agenda goes with it, and requests wait again.

    NotNow where somebody has written something down about it already.
    """
    meeting, series = meeting_for_step(session, by, meeting_id, MeetingStep.CANCEL, row_version)
    attended = session.execute(select(MdtAttendance.id).where(MdtAttendance.meeting_id == meeting.id)).first()
    if attended is not None or written_about(session, meeting.id):
        raise NotNow("Something has been written down at this meeting. It cannot be cancelled any more.")
    people = list(
        session.execute(
            select(Case.person_id)
            .join(AgendaItem, AgendaItem.case_id == Case.id)
            .where(AgendaItem.meeting_id == meeting.id)
            .order_by(Case.person_id)
        ).scalars()
    )
    touch(meeting)  # whoever changes the agenda at this moment is told
    for table in (AgendaItem, AgendaLeftOut):
        for row in session.execute(select(table).where(table.meeting_id == meeting.id)).scalars().all():
            if isinstance(row, AgendaItem):
                take_off(session, row, by=by, now=now, ended=False)
            else:
                session.delete(row)
    session.flush()
    record(
        session, "meeting.cancel", by=by.user_id, now=now, people=people, meeting=meeting.id, series=series.id,
        held_on=meeting.held_on.isoformat(),
    )  # fmt: skip
    session.delete(meeting)
    session.flush()
    return series.id
