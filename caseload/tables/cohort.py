"""A block of people taken from the ranked list and worked together."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.plan_words import CohortColumn
from caseload.tables.base import Table, UtcMoment, Word, one_of


class Cohort(Table):
    """Its size and the rule it was taken by are kept as they were on the day."""

    __tablename__ = "worked_cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    place_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("risk_run.id"))
    size: Mapped[int]
    rule: Mapped[dict[str, object]] = mapped_column(JSON)
    begun_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


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
