"""Who came to a meeting: the team's people, each said once, and guests by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.mdt_room import meeting_for
from caseload.actions.versions import check_version
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.plan_words import AttendanceState
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.mdt_rooms import people_of_meeting
from caseload.tables import MdtAttendance, MdtMeeting, Organisation, User


@dataclass(frozen=True)
class Mark:
    """What a form says of one of the team: nothing for `state` where it says nothing; `version` 0 for no row."""

    state: AttendanceState | None
    version: int = 0


def mark_attendance(session: Session, *, by: Viewer, now: datetime, meeting_id: int, marks: Mapping[int, Mark]) -> int:
    """Write down who of the team came, by user; answers how many marks changed. What did not change is left alone.

    Conflict where somebody else marked one of them meanwhile as something else.
    """
    # Alone: two who say the same of somebody at the same moment, of whom nothing was said before, are both right.
    meeting, series = meeting_for(session, by, now, meeting_id, MeetingStep.ATTENDANCE, alone=True)
    wanted = select(MdtAttendance).where(MdtAttendance.meeting_id == meeting.id, MdtAttendance.user_id.is_not(None))
    rows = {row.user_id: row for row in session.execute(wanted.with_for_update()).scalars()}
    expected = people_of_meeting(session, now, series.team_id, [meeting.chair_id, series.coordinator_id])
    if not marks.keys() <= rows.keys() | expected:
        raise NotThere
    changed = [_mark(session, meeting, rows.get(user_id), user_id, mark) for user_id, mark in sorted(marks.items())]
    session.flush()
    if any(changed):
        record(session, "mdt.attendance", by=by.user_id, now=now, meeting=meeting.id, marks=sum(changed))
    return sum(changed)


def add_guest(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    meeting_id: int,
    name: str,
    organisation: str,
    deputy_for: str = "",
) -> int:
    """Somebody came who is not of the team. Answers the row's id."""
    meeting, _ = meeting_for(session, by, now, meeting_id, MeetingStep.ATTENDANCE)
    if not name.strip():
        raise NotNow("Enter the guest’s name.", field="name")
    row = MdtAttendance(
        meeting_id=meeting.id, name=name.strip(), organisation=organisation.strip(), state=AttendanceState.ATTENDED,
        deputy_for=deputy_for.strip(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, "mdt.guest", by=by.user_id, now=now, meeting=meeting.id, attendance=row.id)
    return row.id


def remove_guest(session: Session, *, by: Viewer, now: datetime, attendance_id: int, row_version: int) -> int:
    """Somebody was not there after all. Answers the meeting's id."""
    row = session.get(MdtAttendance, attendance_id)
    if row is None or row.user_id is not None:
        raise NotThere
    meeting, _ = meeting_for(session, by, now, row.meeting_id, MeetingStep.ATTENDANCE)
    check_version(row, row_version)
    session.delete(row)
    session.flush()
    record(session, "mdt.guest_remove", by=by.user_id, now=now, meeting=meeting.id, attendance=attendance_id)
    return meeting.id


def _mark(session: Session, meeting: MdtMeeting, row: MdtAttendance | None, user_id: int, mark: Mark) -> bool:
    """Whether something changed."""
    if (row.state if row else None) == mark.state:
        return False
    if (row.row_version if row else 0) != mark.version:
        raise Conflict("Somebody else marked who came while you were working on it.")
    if row is None:
        session.add(_row(session, meeting, user_id, mark))
    elif mark.state is None:
        session.delete(row)
    else:
        row.state = mark.state
    return True


def _row(session: Session, meeting: MdtMeeting, user_id: int, mark: Mark) -> MdtAttendance:
    user = session.get_one(User, user_id)
    return MdtAttendance(
        meeting_id=meeting.id, user_id=user_id, name=user.display_name, state=mark.state,
        organisation=session.get_one(Organisation, user.home_id).name,
    )  # fmt: skip
