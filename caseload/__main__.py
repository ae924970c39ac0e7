"""The edge where every error becomes one paragraph and an exit code."""

import gc

from sqlalchemy.exc import OperationalError

from caseload.commands import app
from caseload.exceptions import CaseloadError, SettingsRefused
from interfaces.command_edge import run_command
from interfaces.exceptions import InterfaceError


def main() -> None:
    """Run the command line; exit codes are in `caseload.exceptions.EXIT_CODES`."""
    # What is loaded stays: looking through it for what could be let go is a third of a start and a tenth of every page.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    run_command(_answered, name="caseload", refusals=(CaseloadError, InterfaceError))


def _answered() -> None:
    try:
        app()
    except OperationalError:
        # What the driver says may quote a statement with its values.
        raise SettingsRefused(
            "a case database that answers",
            "one that does not, is full, or is locked by another program for too long",
            "Nothing was kept. Check the database and its disk, then start again.",
        ) from None


if __name__ == "__main__":
    main()
