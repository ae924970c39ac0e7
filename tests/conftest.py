"""The order of all tests: those that take long come last, so that what is wrong is mostly said early.

And one profile for generated cases: the same ones on every machine, and no verdict on how busy it is.
"""

import gc

from hypothesis import HealthCheck, settings

settings.register_profile("caretier", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("caretier")


def pytest_collection_modifyitems(items):
    items.sort(key=_place)


def pytest_collection_finish():
    """All that is loaded by now stays: nobody need look through it over and over for what could be let go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def _place(item):
    """Nothing for what is quick; of what is slow the longest comes first, so that nobody waits for it alone at the end."""
    marker = item.get_closest_marker("slow")
    return 0 if marker is None else 1 / (1 + marker.kwargs.get("seconds", 0))
