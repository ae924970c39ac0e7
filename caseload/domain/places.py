"""The tree of places that people are counted by: practices in networks, networks in localities, those in the borough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseload.domain.words import OrganisationKind


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the tree."""

    place_id: int
    name: str
    kind: OrganisationKind
    parent_id: int | None


def inside_places(places: Iterable[Place]) -> dict[int, list[int]]:
    """The ids of the places directly in each place that has any."""
    inside: dict[int, list[int]] = {}
    for place in places:
        if place.parent_id is not None:
            inside.setdefault(place.parent_id, []).append(place.place_id)
    return inside


def places_around(practice_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """A place and those it lies in, smallest first; `parents` is by place id."""
    around: list[int] = []
    at: int | None = practice_id
    while at is not None and at in parents:
        around.append(at)
        at = parents[at]
    return around
