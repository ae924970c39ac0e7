"""What somebody had typed when their session ended or a conflict stopped them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.tables.base import Table, UtcMoment


class Draft(Table):
    """One user's unsent text of one form (its path); shown again to that user only."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    path: Mapped[str] = mapped_column(String(300))
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcMoment)
