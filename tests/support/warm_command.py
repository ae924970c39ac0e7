"""The `caseload` command in a process of its own each time, without waiting each time for its modules to be loaded.

A keeper loads what `python -m caseload` loads before it looks at its arguments, and forks for every command: what a command
loads for itself, it loads anew each time, but for the modules the keeper is told of. Run as a program it is the keeper.
"""

import atexit
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_STREAMS = ("in", "out", "err")


class WarmCommand:
    """Where commands are asked for; one after the other."""

    def __init__(self, keeper: subprocess.Popen[str], folder: Path):
        self.keeper, self.folder = keeper, folder

    def __call__(
        self, arguments: list[str], said: str, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """The command's answer; `said` is what it reads on standard input."""
        assert self.keeper.stdin is not None
        assert self.keeper.stdout is not None
        (self.folder / "in").write_text(said, encoding="utf-8")
        asked = {"arguments": arguments, "environment": dict(environment), "cwd": str(Path.cwd())}
        print(json.dumps(asked), file=self.keeper.stdin, flush=True)
        code = int(self.keeper.stdout.readline())
        out, err = ((self.folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess(arguments, code, out, err)


@contextmanager
def warm_command(*loaded: str) -> Iterator[WarmCommand]:
    """Commands as long as the block lasts, with these modules loaded already."""
    with TemporaryDirectory() as folder:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm_command", folder, *loaded],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT,
        )  # fmt: skip
        with keeper:
            yield WarmCommand(keeper, Path(folder))
            assert keeper.stdin is not None
            keeper.stdin.close()


@cache
def one_warm_command(*loaded: str) -> WarmCommand:
    """One for this process of tests, to its end."""
    open_until_the_end = ExitStack()
    atexit.register(open_until_the_end.close)
    return open_until_the_end.enter_context(warm_command(*loaded))


def _keep(folder: Path, *loaded: str) -> None:
    for module in ("caseload.__main__", *loaded):
        importlib.import_module(module)  # here, to be run in the forks
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(folder, json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(folder: Path, asked: dict[str, Any]) -> None:
    """Be the command that was asked for, to its end."""
    from caseload.__main__ import main

    for number, name in enumerate(_STREAMS):
        how = os.O_RDONLY if name == "in" else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(folder / name, how), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # what was read ahead is the keeper's
    os.environ.clear()  # noqa: TID251 - a command is given its environment, as a shell gives it
    os.environ.update(asked["environment"])  # noqa: TID251
    os.chdir(str(asked["cwd"]))
    sys.argv = ["caseload", *asked["arguments"]]
    code = 70
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), *sys.argv[2:])
