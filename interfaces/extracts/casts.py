"""From what a file holds to the contract's types, as SQL.

A cell that cannot be read as its column's kind becomes NULL here; the check compares the two and
refuses the pack, so that nothing downstream ever meets a value that was lost this way.
"""

from interfaces.extracts.contract import Kind

SQL_TYPES: dict[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.IDENTIFIER: "VARCHAR",
    Kind.NHS_NUMBER: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.CODES: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.WHOLE: "INTEGER",
    Kind.NUMBER: "DOUBLE",
    Kind.FLAG: "INTEGER",
}
"""The type of a column of each kind in every typed relation."""

_WHOLE_TYPES = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
_FLOAT_TYPES = frozenset({"FLOAT", "DOUBLE"})
_DATE_TYPES = frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"})

ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
SLASHED_DATE = "[0-9]{2}/[0-9]{2}/[0-9]{4}"


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def accepts(kind: Kind, sql_type: str) -> bool:
    """Whether a Parquet column of this type can hold a column of this kind without a guess.

    Codes and identifiers must be text: a number has already lost its leading zeros.
    """
    if sql_type == "VARCHAR" or sql_type.startswith("ENUM"):
        return True
    if kind is Kind.DATE:
        return sql_type in _DATE_TYPES
    if kind is Kind.NUMBER:
        return sql_type in _WHOLE_TYPES | _FLOAT_TYPES or sql_type.startswith("DECIMAL")
    if kind is Kind.FLAG and sql_type == "BOOLEAN":
        return True
    # pandas turns a whole-number column with gaps into floating point.
    return kind in (Kind.WHOLE, Kind.FLAG) and sql_type in _WHOLE_TYPES | _FLOAT_TYPES


def typed_sql(kind: Kind, expression: str, sql_type: str) -> str:
    """The SQL that turns an expression of that type into the contract's type for the kind."""
    if sql_type == "VARCHAR" or sql_type.startswith("ENUM"):
        return _from_text(kind, expression if sql_type == "VARCHAR" else f"CAST({expression} AS VARCHAR)")
    if kind is Kind.NUMBER and sql_type in _FLOAT_TYPES:
        # Not-a-number and infinity are no measurements; the check counts them as a wrong type.
        return f"CASE WHEN abs({expression}) < 1e300 THEN CAST({expression} AS DOUBLE) END"
    if sql_type in _FLOAT_TYPES:
        return f"CASE WHEN {expression} = floor({expression}) THEN TRY_CAST({expression} AS INTEGER) END"
    return f"TRY_CAST({expression} AS {SQL_TYPES[kind]})"


def loses_values(kind: Kind, sql_type: str) -> bool:
    """Whether `typed_sql` may turn a value into NULL, so that the check must compare before and after."""
    if SQL_TYPES[kind] == "VARCHAR":
        return False
    if sql_type in _DATE_TYPES | {"BOOLEAN"}:
        return False
    return sql_type in _FLOAT_TYPES or sql_type != SQL_TYPES[kind]


def _from_text(kind: Kind, text: str) -> str:
    if kind is Kind.DATE:
        return date_from_text(text)
    if kind in (Kind.WHOLE, Kind.FLAG):
        return f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN TRY_CAST({text} AS INTEGER) END"
    if kind is Kind.NUMBER:
        # DuckDB reads 1_000 as a thousand and 1e400 as infinity; neither is a measurement anybody wrote.
        number = f"TRY_CAST({text} AS DOUBLE)"
        return f"CASE WHEN strpos({text}, '_') = 0 AND abs({number}) < 1e300 THEN {number} END"
    return text


def date_from_text(text: str) -> str:
    """A date written 2026-09-14 or 14/09/2026 as SQL; NULL for anything else."""
    # DuckDB by itself reads "2026/1/5", "2026-11-1a" and the year "-026" as dates; the patterns do not.
    day, month, year = (f"substr({text}, {start}, {length})" for start, length in ((1, 2), (4, 2), (7, 4)))
    return (
        f"CASE WHEN regexp_full_match({text}, '{ISO_DATE}') AND {text} >= '0001' THEN TRY_CAST({text} AS DATE)"
        f" WHEN regexp_full_match({text}, '{SLASHED_DATE}') AND {year} >= '0001'"
        f" THEN TRY_CAST(concat({year}, '-', {month}, '-', {day}) AS DATE) END"
    )
