"""A block of people taken from the ranked list and worked together."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.plan_words import CohortColumn
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class Cohort(Table):
    """Its size and the rule it was taken by are kept as they were on the day. It runs until somebody ends it."""

    __tablename__ = "worked_cohort"
    __table_args__ = (together("ended"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    place_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("risk_run.id"))
    size: Mapped[int]
    rule: Mapped[dict[str, object]] = mapped_column(JSON)
    begun_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class CohortMember(Table):
    """One person of a cohort and where they stand on its board."""

    __tablename__ = "worked_cohort_member"
    __table_args__ = (one_of("board_column", CohortColumn), UniqueConstraint("cohort_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("worked_cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rank: Mapped[int]
    board_column: Mapped[CohortColumn] = mapped_column(Word(CohortColumn))
    moved_at: Mapped[datetime] = mapped_column(UtcMoment)
    moved_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class CohortMove(Table):
    """Every change of where a member stands, with the reason of one who left. Append-only."""

    __tablename__ = "worked_cohort_move"
    __table_args__ = (one_of("board_column", CohortColumn),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("worked_cohort_member.id"), index=True)
    board_column: Mapped[CohortColumn] = mapped_column(Word(CohortColumn))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
