"""Sessions live on the server; the browser holds a random token and nothing else."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.tables.base import Table, UtcMoment


class WebSession(Table):
    """Kept under the SHA-256 of its token: who reads the database cannot take a session over."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
