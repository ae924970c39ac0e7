"""What every act in the room asks first: is the meeting there for this user, may they take the step, may they open the person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.meeting_rules import MeetingStep, too_early, why_not
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.mdt_series import SeriesRow, meeting_and_series
from caseload.queries.visible import case_to_change
from caseload.tables import AgendaItem, Case, MdtMeeting


def meeting_for(
    session: Session, by: Viewer, now: datetime, meeting_id: int, step: MeetingStep, *, alone: bool = False
) -> tuple[MdtMeeting, SeriesRow]:
    """The meeting and its series, for somebody who may take this step at it now.

    It is held as it is until the transaction ends: beside others who write down what is said, or `alone`, to close it or to mark who came.
    NotThere for who is not shown the series or runs no meetings; NotNow where the state or their part forbids the step, or
    it waits for the meeting's day.
    """
    if not by.may(Permission.RUN_MDT):
        raise NotThere
    _, series = meeting_and_series(session, by, meeting_id)
    wanted = select(MdtMeeting).where(MdtMeeting.id == meeting_id).with_for_update(read=not alone)
    meeting = session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()
    if meeting is None:
        raise NotThere
    refusal = why_not(step, meeting.state, series.parts(by.user_id, meeting.chair_id))
    refusal = refusal or too_early(step, meeting.held_on, local_day(now))
    if refusal is not None:
        raise NotNow(refusal)
    return meeting, series


def item_for(
    session: Session, by: Viewer, now: datetime, item_id: int, step: MeetingStep
) -> tuple[AgendaItem, Case, MdtMeeting]:
    """The item, its case and its meeting, for somebody who may also open the person; the item is locked."""
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise NotThere
    case = case_to_change(session, by, now, item.case_id)
    meeting, _ = meeting_for(session, by, now, item.meeting_id, step)
    wanted = select(AgendaItem).where(AgendaItem.id == item_id).with_for_update()
    item = session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()
    if item is None:
        raise NotThere
    return item, case, meeting
