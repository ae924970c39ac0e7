"""A row in every table, made from nothing but the table's own definition, for tests of what keeps rows."""

from datetime import UTC, date, datetime

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Float, Integer, LargeBinary, insert, select, text

from caseload.tables import Table
from caseload.tables.base import UtcMoment, Word

# Where the definition is not enough: what CHECK constraints and references between rows of one table ask for.
_GIVEN = {
    ("audit_event", "number"): 1,
    ("organisation", "parent_id"): None,
    ("person", "merged_into_id"): None,
    ("contact", "corrects_id"): None,
    ("lead_allocation", "until_at"): None,
    ("saved_view", "team_id"): None,
}
_BY_TYPE = (
    (UtcMoment, datetime(2026, 10, 5, 9, 0, tzinfo=UTC)),
    (JSON, ["one"]),
    (Boolean, True),
    (Date, date(2026, 10, 5)),
    (Float, 0.5),
    (Integer, 1),
    (LargeBinary, b"bytes"),
)


def fill(connection: Connection) -> None:
    """One row in each table; the audit log's head, which a migration puts there, stays as it is."""
    for table in Table.metadata.sorted_tables:
        if table.name != "audit_head":
            connection.execute(insert(table).values({c.name: _value(table.name, c) for c in table.columns}))


def rows_of(connection: Connection, table: str) -> list[dict[str, object]]:
    """All rows of a table as the database has them, by the names of its columns."""
    return [dict(row) for row in connection.execute(select(text("*")).select_from(text(table))).mappings()]


def _value(table: str, column: Column) -> object:
    if (table, column.name) in _GIVEN:
        return _GIVEN[table, column.name]
    if isinstance(column.type, Word):
        return next(iter(column.type.words))
    for kind, value in _BY_TYPE:
        if isinstance(column.type, kind):
            return value
    return "text"
