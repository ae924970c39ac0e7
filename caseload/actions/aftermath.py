"""What a death, a departure or a move means for a case: its people are told the same day and get a task. It stays open.

Whether a load or a message of a hospital said so makes no difference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from caseload.actions.flag_endings import end_flags
from caseload.actions.notices import notify
from caseload.actions.tasks import add_rule_task
from caseload.clock import local_day
from caseload.domain.border_words import FlagEnding
from caseload.domain.person_changes import PersonChange
from caseload.domain.words import CaseState, NoticeKind, Role, TaskKind
from caseload.queries.holders import holders_over
from caseload.tables import CareTeamMember, Case, LeadAllocation, Person

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a person, with the event that says so."""

    person_id: int
    kind: PersonChange
    event_id: int


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a change asks for: the task with its title and days, and the notice; and why flags for urgent care end."""

    task: TaskKind
    title: str
    days: int
    notice: NoticeKind
    flags: FlagEnding


_ANSWERS: dict[PersonChange, _Answer] = {
    PersonChange.DIED: _Answer(
        TaskKind.AFTER_DEATH, "Tell everybody involved of the death, and close the case", 0, NoticeKind.PERSON_DIED,
        FlagEnding.DIED,
    ),
    PersonChange.LEFT: _Answer(
        TaskKind.AFTER_MOVE, "Find out who goes on caring for this person, and close the case", 5,
        NoticeKind.PERSON_MOVED, FlagEnding.LEFT,
    ),
    PersonChange.MOVED_PRACTICE: _Answer(
        TaskKind.AFTER_MOVE, "Agree with the new practice who leads and who is on the care team", 5,
        NoticeKind.PERSON_MOVED, FlagEnding.LEFT,
    ),
}  # fmt: skip
"""Coming back and a corrected date of death ask for nothing by rule."""


def answer_changes(session: Session, changes: Iterable[Change], now: datetime) -> int:
    """A task and notices for every current case whose person died, left or moved practice; answers how many cases."""
    wanted: dict[int, Change] = {}
    for change in changes:
        if change.kind in _ANSWERS:
            wanted.setdefault(change.person_id, change)  # a death comes before the leaving that follows from it
    answered = 0
    people = sorted(wanted)
    for ids in (people[start : start + _AT_ONCE] for start in range(0, len(people), _AT_ONCE)):
        current = (
            select(Case.id, Case.person_id, Person.practice_id)
            .join(Person, Person.id == Case.person_id)
            .where(Case.person_id.in_(ids), Case.state != CaseState.CLOSED)
            .order_by(Case.id)
        )
        for case_id, person_id, practice_id in session.execute(current).all():
            _answer(session, wanted[person_id], case_id, practice_id, now)
            answered += 1
    return answered


def _answer(session: Session, change: Change, case_id: int, practice_id: int, now: datetime) -> None:
    answer = _ANSWERS[change.kind]
    end_flags(session, now=now, person_id=change.person_id, ending=answer.flags, case_id=case_id)
    add_rule_task(
        session, now=now, person_id=change.person_id, case_id=case_id, kind=answer.task, title=answer.title,
        due_on=local_day(now) + timedelta(days=answer.days), rule_code=f"person_{change.kind.value}",
        rule_ref=f"person_event:{change.event_id}",
    )  # fmt: skip
    told = _lead_and_team(session, case_id, now) or holders_over(session, now, practice_id, Role.NAVIGATOR)
    notify(session, now=now, user_ids=told, kind=answer.notice, person_id=change.person_id, case_id=case_id)


def _lead_and_team(session: Session, case_id: int, now: datetime) -> set[int]:
    today = local_day(now)
    lead = select(LeadAllocation.user_id).where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    team = select(CareTeamMember.user_id).where(
        CareTeamMember.case_id == case_id,
        CareTeamMember.user_id.is_not(None),
        CareTeamMember.from_on <= today,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
    )
    return {user_id for user_id in session.execute(union(lead, team)).scalars() if user_id is not None}
