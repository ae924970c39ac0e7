"""Which people a viewer may open: the one condition every question about people starts from.

A role gives permissions; a legitimate relationship gives people. In words:

    practice                     everyone registered with a practice of theirs
    navigator, MDT chair         people of their place who have a case that is not closed
    anyone in care               people they lead, people on whose care team they are, people handed over to them
    but not where                the person refused or withdrew sharing with the viewer's sector (health staff of the
                                 person's own practice excepted: it holds the record), or the record is restricted and
                                 they are neither named for it nor its lead
    or, in an emergency          anyone they opened by break-glass, until it expires

Missing and forbidden are the same answer: `person_for` raises NotThere for both. Break-glass lets somebody read, and
write down what they did; what would give a lasting relationship asks `person_to_change` or `case_to_change`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ConsentPurpose, HandoverState, Role, Sector
from caseload.exceptions import NotNow, NotThere
from caseload.queries.objections import said_no
from caseload.tables import (
    CareTeamMember,
    Case,
    EmergencyAccess,
    Handover,
    LeadAllocation,
    Person,
    RestrictedAccess,
)
from caseload.tables.base import UtcMoment

SHARING: dict[Sector, ConsentPurpose] = {
    Sector.HEALTH: ConsentPurpose.SHARING_HEALTH,
    Sector.SOCIAL_CARE: ConsentPurpose.SHARING_SOCIAL_CARE,
    Sector.VOLUNTARY: ConsentPurpose.SHARING_VOLUNTARY,
}


_KNOWN = "caseload_may_open"
EMERGENCY_ONLY = (
    "You opened this record in an emergency. You can read it, record contacts and tasks, and raise a concern, "
    "but you cannot change who looks after the person or who may see the record."
)


_BY_PLACE = (Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR)
"""The roles whose place opens people."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a viewer decides how a question is put together; everything else of them is given with it by name."""

    may_open: bool
    sector: Sector
    roles: frozenset[Role]
    in_teams: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and when, as a condition compares it with columns: the values themselves, or names for them."""

    user_id: Any
    home_id: Any
    now: Any
    today: Any
    places: Mapping[Role, Any]
    team_ids: Any


BY_NAME = Asking(
    bindparam("viewer_id", type_=Integer),
    bindparam("viewer_home_id", type_=Integer),
    bindparam("now", type_=UtcMoment),
    bindparam("today", type_=Date),
    {role: bindparam(f"{role.value}_places", expanding=True, type_=Integer) for role in _BY_PLACE},
    bindparam("viewer_team_ids", expanding=True, type_=Integer),
)
"""For questions that are put together once and asked of any viewer of a shape; `names_for` says who it is."""


def shape_of(viewer: Viewer) -> Shape:
    """What decides how questions for this viewer are put together."""
    roles = frozenset(role for role in _BY_PLACE if viewer.places.get(role))
    return Shape(viewer.may(Permission.OPEN_PERSON), viewer.sector, roles, bool(viewer.team_ids))


def names_for(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """The values behind the names of `BY_NAME`, for one viewer at one moment."""
    places = {f"{role.value}_places": sorted(viewer.places.get(role, ())) for role in _BY_PLACE}
    return {
        "viewer_id": viewer.user_id, "viewer_home_id": viewer.home_id, "now": now, "today": local_day(now),
        "viewer_team_ids": sorted(viewer.team_ids), **places,
    }  # fmt: skip


@lru_cache(maxsize=128)
def openable(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: true for exactly the people this viewer may open now.

    Every part is tied to Person alone: a question that reads cases or leads itself must not lend its own rows to it.
    Kept for the request: a page asks several questions of one viewer at one moment, and building it is not free.
    """
    shape, asking = shape_of(viewer), _values(viewer, now)
    return _openable(shape, asking, _relationship(viewer, now))


@cache
def openable_by_name(shape: Shape) -> ColumnElement[bool]:
    """The same for anybody of a shape: the question that has it in it is asked with `names_for` whoever asks."""
    return _openable(shape, BY_NAME, _by_relationship(shape, BY_NAME))


