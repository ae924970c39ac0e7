"""How the `caseload` program begins, before it looks at what it was asked."""

import gc
from collections.abc import Iterator

import pytest

from caseload import __main__ as program


@pytest.fixture
def as_python_starts() -> Iterator[None]:
    """The collector as a fresh process has it; afterwards as it was."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.freeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("as_python_starts")
def test_what_is_loaded_is_not_looked_through_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[int, int]] = []

    def seen(*_arguments: object, **_named: object) -> None:
        found.append((gc.get_freeze_count(), gc.get_threshold()[0]))

    monkeypatch.setattr(program, "run_command", seen)
    program.main()
    ((kept, often),) = found
    assert kept > 10_000
    assert often > 700
