"""How somebody in hospital is to leave it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.plan_words import DischargePathway
from caseload.tables.base import Table, UtcMoment, Word, one_of


class DischargePlan(Table):
    """What was planned for the end of a stay at a moment: pathway 0 to 3 and the day expected. Append-only; the latest holds."""

    __tablename__ = "discharge_plan"
    __table_args__ = (one_of("pathway", DischargePathway),)

    id: Mapped[int] = mapped_column(primary_key=True)
    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounter.id"), index=True)
    pathway: Mapped[DischargePathway] = mapped_column(Word(DischargePathway))
    expected_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