def related(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: true for those the viewer may open without an emergency."""
    return _related(shape_of(viewer), _relationship(viewer, now))


@cache
def related_by_name(shape: Shape) -> ColumnElement[bool]:
    """The same for anybody of a shape, as `openable_by_name`."""
    return _related(shape, _by_relationship(shape, BY_NAME))


@lru_cache(maxsize=128)
def _relationship(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """The part that `openable` and `related` share, kept for the request: a page often asks both."""
    return _by_relationship(shape_of(viewer), _values(viewer, now))


def _values(viewer: Viewer, now: datetime) -> Asking:
    places = {role: sorted(practices) for role, practices in viewer.places.items()}
    return Asking(viewer.user_id, viewer.home_id, now, local_day(now), places, sorted(viewer.team_ids))


def _openable(shape: Shape, asking: Asking, relationship: ColumnElement[bool]) -> ColumnElement[bool]:
    if not shape.may_open:
        return false()
    return and_(Person.merged_into_id.is_(None), or_(relationship, _in_emergency(asking)))


def _related(shape: Shape, relationship: ColumnElement[bool]) -> ColumnElement[bool]:
    if not shape.may_open:
        return false()
    return and_(Person.merged_into_id.is_(None), relationship)


def _by_relationship(shape: Shape, asking: Asking) -> ColumnElement[bool]:
    relationship = or_(_in(shape, asking, Role.PRACTICE), _through_case(shape, asking))
    shared = or_(_holds_record(shape, asking), ~said_no(SHARING[shape.sector]))
    named = or_(Person.restricted.is_(False), _named_for(asking), _leads(asking))
    return and_(relationship, shared, named)


def _in_emergency(asking: Asking) -> ColumnElement[bool]:
    """A condition on `Person`: opened by this viewer through break-glass that has not expired."""
    return (
        exists()
        .where(
            EmergencyAccess.person_id == Person.id,
            EmergencyAccess.user_id == asking.user_id,
            EmergencyAccess.opened_at <= asking.now,
            EmergencyAccess.expires_at > asking.now,
        )
        .correlate(Person)
    )


def may_open(session: Session, viewer: Viewer, now: datetime, person_id: int) -> bool:
    """Whether the viewer may open this person now: asked of the database once in a transaction, however often here.

    A page about one person asks several questions; the first answers this for all of them.
    """
    known: dict[tuple[Viewer, datetime, int], bool] = session.info.setdefault(_KNOWN, {})
    asked = (viewer, now, person_id)
    if asked not in known:
        named = {**names_for(viewer, now), "person_id": person_id}
        known[asked] = session.execute(_whether_open(shape_of(viewer)), named).first() is not None
    return known[asked]


@cache
def _whether_open(shape: Shape) -> Select[int]:
    return select(Person.id).where(Person.id == bindparam("person_id"), openable_by_name(shape))


def found_open(session: Session, viewer: Viewer, now: datetime, person_id: int) -> None:
    """Remember for the transaction that a question with `openable` in it has answered this person."""
    session.info.setdefault(_KNOWN, {})[viewer, now, person_id] = True


def person_for(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Person:
    """The person, for somebody who may open them; NotThere otherwise, whatever the cause."""
    named = {**names_for(viewer, now), "person_id": person_id}
    person = session.execute(_person_wanted(shape_of(viewer)), named).scalar_one_or_none()
    if person is None:
        raise NotThere
    return person


@cache
def _person_wanted(shape: Shape) -> Select[Person]:
    return select(Person).where(Person.id == bindparam("person_id"), openable_by_name(shape))


def case_for(session: Session, viewer: Viewer, now: datetime, case_id: int) -> Case:
    """The case, for somebody who may open its person; NotThere otherwise."""
    named = {**names_for(viewer, now), "case_id": case_id}
    case = session.execute(_case_wanted(shape_of(viewer)), named).scalar_one_or_none()
    if case is None:
        raise NotThere
    return case


@cache
def _case_wanted(shape: Shape) -> Select[Case]:
    wanted = select(Case).join(Person, Person.id == Case.person_id)
    return wanted.where(Case.id == bindparam("case_id"), openable_by_name(shape))


def person_to_change(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Person:
    """The person, for a change that lasts: NotThere as `person_for`, NotNow for one opened by break-glass only."""
    person = person_for(session, viewer, now, person_id)
    check_lasting(session, viewer, now, person_id)
    return person


def case_to_change(
    session: Session, viewer: Viewer, now: datetime, case_id: int, *, practices: Collection[int] | None = None
) -> Case:
    """The case, for a change that lasts: NotThere as `case_for`, NotNow for one opened by break-glass only.

    With `practices` NotThere as well for the case of somebody registered elsewhere, however the record was opened.
    """
    case = case_for(session, viewer, now, case_id)
    if practices is not None and case.person.practice_id not in practices:
        raise NotThere
    check_lasting(session, viewer, now, case.person_id)
    return case


def check_lasting(session: Session, viewer: Viewer, now: datetime, person_id: int) -> None:
    """NotNow where break-glass alone opens the record to the viewer: for a form whose action would refuse it as well."""
    if not related_to(session, viewer, now, person_id):
        raise NotNow(EMERGENCY_ONLY)


def related_to(session: Session, viewer: Viewer, now: datetime, person_id: int) -> bool:
    """Whether the viewer may open this person without an emergency."""
    named = {**names_for(viewer, now), "person_id": person_id}
    return session.execute(_whether_related(shape_of(viewer)), named).first() is not None


@cache
def _whether_related(shape: Shape) -> Select[int]:
    return select(Person.id).where(Person.id == bindparam("person_id"), related_by_name(shape))


def _in(shape: Shape, asking: Asking, role: Role) -> ColumnElement[bool]:
    return Person.practice_id.in_(asking.places[role]) if role in shape.roles else false()


def _holds_record(shape: Shape, asking: Asking) -> ColumnElement[bool]:
    """The person's own practice: its health staff by role, and whoever it employs (its GPs as leads)."""
    employed = Person.practice_id == asking.home_id
    return or_(employed, _in(shape, asking, Role.PRACTICE)) if shape.sector is Sector.HEALTH else employed


def _through_case(shape: Shape, asking: Asking) -> ColumnElement[bool]:
    current = exists().where(Case.person_id == Person.id, Case.state != CaseState.CLOSED).correlate(Person)
    placed = and_(or_(_in(shape, asking, Role.NAVIGATOR), _in(shape, asking, Role.MDT_CHAIR)), current)
    return or_(placed, _leads(asking), _on_team(asking), _handed_to(asking))


def _leads(asking: Asking) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Case.person_id == Person.id,
            Case.state != CaseState.CLOSED,
            LeadAllocation.case_id == Case.id,
            LeadAllocation.user_id == asking.user_id,
            LeadAllocation.from_at <= asking.now,
            LeadAllocation.until_at.is_(None),
        )
        .correlate(Person)
    )


def _on_team(asking: Asking) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Case.person_id == Person.id,
            Case.state != CaseState.CLOSED,
            CareTeamMember.case_id == Case.id,
            CareTeamMember.user_id == asking.user_id,
            CareTeamMember.from_on <= asking.today,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= asking.today),
        )
        .correlate(Person)
    )


def _handed_to(asking: Asking) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Case.person_id == Person.id,
            Case.state != CaseState.CLOSED,
            Handover.case_id == Case.id,
            Handover.to_user_id == asking.user_id,
            Handover.state == HandoverState.REQUESTED,
            Handover.expires_at > asking.now,
        )
        .correlate(Person)
    )


def _named_for(asking: Asking) -> ColumnElement[bool]:
    named = exists().where(RestrictedAccess.person_id == Person.id, RestrictedAccess.user_id == asking.user_id)
    return named.correlate(Person)
