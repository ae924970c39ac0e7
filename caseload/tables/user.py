"""Who may sign in, as what, where."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import Role
from caseload.tables.base import Table, UtcMoment, Word, one_of
from caseload.tables.organisation import Organisation, Team


class User(Table):
    """A member of staff. One who has left is deactivated, never deleted: their name stays on what they did.

    A local account has a password hash (Argon2id); one of an identity provider has issuer and subject.
    `totp_secret` is encrypted with the application's secret. `home_id` is the employer; it gives the sector.
    """

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    job_title: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    home_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(300))
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    totp_last_step: Mapped[int | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    oidc_issuer: Mapped[str | None] = mapped_column(String(300))
    oidc_subject: Mapped[str | None] = mapped_column(String(300))
    wants_digest: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    deactivated_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    row_version: Mapped[int] = mapped_column(default=1)
    home: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": row_version}


class UserRole(Table):
    """A role held at a place, over everyone registered within it, from one moment until another."""

    __tablename__ = "user_role"
    __table_args__ = (one_of("role", Role), Index("ix_user_role_user_id_until_at", "user_id", "until_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    role: Mapped[Role] = mapped_column(Word(Role))
    place_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    from_at: Mapped[datetime] = mapped_column(UtcMoment)
    until_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    place: Mapped[Organisation] = relationship()


class TeamMembership(Table):
    """A user's time in a team."""

    __tablename__ = "team_membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    from_at: Mapped[datetime] = mapped_column(UtcMoment)
    until_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    team: Mapped[Team] = relationship()
