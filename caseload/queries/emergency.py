"""Records opened in an emergency: the viewer's own, and the queue of those to be reviewed.

The queue never has a name: a person is their reference (the record's id), and what would tell who they are is taken out
of what the opener and the reviewer wrote.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.masked_text import Identifiers, masked
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import Role
from caseload.exceptions import NotThere
from caseload.queries.merges import records_of
from caseload.tables import AuditEvent, AuditSubject, EmergencyAccess, Organisation, Person, User, UserRole


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """One opening, as the review queue shows it."""

    opening_id: int
    person_id: int
    user_id: int
    user: str
    job_title: str
    employer: str
    practice: str
    reason_code: str
    reason: str
    opened_at: datetime
    expires_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str | None
    finding: str | None
    finding_note: str
    row_version: int


@dataclass(frozen=True, slots=True)
class EmergencyDeed:
    """What was done with the record while it was open: an action or a page, and when."""

    number: int
    at: datetime
    action: str
    page: str


def emergency_until(session: Session, viewer: Viewer, now: datetime, person_id: int) -> datetime | None:
    """Until when the viewer has this record open in an emergency; None where they do not."""
    wanted = select(func.max(EmergencyAccess.expires_at)).where(
        EmergencyAccess.person_id == person_id,
        EmergencyAccess.user_id == viewer.user_id,
        EmergencyAccess.opened_at <= now,
        EmergencyAccess.expires_at > now,
    )
    return session.execute(wanted).scalar_one_or_none()


def emergency_queue(
    session: Session, viewer: Viewer, *, reviewed: bool, after: int | None = None, limit: int
) -> list[EmergencyRow]:
    """Openings in the viewer's practices: waiting ones oldest first, or reviewed ones newest first.

    From the one after `after`; one more than `limit` where there are more.
    """
    wanted = _openings(viewer)
    if reviewed:
        wanted = wanted.where(EmergencyAccess.reviewed_at.is_not(None)).order_by(EmergencyAccess.id.desc())
        wanted = wanted if after is None else wanted.where(EmergencyAccess.id < after)
    else:
        wanted = wanted.where(EmergencyAccess.reviewed_at.is_(None)).order_by(EmergencyAccess.id)
        wanted = wanted if after is None else wanted.where(EmergencyAccess.id > after)
    return [_row(*row) for row in session.execute(wanted.limit(limit + 1))]


def emergency_opening(session: Session, viewer: Viewer, opening_id: int) -> EmergencyRow:
    """One opening of the queue; NotThere where there is none in the viewer's practices."""
    found = session.execute(_openings(viewer).where(EmergencyAccess.id == opening_id)).one_or_none()
    if found is None:
        raise NotThere
    return _row(*found)


def emergency_deeds(session: Session, opening: EmergencyRow, *, limit: int) -> list[EmergencyDeed]:
    """What the opener did with the record while it was open, in order."""
    wanted = (
        select(AuditEvent.number, AuditEvent.at, AuditEvent.action, AuditEvent.detail)
        .join(AuditSubject, AuditSubject.number == AuditEvent.number)
        .where(
            AuditSubject.person_id.in_(records_of(session, opening.person_id)),
            AuditEvent.user_id == opening.user_id,
            AuditEvent.at >= opening.opened_at,
            AuditEvent.at <= opening.expires_at,
        )
        .order_by(AuditEvent.number)
        .limit(limit)
    )
    return [
        EmergencyDeed(number, at, action, str(json.loads(detail).get("page", "")))
        for number, at, action, detail in session.execute(wanted)
    ]


def waiting_for_review(session: Session, viewer: Viewer) -> int:
    """How many openings wait for this viewer's review."""
    waiting = _openings(viewer).where(EmergencyAccess.reviewed_at.is_(None)).subquery()
    return session.execute(select(func.count()).select_from(waiting)).scalar_one()


def reviewers_of(session: Session, practice_id: int, now: datetime) -> list[int]:
    """The information governance officers whose place takes in this practice."""
    above = select(Organisation.id, Organisation.parent_id).where(Organisation.id == practice_id)
    place = above.cte("place", recursive=True)
    place = place.union(
        select(Organisation.id, Organisation.parent_id).join(place, Organisation.id == place.c.parent_id)
    )
    wanted = select(UserRole.user_id).where(
        UserRole.role == Role.IG_OFFICER,
        UserRole.place_id.in_(select(place.c.id)),
        UserRole.from_at <= now,
        or_(UserRole.until_at.is_(None), UserRole.until_at > now),
    )
    return sorted(set(session.execute(wanted).scalars()))


def _openings(viewer: Viewer) -> Select[EmergencyAccess, User, str, Person, str, str | None]:
    reviewer, employer, practice = aliased(User), aliased(Organisation), aliased(Organisation)
    return (
        select(EmergencyAccess, User, employer.name, Person, practice.name, reviewer.display_name)
        .join(User, User.id == EmergencyAccess.user_id)
        .join(employer, employer.id == User.home_id)
        .join(Person, Person.id == EmergencyAccess.person_id)
        .join(practice, practice.id == Person.practice_id)
        .outerjoin(reviewer, reviewer.id == EmergencyAccess.reviewed_by)
        .where(Person.practice_id.in_(sorted(viewer.practices(Permission.REVIEW_EMERGENCY))))
    )


def _row(
    opening: EmergencyAccess, user: User, employer: str, person: Person, practice: str, reviewer: str | None
) -> EmergencyRow:
    who = Identifiers(person.family_name, person.given_name, person.nhs_number, person.date_of_birth, person.postcode)
    return EmergencyRow(
        opening.id, person.id, user.id, user.display_name, user.job_title, employer, practice, opening.reason_code,
        masked(opening.reason, who), opening.opened_at, opening.expires_at,
        opening.reviewed_at, reviewer, opening.finding, masked(opening.finding_note, who),
        opening.row_version,
    )  # fmt: skip
