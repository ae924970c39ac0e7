"""Triggers that keep rows as they were written, whoever is connected and whatever the program does.

Merging two records moves rows from one person to the other, so `person_id` may change where it is named as free; nothing
else may, and no row may go. Somebody who may drop triggers is stopped by the audit chain, not by these.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

_FUNCTION = """
CREATE FUNCTION caretier_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME;
END
$$
"""


def make_function() -> None:
    """What the triggers of PostgreSQL call; SQLite needs none."""
    if _on_postgresql():
        op.execute(_FUNCTION)


def drop_function() -> None:
    """Take it away again."""
    if _on_postgresql():
        op.execute("DROP FUNCTION caretier_append_only()")


def keep_rows(table: str, free: Iterable[str] = ()) -> None:
    """From now on rows of this table are added only; columns named `free` may change.

    A table that is rebuilt (SQLite) or gets a column needs this again.
    """
    kept = [
        column["name"] for column in sa.inspect(op.get_bind()).get_columns(table) if column["name"] not in set(free)
    ]
    _refuse(table, "update", f"UPDATE OF {', '.join(kept)}")
    _refuse(table, "delete", "DELETE")
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION caretier_append_only()"
        )


def release_rows(table: str) -> None:
    """Take the triggers of a table away, before it is changed or dropped."""
    for kind in ("update", "delete", *(("truncate",) if _on_postgresql() else ())):
        op.execute(f"DROP TRIGGER {table}_no_{kind}" + (f" ON {table}" if _on_postgresql() else ""))


def _refuse(table: str, kind: str, event: str) -> None:
    if _on_postgresql():
        body = "EXECUTE FUNCTION caretier_append_only()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
    op.execute(f"CREATE TRIGGER {table}_no_{kind} BEFORE {event} ON {table} FOR EACH ROW {body}")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
