"""What every action on a care plan begins with: may they, is it as they saw it, what does it say."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseload.actions.changes import Change, change_by
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.plan_headings import FIELDS, Contents
from caseload.domain.plan_words import PlanState
from caseload.domain.viewer import Viewer
from caseload.domain.words import CareTeamRole, CaseState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.visible import case_to_change
from caseload.tables import CareTeamMember, Case, LeadAllocation, Person, PlanSection, PlanVersion


def locked_case(session: Session, by: Viewer, now: datetime, case_id: int) -> Case:
    """The case, with nobody else changing its plan meanwhile; NotNow where it is closed or the person has died."""
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed. Its plan stays as it was.")
    if session.get_one(Person, case.person_id).date_of_death is not None:
        raise NotNow("This person has died. Their plan stays as it was.")
    return case


def locked_version(
    session: Session, by: Viewer, now: datetime, permission: Permission, version_id: int, row_version: int | None
) -> tuple[PlanVersion, Case]:
    """A version and its case, as the viewer saw it; `row_version` None where the version itself does not matter."""
    if not by.may(permission):
        raise NotThere
    version = session.get(PlanVersion, version_id)
    if version is None:
        raise NotThere
    case = locked_case(session, by, now, version.case_id)
    session.refresh(version)
    if row_version is not None:
        check_version(version, row_version, last=lambda: _last_change(session, version))
    return version, case


def sections_of(session: Session, version_id: int) -> list[PlanSection]:
    """The sections of a version, in the order of the plan."""
    order = list(FIELDS)
    found = session.execute(select(PlanSection).where(PlanSection.version_id == version_id)).scalars()
    return sorted(found, key=lambda section: order.index(section.heading))


def contents_of(sections: Sequence[PlanSection]) -> Contents:
    """What the sections say."""
    return {section.heading: section.content for section in sections}


def version_in(session: Session, case_id: int, *states: PlanState) -> PlanVersion | None:
    """The latest version of a case in one of these states."""
    wanted = select(PlanVersion).where(PlanVersion.case_id == case_id, PlanVersion.state.in_(states))
    return session.execute(wanted.order_by(PlanVersion.number.desc()).limit(1)).scalar_one_or_none()


def who_hears(session: Session, case_id: int, now: datetime) -> set[int]:
    """The accountable lead and the care navigators of a case."""
    today = local_day(now)
    navigators = select(CareTeamMember.user_id).where(
        CareTeamMember.case_id == case_id,
        CareTeamMember.user_id.is_not(None),
        CareTeamMember.role == CareTeamRole.CARE_NAVIGATOR,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
    )
    lead = select(LeadAllocation.user_id).where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    return {user_id for user_id in session.execute(navigators.union(lead)).scalars() if user_id is not None}


def _last_change(session: Session, version: PlanVersion) -> Change:
    steps = (
        (version.ended_at, version.ended_by), (version.active_at, version.active_by),
        (version.signed_at, version.signed_by), (version.ready_at, version.ready_by),
    )  # fmt: skip
    at, user_id = max(
        ((at, by) for at, by in steps if at is not None), default=(version.created_at, version.created_by)
    )
    return change_by(session, user_id, at)
