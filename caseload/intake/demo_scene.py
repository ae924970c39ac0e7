"""Where and when a demonstration's story plays, and who acts in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.contacts import NextStep, log_contact
from caseload.actions.tasks import complete_task
from caseload.clock import local_day
from caseload.domain.contact_outcomes import ContactOutcome, Participant
from caseload.domain.proposal_rules import UNDECIDED
from caseload.domain.viewer import Viewer
from caseload.domain.words import ContactMode, TaskKind, TaskState
from caseload.exceptions import NotNow, NotThere
from caseload.intake.demo_staff import Staff, Surgery
from caseload.queries.viewers import viewer_of
from caseload.store import Store
from caseload.tables import Case, Person, Proposal, RiskScore, Task

_CONTACTS = (TaskKind.FIRST_CONTACT, TaskKind.FOLLOW_UP, TaskKind.ASSESSMENT)


@dataclass(frozen=True)
class Scene:
    """Where the story plays: the case database, its staff, the months' first days, and the moment it has to end by."""

    store: Store
    staff: Staff
    first: date
    second: date
    end: datetime

    def at(self, day: date, hours: float = 9.0) -> datetime:
        """A moment of a day of the story, never after its end."""
        return min(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours), self.end)

    def do(self, username: str, at: datetime, action: Callable[..., Any], **arguments: Any) -> Any:
        """Somebody carries out an action at a moment, in a transaction of its own."""
        with self.store.writing() as session:
            by = viewer_of(session, self.staff.ids[username], at)
            return action(session, by=by, now=at, **arguments)

    def maybe(self, username: str, at: datetime, action: Callable[..., Any], **arguments: Any) -> Any:
        """The same; what the rules forbid for one of so many made-up people is left out, and answers None."""
        try:
            return self.do(username, at, action, **arguments)
        except (NotNow, NotThere):
            return None

    def visit(self, case: "OpenCase", at: datetime, outcome: ContactOutcome, *, note: str = "") -> None:
        """The navigator records a contact with its next task, and what was to do before it is done."""
        navigator = case.surgery.navigator
        said = self.maybe(
            navigator, at, log_contact, person_id=case.person_id, mode=ContactMode.HOME_VISIT,
            participants=[Participant.PERSON], outcome=outcome, happened_on=local_day(at), note=note, next_step=NextStep(),
        )  # fmt: skip
        if said is not None:
            self.maybe(navigator, at, _finish_earlier, case_id=case.case_id, but=said["task"])

    def cases(self) -> Sequence["OpenCase"]:
        """Every case there is, in the order they were opened."""
        practices = {surgery.id: surgery for surgery in self.staff.practices}
        with self.store.reading() as session:
            wanted = select(Case.id, Person.id, Person.practice_id).join(Person, Person.id == Case.person_id)
            rows = session.execute(wanted.where(Person.practice_id.in_(practices)).order_by(Case.id)).all()
        return [OpenCase(case_id, person_id, practices[practice_id]) for case_id, person_id, practice_id in rows]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case, its person and their practice."""

    case_id: int
    person_id: int
    surgery: Surgery


def _finish_earlier(session: Session, *, by: Viewer, now: datetime, case_id: int, but: int | None) -> None:
    wanted = select(Task).where(
        Task.case_id == case_id, Task.state == TaskState.OPEN, Task.kind.in_(_CONTACTS), Task.id != (but or 0)
    )
    for task in session.execute(wanted.order_by(Task.id)).scalars().all():
        complete_task(session, by=by, now=now, task_id=task.id, row_version=task.row_version)


def listed(session: Session, practice_id: int, first: set[str]) -> list[int]:
    """Undecided proposals of a practice by rank, but one of the people named put first."""
    wanted = (
        select(Proposal.id, Person.nhs_number)
        .join(Person, Person.id == Proposal.person_id)
        .join(RiskScore, (RiskScore.person_id == Person.id) & (RiskScore.run_id == Proposal.run_id))
        .where(Proposal.practice_id == practice_id, Proposal.state.in_(UNDECIDED))
        .order_by(RiskScore.rank)
    )
    rows = session.execute(wanted).all()
    going = [row.id for row in rows if row.nhs_number in first][:1]
    return going + [row.id for row in rows if row.id not in going]
