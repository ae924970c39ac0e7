"""The edge of a command line, where every error becomes one paragraph and an exit code."""

import signal
import sys
import traceback
from collections.abc import Callable

_STOPPED = {
    signal.SIGINT: ("Stopped by the keyboard. Nothing was left half-written.", 130),
    signal.SIGTERM: ("Stopped by the machine. Nothing was left half-written.", 143),
}
FAULT = 70
"""The exit code of a fault in the program itself."""

EDGE_CODES = frozenset({0, FAULT, *(code for _, code in _STOPPED.values())})
"""Exit codes that no refusal has."""


class _Stop:
    """Remembers which signal came: a library that is interrupted may raise an error of its own for it."""

    by: int | None = None

    def __call__(self, number: int, frame: object) -> None:
        self.by = number
        raise KeyboardInterrupt


def run_command(command: Callable[[], object], *, name: str, refusals: tuple[type[Exception], ...]) -> None:
    """Run a command line called `name` and end the process with its exit code.

    `refusals` are the errors whose words are for the person at the keyboard; each has an `exit_code`. Ctrl-C is 130,
    SIGTERM 143: both leave work in progress tidied up. Anything else is a fault of the program: 70.
    """
    stop = _Stop()
    for number in _STOPPED:
        signal.signal(number, stop)
    try:
        command()
    except SystemExit:
        if stop.by is not None:
            _end(*_STOPPED[signal.Signals(stop.by)])
        raise
    except refusals as error:
        _end(str(error), getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        _end(*_STOPPED[signal.Signals(stop.by or signal.SIGINT)])
    except Exception as error:  # noqa: BLE001  (the command line is one of three edges that may catch everything)
        if stop.by is not None:
            _end(*_STOPPED[signal.Signals(stop.by)])
        _end(_fault(name, error), FAULT)


def _fault(name: str, error: Exception) -> str:
    """The message of an unknown error may quote data, so only its kind and place are shown."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"A fault in the program: {type(error).__name__} in {frame.name} ({frame.filename.rsplit('/', 1)[-1]}"
        f":{frame.lineno}). Nothing was left half-written. Run `{name} --help`, or report this line."
    )


def _end(message: str, code: int) -> None:
    sys.stderr.write(message + "\n")
    sys.exit(code)
