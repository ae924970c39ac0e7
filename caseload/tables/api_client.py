"""Programs that may ask the API: who they are, with which keys they prove it, and what they were let do."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.border_words import ExportState
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class ApiClient(Table):
    """One program. `user_id` is the account it acts as: its employer and roles decide, as they do for people at pages.

    `keys` is its public JSON Web Key Set; `scopes` the most it may ask for; `redirect_uris` where a browser may be sent
    back to, empty for a program that acts for itself only.
    """

    __tablename__ = "api_client"
    __table_args__ = (together("ended"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), unique=True)
    keys: Mapped[dict[str, Any]] = mapped_column(JSON)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    purpose: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class ApiToken(Table):
    """An access token, by its hash. `user_id` is who is asking: the client's own account, or the person who let it in."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    issued_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class ApiAssertion(Table):
    """A client's signed proof that was used: none is taken twice."""

    __tablename__ = "api_assertion"
    __table_args__ = (UniqueConstraint("client_id", "jti_hash"), Index("ix_api_assertion_expires_at", "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    jti_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)


class ApiGrant(Table):
    """A person let a program act for them: the code it is exchanged by once, with the proof key (RFC 7636) it was asked with."""

    __tablename__ = "api_grant"
    __table_args__ = (Index("ix_api_grant_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    redirect_uri: Mapped[str] = mapped_column(String(500))
    challenge: Mapped[str] = mapped_column(String(128))
    given_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class BulkExport(Table):
    """An export for a warehouse: asked for, made in the background, kept for a time. `files` has name, type and count."""

    __tablename__ = "bulk_export"
    __table_args__ = (one_of("state", ExportState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    request: Mapped[str] = mapped_column(String(500))
    types: Mapped[list[str]] = mapped_column(JSON)
    since: Mapped[datetime | None] = mapped_column(UtcMoment)
    state: Mapped[ExportState] = mapped_column(Word(ExportState))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    finished_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PartnerMessage(Table):
    """What a partner's system wrote to the care team about somebody (FHIR Communication). Append-only but for having been read.

    `sender_ref` is the sender's own number of it, `sender_system` whose numbers those are, `addressed_to` whom it names beside
    the team of the case, as the reference it was sent with; empty where it was sent without.
    """

    __tablename__ = "partner_message"
    __table_args__ = (together("read"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    sender_system: Mapped[str] = mapped_column(String(200), default="")
    sender_ref: Mapped[str] = mapped_column(String(200), default="")
    addressed_to: Mapped[str] = mapped_column(String(80), default="")
    words: Mapped[str] = mapped_column(String(4000))
    sent_at: Mapped[datetime] = mapped_column(UtcMoment)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    read_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    read_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
