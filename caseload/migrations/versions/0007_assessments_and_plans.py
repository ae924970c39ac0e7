"""Assessments, plans and what the person said to them.

Step 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from caseload.migrations.append_only import keep_rows, release_rows
from caseload.migrations.kept_plans import keep_plans, release_plans

revision = "0007"
down_revision = "0006"

ADDED_TO = ("assessment_answers", "plan_section_text", "plan_agreement", "plan_share")
ADDED_TO_AND_MERGED = ("person_measure",)


def upgrade() -> None:
    """To this step."""
    _assessment()
    _assessment_section()
    _assessment_answers()
    _person_measure()
    _plan_version()
    _plan_section()
    _plan_section_text()
    _plan_agreement()
    _plan_action()
    _replaced_plan()
    _plan_share()
    for table in ADDED_TO:
        keep_rows(table)
    for table in ADDED_TO_AND_MERGED:
        keep_rows(table, free=["person_id"])
    keep_plans()


def downgrade() -> None:
    """Back to the step before."""
    release_plans()
    for table in (*ADDED_TO_AND_MERGED, *ADDED_TO):
        release_rows(table)
    for table in (
        "plan_share",
        "replaced_plan",
        "plan_action",
        "plan_agreement",
        "plan_section_text",
        "plan_section",
        "plan_version",
        "person_measure",
        "assessment_answers",
        "assessment_section",
        "assessment",
    ):
        op.drop_table(table)


def _assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("questionnaires", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("capacity", sa.String(40)),
        sa.Column("capacity_note", sa.String(length=2000), nullable=False),
        sa.Column("primary_need", sa.String(40)),
        sa.Column("needs", sa.String(length=4000), nullable=False),
        sa.Column("risks", sa.String(length=4000), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.CheckConstraint("state IN ('open', 'completed', 'abandoned')", name="state_word"),
        sa.CheckConstraint(
            "primary_need IN ('medical', 'functional', 'nursing', 'mental_health', 'social', 'specialist')",
            name="primary_need_word",
        ),
        sa.CheckConstraint("capacity IN ('has_capacity', 'lacks_capacity', 'not_assessed')", name="capacity_word"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_who_when"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_assessment_case_id_care_case"),
        sa.ForeignKeyConstraint(["started_by"], ["app_user.id"], name="fk_assessment_started_by_app_user"),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name="fk_assessment_ended_by_app_user"),
    )
    op.create_index("ix_assessment_case_id", "assessment", ["case_id"])
    op.create_index(
        "uq_assessment_case_open",
        "assessment",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _assessment_section() -> None:
    op.create_table(
        "assessment_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("discipline", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("questionnaire", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("completed_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_section"),
        sa.CheckConstraint(
            "discipline IN ('health', 'social_care', 'mental_health', 'therapy', 'carer', 'housing_finance', 'voluntary')",
            name="discipline_word",
        ),
        sa.CheckConstraint("state IN ('draft', 'complete')", name="state_word"),
        sa.CheckConstraint("(completed_at IS NULL) = (completed_by IS NULL)", name="completed_who_when"),
        sa.UniqueConstraint("assessment_id", "discipline", name="uq_assessment_section_assessment_id_discipline"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_assessment_section_assessment_id_assessment"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name="fk_assessment_section_author_id_app_user"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_assessment_section_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["completed_by"], ["app_user.id"], name="fk_assessment_section_completed_by_app_user"),
    )


def _assessment_answers() -> None:
    op.create_table(
        "assessment_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_answers"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["assessment_section.id"], name="fk_assessment_answers_section_id_assessment_section"
        ),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_assessment_answers_by_app_user"),
    )
    op.create_index("ix_assessment_answers_section_id", "assessment_answers", ["section_id"])


def _person_measure() -> None:
    op.create_table(
        "person_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person_measure"),
        sa.CheckConstraint(
            "kind IN ('activation', 'loneliness', 'involved', 'coordinated', 'confident', 'supported', 'independent')",
            name="kind_word",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_measure_person_id_person"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_person_measure_by_app_user"),
    )
    op.create_index(
        "ix_person_measure_person_id_kind_measured_on", "person_measure", ["person_id", "kind", "measured_on"]
    )


def _plan_version() -> None:
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("based_on_id", sa.Integer()),
        sa.Column("review_on", sa.Date()),
        sa.Column("content_hash", sa.String(length=64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True)),
        sa.Column("ready_by", sa.Integer()),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("signed_by", sa.Integer()),
        sa.Column("active_at", sa.DateTime(timezone=True)),
        sa.Column("active_by", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("ended_reason", sa.String(length=2000), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_version"),
        sa.CheckConstraint("state IN ('draft', 'ready', 'active', 'superseded', 'withdrawn')", name="state_word"),
        sa.CheckConstraint("(ready_at IS NULL) = (ready_by IS NULL)", name="ready_who_when"),
        sa.CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name="signed_who_when"),
        sa.CheckConstraint("(active_at IS NULL) = (active_by IS NULL)", name="active_who_when"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_who_when"),
        sa.UniqueConstraint("case_id", "number", name="uq_plan_version_case_id_number"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_plan_version_case_id_care_case"),
        sa.ForeignKeyConstraint(["based_on_id"], ["plan_version.id"], name="fk_plan_version_based_on_id_plan_version"),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_plan_version_created_by_app_user"),
        sa.ForeignKeyConstraint(["ready_by"], ["app_user.id"], name="fk_plan_version_ready_by_app_user"),
        sa.ForeignKeyConstraint(["signed_by"], ["app_user.id"], name="fk_plan_version_signed_by_app_user"),
        sa.ForeignKeyConstraint(["active_by"], ["app_user.id"], name="fk_plan_version_active_by_app_user"),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name="fk_plan_version_ended_by_app_user"),
    )
    op.create_index(
        "uq_plan_version_case_active",
        "plan_version",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "uq_plan_version_case_written",
        "plan_version",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'ready')"),
        postgresql_where=sa.text("state IN ('draft', 'ready')"),
    )


def _plan_section() -> None:
    op.create_table(
        "plan_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("contributed", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_section"),
        sa.CheckConstraint(
            "heading IN ('about_me', 'strengths', 'needs', 'goals', 'actions', 'contingency', 'advance_statement', 'medicines_equipment', 'technology', 'personal_budget', 'social_prescribing', 'carers', 'personal_contacts', 'other_support')",
            name="heading_word",
        ),
        sa.UniqueConstraint("version_id", "heading", name="uq_plan_section_version_id_heading"),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name="fk_plan_section_version_id_plan_version"),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name="fk_plan_section_author_id_app_user"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_plan_section_organisation_id_organisation"
        ),
    )


def _plan_section_text() -> None:
    op.create_table(
        "plan_section_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_section_text"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["plan_section.id"], name="fk_plan_section_text_section_id_plan_section"
        ),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_plan_section_text_by_app_user"),
    )
    op.create_index("ix_plan_section_text_section_id", "plan_section_text", ["section_id"])


def _plan_agreement() -> None:
    op.create_table(
        "plan_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("method", sa.String(40)),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("representative", sa.String(length=200), nullable=False),
        sa.Column("authority", sa.String(40)),
        sa.Column("copy_given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_agreement"),
        sa.CheckConstraint(
            "state IN ('agreed', 'does_not_agree', 'could_not_answer', 'by_representative')",
            name="state_word",
        ),
        sa.CheckConstraint(
            "method IN ('face_to_face', 'telephone', 'video', 'signed_paper', 'with_interpreter')",
            name="method_word",
        ),
        sa.CheckConstraint("authority IN ('attorney', 'deputy', 'best_interests', 'parent')", name="authority_word"),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name="fk_plan_agreement_version_id_plan_version"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_plan_agreement_by_app_user"),
    )
    op.create_index("ix_plan_agreement_version_id", "plan_agreement", ["version_id"])


def _plan_action() -> None:
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("action_key", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_action"),
        sa.UniqueConstraint("version_id", "action_key", name="uq_plan_action_version_id_action_key"),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name="fk_plan_action_version_id_plan_version"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_plan_action_task_id_task"),
    )
    op.create_index("ix_plan_action_task_id", "plan_action", ["task_id"])


def _replaced_plan() -> None:
    op.create_table(
        "replaced_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
        sa.Column("replaced_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_replaced_plan"),
        sa.CheckConstraint("(replaced_at IS NULL) = (replaced_by IS NULL)", name="replaced_who_when"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_replaced_plan_case_id_care_case"),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name="fk_replaced_plan_added_by_app_user"),
        sa.ForeignKeyConstraint(["replaced_by"], ["app_user.id"], name="fk_replaced_plan_replaced_by_app_user"),
    )
    op.create_index("ix_replaced_plan_case_id", "replaced_plan", ["case_id"])


def _plan_share() -> None:
    op.create_table(
        "plan_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("share_format", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("sector", sa.String(40)),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_share"),
        sa.CheckConstraint(
            "share_format IN ('pdf', 'large_print', 'plain_text', 'urgent_summary')",
            name="share_format_word",
        ),
        sa.CheckConstraint("sector IN ('health', 'social_care', 'voluntary')", name="sector_word"),
        sa.ForeignKeyConstraint(["version_id"], ["plan_version.id"], name="fk_plan_share_version_id_plan_version"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_plan_share_by_app_user"),
    )
    op.create_index("ix_plan_share_version_id", "plan_share", ["version_id"])
