"""The places people are counted by, and which of them are wholly a viewer's."""

from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.places import Place, places_around
from caseload.domain.viewer import Viewer
from caseload.domain.words import OrganisationKind
from caseload.tables import Organisation

PLACE_KINDS = (
    OrganisationKind.BOROUGH, OrganisationKind.LOCALITY, OrganisationKind.NETWORK, OrganisationKind.PRACTICE,
)  # fmt: skip
"""Larger places before smaller."""


def places(session: Session) -> tuple[Place, ...]:
    """The whole place tree."""
    return tuple(Place(*row) for row in session.execute(_tree()))


@cache
def _tree() -> Select[int, str, OrganisationKind, int | None]:
    return (
        select(Organisation.id, Organisation.name, Organisation.kind, Organisation.parent_id)
        .where(Organisation.kind.in_(PLACE_KINDS))
        .order_by(Organisation.id)
    )


def visible_places(viewer: Viewer, tree: tuple[Place, ...], permission: Permission) -> frozenset[int]:
    """The places all of whose practices are the viewer's by a role that has the permission."""
    allowed = viewer.practices(permission)
    parents = {place.place_id: place.parent_id for place in tree}
    some: set[int] = set()
    barred: set[int] = set()
    for place in tree:
        if place.kind is OrganisationKind.PRACTICE:
            around = set(places_around(place.place_id, parents))
            some |= around
            barred |= around if place.place_id not in allowed else set()
    return frozenset(some - barred)
