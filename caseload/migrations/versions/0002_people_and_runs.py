"""People, monthly runs and scores, hospital use, consent, who may open a record.

Step 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """To this step."""
    _person()
    _risk_run()
    _person_event()
    _risk_score()
    _encounter()
    _consent()
    _person_merge()
    _restricted_access()
    _emergency_access()


def downgrade() -> None:
    """Back to the step before."""
    for table in (
        "emergency_access",
        "restricted_access",
        "person_merge",
        "consent",
        "encounter",
        "risk_score",
        "person_event",
        "risk_run",
        "person",
    ):
        op.drop_table(table)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nhs_number", sa.String(10), nullable=False),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("family_name", sa.String(100), nullable=False),
        sa.Column("given_name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.String(210), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(40), nullable=False),
        sa.Column("address_line", sa.String(300), nullable=False),
        sa.Column("postcode", sa.String(10), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("residence", sa.String(40)),
        sa.Column("lives_alone", sa.Boolean()),
        sa.Column("has_carer", sa.Boolean()),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("deregistered_on", sa.Date()),
        sa.Column("date_of_death", sa.Date()),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.CheckConstraint("sex IN ('0', '1', '2', '9')", name=op.f("ck_person_sex_word")),
        sa.CheckConstraint(
            "residence IN ('home', 'residential_care', 'nursing_care', 'sheltered', 'no_fixed_abode')",
            name=op.f("ck_person_residence_word"),
        ),
        sa.UniqueConstraint("nhs_number", name=op.f("uq_person_nhs_number")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_person_pseudonym")),
        sa.ForeignKeyConstraint(["practice_id"], ["organisation.id"], name=op.f("fk_person_practice_id_organisation")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["person.id"], name=op.f("fk_person_merged_into_id_person")),
    )
    op.create_index("ix_person_date_of_birth_name_key", "person", ["date_of_birth", "name_key"])
    op.create_index(
        "ix_person_merged_into_id",
        "person",
        ["merged_into_id"],
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    registered = sa.text("date_of_death IS NULL AND deregistered_on IS NULL AND merged_into_id IS NULL")
    op.create_index(
        "ix_person_practice_id_registered",
        "person",
        ["practice_id"],
        sqlite_where=registered,
        postgresql_where=registered,
    )
    op.create_index("ix_person_practice_id", "person", ["practice_id"])


def _risk_run() -> None:
    op.create_table(
        "risk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_ref", sa.String(64), nullable=False),
        sa.Column("scores_sha256", sa.String(64), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("index_date", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(80), nullable=False),
        sa.Column("score_kind", sa.String(20), nullable=False),
        sa.Column("model_version", sa.String(80), nullable=False),
        sa.Column("tier_method", sa.String(20), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extracted_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_run")),
        sa.UniqueConstraint("scores_sha256", name=op.f("uq_risk_run_scores_sha256")),
    )
    op.create_index("ix_risk_run_index_date", "risk_run", ["index_date"])


def _person_event() -> None:
    op.create_table(
        "person_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_event")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_event_person_id_person")),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name=op.f("fk_person_event_by_app_user")),
        sa.ForeignKeyConstraint(["run_id"], ["risk_run.id"], name=op.f("fk_person_event_run_id_risk_run")),
    )
    op.create_index("ix_person_event_person_id", "person_event", ["person_id"])


def _risk_score() -> None:
    op.create_table(
        "risk_score",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("raw_score", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float()),
        sa.Column("percentile", sa.Float(), nullable=False),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.Column("previous_tier", sa.String(40)),
        sa.Column("short_history", sa.Boolean(), nullable=False),
        sa.Column("not_known_to_services", sa.Boolean(), nullable=False),
        sa.Column("rising", sa.Boolean(), nullable=False),
        sa.Column("segment", sa.String(40), nullable=False),
        sa.Column("age_band", sa.String(20), nullable=False),
        sa.Column("cohorts", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "run_id", name=op.f("pk_risk_score")),
        sa.CheckConstraint("tier IN ('very_high', 'high', 'moderate', 'none')", name=op.f("ck_risk_score_tier_word")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_risk_score_person_id_person")),
        sa.ForeignKeyConstraint(["run_id"], ["risk_run.id"], name=op.f("fk_risk_score_run_id_risk_run")),
    )
    op.create_index("ix_risk_score_run_id_tier_percentile", "risk_score", ["run_id", "tier", "percentile"])


def _encounter() -> None:
    op.create_table(
        "encounter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("source_ref", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("provider_code", sa.String(12), nullable=False),
        sa.Column("diagnosis_code", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounter")),
        sa.CheckConstraint(
            "kind IN ('emergency_admission', 'other_admission', 'ed_attendance')", name=op.f("ck_encounter_kind_word")
        ),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_encounter_source_source_ref")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_encounter_person_id_person")),
    )
    op.create_index("ix_encounter_person_id_started_on", "encounter", ["person_id", "started_on"])


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("how", sa.String(40), nullable=False),
        sa.Column("representative", sa.String(200), nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.CheckConstraint(
            "purpose IN ('care_coordination', 'sharing_health', 'sharing_social_care', 'sharing_voluntary', 'sharing_urgent_care', 'risk_stratification')",
            name=op.f("ck_consent_purpose_word"),
        ),
        sa.CheckConstraint("state IN ('given', 'refused', 'withdrawn')", name=op.f("ck_consent_state_word")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name=op.f("fk_consent_by_app_user")),
    )
    op.create_index("ix_consent_person_id_purpose_id", "consent", ["person_id", "purpose", "id"])


def _person_merge() -> None:
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_person_merge_undone_who_when")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id_person")),
        sa.ForeignKeyConstraint(["merged_id"], ["person.id"], name=op.f("fk_person_merge_merged_id_person")),
        sa.ForeignKeyConstraint(["merged_by"], ["app_user.id"], name=op.f("fk_person_merge_merged_by_app_user")),
        sa.ForeignKeyConstraint(["undone_by"], ["app_user.id"], name=op.f("fk_person_merge_undone_by_app_user")),
    )
    op.create_index("ix_person_merge_kept_id", "person_merge", ["kept_id"])
    op.create_index("ix_person_merge_merged_id", "person_merge", ["merged_id"])


def _restricted_access() -> None:
    op.create_table(
        "restricted_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_access")),
        sa.UniqueConstraint("person_id", "user_id", name=op.f("uq_restricted_access_person_id_user_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_restricted_access_person_id_person")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_restricted_access_user_id_app_user")),
        sa.ForeignKeyConstraint(["given_by"], ["app_user.id"], name=op.f("fk_restricted_access_given_by_app_user")),
    )
    op.create_index("ix_restricted_access_user_id", "restricted_access", ["user_id"])


def _emergency_access() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("reviewed_by", sa.Integer()),
        sa.Column("finding", sa.String(40)),
        sa.Column("finding_note", sa.String(2000), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by IS NULL)", name=op.f("ck_emergency_access_reviewed_who_when")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_emergency_access_user_id_app_user")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_emergency_access_person_id_person")),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["app_user.id"], name=op.f("fk_emergency_access_reviewed_by_app_user")
        ),
    )
    op.create_index("ix_emergency_access_person_id", "emergency_access", ["person_id"])
    op.create_index("ix_emergency_access_user_id_person_id", "emergency_access", ["user_id", "person_id"])
