"""What is typed wrongly at a command line, in the words of every other refusal: expected, found, what to do.

What was typed is never repeated: a number or a name in the wrong place may be somebody's.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

import typer
from typer.core import TyperGroup

from interfaces.exceptions import UsageRefused

# The library keeps the name of this base to itself.
_UsageError: Any = typer.BadParameter.__base__


class PlainGroup(TyperGroup):
    """The commands of a program, whose usage errors are raised as UsageRefused; help is shown as ever."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and end the process, or raise what refuses it."""
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except typer.Abort:  # a question that was answered with the end of the input
            raise KeyboardInterrupt from None
        except _UsageError as error:
            if type(error).__name__ != "NoArgsIsHelpError":
                raise refusal(error) from None
            error.show()
            code = error.exit_code
        sys.exit(code if isinstance(code, int) else 0)


def refusal(error: Any) -> UsageRefused:
    """A usage error of the library without the words in it that somebody typed."""
    said = _SAID.get(type(error).__name__)
    return _misplaced(error) if said is None else said(error)


def _missing(error: Any) -> UsageRefused:
    return UsageRefused(f"the {_called(error.param)}", "none", f"Add it; {_help(error)} says what it is.")


def _unknown_option(error: Any) -> UsageRefused:
    return UsageRefused(f"only options that {_command(error)} has", "another", _meant(error, error.possibilities))


def _misused_option(error: Any) -> UsageRefused:
    if "requires" in error.message:
        return UsageRefused(f"a value after {error.option_name}", "none", "Write it after the option.")
    return UsageRefused(f"{error.option_name} without a value", "one", "Leave the value out.")


def _bad_value(error: Any) -> UsageRefused:
    param = error.param
    name = param.opts[0] if param.param_type_name == "option" else param.metavar
    return UsageRefused(f"{name} to be {_wanted(param.type_descriptor)}", "something else", f"See {_help(error)}.")


def _misplaced(error: Any) -> UsageRefused:
    """A word that is no command of a group, or one too many after a command."""
    commands = getattr(error.ctx.command, "commands", None)
    if commands is not None:
        # The library's own words quote the commands that are nearest to what was typed.
        near = [name for name in commands if f"'{name}'" in error.message]
        return UsageRefused(f"a command that {_command(error)} has", "another, or none", _meant(error, near))
    names = [param.metavar for param in error.ctx.command.params if param.param_type_name == "argument"]
    return UsageRefused(
        f"only {' and '.join([*names, 'options'])} after {_command(error)}",
        "more",
        f"Put quotation marks round a value with spaces; see {_help(error)}.",
    )


_SAID = {
    "MissingParameter": _missing,
    "NoSuchOption": _unknown_option,
    "BadOptionUsage": _misused_option,
    "BadParameter": _bad_value,
}


def _called(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"argument {param.metavar}"
    return f"option {param.opts[0]} {param.metavar or ''}".rstrip()


def _wanted(told: Any) -> str:
    """What an option takes, by the type and the bounds it was declared with."""
    kind, info = told.annotation, told.parameter_info
    if told.is_choice:
        return f"one of {', '.join(one.value if isinstance(one, Enum) else str(one) for one in told.choices)}"
    if kind is datetime:
        return "a day written as 2026-09-30"
    if kind is not int:
        return "a value that it takes"
    if info.min is not None and info.max is not None:
        return f"a whole number from {info.min} to {info.max}"
    return "a whole number" if info.min is None else f"a whole number of at least {info.min}"


def _meant(error: Any, near: Sequence[str] | None) -> str:
    return f"Did you mean {' or '.join(near)}?" if near else f"{_help(error)} lists them."


def _command(error: Any) -> str:
    return f"`{error.ctx.command_path}`"


def _help(error: Any) -> str:
    return f"`{error.ctx.command_path} --help`"
