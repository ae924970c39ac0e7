"""What resources point to, for _include: the types and ids a declared reference parameter names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from interfaces.fhir.search_parameters import PARAMETERS
from interfaces.fhir.values import Json


def referenced(resources: Iterable[Json], includes: Iterable[str]) -> dict[str, set[str]]:
    """Type -> ids of everything the resources name under the given includes (`Flag:patient`); unknown ones find nothing."""
    paths: dict[str, list[list[str]]] = defaultdict(list)
    for include in includes:
        resource, _, name = include.partition(":")
        paths[resource] += [
            one.path.split(".") for one in PARAMETERS.get(resource, ()) if one.include and one.name == name
        ]
    found: dict[str, set[str]] = defaultdict(set)
    for one in resources:
        for path in paths.get(one["resourceType"], ()):
            for target, logical_id in _pointers(one, path):
                found[target].add(logical_id)
    return dict(found)


def _pointers(part: Any, path: list[str]) -> Iterator[tuple[str, str]]:
    if isinstance(part, list):
        for one in part:
            yield from _pointers(one, path)
    elif isinstance(part, dict) and path:
        yield from _pointers(part.get(path[0]), path[1:])
    elif isinstance(part, dict) and "reference" in part:
        target, _, logical_id = part["reference"].partition("/")
        yield target, logical_id
