"""The accountable lead professional of a case: what the rule proposed, and who has it, from when until when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import Profession
from caseload.tables.base import Table, UtcMoment, Word, one_of, together
from caseload.tables.user import User


class LeadProposal(Table):
    """What the rule said of a case at a moment: rule code, version, profession and a sentence that can be checked.

    `profession` is empty where the rule needs something that is not recorded. Rows are added, never changed.
    """

    __tablename__ = "lead_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[str] = mapped_column(String(40))
    profession: Mapped[Profession | None] = mapped_column(Word(Profession))
    sentence: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcMoment)


class LeadAllocation(Table):
    """One professional's time as accountable lead. At most one row per case is open-ended: the database sees to it.

    In a handover the next row begins at the very moment this one ends. An override carries a coded reason.
    """

    __tablename__ = "lead_allocation"
    __table_args__ = (
        one_of("profession", Profession),
        together("told"),
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="ends_after_it_begins"),
        Index(
            "uq_lead_allocation_case_current",
            "case_id",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
        Index("ix_lead_allocation_user_id_until_at", "user_id", "until_at"),
        Index("ix_lead_allocation_case_id_from_at", "case_id", "from_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    profession: Mapped[Profession] = mapped_column(Word(Profession))
    from_at: Mapped[datetime] = mapped_column(UtcMoment)
    until_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[str] = mapped_column(String(40))
    sentence: Mapped[str] = mapped_column(String(500))
    override_code: Mapped[str | None] = mapped_column(String(40))
    override_note: Mapped[str] = mapped_column(String(2000), default="")
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"))
    tell_by: Mapped[date | None]
    told_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    told_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    told_how: Mapped[str | None] = mapped_column(String(40))
    user: Mapped[User] = relationship(foreign_keys=[user_id])
