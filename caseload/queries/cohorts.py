"""Cohorts and their boards: who is on them, as far as the viewer may open them, and what the record says of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.cohort_rules import MemberFacts
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import AssessmentState, CohortColumn, PlanState
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ConsentPurpose, Tier
from caseload.exceptions import NotThere
from caseload.queries.cohort_places import cohort_places
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.risk_runs import RunShown, scored_newest, two_scores
from caseload.queries.visible import openable
from caseload.tables import (
    Assessment,
    Case,
    Cohort,
    CohortMember,
    CohortMove,
    Contact,
    LeadAllocation,
    Organisation,
    Person,
    PlanVersion,
    RiskRun,
    RiskScore,
    User,
)


@dataclass(frozen=True, slots=True)
class CohortHead:
    """One cohort: the rule is as it was kept; `members` counts everybody, whether the viewer may open them or not."""

    cohort_id: int
    name: str
    place: str
    size: int
    rule: Mapping[str, Any]
    begun_on: date
    by: str
    run_on: date
    ended_at: datetime | None
    row_version: int
    members: int
    may_end: bool = False


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member whom the viewer may open. `tier` is None where no score is shown, `reason` is of one who left."""

    member_id: int
    row_version: int
    column: CohortColumn
    moved_at: datetime
    person: PersonFacts
    tier: Tier | None
    case_id: int | None
    lead: str | None
    last_contact: datetime | None
    facts: MemberFacts
    reason: str | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One member with their cohort, as a form about them needs it."""

    member_id: int
    row_version: int
    column: CohortColumn
    person: PersonFacts
    cohort_id: int
    cohort: str
    ended: bool


def cohort_list(session: Session, viewer: Viewer, now: datetime, before: int | None, most: int) -> list[CohortHead]:
    """The cohorts of places with any practice of the viewer's, the newest first; running ones and ended ones alike."""
    touched = sorted(cohort_places(session, viewer).touched)
    wanted = _heads().where(Cohort.place_id.in_(touched)).order_by(Cohort.id.desc()).limit(most)
    if before is not None:
        wanted = wanted.where(Cohort.id < before)
    return [_head(row) for row in session.execute(wanted).mappings()]


def cohort_head(session: Session, viewer: Viewer, now: datetime, cohort_id: int) -> CohortHead:
    """One cohort; NotThere where no practice of its place is the viewer's."""
    row = session.execute(_heads().where(Cohort.id == cohort_id)).mappings().one_or_none()
    mine = cohort_places(session, viewer)
    if row is None or row["place_id"] not in mine.touched:
        raise NotThere
    return _head(row, may_end=row["ended_at"] is None and mine.covered_place(row["place_id"]) is not None)


def board_members(
    session: Session, viewer: Viewer, now: datetime, cohort_id: int, run: RunShown | None
) -> list[MemberRow]:
    """The members of a cohort whom the viewer may open, by rank; with the tiers of a run (None: without any)."""
    shown = run if viewer.may(Permission.SEE_SCORE) else None
    wanted = _members(shown).where(CohortMember.cohort_id == cohort_id, openable(viewer, now))
    return [_member(row) for row in session.execute(wanted).mappings()]


