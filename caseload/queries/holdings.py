"""What a user still answers for: counts and the names of meetings, no person's. Somebody who holds anything cannot leave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.words import CaseState, HandoverState, TaskState
from caseload.tables import CareTeamMember, Case, Handover, LeadAllocation, MdtSeries, Task


@dataclass(frozen=True, slots=True)
class Holdings:
    """Cases led, requests to take over that wait for them, places on care teams, open tasks."""

    leads: int = 0
    requests: int = 0
    places: int = 0
    tasks: int = 0

    @property
    def nothing(self) -> bool:
        """Whether they hold nothing at all."""
        return self == Holdings()

    def in_words(self) -> str:
        """3 cases as accountable lead, 1 open task; empty for nothing."""
        counts = (
            (self.leads, "case as accountable lead", "cases as accountable lead"),
            (self.requests, "request to take over a case", "requests to take over a case"),
            (self.places, "place on a care team", "places on care teams"),
            (self.tasks, "open task", "open tasks"),
        )
        return ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts if number)


def holdings_of(session: Session, now: datetime, user_id: int) -> Holdings:
    """What one user holds."""
    return holdings(session, now, [user_id])[user_id]


def holdings(session: Session, now: datetime, user_ids: Collection[int]) -> dict[int, Holdings]:
    """What each of these users holds, in one question."""
    parts = [counted.where(who.in_(sorted(user_ids))).group_by(who) for counted, who in _parts(now)]
    found: dict[int, dict[str, int]] = {user_id: {} for user_id in user_ids}
    for user_id, what, number in session.execute(union_all(*parts)):
        found[user_id][what] = number
    return {user_id: Holdings(**counts) for user_id, counts in found.items()}


def meetings_run_by(session: Session, user_id: int) -> tuple[str, ...]:
    """The names of the series of team meetings that a user chairs or coordinates, and that go on."""
    theirs = or_(MdtSeries.chair_id == user_id, MdtSeries.coordinator_id == user_id)
    wanted = select(MdtSeries.name).where(theirs, MdtSeries.ended_on.is_(None))
    return tuple(session.execute(wanted.order_by(MdtSeries.name, MdtSeries.id)).scalars())


def _parts(now: datetime) -> list[tuple[Select[Any], Any]]:
    today = local_day(now)
    lead, asked, place, task = LeadAllocation, Handover, CareTeamMember, Task
    leads = _count(lead.user_id, "leads").where(lead.until_at.is_(None))
    requests = _count(asked.to_user_id, "requests").where(
        asked.state == HandoverState.REQUESTED, asked.expires_at > now
    )
    places = (
        _count(place.user_id, "places")
        .join(Case, Case.id == place.case_id)
        .where(Case.state != CaseState.CLOSED, or_(place.until_on.is_(None), place.until_on > today))
    )
    tasks = _count(task.owner_id, "tasks").where(task.state == TaskState.OPEN)
    return [(leads, lead.user_id), (requests, asked.to_user_id), (places, place.user_id), (tasks, task.owner_id)]


def _count(who: Any, what: str) -> Select[Any]:
    return select(who, literal(what), func.count())
