"""Who else works on a case, and for how long."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.notices import notify
from caseload.actions.tasks import pass_on_unreachable_tasks
from caseload.actions.versions import check_version
from caseload.clock import LONDON, local_day
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CareTeamRole, CaseState, NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.care_team import joiners
from caseload.queries.lead_cases import lead_case
from caseload.queries.visible import case_to_change
from caseload.tables import CareTeamMember, Case


def add_member(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    case_id: int,
    role: CareTeamRole,
    from_on: date,
    user_id: int | None = None,
    name: str = "",
    organisation: str = "",
) -> int:
    """Put somebody on a case's care team: a user, who may then open the record, or a name from elsewhere. The row's id.

    NotNow for a closed case, a user who may not be shown this person, or neither user nor name; Conflict for somebody
    who is on the team in that role already.
    """
    case = _case(session, by, now, case_id)
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed.")
    if (user_id is None) == (not name.strip()):
        raise NotNow("Choose a user of this service or give a name, one of the two.", field="user_id")
    if user_id is not None:
        _check_may_join(session, by, now, case, user_id)
        _check_not_on_team(session, now, case.id, user_id, role)
    member = CareTeamMember(
        case_id=case.id, user_id=user_id, name=name.strip(), organisation=organisation.strip(), role=role,
        from_on=from_on, added_at=now, added_by=by.user_id,
    )  # fmt: skip
    session.add(member)
    session.flush()
    if user_id is not None and user_id != by.user_id:
        notify(
            session, now=now, user_ids=[user_id], kind=NoticeKind.NEW_CASE, person_id=case.person_id, case_id=case.id
        )
    record(
        session, "care_team.add", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, member=member.id,
        user=user_id, code=role,
    )  # fmt: skip
    return member.id


def end_member(session: Session, *, by: Viewer, now: datetime, case_id: int, member_id: int, row_version: int) -> int:
    """Today is somebody's last day on the care team. The row's id. NotNow for somebody whose time is over already."""
    case = _case(session, by, now, case_id)
    member = session.get(CareTeamMember, member_id)
    if member is None or member.case_id != case.id:
        raise NotThere
    check_version(member, row_version)
    if member.until_on is not None:
        raise NotNow("This person's time on the care team is over already.")
    member.until_on = max(local_day(now), member.from_on)
    session.flush()
    record(
        session, "care_team.end", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, member=member.id,
        user=member.user_id, code=member.role,
    )  # fmt: skip
    # Until the end of their last day they may open the record; that day may have 25 hours.
    tomorrow = datetime.combine(local_day(now) + timedelta(days=1), time(), LONDON)
    pass_on_unreachable_tasks(session, now=now, person_id=case.person_id, by=by.user_id, as_of=tomorrow)
    return member.id


def _case(session: Session, by: Viewer, now: datetime, case_id: int) -> Case:
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    return case


def _check_may_join(session: Session, by: Viewer, now: datetime, case: Case, user_id: int) -> None:
    if not joiners(session, now, lead_case(session, by, now, case.id), only=user_id):
        raise NotNow("This person cannot be on this care team. Choose somebody from the list.", field="user_id")


def _check_not_on_team(session: Session, now: datetime, case_id: int, user_id: int, role: CareTeamRole) -> None:
    today = local_day(now)
    wanted = select(CareTeamMember).where(
        CareTeamMember.case_id == case_id,
        CareTeamMember.user_id == user_id,
        CareTeamMember.role == role,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on > today),
    )
    member = session.execute(wanted.order_by(CareTeamMember.id).limit(1)).scalar_one_or_none()
    if member is not None:
        change = change_by(session, member.added_by, member.added_at)
        raise Conflict("This person is on the care team in this role already.", by=change.by, at=change.at)
