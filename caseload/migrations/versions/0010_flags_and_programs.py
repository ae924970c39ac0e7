"""Flags for urgent care, programs that may ask, and the words that tasks, notices and roles get with them.

Step 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from caseload.migrations.append_only import keep_rows, release_rows

revision = "0010"
down_revision = "0009"

ADDED_TO = ("flag_event", "flag_acknowledgement")
CHANGED_IN_PART = {
    "outward_change": ["person_id"],
    "partner_message": ["person_id", "case_id", "read_at", "read_by", "row_version"],
}
"""Rows that stay as they were but for these columns."""
NUMBERS_OF_PARTNERS = ("request_system", "request_ref")
"""What a partner's system calls what it asked for: columns of a task."""

WORDS = {
    ("task", "kind"): (
        "first_contact",
        "follow_up",
        "tell_lead",
        "assessment",
        "discharge_contact",
        "review_case",
        "after_death",
        "after_move",
        "other",
        "discharge_planning",
        "plan_action",
        "plan_review",
        "plan_agreement",
        "mdt_action",
    ),
    ("notice", "kind"): (
        "new_case",
        "made_lead",
        "handover_requested",
        "handover_accepted",
        "handover_rejected",
        "handover_revoked",
        "task_assigned",
        "task_escalated",
        "person_died",
        "person_moved",
        "consent_withdrawn",
        "emergency_access",
        "new_list",
        "plan_active",
        "plan_not_agreed",
        "on_mdt_agenda",
    ),
    ("user_role", "role"): ("practice", "navigator", "lead", "mdt_chair", "integration_lead", "ig_officer", "admin"),
}
WORDS_ADDED = {
    ("task", "kind"): ("partner_request",),
    ("notice", "kind"): (
        "admitted",
        "attended_ed",
        "discharged",
        "stay_cancelled",
        "flag_ended",
        "partner_wrote",
        "message_held",
        "feed_silent",
    ),
    ("user_role", "role"): ("data_quality", "urgent_care", "warehouse"),
}


def upgrade() -> None:
    """To this step."""
    for (table, column), words in WORDS.items():
        _words(table, column, (*words, *WORDS_ADDED[table, column]))
    for name in NUMBERS_OF_PARTNERS:
        op.add_column("task", sa.Column(name, sa.String(length=200)))
    _api_client()
    _bulk_export()
    _outward_change()
    _api_assertion()
    _api_grant()
    _api_token()
    _care_flag()
    _partner_message()
    _flag_acknowledgement()
    _flag_event()
    noes = sa.text("state IN ('refused', 'withdrawn')")
    op.create_index(
        "ix_consent_no", "consent", ["person_id", "purpose", "id"], sqlite_where=noes, postgresql_where=noes
    )
    for table in ADDED_TO:
        keep_rows(table)
    for table, free in CHANGED_IN_PART.items():
        keep_rows(table, free=free)


def downgrade() -> None:
    """Back to the step before: tasks of a new kind become tasks of another kind, notices and roles of new kinds go."""
    op.drop_index("ix_consent_no", "consent")
    for table in (*CHANGED_IN_PART, *ADDED_TO):
        release_rows(table)
    for table in (
        "flag_event",
        "flag_acknowledgement",
        "partner_message",
        "care_flag",
        "api_token",
        "api_grant",
        "api_assertion",
        "outward_change",
        "bulk_export",
        "api_client",
    ):
        op.drop_table(table)
    task, notice, role = (sa.table(table, sa.column(column)) for table, column in WORDS)
    op.execute(sa.update(task).where(task.c.kind.in_(WORDS_ADDED["task", "kind"])).values(kind="other"))
    op.execute(sa.delete(notice).where(notice.c.kind.in_(WORDS_ADDED["notice", "kind"])))
    op.execute(sa.delete(role).where(role.c.role.in_(WORDS_ADDED["user_role", "role"])))
    with op.batch_alter_table("task") as change:
        for name in NUMBERS_OF_PARTNERS:
            change.drop_column(name)
    for (table, column), words in WORDS.items():
        _words(table, column, words)


def _words(table: str, column: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as change:
        change.drop_constraint(op.f(f"ck_{table}_{column}_word"), type_="check")
        change.create_check_constraint(f"{column}_word", f"{column} IN ({listed})")


def _api_client() -> None:
    op.create_table(
        "api_client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_who_when"),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name="fk_api_client_ended_by_app_user"),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name="fk_api_client_made_by_app_user"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_api_client_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_api_client"),
        sa.UniqueConstraint("client_id", name="uq_api_client_client_id"),
        sa.UniqueConstraint("user_id", name="uq_api_client_user_id"),
    )


def _bulk_export() -> None:
    op.create_table(
        "bulk_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(length=500), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'deleted')", name="state_word"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_bulk_export_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_export"),
    )
    op.create_index("ix_bulk_export_user_id", "bulk_export", ["user_id"])


