"""The newest of several moments, as one expression that every database knows: what meta.lastUpdated is made of."""

from typing import Any

from sqlalchemy import ColumnElement, func, null, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from caseload.tables.base import UtcMoment


class newest(GenericFunction[Any]):
    """The latest of its moments; those that are empty do not count. The first must not be empty."""

    type = UtcMoment()
    inherit_cache = True

    def __init__(self, first: Any, *others: Any) -> None:
        super().__init__(first, *(func.coalesce(one, first) for one in others))


@compiles(newest, "sqlite")
def _on_sqlite(element: newest, compiler: SQLCompiler, **options: Any) -> str:
    return f"max({compiler.process(element.clauses, **options)})"


@compiles(newest, "postgresql")
def _on_postgresql(element: newest, compiler: SQLCompiler, **options: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **options)})"


def newest_of(first: Any, *others: Any) -> ColumnElement[Any]:
    """The expression; on its own where there is only one."""
    return newest(first, *others) if others else first


NOT_KNOWN: ColumnElement[Any] = type_coerce(null(), UtcMoment())
"""For rows of which nothing says when they changed: they are never found by when they did."""
