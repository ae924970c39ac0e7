"""Who can be an accountable lead: profession, capacity, working days, leave."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import Profession
from caseload.tables.base import Table, Word, one_of
from caseload.tables.user import User


class Practitioner(Table):
    """A user who can lead. `capacity` is in points of workload; `working_days` has bit 0 for Monday to bit 6."""

    __tablename__ = "practitioner"
    __table_args__ = (one_of("profession", Profession),)

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    profession: Mapped[Profession] = mapped_column(Word(Profession))
    capacity: Mapped[int]
    working_days: Mapped[int] = mapped_column(default=0b0011111)
    user: Mapped[User] = relationship()


class Leave(Table):
    """Days away, both ends included."""

    __tablename__ = "leave"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
