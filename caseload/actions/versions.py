"""Whether a row is still as the form showed it."""

from typing import Protocol

from caseload.exceptions import Conflict


class _Versioned(Protocol):
    row_version: int


def check_version(row: _Versioned, row_version: int, *, theirs: dict[str, str] | None = None) -> None:
    """Conflict where the row was changed since the form was shown; `theirs` says what it holds now, in words."""
    if row.row_version != row_version:
        raise Conflict("Somebody else changed this while you were working on it.", theirs=theirs)
