"""Multidisciplinary team meetings: when, who, about whom and why, and what was decided.

An item's outcome is its latest `MdtDecision`, or that it was not reached: `AgendaItem.not_reached`. Items of a closed
meeting that were not reached are the ones carried over: the next agenda of the series takes them up.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.plan_words import AgendaReason, AttendanceState, MdtDecisionKind, MeetingState
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class MdtSeries(Table):
    """A team's meeting as it recurs. `weekday` is 0 for Monday; `capacity` is how many people fit into one meeting."""

    __tablename__ = "mdt_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    weekday: Mapped[int]
    starts: Mapped[str] = mapped_column(String(5))
    venue: Mapped[str] = mapped_column(String(300), default="")
    chair_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    quorum: Mapped[int]
    capacity: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    ended_on: Mapped[date | None]
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class MdtMeeting(Table):
    """One meeting: planned, locked by the chair, closed when every item has an outcome.

    `no_quorum_reason` says why it was closed although too few came; it is empty for a meeting that had its quorum.
    """

    __tablename__ = "mdt_meeting"
    __table_args__ = (
        one_of("state", MeetingState),
        together("locked"),
        together("closed"),
        UniqueConstraint("series_id", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("mdt_series.id"))
    held_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[MeetingState] = mapped_column(Word(MeetingState))
    chair_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    locked_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    locked_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    no_quorum_reason: Mapped[str] = mapped_column(String(500), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class MdtRequest(Table):
    """Somebody asks that a case be discussed. Taken up by an agenda item, or taken back."""

    __tablename__ = "mdt_request"
    __table_args__ = (together("ended"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("mdt_series.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    why: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class AgendaItem(Table):
    """One person at one meeting, and why. The texts are the meeting's notes; the outcome is an `MdtDecision`.

    `not_reached` says that there was no time for it: it then has no decision that counts, and is carried over.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        one_of("reason", AgendaReason),
        UniqueConstraint("meeting_id", "case_id"),
        Index("ix_agenda_item_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("mdt_meeting.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"))
    position: Mapped[int]
    reason: Mapped[AgendaReason] = mapped_column(Word(AgendaReason))
    reason_text: Mapped[str] = mapped_column(String(500))
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    situation: Mapped[str] = mapped_column(String(4000), default="")
    action_to_date: Mapped[str] = mapped_column(String(4000), default="")
    latest: Mapped[str] = mapped_column(String(4000), default="")
    persons_view: Mapped[str] = mapped_column(String(4000), default="")
    not_reached: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(UtcMoment)
    added_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class AgendaLeftOut(Table):
    """Who is not on a planned agenda, and why: there was no room, or somebody took them off.

    Rows without `removed_at` had a reason and did not fit: building the agenda writes them anew, and they go first at
    the series' next meeting. Rows with it keep the rule from putting the person back.
    """

    __tablename__ = "agenda_left_out"
    __table_args__ = (one_of("reason", AgendaReason), together("removed"), UniqueConstraint("meeting_id", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("mdt_meeting.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    place: Mapped[int]
    reason: Mapped[AgendaReason] = mapped_column(Word(AgendaReason))
    reason_text: Mapped[str] = mapped_column(String(500))
    removed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    removed_why: Mapped[str] = mapped_column(String(500), default="")


class AgendaNotes(Table):
    """What an item's notes said each time they were saved. Append-only."""

    __tablename__ = "agenda_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    situation: Mapped[str] = mapped_column(String(4000))
    action_to_date: Mapped[str] = mapped_column(String(4000))
    latest: Mapped[str] = mapped_column(String(4000))
    persons_view: Mapped[str] = mapped_column(String(4000))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class MdtAttendance(Table):
    """Who was there, sent apologies, or sent a deputy: a user once in a meeting, guests by name."""

    __tablename__ = "mdt_attendance"
    __table_args__ = (one_of("state", AttendanceState), UniqueConstraint("meeting_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("mdt_meeting.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[AttendanceState] = mapped_column(Word(AttendanceState))
    deputy_for: Mapped[str] = mapped_column(String(200), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class MdtDecision(Table):
    """What was decided about an item. Append-only; the latest holds until the meeting is closed."""

    __tablename__ = "mdt_decision"
    __table_args__ = (one_of("decision", MdtDecisionKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    decision: Mapped[MdtDecisionKind] = mapped_column(Word(MdtDecisionKind))
    rationale: Mapped[str] = mapped_column(String(2000))
    next_review_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class MdtAction(Table):
    """An action of a meeting: what, by whom, by when. It becomes a task when the meeting is closed."""

    __tablename__ = "mdt_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    due_on: Mapped[date | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
