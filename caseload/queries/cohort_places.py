"""The places whose people can be worked as cohorts, as far as they are a viewer's."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.places import Place, places_around
from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind
from caseload.queries.place_tree import PLACE_KINDS, places


@dataclass(frozen=True, slots=True)
class CohortPlace:
    """A place with the practices in it."""

    place_id: int
    name: str
    kind: OrganisationKind
    practices: frozenset[int]


@dataclass(frozen=True, slots=True)
class CohortPlaces:
    """`covered`: places that are wholly the viewer's, where cohorts can be taken; `touched`: those with any practice of theirs."""

    covered: tuple[CohortPlace, ...]
    touched: frozenset[int]

    def covered_place(self, place_id: int) -> CohortPlace | None:
        """A place that is wholly theirs; None for any other."""
        return next((place for place in self.covered if place.place_id == place_id), None)


def cohort_places(session: Session, viewer: Viewer) -> CohortPlaces:
    """Larger places before smaller, then by name."""
    mine = viewer.practices(Permission.WORK_COHORT)
    tree = places(session)
    inside = _inside(tree)
    found = [
        CohortPlace(place.place_id, place.name, place.kind, frozenset(inside[place.place_id]))
        for place in tree
        if mine & inside[place.place_id]
    ]
    found.sort(key=lambda place: (PLACE_KINDS.index(place.kind), place.name, place.place_id))
    covered = tuple(place for place in found if place.practices <= mine)
    return CohortPlaces(covered, frozenset(place.place_id for place in found))


def _inside(tree: tuple[Place, ...]) -> dict[int, set[int]]:
    parents = {place.place_id: place.parent_id for place in tree}
    inside: dict[int, set[int]] = {place.place_id: set() for place in tree}
    for place in tree:
        if place.kind is OrganisationKind.PRACTICE:
            for around in places_around(place.place_id, parents):
                inside[around].add(place.place_id)
    return inside
