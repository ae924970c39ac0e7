"""Flags for 111, out of hours and ambulance services: who they are about, what they say, who to ring, until when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.border_words import FlagCategory, FlagEnding, FlagState
from caseload.tables.base import Table, UtcMoment, Word, one_of


class CareFlag(Table):
    """One flag of a person with a care plan. `said` is plain English of 140 characters at most.

    At most one active flag of a code per case. Removing one keeps the row, with why;
    `ended_user_id` is empty where it ended by itself.
    """

    __tablename__ = "care_flag"
    __table_args__ = (
        one_of("category", FlagCategory),
        one_of("state", FlagState),
        one_of("ending", FlagEnding),
        Index(
            "uq_care_flag_case_code_active",
            "case_id",
            "code",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_care_flag_state_review_on", "state", "review_on"),
        Index("ix_care_flag_changed_at_id", "changed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    category: Mapped[FlagCategory] = mapped_column(Word(FlagCategory))
    code: Mapped[str] = mapped_column(String(40))
    said: Mapped[str] = mapped_column(String(140))
    ring_name: Mapped[str] = mapped_column(String(200))
    ring_phone: Mapped[str] = mapped_column(String(40))
    ring_when: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    review_on: Mapped[date]
    state: Mapped[FlagState] = mapped_column(Word(FlagState))
    ending: Mapped[FlagEnding | None] = mapped_column(Word(FlagEnding))
    ended_note: Mapped[str] = mapped_column(String(2000), default="")
    set_at: Mapped[datetime] = mapped_column(UtcMoment)
    set_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcMoment)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class FlagEvent(Table):
    """Every change of a flag: set, changed, ended by somebody or by itself. Append-only. `by` is empty for the latter."""

    __tablename__ = "flag_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[int] = mapped_column(ForeignKey("care_flag.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(String(400))
    after: Mapped[str | None] = mapped_column(String(400))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class FlagAcknowledgement(Table):
    """A partner's system says it has taken a flag over in one of its versions. Append-only."""

    __tablename__ = "flag_acknowledgement"

    id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[int] = mapped_column(ForeignKey("care_flag.id"), index=True)
    flag_version: Mapped[int]
    note: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class OutwardChange(Table):
    """What the change feed tells: that something of a person's has to be read again, in the order it was committed.

    `gone` says that it may not be seen any more by who saw it before. Append-only.
    """

    __tablename__ = "outward_change"
    __table_args__ = (Index("ix_outward_change_resource_id", "resource", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    gone: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcMoment)
