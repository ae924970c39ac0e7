"""Whether a row is still as the form showed it."""

from collections.abc import Callable
from typing import Protocol

from caseload.actions.changes import Change
from caseload.exceptions import Conflict


class _Versioned(Protocol):
    row_version: int


def check_version(
    row: _Versioned,
    row_version: int,
    *,
    theirs: dict[str, str] | None = None,
    last: Callable[[], Change | None] = lambda: None,
) -> None:
    """Conflict where the row was changed since the form was shown; `theirs` says what it holds now, in words.

    `last` finds who changed it, and is asked only then.
    """
    if row.row_version == row_version:
        return
    change = last()
    sentence = "Somebody else changed this while you were working on it."
    if change is None:
        raise Conflict(sentence, theirs=theirs)
    raise Conflict(sentence, theirs=theirs, by=change.by, at=change.at)
