"""Which submitted forms have had their effect, so that none has it twice."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.tables.base import Table, UtcMoment


class ActionKey(Table):
    """The key a form carried, whose it was, and what the action answered."""

    __tablename__ = "action_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    result: Mapped[object] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
