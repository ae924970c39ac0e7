"""The joint care plan of a case: versions that never change once they are ready, and what the person said to them."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.plan_words import AgreementMethod, AgreementState, Authority, PlanHeading, PlanState, ShareFormat
from caseload.domain.words import Sector
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class PlanVersion(Table):
    """One version of a case's plan. Immutable from ready; `content_hash` is of all its sections then.

    At most one that is being written (draft or ready) and one active per case: the database sees to it. An active
    version has the lead's sign-off and an agreement; `active_at` and `ended_at` say when it was in force.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        one_of("state", PlanState),
        together("ready"),
        together("signed"),
        together("active"),
        together("ended"),
        UniqueConstraint("case_id", "number"),
        Index(
            "uq_plan_version_case_written",
            "case_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'ready')"),
            postgresql_where=text("state IN ('draft', 'ready')"),
        ),
        Index(
            "uq_plan_version_case_active",
            "case_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"))
    number: Mapped[int]
    state: Mapped[PlanState] = mapped_column(Word(PlanState))
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("plan_version.id"))
    review_on: Mapped[date | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    created_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    ready_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ready_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    active_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    active_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_reason: Mapped[str] = mapped_column(String(2000), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PlanSection(Table):
    """One heading of one version. `content` is a list of entries, each field by name; `row_version` guards the words.

    `author_id` and `organisation_id` are of the last writer; `contributed` lists the sectors of everyone who wrote it.
    """

    __tablename__ = "plan_section"
    __table_args__ = (one_of("heading", PlanHeading), UniqueConstraint("version_id", "heading"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    heading: Mapped[PlanHeading] = mapped_column(Word(PlanHeading))
    content: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    contributed: Mapped[list[str]] = mapped_column(JSON)
    author_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcMoment)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PlanSectionText(Table):
    """What a section said each time it was saved. Append-only: no word is ever lost."""

    __tablename__ = "plan_section_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("plan_section.id"), index=True)
    content: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class PlanAgreement(Table):
    """What the person, or who may speak for them, said to one version. Append-only; the latest holds."""

    __tablename__ = "plan_agreement"
    __table_args__ = (
        one_of("state", AgreementState),
        one_of("method", AgreementMethod),
        one_of("authority", Authority),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    state: Mapped[AgreementState] = mapped_column(Word(AgreementState))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    method: Mapped[AgreementMethod | None] = mapped_column(Word(AgreementMethod))
    witness: Mapped[str] = mapped_column(String(200), default="")
    representative: Mapped[str] = mapped_column(String(200), default="")
    authority: Mapped[Authority | None] = mapped_column(Word(Authority))
    copy_given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class PlanAction(Table):
    """An action of an active plan on somebody's list: which task it became. `action_key` stays from version to version."""

    __tablename__ = "plan_action"
    __table_args__ = (UniqueConstraint("version_id", "action_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    action_key: Mapped[str] = mapped_column(String(40))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)


class ReplacedPlan(Table):
    """A condition-specific plan that the joint plan stands in for."""

    __tablename__ = "replaced_plan"
    __table_args__ = (together("replaced"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    holder: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime] = mapped_column(UtcMoment)
    added_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    replaced_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class PlanShare(Table):
    """One copy of one version given to somebody, or refused because of what the person said. Append-only."""

    __tablename__ = "plan_share"
    __table_args__ = (one_of("share_format", ShareFormat), one_of("sector", Sector))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    share_format: Mapped[ShareFormat] = mapped_column(Word(ShareFormat))
    recipient: Mapped[str] = mapped_column(String(200))
    sector: Mapped[Sector | None] = mapped_column(Word(Sector))
    refused: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
