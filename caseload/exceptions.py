"""What the case app refuses, as one tree.

CaseloadError          shown as one paragraph, without a traceback
├── RunRefused         exit 1: a run that must not be taken in
└── OutputRefused      exit 5: a place that cannot be written to

What is wrong inside a score file is an `interfaces.exceptions.ScoreFileError`, exit 1 as well.
"""

from typing import ClassVar


class CaseloadError(Exception):
    """Base of everything the command reports: what was expected, what was found, what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, expected: str, found: str, todo: str) -> None:
        self.expected = expected
        self.found = found
        self.todo = todo
        super().__init__(f"Expected {expected}. Found {found}. {todo}")


class RunRefused(CaseloadError):
    """A run folder that is incomplete, changed since it was written, or says nothing of itself."""


class OutputRefused(CaseloadError):
    """A file that cannot be written where it was asked for."""

    exit_code = 5
