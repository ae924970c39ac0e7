"""Break-glass: opening a record without a relationship, and what a review of it found."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import Change, change_by
from caseload.actions.notices import notify
from caseload.actions.versions import check_version
from caseload.domain.emergency_access import (
    LEAST_REASON,
    NOTE_NEEDED,
    EmergencyFinding,
    EmergencyReason,
)
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import NoticeKind
from caseload.exceptions import NotNow, NotThere
from caseload.queries.emergency import reviewers_of
from caseload.queries.merges import current_id
from caseload.queries.visible import openable
from caseload.tables import EmergencyAccess, Person


def open_in_emergency(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    nhs_number: str,
    reason_code: EmergencyReason,
    reason: str,
    minutes: int,
) -> dict[str, int | bool | None]:
    """Open the record with this NHS number for some minutes. Answers `person_id`, None where there is none, and `opened`.

    `before` is how often they opened it in an emergency earlier; `running` says that the last of these has not ended, and
    is not made longer.

    Whoever may open it anyway is given no emergency access: nothing needs a review then. The information governance
    officers of the person's place are told. A number that finds nobody is audited as well.
    """
    if not by.may(Permission.OPEN_IN_EMERGENCY):
        raise NotThere
    if len(reason.strip()) < LEAST_REASON:
        raise NotNow("Say in a sentence why you need this record now.", field="reason")
    person = _person(session, nhs_number)
    if person is None:
        record(session, "emergency.nobody", by=by.user_id, now=now, code=reason_code)
        return {"person_id": None, "opened": False, "before": 0, "running": False}
    before, running = _openings_of(session, by, now, person.id)
    opened = not _may_open(session, by, now, person.id)
    if opened:
        _open(session, person, by=by, now=now, reason_code=reason_code, reason=reason.strip(), minutes=minutes)
    return {"person_id": person.id, "opened": opened, "before": before, "running": running}


def review_emergency(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    opening_id: int,
    row_version: int,
    finding: EmergencyFinding,
    note: str = "",
) -> int:
    """Record what the review of an opening found, once.

    NotNow for the officer's own opening, one reviewed already, one that has not ended (what is done until then is part
    of what is reviewed), and a finding that needs a note without one.
    """
    opening = _opening(session, by, opening_id)
    check_version(opening, row_version, last=partial(_last_change, session, opening))
    _check_review(opening, by, now, finding, note)
    opening.reviewed_at, opening.reviewed_by = now, by.user_id
    opening.finding, opening.finding_note = finding.value, note.strip()
    session.flush()
    record(
        session, "emergency.review", by=by.user_id, now=now, people=[opening.person_id], opening_id=opening.id,
        code=finding, of_user=opening.user_id,
    )  # fmt: skip
    return opening.id


def end_emergency(session: Session, *, by: Viewer, now: datetime, opening_id: int, row_version: int) -> int:
    """End access that is still running, now. The opening's id; NotNow for one that has ended."""
    opening = _opening(session, by, opening_id)
    check_version(opening, row_version, last=partial(_last_change, session, opening))
    if opening.expires_at <= now:
        raise NotNow("This emergency access has ended already.")
    opening.expires_at = now
    session.flush()
    record(
        session, "emergency.end", by=by.user_id, now=now, people=[opening.person_id], opening_id=opening.id,
        of_user=opening.user_id,
    )  # fmt: skip
    return opening.id


def _openings_of(session: Session, by: Viewer, now: datetime, person_id: int) -> tuple[int, bool]:
    wanted = select(func.count(EmergencyAccess.id), func.max(EmergencyAccess.expires_at)).where(
        EmergencyAccess.person_id == person_id, EmergencyAccess.user_id == by.user_id
    )
    count, latest = session.execute(wanted).one()
    return count, latest is not None and latest > now


def _person(session: Session, nhs_number: str) -> Person | None:
    found = session.execute(select(Person.id).where(Person.nhs_number == nhs_number)).scalar_one_or_none()
    return None if found is None else session.get(Person, current_id(session, found))


def _may_open(session: Session, by: Viewer, now: datetime, person_id: int) -> bool:
    wanted = select(Person.id).where(Person.id == person_id, openable(by, now))
    return session.execute(wanted).scalar_one_or_none() is not None


def _open(  # noqa: PLR0913 - the columns of one row
    session: Session,
    person: Person,
    *,
    by: Viewer,
    now: datetime,
    reason_code: EmergencyReason,
    reason: str,
    minutes: int,
) -> None:
    opening = EmergencyAccess(
        user_id=by.user_id, person_id=person.id, reason_code=reason_code.value, reason=reason, opened_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )  # fmt: skip
    session.add(opening)
    session.flush()
    reviewers = [user_id for user_id in reviewers_of(session, person.practice_id, now) if user_id != by.user_id]
    notify(session, now=now, user_ids=reviewers, kind=NoticeKind.EMERGENCY_ACCESS, person_id=person.id)
    record(
        session, "emergency.open", by=by.user_id, now=now, people=[person.id], opening_id=opening.id,
        code=reason_code, minutes=minutes,
    )  # fmt: skip


def _opening(session: Session, by: Viewer, opening_id: int) -> EmergencyAccess:
    practices = sorted(by.practices(Permission.REVIEW_EMERGENCY))
    wanted = (
        select(EmergencyAccess)
        .join(Person, Person.id == EmergencyAccess.person_id)
        .where(EmergencyAccess.id == opening_id, Person.practice_id.in_(practices))
    )
    opening = session.execute(wanted).scalar_one_or_none()
    if opening is None:
        raise NotThere
    return opening


def _last_change(session: Session, opening: EmergencyAccess) -> Change | None:
    return None if opening.reviewed_at is None else change_by(session, opening.reviewed_by, opening.reviewed_at)


def _check_review(opening: EmergencyAccess, by: Viewer, now: datetime, finding: EmergencyFinding, note: str) -> None:
    if opening.user_id == by.user_id:
        raise NotNow("You cannot review your own emergency access.")
    if opening.reviewed_at is not None:
        raise NotNow("This emergency access has been reviewed already.")
    if opening.expires_at > now:
        raise NotNow("This emergency access has not ended. End it first, or review it when it has.")
    if finding in NOTE_NEEDED and not note.strip():
        raise NotNow("Say in the note what follows from this finding.", field="note")
