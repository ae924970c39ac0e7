"""Many calls at the same moment, from a thread each."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.patience import PATIENCE


def at_once(times: int, call: Callable[[int], Any]) -> list[Any]:
    """`call(number)` for each number, all beginning together; what each answered or raised, in order."""
    door = threading.Barrier(times, timeout=PATIENCE)

    def one(number: int) -> Any:
        door.wait()
        try:
            return call(number)
        except Exception as error:  # noqa: BLE001 - what each was told is what the test is about
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
