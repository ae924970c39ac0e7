"""Meetings, cohorts and how somebody leaves hospital.

Step 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from caseload.migrations.append_only import keep_rows, release_rows

revision = "0008"
down_revision = "0007"

ADDED_TO = ("agenda_notes", "mdt_decision", "worked_cohort_move", "discharge_plan")


def upgrade() -> None:
    """To this step."""
    _mdt_series()
    _mdt_meeting()
    _agenda_item()
    _mdt_request()
    _agenda_left_out()
    _agenda_notes()
    _mdt_attendance()
    _mdt_decision()
    _mdt_action()
    _worked_cohort()
    _worked_cohort_member()
    _worked_cohort_move()
    _discharge_plan()
    for table in ADDED_TO:
        keep_rows(table)


def downgrade() -> None:
    """Back to the step before."""
    for table in ADDED_TO:
        release_rows(table)
    for table in (
        "discharge_plan",
        "worked_cohort_move",
        "worked_cohort_member",
        "worked_cohort",
        "mdt_action",
        "mdt_decision",
        "mdt_attendance",
        "agenda_notes",
        "agenda_left_out",
        "mdt_request",
        "agenda_item",
        "mdt_meeting",
        "mdt_series",
    ):
        op.drop_table(table)


def _mdt_series() -> None:
    op.create_table(
        "mdt_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("venue", sa.String(length=300), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mdt_series"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_mdt_series_team_id_team"),
        sa.ForeignKeyConstraint(["chair_id"], ["app_user.id"], name="fk_mdt_series_chair_id_app_user"),
        sa.ForeignKeyConstraint(["coordinator_id"], ["app_user.id"], name="fk_mdt_series_coordinator_id_app_user"),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_mdt_series_created_by_app_user"),
    )
    op.create_index("ix_mdt_series_team_id", "mdt_series", ["team_id"])


def _mdt_meeting() -> None:
    op.create_table(
        "mdt_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True)),
        sa.Column("locked_by", sa.Integer()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.Integer()),
        sa.Column("no_quorum_reason", sa.String(length=500), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mdt_meeting"),
        sa.CheckConstraint("state IN ('planned', 'locked', 'closed')", name="state_word"),
        sa.CheckConstraint("(locked_at IS NULL) = (locked_by IS NULL)", name="locked_who_when"),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_who_when"),
        sa.UniqueConstraint("series_id", "held_on", name="uq_mdt_meeting_series_id_held_on"),
        sa.ForeignKeyConstraint(["series_id"], ["mdt_series.id"], name="fk_mdt_meeting_series_id_mdt_series"),
        sa.ForeignKeyConstraint(["chair_id"], ["app_user.id"], name="fk_mdt_meeting_chair_id_app_user"),
        sa.ForeignKeyConstraint(["locked_by"], ["app_user.id"], name="fk_mdt_meeting_locked_by_app_user"),
        sa.ForeignKeyConstraint(["closed_by"], ["app_user.id"], name="fk_mdt_meeting_closed_by_app_user"),
    )
    op.create_index("ix_mdt_meeting_held_on", "mdt_meeting", ["held_on"])


def _agenda_item() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("reason_text", sa.String(length=500), nullable=False),
        sa.Column("carried_from_id", sa.Integer()),
        sa.Column("situation", sa.String(length=4000), nullable=False),
        sa.Column("action_to_date", sa.String(length=4000), nullable=False),
        sa.Column("latest", sa.String(length=4000), nullable=False),
        sa.Column("persons_view", sa.String(length=4000), nullable=False),
        sa.Column("not_reached", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_item"),
        sa.CheckConstraint(
            "reason IN ('new_very_high', 'rising', 'recent_admission', 'overdue_review', 'requested', 'carried_over')",
            name="reason_word",
        ),
        sa.UniqueConstraint("meeting_id", "case_id", name="uq_agenda_item_meeting_id_case_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["mdt_meeting.id"], name="fk_agenda_item_meeting_id_mdt_meeting"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_agenda_item_case_id_care_case"),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["agenda_item.id"], name="fk_agenda_item_carried_from_id_agenda_item"
        ),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name="fk_agenda_item_added_by_app_user"),
    )
    op.create_index("ix_agenda_item_case_id", "agenda_item", ["case_id"])


def _mdt_request() -> None:
    op.create_table(
        "mdt_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mdt_request"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_who_when"),
        sa.ForeignKeyConstraint(["series_id"], ["mdt_series.id"], name="fk_mdt_request_series_id_mdt_series"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_mdt_request_case_id_care_case"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_mdt_request_by_app_user"),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name="fk_mdt_request_item_id_agenda_item"),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name="fk_mdt_request_ended_by_app_user"),
    )
    op.create_index("ix_mdt_request_case_id", "mdt_request", ["case_id"])
    op.create_index("ix_mdt_request_series_id", "mdt_request", ["series_id"])


def _agenda_left_out() -> None:
    op.create_table(
        "agenda_left_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("reason_text", sa.String(length=500), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("removed_by", sa.Integer()),
        sa.Column("removed_why", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_left_out"),
        sa.CheckConstraint(
            "reason IN ('new_very_high', 'rising', 'recent_admission', 'overdue_review', 'requested', 'carried_over')",
            name="reason_word",
        ),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_who_when"),
        sa.UniqueConstraint("meeting_id", "case_id", name="uq_agenda_left_out_meeting_id_case_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["mdt_meeting.id"], name="fk_agenda_left_out_meeting_id_mdt_meeting"),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name="fk_agenda_left_out_case_id_care_case"),
        sa.ForeignKeyConstraint(["removed_by"], ["app_user.id"], name="fk_agenda_left_out_removed_by_app_user"),
    )
    op.create_index("ix_agenda_left_out_case_id", "agenda_left_out", ["case_id"])


def _agenda_notes() -> None:
    op.create_table(
        "agenda_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("situation", sa.String(length=4000), nullable=False),
        sa.Column("action_to_date", sa.String(length=4000), nullable=False),
        sa.Column("latest", sa.String(length=4000), nullable=False),
        sa.Column("persons_view", sa.String(length=4000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_notes"),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name="fk_agenda_notes_item_id_agenda_item"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_agenda_notes_by_app_user"),
    )
    op.create_index("ix_agenda_notes_item_id", "agenda_notes", ["item_id"])


def _mdt_attendance() -> None:
    op.create_table(
        "mdt_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("deputy_for", sa.String(length=200), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mdt_attendance"),
        sa.CheckConstraint("state IN ('attended', 'apologies', 'deputy')", name="state_word"),
        sa.UniqueConstraint("meeting_id", "user_id", name="uq_mdt_attendance_meeting_id_user_id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["mdt_meeting.id"], name="fk_mdt_attendance_meeting_id_mdt_meeting"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_mdt_attendance_user_id_app_user"),
    )
    op.create_index("ix_mdt_attendance_meeting_id", "mdt_attendance", ["meeting_id"])


def _mdt_decision() -> None:
    op.create_table(
        "mdt_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("rationale", sa.String(length=2000), nullable=False),
        sa.Column("next_review_on", sa.Date()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mdt_decision"),
        sa.CheckConstraint(
            "decision IN ('continue', 'step_up', 'step_down', 'refer', 'remove', 'no_further_action')",
            name="decision_word",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name="fk_mdt_decision_item_id_agenda_item"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_mdt_decision_by_app_user"),
    )
    op.create_index("ix_mdt_decision_item_id", "mdt_decision", ["item_id"])


def _mdt_action() -> None:
    op.create_table(
        "mdt_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("due_on", sa.Date()),
        sa.Column("task_id", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mdt_action"),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name="fk_mdt_action_item_id_agenda_item"),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name="fk_mdt_action_owner_id_app_user"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_mdt_action_task_id_task"),
    )
    op.create_index("ix_mdt_action_item_id", "mdt_action", ["item_id"])
    op.create_index("ix_mdt_action_task_id", "mdt_action", ["task_id"])


def _worked_cohort() -> None:
    op.create_table(
        "worked_cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worked_cohort"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_who_when"),
        sa.ForeignKeyConstraint(["place_id"], ["organisation.id"], name="fk_worked_cohort_place_id_organisation"),
        sa.ForeignKeyConstraint(["run_id"], ["risk_run.id"], name="fk_worked_cohort_run_id_risk_run"),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_worked_cohort_created_by_app_user"),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name="fk_worked_cohort_ended_by_app_user"),
    )
    op.create_index("ix_worked_cohort_place_id", "worked_cohort", ["place_id"])


def _worked_cohort_member() -> None:
    op.create_table(
        "worked_cohort_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("board_column", sa.String(40), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worked_cohort_member"),
        sa.CheckConstraint(
            "board_column IN ('to_contact', 'assessing', 'planning', 'plan_active', 'left')",
            name="board_column_word",
        ),
        sa.UniqueConstraint("cohort_id", "person_id", name="uq_worked_cohort_member_cohort_id_person_id"),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["worked_cohort.id"], name="fk_worked_cohort_member_cohort_id_worked_cohort"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_worked_cohort_member_person_id_person"),
        sa.ForeignKeyConstraint(["moved_by"], ["app_user.id"], name="fk_worked_cohort_member_moved_by_app_user"),
    )
    op.create_index("ix_worked_cohort_member_person_id", "worked_cohort_member", ["person_id"])


def _worked_cohort_move() -> None:
    op.create_table(
        "worked_cohort_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("board_column", sa.String(40), nullable=False),
        sa.Column("reason_code", sa.String(length=40)),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worked_cohort_move"),
        sa.CheckConstraint(
            "board_column IN ('to_contact', 'assessing', 'planning', 'plan_active', 'left')",
            name="board_column_word",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["worked_cohort_member.id"], name="fk_worked_cohort_move_member_id_worked_cohort_member"
        ),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_worked_cohort_move_by_app_user"),
    )
    op.create_index("ix_worked_cohort_move_member_id", "worked_cohort_move", ["member_id"])


def _discharge_plan() -> None:
    op.create_table(
        "discharge_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("encounter_id", sa.Integer(), nullable=False),
        sa.Column("pathway", sa.String(40), nullable=False),
        sa.Column("expected_on", sa.Date()),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_discharge_plan"),
        sa.CheckConstraint("pathway IN ('pathway_0', 'pathway_1', 'pathway_2', 'pathway_3')", name="pathway_word"),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_discharge_plan_encounter_id_encounter"),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name="fk_discharge_plan_by_app_user"),
    )
    op.create_index("ix_discharge_plan_encounter_id", "discharge_plan", ["encounter_id"])
