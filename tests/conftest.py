"""The order of all tests: those that take long come last, so that what is wrong is mostly said early."""


def pytest_collection_modifyitems(items):
    items.sort(key=_place)


def _place(item):
    """Nothing for what is quick; of what is slow the longest comes first, so that nobody waits for it alone at the end."""
    marker = item.get_closest_marker("slow")
    return 0 if marker is None else 1 / (1 + marker.kwargs.get("seconds", 0))
