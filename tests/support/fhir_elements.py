"""Which elements a resource has, as the table of elements names them."""

from collections.abc import Iterator
from typing import Any

SHAPES = {
    "CodeableConcept": {"coding", "text"},
    "Coding": {"system", "code", "display"},
    "Reference": {"reference", "display", "identifier"},
    "Period": {"start", "end"},
    "Identifier": {"system", "value"},
    "Annotation": {"text"},
    "Narrative": {"status", "div"},
    "ContactPoint": {"system", "value"},
    "Address": {"use", "line", "postalCode"},
    "HumanName": {"use", "family", "given", "text"},
    "Attachment": {"contentType", "language", "url", "title", "creation"},
}
"""The data types that are one element in the table, with what of them is ever sent."""


def elements_in(part: Any, declared: dict[str, str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every element: down to those that are declared, else down to the leaves."""
    if isinstance(part, list):
        for one in part:
            yield from elements_in(one, declared, path)
    elif isinstance(part, dict) and path not in declared:
        for name, inside in part.items():
            yield from _inside(name, inside, declared, path)
    else:
        yield path, part
        if isinstance(part, dict) and "extension" in part:
            yield from _inside("extension", part["extension"], declared, path)


def _inside(name: str, inside: Any, declared: dict[str, str], path: str) -> Iterator[tuple[str, Any]]:
    if name != "extension":
        yield from elements_in(inside, declared, f"{path}.{name}".strip("."))
        return
    for one in inside:
        tail = one["url"].replace(":", "/").rsplit("/", 1)[-1]
        rest = {key: value for key, value in one.items() if key != "url"}
        where = f"{path}.extension({tail})".strip(".")
        if where in declared:
            (value,) = rest.values()
            yield where, value
        else:
            yield from elements_in(rest, declared, where)
