"""Two records found to be one person, and exactly what was moved, so that it can be taken back."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.tables.base import Table, UtcMoment, together


class PersonMerge(Table):
    """`moved` lists table, row id and column for every row that pointed to the merged record."""

    __tablename__ = "person_merge"
    __table_args__ = (together("undone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    moved: Mapped[list[list[object]]] = mapped_column(JSON)
    merged_at: Mapped[datetime] = mapped_column(UtcMoment)
    merged_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
