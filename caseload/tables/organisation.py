"""The place tree (borough, locality, network, practice), the organisations that work in it, and their teams."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import OrganisationKind, Sector
from caseload.tables.base import Table, Word, one_of


class Organisation(Table):
    """A practice, a network, a locality, a borough; or a trust, a council, a voluntary body.

    `parent_id` is the next larger place. `sector` decides which consent to sharing counts for its people.
    """

    __tablename__ = "organisation"
    __table_args__ = (one_of("kind", OrganisationKind), one_of("sector", Sector))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(Word(OrganisationKind))
    sector: Mapped[Sector] = mapped_column(Word(Sector))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)


class Team(Table):
    """People who share a list; it serves everyone registered within its place."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    place: Mapped[Organisation] = relationship()
