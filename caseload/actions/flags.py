"""Flags for 111, out of hours and ambulance services: set, changed, ended by hand.

Whether the person agrees is asked at that moment, while nobody can record another answer: one is recorded before the
flag, or it finds the flag and ends it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import last_change
from caseload.actions.flag_endings import REVIEW_RULE, cancel_review, end_one
from caseload.actions.tasks import add_rule_task
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain import flag_rules as rules
from caseload.domain.border_words import FlagEnding, FlagState
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import TaskKind
from caseload.exceptions import NotNow, NotThere
from caseload.flag_rules import read_flag_rules
from caseload.queries.flag_standing import StandsNow, stands_now
from caseload.queries.lead_cases import lead_in_force
from caseload.queries.visible import person_to_change
from caseload.tables import CareFlag, Case, FlagEvent, Person


@dataclass(frozen=True, slots=True)
class FlagSays:
    """What a flag tells: its words, who to ring by which number and when, and the last day it holds without a review."""

    said: str
    ring_name: str
    ring_phone: str
    ring_when: str
    review_on: date


def set_flag(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    code: str,
    said: str,
    ring_name: str,
    ring_phone: str,
    ring_when: str,
    review_on: date,
) -> int:
    """Set a flag about somebody with an active plan who agreed to it. Answers its id.

    NotNow where urgent care may not be told of them, where there is a flag of this code already, and for words or a number
    that cannot be sent. One of this code that is past its review date ends with that.
    """
    person, now_so = _person_for_flag(session, by, now, person_id)
    known = read_flag_rules().codes.get(code)
    if known is None or not known.offered:
        raise NotNow("Choose what the flag is about.", field="code")
    says = _says(said, ring_name, ring_phone, ring_when, review_on, today=local_day(now))
    case_id = _case_of(now_so)
    _end_overdue(session, case_id, code, by, now)
    flag = CareFlag(
        person_id=person.id, case_id=case_id, category=known.category, code=code, starts_on=local_day(now),
        state=FlagState.ACTIVE, set_at=now, set_by=by.user_id, changed_at=now, said=says.said, ring_name=says.ring_name,
        ring_phone=says.ring_phone, ring_when=says.ring_when, review_on=says.review_on,
    )  # fmt: skip
    session.add(flag)
    session.flush()
    _history(session, flag, "set", before=None, by=by, now=now)
    _set_review_task(session, flag, by, now)
    record(
        session, "flag.set", by=by.user_id, now=now, people=[person.id], case_id=case_id, flag=flag.id, code=code,
        plan=now_so.plan_id,
    )  # fmt: skip
    return flag.id


def change_flag(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    flag_id: int,
    row_version: int,
    said: str,
    ring_name: str,
    ring_phone: str,
    ring_when: str,
    review_on: date,
) -> int:
    """Change what an active flag says, or until when. Answers its id.

    NotNow as for setting one; Conflict where somebody changed it since the form was shown.
    """
    flag = _flag(session, by, now, flag_id, row_version)
    now_so = stands_now(session, flag.person_id, flag.case_id)
    _check_standing(now_so)
    says = _says(said, ring_name, ring_phone, ring_when, review_on, today=local_day(now))
    before, reviewed = _words(flag), flag.review_on
    flag.said, flag.ring_name, flag.ring_phone = says.said, says.ring_name, says.ring_phone
    flag.ring_when, flag.review_on, flag.changed_at = says.ring_when, says.review_on, now
    _history(session, flag, "changed", before=before, by=by, now=now)
    if reviewed != flag.review_on:
        cancel_review(session, flag, "The flag was reviewed.", by=by.user_id, now=now)
        _set_review_task(session, flag, by, now)
    record(session, "flag.change", by=by.user_id, now=now, people=[flag.person_id], case_id=flag.case_id, flag=flag.id)
    return flag.id


def end_flag(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    flag_id: int,
    row_version: int,
    note: str,
    mistake: bool = False,
) -> int:
    """End an active flag for a reason in words; `mistake` where it should never have been set. Answers its id."""
    flag = _flag(session, by, now, flag_id, row_version)
    if not note.strip():
        raise NotNow("Say why the flag is ended.", field="note")
    if len(note.strip()) > rules.NOTE:
        raise NotNow("The reason must be 2,000 characters or fewer.", field="note")
    ending = FlagEnding.MISTAKE if mistake else FlagEnding.REMOVED
    end_one(session, flag, ending, by=by.user_id, now=now, note=note.strip())
    return flag.id


def _person_for_flag(session: Session, by: Viewer, now: datetime, person_id: int) -> tuple[Person, StandsNow]:
    if not by.may(Permission.SET_FLAG):
        raise NotThere
    person = person_to_change(session, by, now, person_id)
    session.refresh(person, with_for_update={"read": True})  # an answer is recorded before this or after it
    _lock_case(session, person.id)
    now_so = stands_now(session, person.id)
    _check_standing(now_so)
    return person, now_so


def _flag(session: Session, by: Viewer, now: datetime, flag_id: int, row_version: int) -> CareFlag:
    """The flag as the viewer saw it, with nobody else changing what it stands on meanwhile."""
    flag = session.get(CareFlag, flag_id)
    if flag is None or not by.may(Permission.SET_FLAG):
        raise NotThere
    person = person_to_change(session, by, now, flag.person_id)
    session.refresh(person, with_for_update={"read": True})
    _lock_case(session, person.id)
    session.refresh(flag)
    check_version(flag, row_version, last=partial(last_change, session, FlagEvent, FlagEvent.flag_id, flag.id))
    if flag.state is not FlagState.ACTIVE:
        raise NotNow("This flag has ended. What it said stays as it was.")
    return flag


def _lock_case(session: Session, person_id: int) -> None:
    """A plan that ends, or a case that is closed, does so before this or after it."""
    session.execute(select(Case.id).where(Case.person_id == person_id).order_by(Case.id).with_for_update()).all()


def _check_standing(now_so: StandsNow) -> None:
    refusal = rules.why_not_flagged(now_so.standing)
    if refusal is not None:
        raise NotNow(refusal)


def _case_of(now_so: StandsNow) -> int:
    assert now_so.case_id is not None, "who may be flagged has a case"
    return now_so.case_id


def _says(said: str, ring_name: str, ring_phone: str, ring_when: str, review_on: date, *, today: date) -> FlagSays:
    says = FlagSays(
        " ".join(said.split()), " ".join(ring_name.split()), " ".join(ring_phone.split()), " ".join(ring_when.split()),
        review_on,
    )  # fmt: skip
    lacking = {
        "said": rules.why_not_said(says.said),
        "ring_name": _why_not(says.ring_name, rules.RING_NAME, "who to ring"),
        "ring_phone": _why_not(says.ring_phone, rules.RING_PHONE, "the number to ring")
        or rules.why_not_rung(says.ring_phone),
        "ring_when": _why_not(says.ring_when, rules.RING_WHEN, "when to ring"),
        "review_on": rules.why_not_reviewed_on(review_on, today, read_flag_rules()),
    }
    for field, sentence in lacking.items():
        if sentence is not None:
            raise NotNow(sentence, field=field)
    return says


def _why_not(text: str, most: int, what: str) -> str | None:
    if not text:
        return f"Enter {what}."
    return None if len(text) <= most else f"{what[0].upper()}{what[1:]} must be {most} characters or fewer."


def _end_overdue(session: Session, case_id: int, code: str, by: Viewer, now: datetime) -> None:
    wanted = select(CareFlag).where(
        CareFlag.case_id == case_id, CareFlag.code == code, CareFlag.state == FlagState.ACTIVE
    )
    flag = session.execute(wanted.with_for_update()).scalar_one_or_none()
    if flag is None:
        return
    if flag.review_on >= local_day(now):
        raise NotNow("There is a flag about this already. Change that one.", field="code")
    end_one(session, flag, FlagEnding.REVIEW_DATE_PASSED, by=by.user_id, now=now)


def _history(session: Session, flag: CareFlag, kind: str, *, before: str | None, by: Viewer, now: datetime) -> None:
    session.flush()
    session.add(FlagEvent(flag_id=flag.id, kind=kind, before=before, after=_words(flag), at=now, by=by.user_id))
    session.flush()


def _words(flag: CareFlag) -> str:
    """What a flag says, as its history keeps it: as much as fits, the words themselves whole."""
    ring = f"{flag.ring_phone}, {flag.ring_when}, {flag.ring_name}"
    return f"{flag.said} | {flag.review_on.isoformat()} | {ring}"[:400]


def _set_review_task(session: Session, flag: CareFlag, by: Viewer, now: datetime) -> None:
    """On the accountable lead's list, ahead of the day the flag would lapse."""
    lead = lead_in_force(session, flag.case_id)
    add_rule_task(
        session, now=now, person_id=flag.person_id, case_id=flag.case_id, kind=TaskKind.OTHER,
        title="Review the flag for urgent care before it ends by itself",
        due_on=read_flag_rules().task_on(local_day(now), flag.review_on), rule_code=REVIEW_RULE,
        rule_ref=f"{REVIEW_RULE}:{flag.id}:{flag.review_on.isoformat()}", owner_id=lead.user_id if lead else None,
        by=by.user_id,
    )  # fmt: skip
