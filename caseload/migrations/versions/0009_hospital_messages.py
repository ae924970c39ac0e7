"""Messages of hospitals, and what was made of them.

Step 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from caseload.migrations.append_only import keep_rows, release_rows

revision = "0009"
down_revision = "0008"

CHANGED_IN_PART = {
    "hospital_message": [
        "state",
        "reason_code",
        "person_id",
        "settled_at",
        "settled_by",
        "settled_note",
        "row_version",
        "kind",
        "hl7_version",
        "charset",
    ],
    "hospital_event": ["person_id"],
}
"""Rows that stay as they were but for these columns."""


_ENDED = "(ended_at IS NULL) = (ended_by IS NULL)"
_ENDED_BY_RULE_TOO = "ended_by IS NULL OR ended_at IS NOT NULL"
_SOURCE_BEFORE, _SOURCE = 20, 44


def upgrade() -> None:
    """To this step. A message can end a task, so nobody may have; and its feed is the source of a stay."""
    _task_ended(_ENDED_BY_RULE_TOO)
    _encounter_source(_SOURCE_BEFORE, _SOURCE)
    _feed_heard()
    _hospital_message()
    _hospital_event()
    _hospital_stay()
    _person_identifier()
    _identity_change()
    _waiting_number()
    _person_event_message()
    for table, free in CHANGED_IN_PART.items():
        keep_rows(table, free=free)


def downgrade() -> None:
    """Back to the step before: stays that only messages tell of go, and who ended a task is not known of those a rule ended."""
    for table in CHANGED_IN_PART:
        release_rows(table)
    _person_event_without_message()
    for table in (
        "waiting_number",
        "identity_change",
        "person_identifier",
        "hospital_stay",
        "hospital_event",
        "hospital_message",
        "feed_heard",
    ):
        op.drop_table(table)
    task = sa.table("task", sa.column("ended_at"), sa.column("ended_by"))
    op.execute(sa.update(task).where(task.c.ended_by.is_(None)).values(ended_at=None))
    encounter, plan = (
        sa.table("encounter", sa.column("id"), sa.column("source")),
        sa.table("discharge_plan", sa.column("encounter_id")),
    )
    planned = sa.select(plan.c.encounter_id)
    op.execute(sa.delete(encounter).where(encounter.c.source.like("hl7:%"), encounter.c.id.not_in(planned)))
    op.execute(sa.update(encounter).where(encounter.c.source.like("hl7:%")).values(source="hl7"))
    _encounter_source(_SOURCE, _SOURCE_BEFORE)
    _task_ended(_ENDED)


def _person_event_message() -> None:
    release_rows("person_event")
    with op.batch_alter_table("person_event") as change:
        change.add_column(sa.Column("message_id", sa.Integer()))
        change.create_foreign_key(
            "fk_person_event_message_id_hospital_message", "hospital_message", ["message_id"], ["id"]
        )
        change.create_index("ix_person_event_message_id", ["message_id"])
    keep_rows("person_event", free=["person_id"])


def _person_event_without_message() -> None:
    release_rows("person_event")
    with op.batch_alter_table("person_event") as change:
        change.drop_index("ix_person_event_message_id")
        change.drop_constraint("fk_person_event_message_id_hospital_message", type_="foreignkey")
        change.drop_column("message_id")
    keep_rows("person_event", free=["person_id"])


def _task_ended(rule: str) -> None:
    with op.batch_alter_table("task") as change:
        change.drop_constraint(op.f("ck_task_ended_who_when"), type_="check")
        change.create_check_constraint("ended_who_when", rule)


def _encounter_source(before: int, after: int) -> None:
    with op.batch_alter_table("encounter") as change:
        change.alter_column("source", existing_type=sa.String(length=before), type_=sa.String(length=after))


def _feed_heard() -> None:
    op.create_table(
        "feed_heard",
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True)),
        sa.Column("silence_told_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_heard"),
    )


def _hospital_message() -> None:
    op.create_table(
        "hospital_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("message_key", sa.String(length=64)),
        sa.Column("control_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("hl7_version", sa.String(length=12), nullable=False),
        sa.Column("charset", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("corrects_id", sa.Integer()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Integer()),
        sa.Column("settled_note", sa.String(length=2000), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_who_when"),
        sa.CheckConstraint(
            "state IN ('received', 'applied', 'not_acted_on', 'held', 'corrected', 'dismissed')", name="state_word"
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["hospital_message.id"], name="fk_hospital_message_corrects_id_hospital_message"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_hospital_message_person_id_person"),
        sa.ForeignKeyConstraint(["settled_by"], ["app_user.id"], name="fk_hospital_message_settled_by_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_hospital_message"),
        sa.UniqueConstraint("message_key", name="uq_hospital_message_message_key"),
    )
    op.create_index("ix_hospital_message_corrects_id", "hospital_message", ["corrects_id"])
    op.create_index("ix_hospital_message_feed_received_at", "hospital_message", ["feed", "received_at"])
    op.create_index(
        "ix_hospital_message_keyless",
        "hospital_message",
        ["sha256"],
        sqlite_where=sa.text("message_key IS NULL"),
        postgresql_where=sa.text("message_key IS NULL"),
    )
    op.create_index("ix_hospital_message_person_id", "hospital_message", ["person_id"])
    op.create_index("ix_hospital_message_state_id", "hospital_message", ["state", "id"])


def _hospital_event() -> None:
    op.create_table(
        "hospital_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("visit_ref", sa.String(length=64), nullable=False),
        sa.Column("trigger", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["hospital_message.id"], name="fk_hospital_event_message_id_hospital_message"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_hospital_event_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_hospital_event"),
        sa.UniqueConstraint("message_id", "visit_ref", name="uq_hospital_event_message_id_visit_ref"),
    )
    op.create_index("ix_hospital_event_feed_visit_ref", "hospital_event", ["feed", "visit_ref"])
    op.create_index("ix_hospital_event_person_id", "hospital_event", ["person_id"])


def _hospital_stay() -> None:
    op.create_table(
        "hospital_stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("encounter_id", sa.Integer()),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("visit_ref", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("patient_class", sa.String(40), nullable=False),
        sa.Column("provider_code", sa.String(length=12), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("treatment_function", sa.String(length=20), nullable=False),
        sa.Column("admission_method", sa.String(length=20), nullable=False),
        sa.Column("discharge_method", sa.String(length=20), nullable=False),
        sa.Column("discharge_destination", sa.String(length=20), nullable=False),
        sa.Column("diagnosis_code", sa.String(length=20), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True)),
        sa.Column("admitted_at", sa.DateTime(timezone=True)),
        sa.Column("discharged_at", sa.DateTime(timezone=True)),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("patient_class IN ('I', 'O', 'E', 'D', 'P', 'R', 'B', 'U')", name="patient_class_word"),
        sa.CheckConstraint(
            "state IN ('planned', 'arrived', 'in-progress', 'finished', 'cancelled')", name="state_word"
        ),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_hospital_stay_encounter_id_encounter"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_hospital_stay_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_hospital_stay"),
        sa.UniqueConstraint("encounter_id", name="uq_hospital_stay_encounter_id"),
        sa.UniqueConstraint("feed", "visit_ref", name="uq_hospital_stay_feed_visit_ref"),
    )
    op.create_index("ix_hospital_stay_person_id", "hospital_stay", ["person_id"])


def _person_identifier() -> None:
    op.create_table(
        "person_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True)),
        sa.Column("retired_into", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.Integer()),
        sa.Column("by", sa.Integer()),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_person_identifier_by_app_user"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["hospital_message.id"], name="fk_person_identifier_message_id_hospital_message"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_identifier_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_person_identifier"),
    )
    op.create_index("ix_person_identifier_person_id", "person_identifier", ["person_id"])
    op.create_index(
        "uq_person_identifier_current",
        "person_identifier",
        ["feed", "authority", "value"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )


def _identity_change() -> None:
    op.create_table(
        "identity_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("kept_value", sa.String(length=64), nullable=False),
        sa.Column("retired_value", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer()),
        sa.Column("merge_id", sa.Integer()),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('merged', 'renumbered', 'visit_moved', 'linked')", name="kind_word"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_who_when"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_identity_change_by_app_user"),
        sa.ForeignKeyConstraint(["merge_id"], ["person_merge.id"], name="fk_identity_change_merge_id_person_merge"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["hospital_message.id"], name="fk_identity_change_message_id_hospital_message"
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["app_user.id"], name="fk_identity_change_undone_by_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_change"),
    )
    op.create_index("ix_identity_change_message_id", "identity_change", ["message_id"])
    op.create_index("ix_identity_change_retired_value", "identity_change", ["retired_value"])


def _waiting_number() -> None:
    op.create_table(
        "waiting_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["hospital_message.id"], name="fk_waiting_number_message_id_hospital_message"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_number"),
        sa.UniqueConstraint("message_id", "authority", "value", name="uq_waiting_number_message_id_authority_value"),
    )
    op.create_index("ix_waiting_number_value_authority", "waiting_number", ["value", "authority"])
