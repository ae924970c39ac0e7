"""What the case app refuses, as one tree.

CaseloadError          shown as one paragraph (command) or one page (web), without a traceback
├── RunRefused         exit 1: a run that must not be taken in
├── SettingsRefused    exit 3: a setting that is missing or wrong
├── OutputRefused      exit 5: a place that cannot be written to
├── AuditBroken        exit 6: the audit log is not what was written
└── Refused            what an action answers to somebody at a page
    ├── NotThere       404: it does not exist, or this viewer may not know that it does
    ├── Conflict       409: somebody else was first; the page shows theirs and mine
    └── NotNow         422: the state of things forbids it, with the reason in words

What is wrong inside a score file or a pack is an `interfaces.exceptions.InterfaceError`: exit 1, or 4 for a key.
"""

from datetime import datetime
from typing import ClassVar

EXIT_CODES: dict[int, str] = {
    0: "done; for check-run: the run can be taken in",
    1: "refused: the run, the pack or what was asked for cannot be used as it is",
    2: "usage: a command, option or argument is missing, unknown, or has a value it cannot have",
    3: "refused: a setting is missing or wrong, or the case database does not answer",
    4: "refused: the key does not fit",
    5: "refused: the output exists already or cannot be written",
    6: "the audit log is not what was written",
    70: "a fault in the program itself; nothing was left half-written",
    130: "stopped by the keyboard; nothing was left half-written",
    143: "stopped by the machine (SIGTERM); nothing was left half-written",
}
"""Every exit code of the command line and what it means."""


class CaseloadError(Exception):
    """Base of everything that is reported: what was expected, what was found, what to do."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, expected: str, found: str, todo: str) -> None:
        self.expected = expected
        self.found = found
        self.todo = todo
        super().__init__(f"Expected {expected}. Found {found}. {todo}")


class RunRefused(CaseloadError):
    """A run folder that is incomplete, changed since it was written, or not the one that may be taken in."""


class SettingsRefused(CaseloadError):
    """A setting that is missing or wrong; the message names all of them at once."""

    exit_code = 3


class OutputRefused(CaseloadError):
    """A file that cannot be written where it was asked for."""

    exit_code = 5


class AuditBroken(CaseloadError):
    """The audit log was edited, cut, reordered or added to; the message names the first bad event."""

    exit_code = 6


class Refused(CaseloadError):
    """An action that was not carried out. `sentence` is what the page says.

    `field` names what is wrong where it is one field of the form: the page then says so at that field.
    """

    http_status = 422

    def __init__(self, sentence: str, *, field: str = "", expected: str = "", found: str = "", todo: str = "") -> None:
        super().__init__(expected or "an action that can be carried out", found or "one that cannot", todo or sentence)
        if not expected:
            self.args = (sentence,)  # at the command line the sentence says it all, as it does on a page
        self.sentence = sentence
        self.field = field


class NotThere(Refused):
    """Missing and forbidden are the same answer, so that nobody learns who is known here."""

    http_status = 404

    def __init__(self) -> None:
        super().__init__("The page cannot be found.")


class Conflict(Refused):
    """Somebody else changed it first. `theirs` says what is there now, field by field in words, or as a word that pages know.

    `by` and `at` say whose change it was and when, where the history tells it.
    """

    http_status = 409

    def __init__(
        self, sentence: str, *, theirs: dict[str, str] | None = None, by: str = "", at: datetime | None = None
    ) -> None:
        super().__init__(sentence)
        self.theirs = theirs or {}
        self.by = by
        self.at = at


class NotNow(Refused):
    """The rules forbid it as things stand."""
