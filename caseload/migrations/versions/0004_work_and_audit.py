"""Contacts, tasks, notices and the audit log with its head.

Step 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """To this step."""
    _contact()
    _task()
    _task_event()
    _notice()
    _audit_event()
    _audit_subject()
    _audit_head()
    op.execute(sa.text("INSERT INTO audit_head (id, number, hash) VALUES (1, 0, :first)").bindparams(first="0" * 64))


def downgrade() -> None:
    """Back to the step before."""
    for table in (
        "audit_head",
        "audit_subject",
        "audit_event",
        "notice",
        "task_event",
        "task",
        "contact",
    ):
        op.drop_table(table)


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("outcome_code", sa.String(40), nullable=False),
        sa.Column("note", sa.String(4000), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.CheckConstraint(
            "mode IN ('home_visit', 'surgery', 'telephone', 'video', 'hospital', 'letter', 'message', 'professionals')",
            name=op.f("ck_contact_mode_word"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_contact_case_id_care_case")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_contact_recorded_by_app_user")),
        sa.ForeignKeyConstraint(["corrects_id"], ["contact.id"], name=op.f("fk_contact_corrects_id_contact")),
    )
    op.create_index("ix_contact_case_id", "contact", ["case_id"])
    op.create_index("ix_contact_person_id_happened_at", "contact", ["person_id", "happened_at"])


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("detail", sa.String(2000), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("team_id", sa.Integer()),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("hold_until", sa.Date()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("rule_code", sa.String(40)),
        sa.Column("rule_ref", sa.String(80)),
        sa.Column("contact_id", sa.Integer()),
        sa.Column("escalated_to_id", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("ended_note", sa.String(2000), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.CheckConstraint(
            "kind IN ('first_contact', 'follow_up', 'tell_lead', 'assessment', 'discharge_contact', 'review_case', 'after_death', 'after_move', 'other')",
            name=op.f("ck_task_kind_word"),
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_task_state_word")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_task_ended_who_when")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_person_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_task_case_id_care_case")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_task_owner_id_app_user")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_task_team_id_team")),
        sa.UniqueConstraint("rule_ref", name=op.f("uq_task_rule_ref")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_task_contact_id_contact")),
        sa.ForeignKeyConstraint(["escalated_to_id"], ["app_user.id"], name=op.f("fk_task_escalated_to_id_app_user")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_task_created_by_app_user")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_task_ended_by_app_user")),
    )
    op.create_index("ix_task_case_id", "task", ["case_id"])
    op.create_index("ix_task_escalated_to_id", "task", ["escalated_to_id"])
    op.create_index("ix_task_owner_id_state_due_on", "task", ["owner_id", "state", "due_on"])
    op.create_index("ix_task_person_id", "task", ["person_id"])
    op.create_index("ix_task_team_id_state_due_on", "task", ["team_id", "state", "due_on"])


def _task_event() -> None:
    op.create_table(
        "task_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("before", sa.String(200)),
        sa.Column("after", sa.String(200)),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_event")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_event_task_id_task")),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name=op.f("fk_task_event_by_app_user")),
    )
    op.create_index("ix_task_event_task_id", "task_event", ["task_id"])


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("case_id", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.CheckConstraint(
            "kind IN ('new_case', 'made_lead', 'handover_requested', 'handover_accepted', 'handover_rejected', 'handover_revoked', 'task_assigned', 'task_escalated', 'person_died', 'person_moved', 'consent_withdrawn', 'emergency_access', 'new_list')",
            name=op.f("ck_notice_kind_word"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_notice_user_id_app_user")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_notice_case_id_care_case")),
    )
    op.create_index("ix_notice_person_id", "notice", ["person_id"])
    op.create_index("ix_notice_user_id_read_at", "notice", ["user_id", "read_at"])


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_audit_event_user_id_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_audit_event_case_id_care_case")),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_case_id_number", "audit_event", ["case_id", "number"])
    op.create_index("ix_audit_event_user_id_number", "audit_event", ["user_id", "number"])


def _audit_subject() -> None:
    op.create_table(
        "audit_subject",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_audit_subject")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_audit_subject_person_id_person")),
        sa.ForeignKeyConstraint(["number"], ["audit_event.number"], name=op.f("fk_audit_subject_number_audit_event")),
    )
    op.create_index("ix_audit_subject_number", "audit_subject", ["number"])


def _audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
