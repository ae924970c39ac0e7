"""What somebody should know of, in the app and as a daily count by e-mail."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import NoticeKind
from caseload.tables.base import Table, UtcMoment, Word, one_of


class Notice(Table):
    """One notice to one user. Its words come from the kind; the person is shown only to who may open them."""

    __tablename__ = "notice"
    __table_args__ = (one_of("kind", NoticeKind), Index("ix_notice_user_id_read_at", "user_id", "read_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("care_case.id"))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    read_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class DigestSent(Table):
    """The daily e-mail a user was sent: at most one a day."""

    __tablename__ = "digest_sent"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
