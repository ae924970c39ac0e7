"""The order of all tests: those that take long come last, so that what is wrong is mostly said early."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
