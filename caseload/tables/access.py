"""Who may open a restricted person, and who opened somebody in an emergency."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.tables.base import Table, UtcMoment, together


class RestrictedAccess(Table):
    """A user named for a restricted person."""

    __tablename__ = "restricted_access"
    __table_args__ = (UniqueConstraint("person_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    given_at: Mapped[datetime] = mapped_column(UtcMoment)
    given_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class EmergencyAccess(Table):
    """Break-glass: a record opened without a relationship, for a reason, for a time, and looked at afterwards."""

    __tablename__ = "emergency_access"
    __table_args__ = (together("reviewed"), Index("ix_emergency_access_user_id_person_id", "user_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(2000))
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    finding: Mapped[str | None] = mapped_column(String(40))
    finding_note: Mapped[str] = mapped_column(String(2000), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
