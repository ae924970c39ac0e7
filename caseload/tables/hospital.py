"""What hospitals told us: every message byte for byte, what was made of it, and the numbers they know people by."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.border_words import IdentityChangeKind, MessageState, PatientClass, StayState
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class HospitalMessage(Table):
    """One message as it came. `raw` is the record and is never changed; the rest is what was read from it and became of it.

    `message_key` is the hash of what the sender identifies a message by (MSH-3, MSH-4, MSH-10, and the day where the feed
    uses its control ids again): unique, so that a message sent twice is stored once. It is empty for a message that was
    refused, so that it can be sent again put right, and for one that came under a key whose bytes were others; those are told
    apart by `sha256`. `corrects_id` is the held message that this one
    was made from by somebody's hand. `reason_code` says why a message is held or not acted on.
    """

    __tablename__ = "hospital_message"
    __table_args__ = (
        one_of("state", MessageState),
        together("settled"),
        Index("ix_hospital_message_state_id", "state", "id"),
        Index("ix_hospital_message_feed_received_at", "feed", "received_at"),
        Index(
            "ix_hospital_message_keyless",
            "sha256",
            sqlite_where=text("message_key IS NULL"),
            postgresql_where=text("message_key IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    feed: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime] = mapped_column(UtcMoment)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    message_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    control_id: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(20), default="")
    hl7_version: Mapped[str] = mapped_column(String(12), default="")
    charset: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[MessageState] = mapped_column(Word(MessageState))
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("hospital_message.id"), index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    settled_note: Mapped[str] = mapped_column(String(2000), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class HospitalEvent(Table):
    """One act of one message on one visit. Append-only: a stay is what its events say when put in the order they happened.

    `at` is when it happened in the hospital, `content` what the message said of the visit, field by field in our words.
    """

    __tablename__ = "hospital_event"
    __table_args__ = (
        UniqueConstraint("message_id", "visit_ref"),
        Index("ix_hospital_event_feed_visit_ref", "feed", "visit_ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("hospital_message.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    feed: Mapped[str] = mapped_column(String(40))
    visit_ref: Mapped[str] = mapped_column(String(64))
    trigger: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class HospitalStay(Table):
    """A stay or attendance as its events tell it now, by the hospital's own number of the visit.

    `encounter_id` is the same in the list of encounters, which a monthly pack may have brought as well. `sensitive` is
    PV1-16: nothing of it goes out.
    """

    __tablename__ = "hospital_stay"
    __table_args__ = (
        one_of("state", StayState),
        one_of("patient_class", PatientClass),
        UniqueConstraint("feed", "visit_ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    encounter_id: Mapped[int | None] = mapped_column(ForeignKey("encounter.id"), unique=True)
    feed: Mapped[str] = mapped_column(String(40))
    visit_ref: Mapped[str] = mapped_column(String(64))
    state: Mapped[StayState] = mapped_column(Word(StayState))
    patient_class: Mapped[PatientClass] = mapped_column(Word(PatientClass))
    provider_code: Mapped[str] = mapped_column(String(12), default="")
    location: Mapped[str] = mapped_column(String(200), default="")
    treatment_function: Mapped[str] = mapped_column(String(20), default="")
    admission_method: Mapped[str] = mapped_column(String(20), default="")
    discharge_method: Mapped[str] = mapped_column(String(20), default="")
    discharge_destination: Mapped[str] = mapped_column(String(20), default="")
    diagnosis_code: Mapped[str] = mapped_column(String(20), default="")
    sensitive: Mapped[bool] = mapped_column(default=False)
    expected_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    admitted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    discharged_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    updated_at: Mapped[datetime] = mapped_column(UtcMoment)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PersonIdentifier(Table):
    """A hospital's number for somebody, from when until when: at most one person has it at a time.

    `kind` is the HL7 type (table 0203: MR, PI). A number that was merged into another keeps its row with `retired_into`.
    """

    __tablename__ = "person_identifier"
    __table_args__ = (
        Index(
            "uq_person_identifier_current",
            "feed",
            "authority",
            "value",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    feed: Mapped[str] = mapped_column(String(40))
    authority: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(40))
    from_at: Mapped[datetime] = mapped_column(UtcMoment)
    until_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    retired_into: Mapped[str] = mapped_column(String(40), default="")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("hospital_message.id"))
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class IdentityChange(Table):
    """A hospital's numbers merged, changed or a visit moved, with exactly what was moved here, so that it can be taken back.

    `moved` lists table, row id, column and the value before. `by` is empty where a message did it.
    """

    __tablename__ = "identity_change"
    __table_args__ = (one_of("kind", IdentityChangeKind), together("undone"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[IdentityChangeKind] = mapped_column(Word(IdentityChangeKind))
    feed: Mapped[str] = mapped_column(String(40))
    authority: Mapped[str] = mapped_column(String(60))
    kept_value: Mapped[str] = mapped_column(String(64))
    retired_value: Mapped[str] = mapped_column(String(64), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("hospital_message.id"), index=True)
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("person_merge.id"))
    moved: Mapped[list[list[Any]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class WaitingNumber(Table):
    """A number that a message names whose person is not known, while it waits: so that it is found when they are.

    `authority` is `NHS number` for one. The rows go when the message waits no longer.
    """

    __tablename__ = "waiting_number"
    __table_args__ = (
        UniqueConstraint("message_id", "authority", "value"),
        Index("ix_waiting_number_value_authority", "value", "authority"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("hospital_message.id"))
    authority: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(40))


class FeedHeard(Table):
    """When a feed was last heard, and when its silence was told: so that it is told once."""

    __tablename__ = "feed_heard"

    feed: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    silence_told_at: Mapped[datetime | None] = mapped_column(UtcMoment)
