"""Proposals, cases, leads, handovers and care teams.

Step 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """To this step."""
    _proposal()
    _proposal_event()
    _staged_decision()
    _care_case()
    _case_event()
    _leaver_journey()
    _handover()
    _staged_handover()
    _lead_proposal()
    _lead_allocation()
    _care_team_member()


def downgrade() -> None:
    """Back to the step before."""
    for table in (
        "care_team_member",
        "lead_allocation",
        "lead_proposal",
        "staged_handover",
        "handover",
        "leaver_journey",
        "case_event",
        "care_case",
        "staged_decision",
        "proposal_event",
        "proposal",
    ):
        op.drop_table(table)


def _proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason_code", sa.String(40)),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("deferred_until", sa.Date()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.CheckConstraint("kind IN ('score', 'concern')", name=op.f("ck_proposal_kind_word")),
        sa.CheckConstraint(
            "state IN ('proposed', 'deferred', 'accepted', 'declined', 'closed')", name=op.f("ck_proposal_state_word")
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_proposal_decided_who_when")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_person_id_person")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["organisation.id"], name=op.f("fk_proposal_practice_id_organisation")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["risk_run.id"], name=op.f("fk_proposal_run_id_risk_run")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_proposal_created_by_app_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_proposal_decided_by_app_user")),
    )
    op.create_index("ix_proposal_person_id", "proposal", ["person_id"])
    op.create_index("ix_proposal_practice_id_state", "proposal", ["practice_id", "state"])
    op.create_index(
        "uq_proposal_person_undecided",
        "proposal",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'deferred')"),
        postgresql_where=sa.text("state IN ('proposed', 'deferred')"),
    )


def _proposal_event() -> None:
    op.create_table(
        "proposal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason_code", sa.String(40)),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("deferred_until", sa.Date()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_event")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_event_proposal_id_proposal")),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name=op.f("fk_proposal_event_by_app_user")),
    )
    op.create_index("ix_proposal_event_proposal_id", "proposal_event", ["proposal_id"])


def _staged_decision() -> None:
    op.create_table(
        "staged_decision",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("reason_code", sa.String(40)),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("deferred_until", sa.Date()),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staged_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_staged_decision")),
        sa.CheckConstraint("decision IN ('accept', 'decline', 'defer')", name=op.f("ck_staged_decision_decision_word")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_staged_decision_proposal_id_proposal")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["organisation.id"], name=op.f("fk_staged_decision_practice_id_organisation")
        ),
        sa.ForeignKeyConstraint(["staged_by"], ["app_user.id"], name=op.f("fk_staged_decision_staged_by_app_user")),
    )
    op.create_index("ix_staged_decision_practice_id", "staged_decision", ["practice_id"])


def _care_case() -> None:
    op.create_table(
        "care_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("primary_need", sa.String(40)),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.Integer()),
        sa.Column("closed_reason", sa.String(40)),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_case")),
        sa.CheckConstraint("state IN ('open', 'on_hold', 'closed')", name=op.f("ck_care_case_state_word")),
        sa.CheckConstraint(
            "primary_need IN ('medical', 'functional', 'nursing', 'mental_health', 'social', 'specialist')",
            name=op.f("ck_care_case_primary_need_word"),
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_care_case_closed_who_when")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_care_case_person_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_care_case_proposal_id_proposal")),
        sa.ForeignKeyConstraint(["opened_by"], ["app_user.id"], name=op.f("fk_care_case_opened_by_app_user")),
        sa.ForeignKeyConstraint(["closed_by"], ["app_user.id"], name=op.f("fk_care_case_closed_by_app_user")),
    )
    op.create_index("ix_care_case_person_id", "care_case", ["person_id"])
    op.create_index("ix_care_case_state_opened_at", "care_case", ["state", "opened_at"])
    op.create_index(
        "uq_care_case_person_current",
        "care_case",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )


def _case_event() -> None:
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("before", sa.String(40)),
        sa.Column("after", sa.String(40)),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_case_event_case_id_care_case")),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name=op.f("fk_case_event_by_app_user")),
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id"])


def _leaver_journey() -> None:
    op.create_table(
        "leaver_journey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("finished_by", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaver_journey")),
        sa.CheckConstraint("state IN ('begun', 'finished', 'stopped')", name=op.f("ck_leaver_journey_state_word")),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (finished_by IS NULL)", name=op.f("ck_leaver_journey_finished_who_when")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_leaver_journey_user_id_app_user")),
        sa.ForeignKeyConstraint(["started_by"], ["app_user.id"], name=op.f("fk_leaver_journey_started_by_app_user")),
        sa.ForeignKeyConstraint(["finished_by"], ["app_user.id"], name=op.f("fk_leaver_journey_finished_by_app_user")),
    )
    op.create_index("ix_leaver_journey_user_id", "leaver_journey", ["user_id"])
    op.create_index(
        "uq_leaver_journey_user_begun",
        "leaver_journey",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("state = 'begun'"),
        postgresql_where=sa.text("state = 'begun'"),
    )


def _handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("summary", sa.String(4000), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Integer()),
        sa.Column("decision_note", sa.String(2000), nullable=False),
        sa.Column("journey_id", sa.Integer()),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'rejected', 'revoked', 'lapsed')", name=op.f("ck_handover_state_word")
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_handover_decided_who_when")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_handover_case_id_care_case")),
        sa.ForeignKeyConstraint(["from_user_id"], ["app_user.id"], name=op.f("fk_handover_from_user_id_app_user")),
        sa.ForeignKeyConstraint(["to_user_id"], ["app_user.id"], name=op.f("fk_handover_to_user_id_app_user")),
        sa.ForeignKeyConstraint(["requested_by"], ["app_user.id"], name=op.f("fk_handover_requested_by_app_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_handover_decided_by_app_user")),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["leaver_journey.id"], name=op.f("fk_handover_journey_id_leaver_journey")
        ),
    )
    op.create_index("ix_handover_case_id", "handover", ["case_id"])
    op.create_index("ix_handover_from_user_id", "handover", ["from_user_id"])
    op.create_index("ix_handover_journey_id", "handover", ["journey_id"])
    op.create_index("ix_handover_to_user_id_state", "handover", ["to_user_id", "state"])
    op.create_index(
        "uq_handover_case_requested",
        "handover",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state = 'requested'"),
        postgresql_where=sa.text("state = 'requested'"),
    )


def _staged_handover() -> None:
    op.create_table(
        "staged_handover",
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staged_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("journey_id", "case_id", name=op.f("pk_staged_handover")),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["leaver_journey.id"], name=op.f("fk_staged_handover_journey_id_leaver_journey")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_staged_handover_case_id_care_case")),
        sa.ForeignKeyConstraint(["to_user_id"], ["app_user.id"], name=op.f("fk_staged_handover_to_user_id_app_user")),
        sa.ForeignKeyConstraint(["staged_by"], ["app_user.id"], name=op.f("fk_staged_handover_staged_by_app_user")),
    )
    op.create_index("ix_staged_handover_case_id", "staged_handover", ["case_id"])


def _lead_proposal() -> None:
    op.create_table(
        "lead_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("rule_code", sa.String(40), nullable=False),
        sa.Column("rule_version", sa.String(40), nullable=False),
        sa.Column("profession", sa.String(40)),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_proposal")),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_lead_proposal_case_id_care_case")),
    )
    op.create_index("ix_lead_proposal_case_id", "lead_proposal", ["case_id"])


def _lead_allocation() -> None:
    op.create_table(
        "lead_allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("profession", sa.String(40), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True)),
        sa.Column("rule_code", sa.String(40), nullable=False),
        sa.Column("rule_version", sa.String(40), nullable=False),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("override_code", sa.String(40)),
        sa.Column("override_note", sa.String(2000), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer()),
        sa.Column("tell_by", sa.Date()),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("told_by", sa.Integer()),
        sa.Column("told_how", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_allocation")),
        sa.CheckConstraint(
            "profession IN ('gp', 'doctor', 'therapist', 'nurse', 'mental_health', 'social_worker', 'secondary_care')",
            name=op.f("ck_lead_allocation_profession_word"),
        ),
        sa.CheckConstraint("(told_at IS NULL) = (told_by IS NULL)", name=op.f("ck_lead_allocation_told_who_when")),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at > from_at", name=op.f("ck_lead_allocation_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_lead_allocation_case_id_care_case")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_lead_allocation_user_id_app_user")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["app_user.id"], name=op.f("fk_lead_allocation_confirmed_by_app_user")
        ),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_lead_allocation_handover_id_handover")),
        sa.ForeignKeyConstraint(["told_by"], ["app_user.id"], name=op.f("fk_lead_allocation_told_by_app_user")),
    )
    op.create_index("ix_lead_allocation_case_id_from_at", "lead_allocation", ["case_id", "from_at"])
    op.create_index("ix_lead_allocation_user_id_until_at", "lead_allocation", ["user_id", "until_at"])
    op.create_index(
        "uq_lead_allocation_case_current",
        "lead_allocation",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )


def _care_team_member() -> None:
    op.create_table(
        "care_team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_team_member")),
        sa.CheckConstraint(
            "role IN ('care_navigator', 'case_manager', 'community_consultant', 'discharge_coordinator', 'rapid_response', 'social_worker', 'health_trainer', 'voluntary_worker', 'nurse', 'therapist', 'gp', 'pharmacist', 'carer')",
            name=op.f("ck_care_team_member_role_word"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_care_team_member_case_id_care_case")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_care_team_member_user_id_app_user")),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_care_team_member_added_by_app_user")),
    )
    op.create_index("ix_care_team_member_case_id", "care_team_member", ["case_id"])
    op.create_index("ix_care_team_member_user_id", "care_team_member", ["user_id"])
