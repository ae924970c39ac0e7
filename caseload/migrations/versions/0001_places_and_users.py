"""Places, organisations, users, their sessions and what they typed.

Step 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """To this step."""
    _organisation()
    _team()
    _app_user()
    _user_role()
    _team_membership()
    _practitioner()
    _leave()
    _web_session()
    _draft()
    _action_key()
    _saved_view()
    _digest_sent()


def downgrade() -> None:
    """Back to the step before."""
    for table in (
        "digest_sent",
        "saved_view",
        "action_key",
        "draft",
        "web_session",
        "leave",
        "practitioner",
        "team_membership",
        "user_role",
        "app_user",
        "team",
        "organisation",
    ):
        op.drop_table(table)


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sector", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.CheckConstraint(
            "kind IN ('practice', 'network', 'locality', 'borough', 'trust', 'council', 'voluntary')",
            name=op.f("ck_organisation_kind_word"),
        ),
        sa.CheckConstraint(
            "sector IN ('health', 'social_care', 'voluntary')", name=op.f("ck_organisation_sector_word")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
    )
    op.create_index("ix_organisation_parent_id", "organisation", ["parent_id"])


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
        sa.ForeignKeyConstraint(["place_id"], ["organisation.id"], name=op.f("fk_team_place_id_organisation")),
    )
    op.create_index("ix_team_place_id", "team", ["place_id"])


def _app_user() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(254), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("job_title", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(300)),
        sa.Column("password_changed_at", sa.DateTime(timezone=True)),
        sa.Column("totp_secret", sa.LargeBinary()),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("totp_last_step", sa.Integer()),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("oidc_issuer", sa.String(300)),
        sa.Column("oidc_subject", sa.String(300)),
        sa.Column("wants_digest", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True)),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("oidc_issuer", "oidc_subject", name=op.f("uq_app_user_oidc_issuer_oidc_subject")),
        sa.UniqueConstraint("username", name=op.f("uq_app_user_username")),
        sa.ForeignKeyConstraint(["home_id"], ["organisation.id"], name=op.f("fk_app_user_home_id_organisation")),
    )
    op.create_index("ix_app_user_home_id", "app_user", ["home_id"])


def _user_role() -> None:
    op.create_table(
        "user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.CheckConstraint(
            "role IN ('practice', 'navigator', 'lead', 'mdt_chair', 'integration_lead', 'ig_officer', 'admin')",
            name=op.f("ck_user_role_role_word"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_role_user_id_app_user")),
        sa.ForeignKeyConstraint(["place_id"], ["organisation.id"], name=op.f("fk_user_role_place_id_organisation")),
    )
    op.create_index("ix_user_role_user_id_until_at", "user_role", ["user_id", "until_at"])


def _team_membership() -> None:
    op.create_table(
        "team_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_membership")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_team_membership_user_id_app_user")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_membership_team_id_team")),
    )
    op.create_index("ix_team_membership_team_id", "team_membership", ["team_id"])
    op.create_index("ix_team_membership_user_id", "team_membership", ["user_id"])


def _practitioner() -> None:
    op.create_table(
        "practitioner",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("profession", sa.String(40), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_practitioner")),
        sa.CheckConstraint(
            "profession IN ('gp', 'doctor', 'therapist', 'nurse', 'mental_health', 'social_worker', 'secondary_care')",
            name=op.f("ck_practitioner_profession_word"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_practitioner_user_id_app_user")),
    )


def _leave() -> None:
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_leave_user_id_app_user")),
    )
    op.create_index("ix_leave_user_id", "leave", ["user_id"])


def _web_session() -> None:
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_web_session_user_id_app_user")),
    )
    op.create_index("ix_web_session_seen_at", "web_session", ["seen_at"])
    op.create_index("ix_web_session_user_id", "web_session", ["user_id"])


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("user_id", "path", name=op.f("uq_draft_user_id_path")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_draft_user_id_app_user")),
    )


def _action_key() -> None:
    op.create_table(
        "action_key",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "user_id", name=op.f("pk_action_key")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_action_key_user_id_app_user")),
    )
    op.create_index("ix_action_key_at", "action_key", ["at"])


def _saved_view() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("team_id", sa.Integer()),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_saved_view_one_owner")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_saved_view_user_id_app_user")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_saved_view_team_id_team")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_saved_view_created_by_app_user")),
    )
    op.create_index("ix_saved_view_team_id", "saved_view", ["team_id"])
    op.create_index("ix_saved_view_user_id", "saved_view", ["user_id"])


def _digest_sent() -> None:
    op.create_table(
        "digest_sent",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_digest_sent")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_digest_sent_user_id_app_user")),
    )
