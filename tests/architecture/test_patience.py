"""No test may depend on how busy the machine is: none looks at the clock on the wall, and none waits for a time of its own.

What takes too long is what takes longer than `tests.support.patience` waits: then it hangs, and is not slow.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, named, python_files, tree_of

PATIENCE = ROOT / "tests" / "support" / "patience.py"
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
WAITS = {"wait", "join", "result", "communicate", "settimeout", "set_default_timeout", "wait_for"}
TAKE_A_TIME = {"timeout", "ready_timeout", "deadline"}


def by_the_clock(tree: ast.Module) -> Iterator[str]:
    """Every place where time is measured on the wall, or a wait ends after a number of seconds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.alias):
            name = node.attr if isinstance(node, ast.Attribute) else node.name
            if name in CLOCKS:
                yield f"line {node.lineno}: {name}"
        if isinstance(node, ast.Call):
            yield from (f"line {node.lineno}: waits for {ast.unparse(one)}" for one in times_of(node))


def times_of(call: ast.Call) -> Iterator[ast.expr]:
    """The numbers of seconds that a call gives up after."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in WAITS:
        yield from (given for given in call.args if is_number(given))
    yield from (given.value for given in call.keywords if given.arg in TAKE_A_TIME and is_number(given.value))


def is_number(given: ast.expr) -> bool:
    return isinstance(given, ast.Constant) and type(given.value) in (int, float)


def test_nothing_is_measured_on_the_wall_and_no_wait_has_a_time_of_its_own() -> None:
    found = {named(path): list(by_the_clock(tree_of(path))) for path in python_files("tests") if path != PATIENCE}
    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "line",
    [
        "began = time.monotonic()",
        "from time import perf_counter",
        "process.wait(10)",
        "process.communicate(timeout=20)",
        "thread.join(5)",
        "done.result(30)",
        "meet = threading.Barrier(2, timeout=5)",
        "page.get_by_text('x').wait_for(timeout=20_000)",
        "requests.get(url, timeout=5)",
        "settings(deadline=200)",
    ],
)
def test_what_depends_on_the_machine_is_found(line: str) -> None:
    assert len(list(by_the_clock(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "process.wait(PATIENCE)",
        "', '.join(words)",
        "spent = thread_time()",
        "settings(deadline=None)",
        "join(store, 20)",
    ],
)
def test_what_does_not_is_not_found(line: str) -> None:
    assert list(by_the_clock(ast.parse(line))) == []


def test_it_is_one_file_that_looks_at_the_clock() -> None:
    assert list(by_the_clock(tree_of(PATIENCE)))
