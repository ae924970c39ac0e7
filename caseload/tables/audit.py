"""Everything that was changed, and every look at a person: append-only and chained by keyed hashes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.tables.base import Table, UtcMoment


class AuditEvent(Table):
    """One event. `detail` is JSON text: codes, ids and names of fields, never a person's values.

    `detail["people"]` lists the ids of the people concerned. `hash` is keyed over all of it and the hash before, so that nothing can be changed, removed or put in unseen.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_user_id_number", "user_id", "number"),
        Index("ix_audit_event_case_id_number", "case_id", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    action: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("care_case.id"))
    detail: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditSubject(Table):
    """Whom an event concerns: the people listed in its `detail`, found from the person's side."""

    __tablename__ = "audit_subject"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("audit_event.number"), primary_key=True, index=True)


class AuditHead(Table):
    """The last event's number and hash, in one row: what a cut-off tail would contradict, and what writers queue for."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
