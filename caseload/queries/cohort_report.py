"""What a cohort's report counts, member by member and without a name."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import LONDON, local_day
from caseload.domain.cohort_report import BlockMeasure, MemberCounts, Window, window_of
from caseload.domain.plan_words import CohortColumn, PlanState
from caseload.domain.viewer import Viewer
from caseload.domain.words import EncounterKind
from caseload.queries.cohorts import CohortHead, cohort_head
from caseload.queries.joint_plan import has_joint_plan, led
from caseload.queries.visible import openable
from caseload.tables import Case, CohortMember, Contact, Encounter, Person, PlanVersion, RiskRun


@dataclass(frozen=True, slots=True)
class CohortNumbers:
    """A cohort with what each member adds; `window` is None while no hospital use since its start is known."""

    head: CohortHead
    window: Window | None
    members: tuple[MemberCounts, ...]


def cohort_numbers(session: Session, viewer: Viewer, now: datetime, cohort_id: int) -> CohortNumbers:
    """NotThere as for the board. As at now; for a cohort that has ended, as at its end."""
    head = cohort_head(session, viewer, now, cohort_id)
    at = head.ended_at or now
    window = window_of(head.begun_on, _known_until(session, local_day(at)))
    rows = session.execute(_question(viewer, now, at, head, window)).mappings()
    return CohortNumbers(head, window, tuple(_member(row) for row in rows))


def _known_until(session: Session, day: date) -> date:
    """Hospital use is known up to the newest extract: what happened since is still to come."""
    newest = session.execute(select(func.max(RiskRun.extracted_on))).scalar_one()
    return min(day, newest) if newest is not None else date.min


def _question(viewer: Viewer, now: datetime, at: datetime, head: CohortHead, window: Window | None) -> Any:
    contacts = _contacts(head.begun_on, at)
    before = after = None
    if window is not None:
        before = (window.before_from, window.begun_on)
        after = (window.begun_on, window.until + timedelta(days=1))
    return (
        select(
            openable(viewer, now).label("openable"),
            (CohortMember.board_column == CohortColumn.LEFT).label(BlockMeasure.LEFT.value),
            led(at).label(BlockMeasure.LEADS.value),
            _active_plan(at).label(BlockMeasure.PLANS.value),
            has_joint_plan(at).label(BlockMeasure.JOINT.value),
            contacts.label(BlockMeasure.CONTACTS.value),
            _admissions(before).label(BlockMeasure.BEFORE.value),
            _admissions(after).label(BlockMeasure.AFTER.value),
        )
        .select_from(CohortMember)
        .join(Person, Person.id == CohortMember.person_id)
        .where(CohortMember.cohort_id == head.cohort_id, Person.merged_into_id.is_(None))
        .order_by(CohortMember.id)
    )


def _active_plan(at: datetime) -> ColumnElement[bool]:
    """A version that was in force then: begun, and not ended by then."""
    begun = and_(PlanVersion.active_at.is_not(None), PlanVersion.active_at <= at)
    in_force = and_(begun, (PlanVersion.ended_at.is_(None)) | (PlanVersion.ended_at > at))
    states = PlanVersion.state.in_([PlanState.ACTIVE, PlanState.SUPERSEDED, PlanState.WITHDRAWN])
    return (
        exists().where(Case.person_id == Person.id, PlanVersion.case_id == Case.id, in_force, states).correlate(Person)
    )


def _contacts(begun_on: date, at: datetime) -> ColumnElement[int]:
    """Contacts since the start of the first day; one that was recorded anew counts once."""
    correction = aliased(Contact)
    corrected = exists().where(correction.corrects_id == Contact.id, correction.person_id == Contact.person_id)
    begun = datetime.combine(begun_on, time.min, LONDON)
    wanted = select(func.count()).where(
        Contact.person_id == Person.id, Contact.happened_at >= begun, Contact.happened_at <= at, ~corrected
    )
    return wanted.correlate(Person).scalar_subquery()


def _admissions(days: tuple[date, date] | None) -> ColumnElement[int]:
    """Emergency admissions from the first day up to, not including, the second."""
    if days is None:
        return literal(0)
    wanted = select(func.count()).where(
        Encounter.person_id == Person.id,
        Encounter.kind == EncounterKind.EMERGENCY_ADMISSION,
        Encounter.started_on >= days[0],
        Encounter.started_on < days[1],
    )
    return wanted.correlate(Person).scalar_subquery()


def _member(row: RowMapping) -> MemberCounts:
    counted = {measure: int(row[measure.value]) for measure in BlockMeasure if measure.value in row}
    contacted = {BlockMeasure.TAKEN: 1, BlockMeasure.CONTACTED: int(row[BlockMeasure.CONTACTS.value] > 0)}
    return MemberCounts(bool(row["openable"]), {**counted, **contacted})
