"""Cases that can be a viewer's at all: where to look before asking which of them they may open.

`caseload.queries.visible.openable` decides; asked of every case there is, it costs a hundred times what it costs of
these. Nothing may be openable that is not here: a test compares the two for every relationship.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select, true, union
from sqlalchemy.orm import aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import HandoverState, Role
from caseload.queries.visible import BY_NAME
from caseload.tables import CareTeamMember, Case, EmergencyAccess, Handover, LeadAllocation, Person

_BY_PLACE = (Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR)
"""The roles that give people by where they are registered."""

_FEW = 15
"""Practices. Beyond about so many, going through their registers takes longer than through every case."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What decides how the condition is put together: whether it saves anything, and whether any place gives cases."""

    everywhere: bool
    by_place: bool


def reach_of(viewer: Viewer) -> Reach:
    """How far a viewer's places reach."""
    practices = _practices(viewer)
    return Reach(len(practices) > _FEW, bool(practices))


def related_to(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Case`: of the viewer's places, led, worked on, handed over, or opened in an emergency.

    True of every case for a viewer whose places are most of the borough: there is nothing to be saved then.
    """
    return _related(reach_of(viewer), viewer.user_id, now, sorted(_practices(viewer)))


@cache
def related_by_name(reach: Reach) -> ColumnElement[bool]:
    """The same for anybody of a reach: asked with the names of `caseload.queries.visible` and with `place_names`."""
    return _related(reach, BY_NAME.user_id, BY_NAME.now, bindparam("placed_over", expanding=True, type_=Integer))


def place_names(viewer: Viewer) -> dict[str, list[int]]:
    """The practices behind the name in `related_by_name`."""
    return {"placed_over": sorted(_practices(viewer))}


def _practices(viewer: Viewer) -> frozenset[int]:
    return frozenset[int]().union(*(viewer.places.get(role, frozenset()) for role in _BY_PLACE))


def _related(reach: Reach, user_id: Any, now: Any, practices: Any) -> ColumnElement[bool]:
    if reach.everywhere:
        return true()
    parts: list[Select[int]] = [
        select(LeadAllocation.case_id).where(LeadAllocation.user_id == user_id, LeadAllocation.until_at.is_(None)),
        select(CareTeamMember.case_id).where(CareTeamMember.user_id == user_id),
        select(Handover.case_id).where(Handover.to_user_id == user_id, Handover.state == HandoverState.REQUESTED),
        _opened_in_emergency(user_id, now),
    ]
    if reach.by_place:
        parts.append(_registered_with(practices))
    return Case.id.in_(union(*parts))


def _registered_with(practices: Any) -> Select[int]:
    case = aliased(Case)
    return select(case.id).join(Person, Person.id == case.person_id).where(Person.practice_id.in_(practices))


def _opened_in_emergency(user_id: Any, now: Any) -> Select[int]:
    case = aliased(Case)
    return (
        select(case.id)
        .join(EmergencyAccess, EmergencyAccess.person_id == case.person_id)
        .where(EmergencyAccess.user_id == user_id, EmergencyAccess.expires_at > now)
    )
