"""Every conversation with or about a person."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import ContactMode
from caseload.tables.base import Table, UtcMoment, Word, one_of


class Contact(Table):
    """A contact as recorded; a mistake is corrected by a new row that names the one it corrects."""

    __tablename__ = "contact"
    __table_args__ = (
        one_of("mode", ContactMode),
        Index("ix_contact_person_id_happened_at", "person_id", "happened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    mode: Mapped[ContactMode] = mapped_column(Word(ContactMode))
    participants: Mapped[list[str]] = mapped_column(JSON)
    outcome_code: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(4000), default="")
    happened_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
