"""What a database says of its own tables, so that two of them can be compared word for word."""

import re

from sqlalchemy import Engine, text

_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
_COLUMNS = """
    SELECT table_name, column_name, concat(data_type, character_maximum_length, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype IN ('p', 'f', 'u', 'c') AND connamespace = 'public'::regnamespace
"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"


def schema_of(engine: Engine) -> dict[tuple[str, str], str]:
    """Every table, column, constraint and index (with its condition) by name, as the database words it; no triggers."""
    questions = (_SQLITE,) if engine.dialect.name == "sqlite" else (_COLUMNS, _CONSTRAINTS, _INDEXES)
    with engine.connect() as connection:
        rows = [row for question in questions for row in connection.execute(text(question)).all()]
    return {(kind, name): _plain(words) for kind, name, words in rows if "alembic" not in f"{kind} {name}"}


def _plain(words: str) -> str:
    plain = re.sub(r"\s+", " ", words.replace('"', ""))
    return _sorted_parts(plain) if plain.startswith("CREATE TABLE") else plain


def _sorted_parts(table: str) -> str:
    """A table with its columns and constraints in order of their words: a step adds a column at the end."""
    head, _, rest = table.partition("(")
    parts, depth = [""], 0
    for letter in rest.rstrip()[:-1]:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return head + "; ".join(sorted(part.strip() for part in parts))
