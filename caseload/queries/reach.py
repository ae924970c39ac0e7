"""Whom anything that leaves may be about: the condition every outlet for a program, a file or a feed starts from.

People and programs of the care teams reach whom they may open at pages. Two kinds of program have no relationship with
anybody, and each reaches by a rule of its own:

    urgent care   people registered within its place with a flag in force (`caseload.queries.flags`)
    a warehouse   people registered within its place who said no to nothing that can be asked, and are not restricted

Whoever has several of these reaches only whom each of them reaches: what one role may read must not be read of people
whom only the other may know of.
"""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, exists, false, literal
from sqlalchemy.orm import aliased

from caseload.domain.permissions import PROGRAM_ROLES
from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.queries.flags import flagged
from caseload.queries.objections import AGAINST
from caseload.queries.visible import openable
from caseload.tables import Consent, Person

_NO = [literal(state, Consent.state.type, literal_execute=True) for state in AGAINST]
"""Written out in the question: a database cannot know of a value given beside it that the index of the noes has all of them."""


@lru_cache(maxsize=128)
def reachable(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: true for exactly the people of whom something may leave to this viewer now.

    What of theirs may leave is said by permissions and by each outlet. People who were merged into others are never
    reached: who they are now is.
    """
    program = viewer.roles & PROGRAM_ROLES
    if not program:
        return openable(viewer, now)
    conditions = [openable(viewer, now)] if viewer.roles - program else []
    if Role.URGENT_CARE in program:
        conditions.append(and_(_registered_within(viewer, Role.URGENT_CARE), flagged(now)))
    if Role.WAREHOUSE in program:
        conditions.append(and_(_registered_within(viewer, Role.WAREHOUSE), objects_to_nothing()))
    return and_(Person.merged_into_id.is_(None), *conditions)


def objects_to_nothing() -> ColumnElement[bool]:
    """A condition on `Person`: not restricted, and the last they said of each purpose was not a no."""
    later = aliased(Consent)
    superseded = exists().where(
        later.person_id == Consent.person_id, later.purpose == Consent.purpose, later.id > Consent.id
    )
    against = (
        exists()
        .where(Consent.person_id == Person.id, Consent.state.in_(_NO), ~superseded.correlate(Consent))
        .correlate(Person)
    )
    return and_(Person.restricted.is_(False), ~against)


def _registered_within(viewer: Viewer, role: Role) -> ColumnElement[bool]:
    practices = viewer.places.get(role, frozenset())
    return Person.practice_id.in_(sorted(practices)) if practices else false()
