"""Contacts: recorded once, corrected by a new row, each completing tasks and setting the next in the same transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.sent_twice import check_contact_is_another
from caseload.actions.tasks import add_task, complete_by_contact
from caseload.clock import LONDON, local_day
from caseload.domain.contact_outcomes import OUTCOMES, ContactOutcome, Participant, completes
from caseload.domain.due import weekday_from
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ContactMode, TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.visible import person_for
from caseload.tables import Case, Contact, Person

_OWN_TASK_DAYS = 7
"""When a next task is due that was named without a day, after an outcome that sets none."""


@dataclass(frozen=True)
class NextStep:
    """The task to set with a contact: the outcome's own, changed where a title, day or list is given."""

    title: str = ""
    due_on: date | None = None
    owner_id: int | None = None
    team_id: int | None = None


def log_contact(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    mode: ContactMode,
    participants: Collection[Participant],
    outcome: ContactOutcome,
    happened_on: date,
    note: str = "",
    next_step: NextStep | None = None,
    unless_twice: bool = False,
) -> dict[str, int | list[int] | None]:
    """Record a contact, complete the tasks it has done and set its next; answers `{"contact": id, "task": id or None, "completed": ids}`.

    NotNow for a day in the future or before the person was born, for a conversation with somebody who had died, and,
    with `unless_twice`, for what the same user lately recorded in the same words.
    """
    person = _person(session, by, now, person_id)
    _check_possible(person, happened_on, participants, now)
    contact = _contact(person, _Entry(mode, participants, outcome, happened_on, note), by, now)
    if unless_twice:
        check_contact_is_another(session, contact)
    contact.case_id = _current_case(session, person.id)
    session.add(contact)
    session.flush()
    record(
        session, "contact.log", by=by.user_id, now=now, people=[person.id], case_id=contact.case_id,
        contact=contact.id, mode=mode.value, code=outcome.value,
    )  # fmt: skip
    completed = complete_by_contact(
        session, by=by, now=now, contact=contact, kinds=completes(outcome, participants),
        note=f"By the contact: {OUTCOMES[outcome].words}",
    )  # fmt: skip
    task_id = _set_next(session, by, now, contact, outcome, next_step)
    return {"contact": contact.id, "task": task_id, "completed": completed}


def correct_contact(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    contact_id: int,
    mode: ContactMode,
    participants: Collection[Participant],
    outcome: ContactOutcome,
    happened_on: date,
    note: str = "",
) -> int:
    """Record a contact anew because the first entry was wrong; the first stays as it was. Answers the new row's id.

    Tasks that the first entry set or completed stay as they are. Conflict where somebody else has corrected it already.
    """
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    wrong = session.execute(select(Contact).where(Contact.id == contact_id).with_for_update()).scalar_one_or_none()
    if wrong is None:
        raise NotThere
    person = _person(session, by, now, wrong.person_id)
    wanted = select(Contact).where(Contact.person_id == wrong.person_id, Contact.corrects_id == wrong.id)
    corrected = session.execute(wanted).scalar_one_or_none()
    if corrected is not None:
        change = change_by(session, corrected.recorded_by, corrected.recorded_at)
        raise Conflict("Somebody else has corrected this contact already.", by=change.by, at=change.at)
    _check_possible(person, happened_on, participants, now)
    contact = _contact(person, _Entry(mode, participants, outcome, happened_on, note), by, now)
    contact.case_id, contact.corrects_id = wrong.case_id, wrong.id
    session.add(contact)
    session.flush()
    record(
        session, "contact.correct", by=by.user_id, now=now, people=[person.id], case_id=contact.case_id,
        contact=contact.id, corrects=wrong.id, mode=mode.value, code=outcome.value,
    )  # fmt: skip
    return contact.id


def _person(session: Session, by: Viewer, now: datetime, person_id: int) -> Person:
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    return person_for(session, by, now, person_id)


def _check_possible(person: Person, on: date, participants: Collection[Participant], now: datetime) -> None:
    if on > local_day(now):
        raise NotNow("The date of the contact must be today or in the past.", field="happened_on")
    if on < person.date_of_birth:
        raise NotNow("The date of the contact is before the person was born.", field="happened_on")
    died = person.date_of_death
    if died is not None and on > died and Participant.PERSON in participants:
        raise NotNow("The person had died by then. Say who else took part.", field="participants")


@dataclass(frozen=True)
class _Entry:
    """What a form says of a contact."""

    mode: ContactMode
    participants: Collection[Participant]
    outcome: ContactOutcome
    happened_on: date
    note: str


def _contact(person: Person, entry: _Entry, by: Viewer, now: datetime) -> Contact:
    return Contact(
        person_id=person.id, mode=entry.mode, outcome_code=entry.outcome.value, note=entry.note,
        participants=[one.value for one in Participant if one in entry.participants],
        happened_at=_moment_of(entry.happened_on, now), recorded_at=now, recorded_by=by.user_id,
    )  # fmt: skip


def _current_case(session: Session, person_id: int) -> int | None:
    wanted = select(Case.id).where(Case.person_id == person_id, Case.state != CaseState.CLOSED)
    return session.execute(wanted).scalar_one_or_none()


def _moment_of(day: date, now: datetime) -> datetime:
    """A contact of today happened now; of an earlier day only the day is known, and noon stands for it."""
    return now if day == local_day(now) else datetime.combine(day, time(12), LONDON)


def _set_next(
    session: Session, by: Viewer, now: datetime, contact: Contact, outcome: ContactOutcome, step: NextStep | None
) -> int | None:
    """The task the outcome sets, with what was changed about it; for an outcome that sets none, only with a title."""
    if step is None:
        return None
    suggested = OUTCOMES[outcome].next
    if suggested is None and not step.title:
        return None
    today = local_day(now)
    due_on = weekday_from(today + timedelta(days=_OWN_TASK_DAYS)) if suggested is None else suggested.due_on(today)
    return add_task(
        session,
        by=by,
        now=now,
        person_id=contact.person_id,
        kind=TaskKind.FOLLOW_UP if suggested is None else suggested.kind,
        title=step.title or (suggested.title if suggested else ""),
        due_on=step.due_on or due_on,
        owner_id=step.owner_id,
        team_id=step.team_id,
        contact_id=contact.id,
    )
