"""What can be wrong with something that crosses the border, as one tree.

InterfaceError                 expected, found, what to do; shown as one paragraph, exit 1
├── UsageRefused               exit 2: a command line that is written wrongly; never says what was typed
├── KeyRefused                 exit 4: a pseudonym key, a purpose or a key id that does not fit
├── CodeError (a ValueError)   a code or identifier that is not one; says the cause, never the value
├── PackError                  an extract pack that cannot be read as the contract says
│   └── PackRefused            a pack that was read and must not be used
├── ScoreFileError             a score file that is not what the contract says
│   ├── ScoreFileUnreadable    no Parquet file, cut short, or damaged
│   ├── ScoreFileVersion       a version this program does not know
│   └── ScoreFileContents      columns or values that break the contract
└── MessageRefused             a hospital message that is answered with an error; in interfaces.hl7v2.refusals

A message never carries a value about a person: file, row number, column and rule only.
"""

from enum import StrEnum
from typing import ClassVar


class InterfaceError(Exception):
    """Base of everything refused at the border.

    `expected`, `found` and `todo` are plain clauses or sentences without a person's data.

    >>> raise InterfaceError("a folder", "a file", "Give the folder that holds it.")
    Traceback (most recent call last):
    interfaces.exceptions.InterfaceError: Expected a folder. Found a file. Give the folder that holds it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, expected: str, found: str, todo: str) -> None:
        self.expected = expected
        self.found = found
        self.todo = todo
        super().__init__(f"Expected {expected}. Found {found}. {todo}")


class UsageRefused(InterfaceError):
    """A command line with an option or argument that is missing, unknown, or has a value it cannot have."""

    exit_code = 2


class KeyRefused(InterfaceError):
    """A pseudonym key that cannot be used, or is not the one the data were made with."""

    exit_code = 4


class CodeError(InterfaceError, ValueError):
    """A code or identifier that failed its own rules; `cause` is a member of the code's enum of causes."""

    def __init__(self, expected: str, cause: StrEnum, todo: str) -> None:
        self.cause = cause
        super().__init__(expected, str(cause.value), todo)


class PackError(InterfaceError):
    """An extract pack that cannot be read: no manifest, a table that is no table, an unknown mapping."""


class PackRefused(PackError):
    """An extract pack that was read to the end and breaks the contract."""


class ScoreFileError(InterfaceError):
    """A score file that cannot be trusted to mean what the contract says."""


class ScoreFileUnreadable(ScoreFileError):
    """No Parquet file at all, one cut short, or one damaged inside."""


class ScoreFileVersion(ScoreFileError):
    """A score file without a version, or with one written by a later program."""


class ScoreFileContents(ScoreFileError):
    """Columns that are missing or of another type, or values outside their range."""
