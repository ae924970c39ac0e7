"""What a leaver holds besides the cases they lead: places on care teams and open tasks go to one successor."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.care_team import add_member
from caseload.actions.tasks import give_task
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, JourneyState, TaskState
from caseload.exceptions import NotNow, NotThere, Refused
from caseload.queries.assignees import may_be_given
from caseload.queries.leavers import in_reach, journey_row
from caseload.queries.practitioners import is_leaving
from caseload.tables import CareTeamMember, Case, LeadAllocation, Person, Task


def hand_over_rest(session: Session, *, by: Viewer, now: datetime, journey_id: int, to_user_id: int) -> dict[str, int]:
    """Put a successor in the leaver's places on care teams and on their open tasks, among the viewer's people.

    How many `places` and `tasks` went to them and how many are `left` because the successor may not be shown the person.
    Today is the leaver's last day in each place.
    """
    if not by.may(Permission.HAND_OVER_LEAVER):
        raise NotThere
    journey = journey_row(session, by, now, journey_id)
    if journey.state is not JourneyState.BEGUN:
        raise NotNow("This journey is over.")
    if to_user_id == journey.user_id:
        raise NotNow("Choose somebody other than the person who leaves.", field="successor_id")
    if is_leaving(session, to_user_id):
        raise NotNow("Choose somebody other than a person who leaves too.", field="successor_id")
    places, places_left = _places(session, by, now, journey.user_id, to_user_id)
    tasks, tasks_left = _tasks(session, by, now, journey.user_id, to_user_id)
    left = places_left + tasks_left
    record(
        session, "leaver.rest", by=by.user_id, now=now, journey=journey_id, leaver=journey.user_id,
        receiver=to_user_id, places=places, tasks=tasks, left=left,
    )  # fmt: skip
    return {"places": places, "tasks": tasks, "left": left}


def _places(session: Session, by: Viewer, now: datetime, leaver_id: int, to_user_id: int) -> tuple[int, int]:
    done = left = 0
    for member in _members(session, by, now, leaver_id):
        if not _successor_placed(session, by, now, member, to_user_id):
            left += 1
            continue
        member.until_on = max(local_day(now), member.from_on)
        session.flush()
        done += 1
    return done, left


def _successor_placed(session: Session, by: Viewer, now: datetime, member: CareTeamMember, to_user_id: int) -> bool:
    """Whether the successor is on the team in the same role, put there now or before."""
    wanted = select(CareTeamMember.id).where(
        CareTeamMember.case_id == member.case_id, CareTeamMember.user_id == to_user_id,
        CareTeamMember.role == member.role, CareTeamMember.until_on.is_(None),
    )  # fmt: skip
    if session.execute(wanted).first() is not None:
        return True
    try:
        add_member(
            session, by=by, now=now, case_id=member.case_id, role=member.role, from_on=local_day(now),
            user_id=to_user_id,
        )  # fmt: skip
    except Refused:  # refused before anything was written
        return False
    return True


def _members(session: Session, by: Viewer, now: datetime, leaver_id: int) -> list[CareTeamMember]:
    wanted = (
        select(CareTeamMember)
        .join(Case, Case.id == CareTeamMember.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(
            CareTeamMember.user_id == leaver_id,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on > local_day(now)),
            Case.state != CaseState.CLOSED,
            in_reach(by, now),
        )
        .order_by(CareTeamMember.id)
    )
    return list(session.execute(wanted).scalars())


def _tasks(session: Session, by: Viewer, now: datetime, leaver_id: int, to_user_id: int) -> tuple[int, int]:
    """Tasks of a case they still lead are left out: they go with the case to its next lead."""
    goes_with_case = exists().where(
        LeadAllocation.case_id == Task.case_id, LeadAllocation.user_id == leaver_id, LeadAllocation.until_at.is_(None)
    )
    wanted = (
        select(Task)
        .join(Person, Person.id == Task.person_id)
        .where(Task.owner_id == leaver_id, Task.state == TaskState.OPEN, in_reach(by, now), ~goes_with_case)
        .order_by(Task.id)
    )
    done = left = 0
    for task in session.execute(wanted).scalars().all():
        if may_be_given(session, now, task.person_id, owner_id=to_user_id, team_id=None):
            give_task(session, task=task, now=now, owner_id=to_user_id, team_id=None, by=by.user_id)
            done += 1
        else:
            left += 1
    return done, left
