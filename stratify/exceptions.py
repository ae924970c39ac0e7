"""What can go wrong, as one tree.

StratifyError              shown to the person at the keyboard as one paragraph, without a traceback
├── InputRefused           exit 1: a pack, a run or a configuration that cannot be used
│   └── ConfigRefused
├── ModelRefused           exit 3: a model that does not match its checksums, features or library
│   └── FitRefused             a fit that must not be trusted: leakage, too little history
└── OutputRefused          exit 5: the place to write to is taken or cannot be written

KeyRefused (exit 4: a key, a purpose or a pseudonym that does not fit) is of the border, where the case app meets it too.

A message says what was expected, what was found and what to do. It never carries a value about a
person: file, row number, column and rule only.
"""

from typing import ClassVar

from interfaces.exceptions import KeyRefused

__all__ = [
    "EXIT_CODES",
    "ConfigRefused",
    "FitRefused",
    "InputRefused",
    "KeyRefused",
    "ModelRefused",
    "OutputRefused",
    "StratifyError",
]


class StratifyError(Exception):
    """Base of every error the command line reports as one paragraph.

    `expected`, `found` and `todo` are each a plain clause or sentence without a person's data.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, expected: str, found: str, todo: str) -> None:
        self.expected = expected
        self.found = found
        self.todo = todo
        super().__init__(f"Expected {expected}. Found {found}. {todo}")


class InputRefused(StratifyError):
    """A pack, a run folder or an option that cannot be used as it is."""

    exit_code = 1


class ConfigRefused(InputRefused):
    """A configuration file that is missing, unreadable or says something impossible."""


class ModelRefused(StratifyError):
    """A model folder that is not what it says it is, or does not suit this pack."""

    exit_code = 3


class FitRefused(ModelRefused):
    """A fit that would give a model nobody should trust."""


class OutputRefused(StratifyError):
    """An output that exists already or cannot be written."""

    exit_code = 5


EXIT_CODES: dict[int, str] = {
    0: "done; for check-pack: the pack can be used",
    1: "refused: the pack, run or configuration cannot be used as it is",
    2: "usage: a command, option or argument is missing, unknown, or has a value it cannot have",
    3: "refused: the model, or the fit, cannot be trusted",
    4: "refused: the key, purpose or pseudonyms do not fit",
    5: "refused: the output exists already or cannot be written",
    70: "a fault in the program itself; nothing was left half-written",
    130: "stopped by the keyboard; nothing was left half-written",
    143: "stopped by the machine (SIGTERM); nothing was left half-written",
}
"""Every exit code of the command line and what it means."""
