"""The command `caseload`: what someone who receives a run can do with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from caseload.exceptions import CaseloadError, OutputRefused
from caseload.run_summary import RunSummary, check_run
from interfaces.exceptions import InterfaceError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def caseload() -> None:
    """The team's side of Caretier: what comes in from a monthly run."""


@app.command("check-run")
def check_run_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `stratify run` wrote.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the same as JSON, also when refused.")
    ] = None,
) -> None:
    """Say whether a run is whole and unchanged, and what would be taken in from it.

    Exit 0: it can be taken in. 1: refused, with the reason. 2: usage. 5: FILE cannot be written.
    """
    with _in_one_paragraph():
        summary = _checked(run, json_file)
        for line in summary.lines():
            typer.echo(line)


@contextmanager
def _in_one_paragraph() -> Iterator[None]:
    """What is refused is said in one paragraph, and its kind is the exit code."""
    try:
        yield
    except (CaseloadError, InterfaceError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _checked(run: Path, json_file: Path | None) -> RunSummary:
    try:
        summary = check_run(run)
    except (CaseloadError, InterfaceError) as error:
        _write(json_file, {"usable": False, "expected": error.expected, "found": error.found, "todo": error.todo})
        raise
    _write(json_file, summary.to_json())
    return summary


def _write(json_file: Path | None, content: dict[str, Any]) -> None:
    if json_file is None:
        return
    try:
        json_file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError:
        raise OutputRefused(
            f"to write {json_file.name}", "a place that cannot be written to", "Name a file in a folder of yours."
        ) from None


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
