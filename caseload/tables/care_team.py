"""Everyone else who works on a case, each from an organisation and for a time."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import CareTeamRole
from caseload.tables.base import Table, UtcMoment, Word, one_of


class CareTeamMember(Table):
    """A user of the app, or somebody from elsewhere by name and organisation."""

    __tablename__ = "care_team_member"
    __table_args__ = (one_of("role", CareTeamRole),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[CareTeamRole] = mapped_column(Word(CareTeamRole))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    added_at: Mapped[datetime] = mapped_column(UtcMoment)
    added_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
