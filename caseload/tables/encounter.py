"""Hospital stays and attendances of people who matter to somebody's list."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import EncounterKind
from caseload.tables.base import Table, Word, one_of


class Encounter(Table):
    """One stay or attendance, by the source's own id: the same one sent again replaces and never adds.

    `source` is a file of a monthly pack, or `hl7:` and the feed whose messages tell of it until a pack does.
    """

    __tablename__ = "encounter"
    __table_args__ = (
        one_of("kind", EncounterKind),
        UniqueConstraint("source", "source_ref"),
        Index("ix_encounter_person_id_started_on", "person_id", "started_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str] = mapped_column(String(44))
    source_ref: Mapped[str] = mapped_column(String(64))
    kind: Mapped[EncounterKind] = mapped_column(Word(EncounterKind))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    provider_code: Mapped[str] = mapped_column(String(12), default="")
    diagnosis_code: Mapped[str] = mapped_column(String(8), default="")
