"""Roles at places and memberships of teams: begun and ended, never changed. Nobody gives themselves a role."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.tasks import pass_on_unreachable_tasks
from caseload.domain.permissions import PROGRAM_ROLES, Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import Role, TaskState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.api_clients import is_program
from caseload.queries.governed import governed_places, governed_user, in_force
from caseload.tables import Organisation, Task, Team, TeamMembership, User, UserRole


def give_role(session: Session, *, by: Viewer, now: datetime, user_id: int, role: Role, place_id: int) -> int:
    """A role at a place of the administrator's, from now on; answers the id of what is held."""
    _active(_changeable(session, by, now, user_id))
    same = select(UserRole.id).where(
        UserRole.user_id == user_id, UserRole.role == role, UserRole.place_id == place_id, in_force(now)
    )
    if session.execute(same).first():
        raise NotNow("They have this role there already.", field="role")
    held = put_role(session, by, now, user_id, role, place_id)
    record(session, "user.role", by=by.user_id, now=now, user=user_id, role=role.value, place=place_id)
    return held


def end_role(session: Session, *, by: Viewer, now: datetime, user_id: int, role_id: int) -> int:
    """A role held at a place of the administrator's ends now. How many open tasks were passed on.

    Tasks on their list about people they may not open any more go where a rule's would.
    """
    _changeable(session, by, now, user_id)
    wanted = select(UserRole).where(UserRole.id == role_id, UserRole.user_id == user_id, in_force(now))
    held = session.execute(wanted).scalar_one_or_none()
    if held is None or held.place_id not in governed_places(session, by, now):
        raise NotThere
    held.until_at = now
    record(session, "user.role_end", by=by.user_id, now=now, user=user_id, role=held.role.value, place=held.place_id)
    session.flush()
    return _tasks_passed_on(session, by, now, user_id)


def join_team(session: Session, *, by: Viewer, now: datetime, user_id: int, team_id: int) -> int:
    """A membership from now on, of a team that serves a place of the administrator's."""
    _active(_changeable(session, by, now, user_id))
    same = select(TeamMembership.id).where(
        TeamMembership.user_id == user_id,
        TeamMembership.team_id == team_id,
        or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now),
    )
    if session.execute(same).first():
        raise NotNow("They are in this team already.", field="team")
    held = put_team(session, by, now, user_id, team_id)
    record(session, "user.team", by=by.user_id, now=now, user=user_id, team=team_id)
    return held


def leave_team(session: Session, *, by: Viewer, now: datetime, user_id: int, membership_id: int) -> int:
    """A membership ends now."""
    _changeable(session, by, now, user_id)
    wanted = select(TeamMembership).where(
        TeamMembership.id == membership_id, TeamMembership.user_id == user_id, TeamMembership.until_at.is_(None)
    )
    held = session.execute(wanted).scalar_one_or_none()
    if held is None:
        raise NotThere
    held.until_at = now
    record(session, "user.team_end", by=by.user_id, now=now, user=user_id, team=held.team_id)
    return user_id


def put_role(session: Session, by: Viewer | None, now: datetime, user_id: int, role: Role, place_id: int) -> int:
    """The row of a role, as part of another action.

    NotNow for a place that is not the administrator's, and for a program's role where the account is no program's.
    """
    if role in PROGRAM_ROLES and not is_program(session, user_id):
        raise NotNow("Only a program can have this role.", field="role")
    if by is None:
        session.get_one(Organisation, place_id)
    elif place_id not in governed_places(session, by, now):
        raise NotNow("Choose a place within your own.", field="place")
    held = UserRole(user_id=user_id, role=role, place_id=place_id, from_at=now)
    session.add(held)
    session.flush()
    return held.id


def put_team(session: Session, by: Viewer | None, now: datetime, user_id: int, team_id: int) -> int:
    """The row of a membership, as part of another action. NotNow for a team that is not the administrator's."""
    team = session.get(Team, team_id)
    if team is None or (by is not None and team.place_id not in governed_places(session, by, now)):
        raise NotNow("Choose a team of your own places.", field="team")
    held = TeamMembership(user_id=user_id, team_id=team_id, from_at=now)
    session.add(held)
    session.flush()
    return held.id


def end_everything(session: Session, now: datetime, user_id: int) -> None:
    """End every role and membership of a user, as part of another action."""
    open_roles = select(UserRole).where(
        UserRole.user_id == user_id, or_(UserRole.until_at.is_(None), UserRole.until_at > now)
    )
    for role in session.execute(open_roles).scalars():
        role.until_at = now
    memberships = select(TeamMembership).where(
        TeamMembership.user_id == user_id, or_(TeamMembership.until_at.is_(None), TeamMembership.until_at > now)
    )
    for membership in session.execute(memberships).scalars():
        membership.until_at = now


def _tasks_passed_on(session: Session, by: Viewer, now: datetime, user_id: int) -> int:
    people = select(Task.person_id).where(Task.owner_id == user_id, Task.state == TaskState.OPEN).distinct()
    return sum(
        pass_on_unreachable_tasks(session, now=now, person_id=person_id, by=by.user_id)
        for person_id in session.execute(people.order_by(Task.person_id)).scalars().all()
    )


def _changeable(session: Session, by: Viewer, now: datetime, user_id: int) -> User:
    if not by.may(Permission.MANAGE_USERS):
        raise NotThere
    user = governed_user(session, by, now, user_id)
    if user_id == by.user_id:
        raise NotNow("Another administrator has to change your own roles and teams.")
    return user


def _active(user: User) -> None:
    if user.deactivated_at is not None:
        raise NotNow("This account is deactivated.")
