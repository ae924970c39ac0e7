"""What a practice's nightly file says of its people, and of whom it says nothing."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, ScalarSelect, and_, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.freshness import Bounds, Freshness, freshness
from caseload.domain.gp_file import GpFlag, GpPractice, GpRow
from caseload.domain.plan_words import PlanState
from caseload.domain.words import CareTeamRole, CaseState, ConsentPurpose, OrganisationKind
from caseload.queries.case_filters import last_contact
from caseload.queries.flags import flag_in_force
from caseload.queries.lead_cases import latest_run
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.tables import (
    CareFlag,
    CareTeamMember,
    Case,
    LeadAllocation,
    Organisation,
    Person,
    PlanVersion,
    RiskRun,
    RiskScore,
    User,
)


def practice_may_have() -> ColumnElement[bool]:
    """A condition on `Person`: somebody of whom a file for their own practice may say something.

    On its list, alive and not restricted; no no to care coordination, and none to health services seeing the record: what
    is copied into a GP system is seen by others through it.
    """
    return and_(
        Person.merged_into_id.is_(None),
        Person.restricted.is_(False),
        Person.date_of_death.is_(None),
        Person.deregistered_on.is_(None),
        ~said_no(ConsentPurpose.CARE_COORDINATION),
        ~said_no(ConsentPurpose.SHARING_HEALTH),
    )


def gp_practices(session: Session, now: datetime, bounds: Bounds) -> list[GpPractice]:
    """Every practice with its file's rows, as of one moment; a practice without anybody has none."""
    practices = select(Organisation.id, Organisation.code).where(Organisation.kind == OrganisationKind.PRACTICE)
    rows = _rows(session, now, bounds)
    return [
        GpPractice(one.id, one.code, tuple(rows[one.id]))
        for one in session.execute(practices.order_by(Organisation.code))
    ]


def _rows(session: Session, now: datetime, bounds: Bounds) -> Mapping[int, list[GpRow]]:
    flags = _flags(session, now)
    today = local_day(now)
    found: dict[int, list[GpRow]] = defaultdict(list)
    for row in session.execute(_question(now)).mappings():
        found[row["practice_id"]].append(_row(row, flags.get(row["id"], ()), today, bounds))
    return found


def _question(now: datetime) -> Any:
    lead = (
        select(User.display_name)
        .join(LeadAllocation, LeadAllocation.user_id == User.id)
        .where(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None))
        .correlate(Case)
        .scalar_subquery()
    )
    active = and_(PlanVersion.case_id == Case.id, PlanVersion.state == PlanState.ACTIVE)
    scored = and_(RiskScore.person_id == Person.id, RiskScore.run_id == latest_run(now), ~objects_to_scoring())
    return (
        select(
            Person.id, Person.practice_id, Person.nhs_number, Person.family_name, Person.given_name, Person.date_of_birth,
            Case.state, PlanVersion.active_at, PlanVersion.review_on, RiskScore.tier, RiskRun.index_date,
            lead.label("lead"), _navigator(local_day(now)).label("navigator"), last_contact().label("last_contact"),
        )
        .join(Case, and_(Case.person_id == Person.id, Case.state != CaseState.CLOSED))
        .outerjoin(PlanVersion, active)
        .outerjoin(RiskScore, scored)
        .outerjoin(RiskRun, RiskRun.id == RiskScore.run_id)
        .where(practice_may_have())
        .order_by(Person.practice_id, Person.family_name, Person.given_name, Person.id)
    )  # fmt: skip


def _navigator(today: date) -> ScalarSelect[str]:
    return (
        select(User.display_name)
        .join(CareTeamMember, CareTeamMember.user_id == User.id)
        .where(
            CareTeamMember.case_id == Case.id,
            CareTeamMember.role == CareTeamRole.CARE_NAVIGATOR,
            CareTeamMember.from_on <= today,
            or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
        )
        .order_by(CareTeamMember.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def _flags(session: Session, now: datetime) -> Mapping[int, tuple[GpFlag, ...]]:
    wanted = (
        select(CareFlag)
        .join(Person, Person.id == CareFlag.person_id)
        .where(flag_in_force(now), practice_may_have())
        .order_by(CareFlag.id)
    )
    found: dict[int, tuple[GpFlag, ...]] = {}
    for flag in session.execute(wanted).scalars():
        one = GpFlag(flag.said, f"{flag.ring_name}, {flag.ring_phone}, {flag.ring_when}", flag.review_on)
        found[flag.person_id] = (*found.get(flag.person_id, ()), one)
    return found


def _row(row: RowMapping, flags: tuple[GpFlag, ...], today: date, bounds: Bounds) -> GpRow:
    shown = row["index_date"] is not None and freshness(row["index_date"], today, bounds) is not Freshness.HIDDEN
    return GpRow(
        row["id"], row["nhs_number"], row["family_name"], row["given_name"], row["date_of_birth"],
        row["tier"] if shown else None, row["index_date"] if shown else None, row["state"], row["lead"], row["navigator"],
        None if row["active_at"] is None else local_day(row["active_at"]), row["review_on"], flags,
        None if row["last_contact"] is None else local_day(row["last_contact"]),
    )  # fmt: skip
