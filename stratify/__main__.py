"""The edge where every error becomes one paragraph and an exit code."""

from interfaces.command_edge import run_command
from interfaces.exceptions import InterfaceError
from stratify import settings  # noqa: F401  (first: it sets what the numerical libraries read when they load)
from stratify.commands import app
from stratify.exceptions import StratifyError


def main() -> None:
    """Run the command line; exit codes are in `stratify.exceptions.EXIT_CODES`."""
    run_command(app, name="stratify", refusals=(StratifyError, InterfaceError))


if __name__ == "__main__":
    main()