def member_page(session: Session, viewer: Viewer, now: datetime, member_id: int) -> MemberPage:
    """One member, for somebody who may open them and works the cohort's place; NotThere otherwise."""
    wanted = (
        select(CohortMember, Cohort, Person, Organisation.name)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .join(Person, Person.id == CohortMember.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(CohortMember.id == member_id, openable(viewer, now))
    )
    found = session.execute(wanted).one_or_none()
    if found is None or found[1].place_id not in cohort_places(session, viewer).touched:
        raise NotThere
    member, cohort, person, practice = found
    return MemberPage(
        member.id, member.row_version, member.board_column, facts_of(person, practice), cohort.id, cohort.name,
        cohort.ended_at is not None,
    )  # fmt: skip


def plan_state() -> ColumnElement[PlanState | None]:
    """A condition on `Case`: the state of its active plan; where there is none, of the one being written."""
    written = (PlanState.ACTIVE, PlanState.DRAFT, PlanState.READY)
    return (
        select(PlanVersion.state)
        .where(PlanVersion.case_id == Case.id, PlanVersion.state.in_(written))
        .order_by(case((PlanVersion.state == PlanState.ACTIVE, 0), else_=1), PlanVersion.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def _heads() -> Select[*tuple[Any, ...]]:
    one_each = (
        select(func.count())
        .select_from(CohortMember)
        .join(Person, Person.id == CohortMember.person_id)
        .where(CohortMember.cohort_id == Cohort.id, Person.merged_into_id.is_(None))  # merged: a member a second time
    )
    members = one_each.correlate(Cohort).scalar_subquery()
    return (
        select(
            Cohort.id, Cohort.name, Cohort.place_id, Organisation.name.label("place"), Cohort.size, Cohort.rule,
            Cohort.begun_on, User.display_name.label("by"), RiskRun.index_date.label("run_on"), Cohort.ended_at,
            Cohort.row_version, members.label("members"),
        )
        .join(Organisation, Organisation.id == Cohort.place_id)
        .join(User, User.id == Cohort.created_by)
        .join(RiskRun, RiskRun.id == Cohort.run_id)
    )  # fmt: skip


def _head(row: RowMapping, *, may_end: bool = False) -> CohortHead:
    return CohortHead(
        row["id"], row["name"], row["place"], row["size"], row["rule"], row["begun_on"], row["by"], row["run_on"],
        row["ended_at"], row["row_version"], row["members"], may_end,
    )  # fmt: skip


def _members(run: RunShown | None) -> Select[*tuple[Any, ...]]:
    score: type[RiskScore] = two_scores()[0]
    practice = aliased(Organisation, name="practice")
    contact = select(func.max(Contact.happened_at)).where(Contact.person_id == Person.id).correlate(Person)
    return (
        select(
            CohortMember, Person, practice.name.label("practice"), score.tier, Case.id.label("case_id"),
            User.display_name.label("lead"), contact.scalar_subquery().label("last_contact"),
            plan_state().label("plan"), _assessing().label("assessing"), _reason().label("reason"),
            or_(objects_to_scoring(), said_no(ConsentPurpose.CARE_COORDINATION)).label("objects"),
        )
        .select_from(CohortMember)
        .join(Person, Person.id == CohortMember.person_id)
        .join(practice, practice.id == Person.practice_id)
        .outerjoin(score, scored_newest(score, run))
        .outerjoin(Case, and_(Case.person_id == Person.id, Case.state != CaseState.CLOSED))
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .outerjoin(User, User.id == LeadAllocation.user_id)
        .order_by(CohortMember.rank, CohortMember.id)
    )  # fmt: skip


def _assessing() -> ColumnElement[bool]:
    return exists().where(Assessment.case_id == Case.id, Assessment.state == AssessmentState.OPEN).correlate(Case)


def _reason() -> ColumnElement[str | None]:
    """Why somebody left: what their last move says."""
    last = select(CohortMove.reason_code).where(CohortMove.member_id == CohortMember.id)
    return last.order_by(CohortMove.id.desc()).limit(1).correlate(CohortMember).scalar_subquery()


def _member(row: RowMapping) -> MemberRow:
    member: CohortMember = row["CohortMember"]
    person: Person = row["Person"]
    facts = MemberFacts(
        row["plan"],
        bool(row["assessing"]),
        person.date_of_death is not None,
        person.deregistered_on is None,
        bool(row["objects"]),
    )
    return MemberRow(
        member.id, member.row_version, member.board_column, member.moved_at, facts_of(person, row["practice"]),
        row["tier"], row["case_id"], row["lead"], row["last_contact"], facts, row["reason"],
    )  # fmt: skip
