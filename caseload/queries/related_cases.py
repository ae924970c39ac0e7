"""Cases that can be a viewer's at all: where to look before asking which of them they may open.

`caseload.queries.visible.openable` decides; asked of every case there is, it costs a hundred times what it costs of
these. Nothing may be openable that is not here: a test compares the two for every relationship.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, true, union
from sqlalchemy.orm import aliased

from caseload.domain.viewer import Viewer
from caseload.domain.words import HandoverState, Role
from caseload.tables import CareTeamMember, Case, EmergencyAccess, Handover, LeadAllocation, Person

_BY_PLACE = (Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR)
"""The roles that give people by where they are registered."""

_FEW = 15
"""Practices. Beyond about so many, going through their registers takes longer than through every case."""


def related_to(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Case`: of the viewer's places, led, worked on, handed over, or opened in an emergency.

    True of every case for a viewer whose places are most of the borough: there is nothing to be saved then.
    """
    practices = frozenset[int]().union(*(viewer.places.get(role, frozenset()) for role in _BY_PLACE))
    if len(practices) > _FEW:
        return true()
    parts: list[Select[int]] = [
        select(LeadAllocation.case_id).where(
            LeadAllocation.user_id == viewer.user_id, LeadAllocation.until_at.is_(None)
        ),
        select(CareTeamMember.case_id).where(CareTeamMember.user_id == viewer.user_id),
        select(Handover.case_id).where(
            Handover.to_user_id == viewer.user_id, Handover.state == HandoverState.REQUESTED
        ),
        _opened_in_emergency(viewer, now),
    ]
    if practices:
        parts.append(_registered_with(practices))
    return Case.id.in_(union(*parts))


def _registered_with(practices: frozenset[int]) -> Select[int]:
    case = aliased(Case)
    return select(case.id).join(Person, Person.id == case.person_id).where(Person.practice_id.in_(sorted(practices)))


def _opened_in_emergency(viewer: Viewer, now: datetime) -> Select[int]:
    case = aliased(Case)
    return (
        select(case.id)
        .join(EmergencyAccess, EmergencyAccess.person_id == case.person_id)
        .where(EmergencyAccess.user_id == viewer.user_id, EmergencyAccess.expires_at > now)
    )
