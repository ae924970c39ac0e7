"""How long work says where it is: on a terminal only, never into a file or a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """Told the stage by name and, where it is countable, how much of it is done."""

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None: ...


def silent(stage: str, done: int = 0, total: int = 0) -> None:
    """A progress that shows nothing."""


@contextmanager
def on_terminal() -> Iterator[Progress]:
    """A progress line on standard error while work goes on; nothing where that is not a terminal."""
    # Imported here: a script that shows no progress does not pay for the library.
    from rich.console import Console
    from rich.status import Status

    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    with Status("Starting …", console=console) as status:

        def show(stage: str, done: int = 0, total: int = 0) -> None:
            status.update(f"{stage} … {done:,} of {total:,}" if total else f"{stage} …")

        yield show