def _outward_change() -> None:
    op.create_table(
        "outward_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_outward_change_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_outward_change"),
    )
    op.create_index("ix_outward_change_person_id", "outward_change", ["person_id"])
    op.create_index("ix_outward_change_resource_id", "outward_change", ["resource", "id"])


def _api_assertion() -> None:
    op.create_table(
        "api_assertion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("jti_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name="fk_api_assertion_client_id_api_client"),
        sa.PrimaryKeyConstraint("id", name="pk_api_assertion"),
        sa.UniqueConstraint("client_id", "jti_hash", name="uq_api_assertion_client_id_jti_hash"),
    )
    op.create_index("ix_api_assertion_expires_at", "api_assertion", ["expires_at"])


def _api_grant() -> None:
    op.create_table(
        "api_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("redirect_uri", sa.String(length=500), nullable=False),
        sa.Column("challenge", sa.String(length=128), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name="fk_api_grant_client_id_api_client"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_api_grant_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_api_grant"),
        sa.UniqueConstraint("code_hash", name="uq_api_grant_code_hash"),
    )
    op.create_index("ix_api_grant_expires_at", "api_grant", ["expires_at"])


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name="fk_api_token_client_id_api_client"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_api_token_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_client_id", "api_token", ["client_id"])
    op.create_index("ix_api_token_expires_at", "api_token", ["expires_at"])
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"])


def _care_flag() -> None:
    op.create_table(
        "care_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("said", sa.String(length=140), nullable=False),
        sa.Column("ring_name", sa.String(length=200), nullable=False),
        sa.Column("ring_phone", sa.String(length=40), nullable=False),
        sa.Column("ring_when", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("ending", sa.String(40)),
        sa.Column("ended_note", sa.String(length=2000), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_user_id", sa.Integer()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "category IN ('care_plan', 'clinical', 'safety', 'communication', 'end_of_life')", name="category_word"
        ),
        sa.CheckConstraint(
            "ending IN ('removed', 'review_date_passed', 'consent', 'restricted', 'plan_ended', 'case_closed', 'died', 'left', 'replaced', 'mistake')",
            name="ending_word",
        ),
        sa.CheckConstraint("state IN ('active', 'inactive', 'entered-in-error')", name="state_word"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_care_flag_case_id_care_case"),
        sa.ForeignKeyConstraint(["ended_user_id"], ["app_user.id"], name="fk_care_flag_ended_user_id_app_user"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_care_flag_person_id_person"),
        sa.ForeignKeyConstraint(["set_by"], ["app_user.id"], name="fk_care_flag_set_by_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_care_flag"),
    )
    op.create_index("ix_care_flag_case_id", "care_flag", ["case_id"])
    op.create_index("ix_care_flag_changed_at_id", "care_flag", ["changed_at", "id"])
    op.create_index("ix_care_flag_person_id", "care_flag", ["person_id"])
    op.create_index("ix_care_flag_state_review_on", "care_flag", ["state", "review_on"])
    op.create_index(
        "uq_care_flag_case_code_active",
        "care_flag",
        ["case_id", "code"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )


def _partner_message() -> None:
    op.create_table(
        "partner_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("sender_system", sa.String(length=200), nullable=False),
        sa.Column("sender_ref", sa.String(length=200), nullable=False),
        sa.Column("addressed_to", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("read_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name="read_who_when"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_partner_message_by_app_user"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_partner_message_case_id_care_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_partner_message_person_id_person"),
        sa.ForeignKeyConstraint(["read_by"], ["app_user.id"], name="fk_partner_message_read_by_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_message"),
    )
    op.create_index("ix_partner_message_case_id", "partner_message", ["case_id"])
    op.create_index("ix_partner_message_person_id", "partner_message", ["person_id"])


def _flag_acknowledgement() -> None:
    op.create_table(
        "flag_acknowledgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("flag_version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_flag_acknowledgement_by_app_user"),
        sa.ForeignKeyConstraint(["flag_id"], ["care_flag.id"], name="fk_flag_acknowledgement_flag_id_care_flag"),
        sa.PrimaryKeyConstraint("id", name="pk_flag_acknowledgement"),
    )
    op.create_index("ix_flag_acknowledgement_flag_id", "flag_acknowledgement", ["flag_id"])


def _flag_event() -> None:
    op.create_table(
        "flag_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=400)),
        sa.Column("after", sa.String(length=400)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_flag_event_by_app_user"),
        sa.ForeignKeyConstraint(["flag_id"], ["care_flag.id"], name="fk_flag_event_flag_id_care_flag"),
        sa.PrimaryKeyConstraint("id", name="pk_flag_event"),
    )
    op.create_index("ix_flag_event_flag_id", "flag_event", ["flag_id"])
