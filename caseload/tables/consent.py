"""What a person agreed or objected to, for each purpose. The latest row of a purpose is what holds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables.base import Table, UtcMoment, Word, one_of


class Consent(Table):
    """Given, refused or withdrawn; append-only, in force at once. `by` is empty where it came with an extract."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("purpose", ConsentPurpose),
        one_of("state", ConsentState),
        Index("ix_consent_person_id_purpose_id", "person_id", "purpose", "id"),
        Index(
            "ix_consent_no",
            "person_id",
            "purpose",
            "id",
            sqlite_where=text("state IN ('refused', 'withdrawn')"),
            postgresql_where=text("state IN ('refused', 'withdrawn')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[ConsentPurpose] = mapped_column(Word(ConsentPurpose))
    state: Mapped[ConsentState] = mapped_column(Word(ConsentState))
    how: Mapped[str] = mapped_column(String(40))
    representative: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
