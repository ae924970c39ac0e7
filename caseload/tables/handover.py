"""Passing a case to another lead: the sender stays accountable until the receiver accepts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import HandoverState, JourneyState
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class Handover(Table):
    """Requested → accepted, rejected, revoked or lapsed; at most one requested per case."""

    __tablename__ = "handover"
    __table_args__ = (
        one_of("state", HandoverState),
        together("decided"),
        Index(
            "uq_handover_case_requested",
            "case_id",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
        Index("ix_handover_to_user_id_state", "to_user_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    state: Mapped[HandoverState] = mapped_column(Word(HandoverState))
    reason: Mapped[str] = mapped_column(String(2000))
    summary: Mapped[str] = mapped_column(String(4000), default="")
    requested_at: Mapped[datetime] = mapped_column(UtcMoment)
    requested_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decision_note: Mapped[str] = mapped_column(String(2000), default="")
    journey_id: Mapped[int | None] = mapped_column(ForeignKey("leaver_journey.id"), index=True)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class LeaverJourney(Table):
    """Handing over everything somebody holds before they leave: begun, resumable, finished when they hold nothing."""

    __tablename__ = "leaver_journey"
    __table_args__ = (
        one_of("state", JourneyState),
        together("finished"),
        Index(
            "uq_leaver_journey_user_begun",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'begun'"),
            postgresql_where=text("state = 'begun'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    state: Mapped[JourneyState] = mapped_column(Word(JourneyState))
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    started_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    finished_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class StagedHandover(Table):
    """In a leaver's journey: whom a case is meant to go to. It has no effect until it is sent, and can be changed until then."""

    __tablename__ = "staged_handover"

    journey_id: Mapped[int] = mapped_column(ForeignKey("leaver_journey.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), primary_key=True, index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    staged_at: Mapped[datetime] = mapped_column(UtcMoment)
    staged_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
