"""Every element that is ever sent, with what it means and where it is from: the dictionary of what leaves through the API.

A test walks what the builders really make: an element that is not in here, or that nothing makes, fails. Data types that
FHIR builds of parts (a code with its words, a reference, a period) are one element. `stays` is what a warehouse is never
told; a source is a table and its column, or what it is worked out from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from interfaces.fhir.element_rows import ELEMENT_ROWS
from interfaces.fhir.resource import PROFILES

STAYS = "not for a warehouse"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of one resource: its path, its FHIR data type, what it means here, and where it is from."""

    path: str
    type: str
    meaning: str
    source: str
    stays: bool = False


_META = (
    ("id", "id", "The logical id; for a warehouse that of a person is a pseudonym", "the row’s id"),
    ("meta.versionId", "id", "Changes whenever anything that is sent changes", "a hash of the content"),
    ("meta.lastUpdated", "instant", "When the newest row it was made from changed", "the rows’ own moments"),
)
_PROFILE = ("meta.profile", "canonical", "The UK Core profile", "the table of profiles")


def _element(row: str) -> Element:
    path, kind, meaning, source, *stays = (part.strip() for part in row.split("|"))
    return Element(path, kind, meaning, source, stays == [STAYS])


def _elements(resource: str, rows: str) -> tuple[Element, ...]:
    common = (*_META, *((_PROFILE,) if resource in PROFILES else ()))
    return (*(Element(*row) for row in common), *(_element(row) for row in rows.strip().splitlines()))


ELEMENTS: Mapping[str, tuple[Element, ...]] = {name: _elements(name, rows) for name, rows in ELEMENT_ROWS.items()}
"""Resource -> its elements, in the order in which they are sent."""
