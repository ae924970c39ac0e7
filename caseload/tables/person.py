"""The people registered in the place."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import Residence, Sex
from caseload.tables.base import Table, UtcMoment, Word, one_of
from caseload.tables.organisation import Organisation

_REGISTERED = "date_of_death IS NULL AND deregistered_on IS NULL AND merged_into_id IS NULL"


class Person(Table):
    """One person. `pseudonym` joins them to the score file; `name_key` is what a search by name compares.

    A person who moved away keeps their row and `deregistered_on`; one who was merged points to who they are now.
    `lives_alone` and `has_carer` are None where it is not recorded; `imd_decile` is 1 for the most deprived tenth of neighbourhoods.
    """

    __tablename__ = "person"
    __table_args__ = (
        one_of("sex", Sex),
        one_of("residence", Residence),
        Index("ix_person_date_of_birth_name_key", "date_of_birth", "name_key"),
        # Hardly anybody is merged: an index of all the others would tempt the embedded database to read it.
        Index(
            "ix_person_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_person_practice_id_registered",
            "practice_id",
            sqlite_where=text(_REGISTERED),
            postgresql_where=text(_REGISTERED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nhs_number: Mapped[str] = mapped_column(String(10), unique=True)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)
    family_name: Mapped[str] = mapped_column(String(100))
    given_name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(210))
    date_of_birth: Mapped[date]
    sex: Mapped[Sex] = mapped_column(Word(Sex))
    address_line: Mapped[str] = mapped_column(String(300), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    residence: Mapped[Residence | None] = mapped_column(Word(Residence))
    lives_alone: Mapped[bool | None]
    has_carer: Mapped[bool | None]
    imd_decile: Mapped[int | None]
    practice_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    deregistered_on: Mapped[date | None]
    date_of_death: Mapped[date | None]
    restricted: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime] = mapped_column(UtcMoment)
    row_version: Mapped[int] = mapped_column(default=1)
    practice: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": row_version}


class PersonEvent(Table):
    """What happened to a person's own record: died, moved practice, left, restricted, address changed. Append-only.

    `before` and `after` hold the fields that changed; they stay inside the case database and are never logged.
    `by` is empty where a load did it, which `run_id` names, or a message of a hospital, which `message_id` does; it then
    stands at the moment the hospital told of.
    """

    __tablename__ = "person_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("risk_run.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("hospital_message.id"), index=True)
    before: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
