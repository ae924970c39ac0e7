"""Who is asking: the signed-in user with what they may do, and over which practices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.words import Role, Sector


@dataclass(frozen=True)
class Viewer:
    """A user at a moment. `places` has, for each role held, the ids of the practices within its place."""

    user_id: int
    display_name: str
    sector: Sector
    home_id: int
    places: Mapping[Role, frozenset[int]]
    team_ids: frozenset[int] = field(default_factory=frozenset)

    def __hash__(self) -> int:
        return hash(self.user_id)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held now."""
        return frozenset(self.places)

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles allows it. Whom it may be done to is not said by this."""
        if permission is Permission.SEE_SCORE and self.sector is Sector.VOLUNTARY:
            return False  # a score is special category data made for direct care by statutory bodies
        return not PERMISSIONS[permission].isdisjoint(self.roles)

    def practices(self, permission: Permission) -> frozenset[int]:
        """The practices over which a role that allows it is held; empty where none is."""
        if not self.may(permission):
            return frozenset()
        allowing = PERMISSIONS[permission] & self.roles
        return frozenset[int]().union(*(self.places[role] for role in allowing))
