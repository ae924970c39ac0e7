"""One person's time in care coordination."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import CaseState, PrimaryNeed
from caseload.tables.base import Table, UtcMoment, Word, one_of, together
from caseload.tables.person import Person


class Case(Table):
    """Open, on hold or closed; at most one that is not closed per person. A falling tier never closes a case."""

    __tablename__ = "care_case"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("primary_need", PrimaryNeed),
        together("closed"),
        Index(
            "uq_care_case_person_current",
            "person_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("ix_care_case_state_opened_at", "state", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    state: Mapped[CaseState] = mapped_column(Word(CaseState))
    primary_need: Mapped[PrimaryNeed | None] = mapped_column(Word(PrimaryNeed))
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)
    opened_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_reason: Mapped[str | None] = mapped_column(String(40))
    row_version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": row_version}


class CaseEvent(Table):
    """Every change of a case's state or primary need, append-only."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(String(40))
    after: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
