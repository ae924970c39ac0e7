"""The way every change of a meeting begins: who asks, the meeting locked, its version, its state and their part in it."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from caseload.actions.changes import Change, change_by
from caseload.actions.versions import check_version
from caseload.domain.meeting_rules import MeetingStep, why_not
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.mdt_series import meeting_and_series
from caseload.tables import AgendaItem, AgendaNotes, MdtAction, MdtDecision, MdtMeeting, MdtRequest, MdtSeries


def meeting_for_step(
    session: Session, by: Viewer, meeting_id: int, step: MeetingStep, row_version: int | None = None
) -> tuple[MdtMeeting, MdtSeries]:
    """The meeting, locked against everybody else, and its series.

    NotThere for who is not shown the series or runs no meetings; Conflict where a version is given that is not the
    meeting's; NotNow where the state or their part forbids the step.
    """
    if not by.may(Permission.RUN_MDT):
        raise NotThere
    _, series = meeting_and_series(session, by, meeting_id)
    meeting = _locked(session, meeting_id)
    if row_version is not None:
        check_version(meeting, row_version, last=lambda: _last(session, meeting))
    refusal = why_not(step, meeting.state, series.parts(by.user_id, meeting.chair_id))
    if refusal is not None:
        raise NotNow(refusal)
    return meeting, session.get_one(MdtSeries, series.series_id)


def item_for_step(
    session: Session, by: Viewer, item_id: int, step: MeetingStep, row_version: int
) -> tuple[AgendaItem, MdtMeeting]:
    """An item of an agenda, its meeting locked; Conflict where it changed, or went, since it was shown."""
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise NotThere
    meeting, _series = meeting_for_step(session, by, item.meeting_id, step)
    wanted = select(AgendaItem).where(AgendaItem.id == item_id).execution_options(populate_existing=True)
    item = session.execute(wanted).scalar_one_or_none()
    if item is None:
        raise Conflict("Somebody else has taken this item off the agenda.")
    check_version(item, row_version)
    return item, meeting


def touch(meeting: MdtMeeting) -> None:
    """The agenda changed: whoever looked at the meeting before has seen another one."""
    flag_modified(meeting, "state")


def written_about(session: Session, meeting_id: int) -> frozenset[int]:
    """The ids of the meeting's items about which something was written down: those never leave the agenda."""
    wanted = select(AgendaItem.id).where(
        AgendaItem.meeting_id == meeting_id,
        or_(
            AgendaItem.not_reached,
            *(exists().where(table.item_id == AgendaItem.id) for table in (AgendaNotes, MdtDecision, MdtAction)),
        ),
    )
    return frozenset(session.execute(wanted).scalars())


def take_off(session: Session, item: AgendaItem, *, by: Viewer, now: datetime, ended: bool) -> None:
    """Delete an item. Its requests wait again, or have ended with it."""
    for request in session.execute(select(MdtRequest).where(MdtRequest.item_id == item.id)).scalars():
        request.item_id = None
        if ended:
            request.ended_at, request.ended_by = now, by.user_id
    for later in session.execute(select(AgendaItem).where(AgendaItem.carried_from_id == item.id)).scalars():
        later.carried_from_id = None
    session.flush()
    session.delete(item)
    session.flush()


def _locked(session: Session, meeting_id: int) -> MdtMeeting:
    wanted = select(MdtMeeting).where(MdtMeeting.id == meeting_id).with_for_update()
    meeting = session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()
    if meeting is None:
        raise NotThere
    return meeting


def _last(session: Session, meeting: MdtMeeting) -> Change | None:
    if meeting.locked_at is None:
        return None
    return change_by(session, meeting.locked_by, meeting.locked_at)
