"""The edge of a command line, where every error becomes one paragraph and an exit code."""

import signal
import sys
import traceback
from collections.abc import Callable

_STOPPED = "Stopped by the keyboard. Nothing was left half-written."


class _Keyboard:
    """Remembers that Ctrl-C was pressed: a library that is interrupted may raise an error of its own for it."""

    pressed = False

    def __call__(self, number: int, frame: object) -> None:
        self.pressed = True
        raise KeyboardInterrupt


def run_command(command: Callable[[], object], *, name: str, refusals: tuple[type[Exception], ...]) -> None:
    """Run a command line called `name` and end the process with its exit code.

    `refusals` are the errors whose words are for the person at the keyboard; each has an `exit_code`. Ctrl-C is 130, and
    anything else is a fault of the program: 70.
    """
    keyboard = _Keyboard()
    signal.signal(signal.SIGINT, keyboard)
    try:
        command()
    except SystemExit:
        if keyboard.pressed:
            _stop(_STOPPED, 130)
        raise
    except refusals as error:
        _stop(str(error), getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        _stop(_STOPPED, 130)
    except Exception as error:  # noqa: BLE001  (the command line is one of three edges that may catch everything)
        if keyboard.pressed:
            _stop(_STOPPED, 130)
        _stop(_fault(name, error), 70)


def _fault(name: str, error: Exception) -> str:
    """The message of an unknown error may quote data, so only its kind and place are shown."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"A fault in the program: {type(error).__name__} in {frame.name} ({frame.filename.rsplit('/', 1)[-1]}"
        f":{frame.lineno}). Nothing was left half-written. Run `{name} --help`, or report this line."
    )


def _stop(message: str, code: int) -> None:
    sys.stderr.write(message + "\n")
    sys.exit(code)
