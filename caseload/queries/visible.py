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

from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
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

SHARING: dict[Sector, ConsentPurpose] = {
    Sector.HEALTH: ConsentPurpose.SHARING_HEALTH,
    Sector.SOCIAL_CARE: ConsentPurpose.SHARING_SOCIAL_CARE,
    Sector.VOLUNTARY: ConsentPurpose.SHARING_VOLUNTARY,
}


_KNOWN = "caseload_may_open"
_EMERGENCY_ONLY = (
    "You opened this record in an emergency. You can read it and record contacts and tasks, "
    "but you cannot change who looks after the person or who may see the record."
)


@lru_cache(maxsize=128)
def openable(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: true for exactly the people this viewer may open now.

    Every part is tied to Person alone: a question that reads cases or leads itself must not lend its own rows to it.
    Kept for the request: a page asks several questions of one viewer at one moment, and building it is not free.
    """
    if not viewer.may(Permission.OPEN_PERSON):
        return false()
    return and_(Person.merged_into_id.is_(None), or_(_by_relationship(viewer, now), in_emergency(viewer, now)))


def related(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: true for those the viewer may open without an emergency."""
    if not viewer.may(Permission.OPEN_PERSON):
        return false()
    return and_(Person.merged_into_id.is_(None), _by_relationship(viewer, now))


def _by_relationship(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    relationship = or_(_in(viewer, Role.PRACTICE), _through_case(viewer, now))
    shared = or_(_holds_record(viewer), ~said_no(SHARING[viewer.sector]))
    named = or_(Person.restricted.is_(False), _named_for(viewer), _leads(viewer, now))
    return and_(relationship, shared, named)


def in_emergency(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """A condition on `Person`: opened by this viewer through break-glass that has not expired."""
    return (
        exists()
        .where(
            EmergencyAccess.person_id == Person.id,
            EmergencyAccess.user_id == viewer.user_id,
            EmergencyAccess.opened_at <= now,
            EmergencyAccess.expires_at > now,
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
        wanted = select(Person.id).where(Person.id == person_id, openable(viewer, now))
        known[asked] = session.execute(wanted).first() is not None
    return known[asked]


def found_open(session: Session, viewer: Viewer, now: datetime, person_id: int) -> None:
    """Remember for the transaction that a question with `openable` in it has answered this person."""
    session.info.setdefault(_KNOWN, {})[viewer, now, person_id] = True


def person_for(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Person:
    """The person, for somebody who may open them; NotThere otherwise, whatever the cause."""
    person = session.execute(select(Person).where(Person.id == person_id, openable(viewer, now))).scalar_one_or_none()
    if person is None:
        raise NotThere
    return person


def case_for(session: Session, viewer: Viewer, now: datetime, case_id: int) -> Case:
    """The case, for somebody who may open its person; NotThere otherwise."""
    wanted = select(Case).join(Person, Person.id == Case.person_id).where(Case.id == case_id, openable(viewer, now))
    case = session.execute(wanted).scalar_one_or_none()
    if case is None:
        raise NotThere
    return case


def person_to_change(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Person:
    """The person, for a change that lasts: NotThere as `person_for`, NotNow for one opened by break-glass only."""
    person = person_for(session, viewer, now, person_id)
    _check_relationship(session, viewer, now, person_id)
    return person


def case_to_change(session: Session, viewer: Viewer, now: datetime, case_id: int) -> Case:
    """The case, for a change that lasts: NotThere as `case_for`, NotNow for one opened by break-glass only."""
    case = case_for(session, viewer, now, case_id)
    _check_relationship(session, viewer, now, case.person_id)
    return case


def _check_relationship(session: Session, viewer: Viewer, now: datetime, person_id: int) -> None:
    wanted = select(Person.id).where(Person.id == person_id, related(viewer, now))
    if session.execute(wanted).scalar_one_or_none() is None:
        raise NotNow(_EMERGENCY_ONLY)


def _in(viewer: Viewer, role: Role) -> ColumnElement[bool]:
    practices = viewer.places.get(role, frozenset())
    return Person.practice_id.in_(sorted(practices)) if practices else false()


def _holds_record(viewer: Viewer) -> ColumnElement[bool]:
    """The person's own practice: its health staff by role, and whoever it employs (its GPs as leads)."""
    employed = Person.practice_id == viewer.home_id
    return or_(employed, _in(viewer, Role.PRACTICE)) if viewer.sector is Sector.HEALTH else employed


def _through_case(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    current = exists().where(Case.person_id == Person.id, Case.state != CaseState.CLOSED).correlate(Person)
    placed = and_(or_(_in(viewer, Role.NAVIGATOR), _in(viewer, Role.MDT_CHAIR)), current)
    return or_(placed, _leads(viewer, now), _on_team(viewer, now), _handed_to(viewer, now))


def _leads(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Case.person_id == Person.id,
            Case.state != CaseState.CLOSED,
            LeadAllocation.case_id == Case.id,
            LeadAllocation.user_id == viewer.user_id,
            LeadAllocation.from_at <= now,
            LeadAllocation.until_at.is_(None),
        )
        .correlate(Person)
    )


def _on_team(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    today = local_day(now)
    return (
        exists()
        .where(
            Case.person_id == Person.id,
            Case.state != CaseState.CLOSED,
            CareTeamMember.case_id == Case.id,
            CareTeamMember.user_id == viewer.user_id,
            CareTeamMember.from_on <= today,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
        )
        .correlate(Person)
    )


def _handed_to(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Case.person_id == Person.id,
            Case.state != CaseState.CLOSED,
            Handover.case_id == Case.id,
            Handover.to_user_id == viewer.user_id,
            Handover.state == HandoverState.REQUESTED,
            Handover.expires_at > now,
        )
        .correlate(Person)
    )


def _named_for(viewer: Viewer) -> ColumnElement[bool]:
    named = exists().where(RestrictedAccess.person_id == Person.id, RestrictedAccess.user_id == viewer.user_id)
    return named.correlate(Person)
