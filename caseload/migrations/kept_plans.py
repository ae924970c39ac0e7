"""Triggers that keep the words of a care plan as they were when it was marked as ready, and the hash of them."""

import sqlalchemy as sa
from alembic import op

_NO_DRAFT = "(SELECT state FROM plan_version WHERE id = OLD.version_id) <> 'draft'"
_OTHER_HASH = "OLD.content_hash IS NOT NULL AND NEW.content_hash IS DISTINCT FROM OLD.content_hash"
_SAID = "the words of a plan that is ready are never changed or removed"

_FUNCTIONS = (
    f"""
    CREATE FUNCTION caretier_plan_is_ready() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_NO_DRAFT} THEN RAISE EXCEPTION '{_SAID}'; END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END
    $$
    """,
    f"""
    CREATE FUNCTION caretier_plan_hash_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_OTHER_HASH} THEN RAISE EXCEPTION '{_SAID}'; END IF;
        RETURN NEW;
    END
    $$
    """,
)  # fmt: skip
_ON_POSTGRESQL = (
    """
    CREATE TRIGGER plan_section_ready BEFORE UPDATE OR DELETE ON plan_section
    FOR EACH ROW EXECUTE FUNCTION caretier_plan_is_ready()
    """,
    """
    CREATE TRIGGER plan_version_hash BEFORE UPDATE ON plan_version
    FOR EACH ROW EXECUTE FUNCTION caretier_plan_hash_stays()
    """,
)
_SAY_NO = f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
_ON_SQLITE = (
    f"CREATE TRIGGER plan_section_ready_update BEFORE UPDATE ON plan_section WHEN {_NO_DRAFT} {_SAY_NO}",
    f"CREATE TRIGGER plan_section_ready_delete BEFORE DELETE ON plan_section WHEN {_NO_DRAFT} {_SAY_NO}",
    f"CREATE TRIGGER plan_version_hash BEFORE UPDATE ON plan_version WHEN {_OTHER_HASH} {_SAY_NO}",
)


def keep_plans() -> None:
    """From now on a part can be changed while its version is a draft, and a hash is written once."""
    for statement in (*_FUNCTIONS, *_ON_POSTGRESQL) if _on_postgresql() else _ON_SQLITE:
        op.execute(sa.text(statement))


def release_plans() -> None:
    """Take the triggers away, before the tables are dropped."""
    if _on_postgresql():
        op.execute("DROP TRIGGER plan_section_ready ON plan_section")
        op.execute("DROP TRIGGER plan_version_hash ON plan_version")
        op.execute("DROP FUNCTION caretier_plan_is_ready()")
        op.execute("DROP FUNCTION caretier_plan_hash_stays()")
        return
    for name in ("plan_section_ready_update", "plan_section_ready_delete", "plan_version_hash"):
        op.execute(f"DROP TRIGGER {name}")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
