"""The edge where every error becomes one paragraph and an exit code."""

import signal
import sys
import traceback

from interfaces.exceptions import InterfaceError
from stratify import settings  # noqa: F401  (first: it sets what the numerical libraries read when they load)
from stratify.commands import app
from stratify.exceptions import StratifyError

_STOPPED = "Stopped by the keyboard. Nothing was left half-written."


class _Keyboard:
    """Remembers that Ctrl-C was pressed: a library that is interrupted may raise an error of its own for it."""

    pressed = False

    def __call__(self, number: int, frame: object) -> None:
        self.pressed = True
        raise KeyboardInterrupt


def main() -> None:
    """Run the command line; exit codes are in `stratify.exceptions.EXIT_CODES`."""
    keyboard = _Keyboard()
    signal.signal(signal.SIGINT, keyboard)
    try:
        app()
    except SystemExit:
        if keyboard.pressed:
            _stop(_STOPPED, 130)
        raise
    except StratifyError as error:
        _stop(str(error), error.exit_code)
    except InterfaceError as error:
        _stop(str(error), 1)
    except KeyboardInterrupt:
        _stop(_STOPPED, 130)
    except Exception as error:  # noqa: BLE001  (the command line is one of three edges that may catch everything)
        if keyboard.pressed:
            _stop(_STOPPED, 130)
        # The message of an unknown error may quote data, so only its kind and place are shown.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _stop(
            f"A fault in the program: {type(error).__name__} in {frame.name} ({frame.filename.rsplit('/', 1)[-1]}"
            f":{frame.lineno}). Nothing was left half-written. Run `stratify --help`, or report this line.",
            70,
        )


def _stop(message: str, code: int) -> None:
    sys.stderr.write(message + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
