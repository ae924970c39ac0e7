"""How a flag for urgent care ends: by somebody's hand, with what it stood on, or because its review date has passed.

The row stays, with why. Whether a flag is in force is never read from here (see `caseload.queries.flags`): this writes the
ending down, tells the lead and the navigators, and lets the change feed say it.
"""

from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.notices import notify
from caseload.actions.plan_tasks import end_tasks
from caseload.actions.plan_versions import who_hears
from caseload.clock import local_day
from caseload.domain.border_words import FlagEnding, FlagState
from caseload.domain.flag_rules import TOLD, ended_by_itself
from caseload.domain.task_rules import TaskStep
from caseload.domain.words import NoticeKind, TaskState
from caseload.queries.flag_standing import stands_now
from caseload.queries.flags import flag_in_force
from caseload.tables import CareFlag, FlagEvent, Person, Task

REVIEW_RULE = "flag_review"


def end_flags(
    session: Session,
    *,
    now: datetime,
    person_id: int,
    ending: FlagEnding,
    by: int | None = None,
    case_id: int | None = None,
) -> list[int]:
    """End a person's active flags (of one case, where it is given) inside somebody else's action. Answers their ids.

    `by` is empty where a load or a message from a hospital did it.
    """
    wanted = select(CareFlag).where(CareFlag.person_id == person_id, CareFlag.state == FlagState.ACTIVE)
    if case_id is not None:
        wanted = wanted.where(CareFlag.case_id == case_id)
    flags = session.execute(wanted.order_by(CareFlag.id).with_for_update()).scalars().all()
    for flag in flags:
        end_one(session, flag, ending, by=by, now=now)
    return [flag.id for flag in flags]


def sweep_flags(session: Session, *, now: datetime) -> int:
    """Write down that flags have ended which are in force no longer: past their review date, or without what they stood on.

    Answers how many. One that another transaction holds is left to the next sweep.
    """
    wanted = (
        select(CareFlag)
        .join(Person, Person.id == CareFlag.person_id)
        .where(CareFlag.state == FlagState.ACTIVE, not_(flag_in_force(now)))
        .order_by(CareFlag.id)
        .with_for_update(of=CareFlag, skip_locked=True)
    )
    ended = 0
    for flag in session.execute(wanted).scalars().all():
        standing = stands_now(session, flag.person_id, flag.case_id).standing
        ending = ended_by_itself(standing, flag.review_on, local_day(now))
        if ending is not None:
            end_one(session, flag, ending, by=None, now=now)
            ended += 1
    return ended


def end_one(
    session: Session, flag: CareFlag, ending: FlagEnding, *, by: int | None, now: datetime, note: str = ""
) -> None:
    """End one active flag, with its history, its event and a notice to the lead and the navigators."""
    flag.state = FlagState.ENTERED_IN_ERROR if ending is FlagEnding.MISTAKE else FlagState.INACTIVE
    flag.ending, flag.ended_note, flag.ended_at, flag.ended_user_id, flag.changed_at = ending, note, now, by, now
    session.add(
        FlagEvent(flag_id=flag.id, kind="ended", before=FlagState.ACTIVE.value, after=ending.value, at=now, by=by)
    )
    session.flush()
    if by is not None:
        cancel_review(session, flag, "The flag has ended.", by=by, now=now)
    record(
        session, "flag.end", by=by, now=now, people=[flag.person_id], case_id=flag.case_id, flag=flag.id,
        code=ending.value,
    )  # fmt: skip
    if ending in TOLD:
        told = who_hears(session, flag.case_id, now) - {by}
        notify(
            session, now=now, user_ids=told, kind=NoticeKind.FLAG_ENDED, person_id=flag.person_id, case_id=flag.case_id
        )


def cancel_review(session: Session, flag: CareFlag, note: str, *, by: int, now: datetime) -> None:
    """The open task to review a flag is not needed any more."""
    wanted = select(Task).where(
        Task.case_id == flag.case_id,
        Task.state == TaskState.OPEN,
        Task.rule_ref.startswith(f"{REVIEW_RULE}:{flag.id}:", autoescape=True),
    )
    end_tasks(session, session.execute(wanted).scalars().all(), TaskStep.CANCELLED, note, by=by, now=now)
