"""What a program asks of one kind of resource, and what it is given: the same shape for all of them.

The table of the resources is `caseload.queries.outward.resources.RESOURCES`; their search parameters are declared in
`interfaces.fhir.search_parameters`, and a value is read by `interfaces.fhir.search_values.parse_filter`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from interfaces.fhir.record import Record
from interfaces.fhir.search_values import Filter

MOST = 500
"""As many as a page can have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question. Everything given has to hold; nothing given asks for all the viewer may be sent.

    `ids` are logical ids (`_id`), `patient_ids` those of Patient (`patient`, `subject`): for the warehouse its pseudonym.
    `filters` are by the name of the parameter, each tuple's members have all to hold. `since` and `until` bound
    meta.lastUpdated, both included. `after` is a `Slice.next_after` of the same question. With `count` 0 only the total
    is counted. Without `total` nothing is: to count all there is can cost more than the page itself.
    """

    ids: tuple[str, ...] | None = None
    patient_ids: tuple[str, ...] | None = None
    filters: Mapping[str, tuple[Filter, ...]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    after: str | None = None
    count: int = 50
    total: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One record to be sent, and the row ids of the people it is about: the look that has to be recorded."""

    record: Record
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """A page. `next_after` is None on the last; `total` is how many there are on all of them, None where nobody asked."""

    found: tuple[Found, ...]
    next_after: str | None
    total: int | None


class Interaction(StrEnum):
    """What can be done with a resource, in the words of a CapabilityStatement."""

    READ = "read"
    SEARCH = "search-type"
    VREAD = "vread"
    HISTORY = "history-instance"
    CREATE = "create"
    UPDATE = "update"


Find = Callable[[Session, Viewer, datetime, Wanted], Slice]
Versions = Callable[[Session, Viewer, datetime, str], tuple[Found, ...]]
READ_ONLY = frozenset({Interaction.READ, Interaction.SEARCH})


@dataclass(frozen=True, slots=True)
class Outward:
    """One kind of resource: who may ask for it, and how. One of `permissions` is enough.

    `versions` answers every version there was of one, the one that holds first; NotThere as `read`. It is None where only
    the one that holds is known.
    """

    resource: str
    find: Find
    permissions: frozenset[Permission]
    interactions: frozenset[Interaction] = READ_ONLY
    versions: Versions | None = None

    def open_to(self, viewer: Viewer) -> bool:
        """Whether the viewer may ask for it at all; of whom is for the search to say."""
        return any(viewer.may(permission) for permission in self.permissions)

    def search(self, session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
        """A page of what the viewer may be sent; NotThere for one who may not ask for this kind at all."""
        if not self.open_to(viewer):
            raise NotThere
        return self.find(session, viewer, now, wanted)

    def read(self, session: Session, viewer: Viewer, now: datetime, logical_id: str) -> Found:
        """The one of this id; NotThere where there is none, or it is not for the viewer."""
        found = self.search(session, viewer, now, Wanted(ids=(logical_id,), count=1, total=False)).found
        if not found:
            raise NotThere
        return found[0]
