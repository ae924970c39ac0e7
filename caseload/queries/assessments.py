"""Assessments of a case with their sections, for who may open its person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.assessment_rules import EVENTS
from caseload.domain.plan_words import AssessmentState, Capacity, Discipline, SectionState
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, PrimaryNeed, Residence
from caseload.exceptions import NotThere
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import found_open, may_open, openable, related
from caseload.tables import (
    Assessment,
    AssessmentAnswers,
    AssessmentSection,
    Case,
    CaseEvent,
    Organisation,
    Person,
    User,
)


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """What the GP register says of how somebody lives; None where it says nothing."""

    residence: Residence | None
    lives_alone: bool | None
    has_carer: bool | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AssessedCase:
    """The case an assessment is of. `lasting` is False for who has the record open by break-glass only."""

    case_id: int
    state: CaseState
    need: PrimaryNeed | None
    person: PersonFacts
    register: RegisterFacts
    lasting: bool

    @property
    def goes_on(self) -> bool:
        """Whether anybody is assessed in it any more."""
        return self.lasting and self.state is not CaseState.CLOSED and self.person.date_of_death is None


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One assessment. `ended_note` says why it was abandoned, or completed although it was not joint."""

    assessment_id: int
    case_id: int
    questionnaires: str
    state: AssessmentState
    capacity: Capacity | None
    capacity_note: str
    primary_need: PrimaryNeed | None
    needs: str
    risks: str
    review_on: date | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str | None
    ended_note: str
    row_version: int


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section as it was last saved. `saved_at` is when; author and organisation are of who saved it."""

    section_id: int
    assessment_id: int
    assessment_state: AssessmentState
    discipline: Discipline
    state: SectionState
    questionnaire: str
    answers: Mapping[str, str]
    author: str
    organisation: str
    saved_at: datetime
    row_version: int


def assessed_case(session: Session, viewer: Viewer, now: datetime, case_id: int) -> AssessedCase:
    """The case, for somebody who may open its person; NotThere otherwise, whatever the cause."""
    found = session.execute(_case(viewer, now).where(Case.id == case_id)).one_or_none()
    if found is None:
        raise NotThere
    return _case_row(session, viewer, now, found)


def assessment_of(
    session: Session, viewer: Viewer, now: datetime, assessment_id: int
) -> tuple[AssessedCase, AssessmentRow]:
    """One assessment with its case, for somebody who may open the person; NotThere otherwise."""
    wanted = _with_assessment(_case(viewer, now)).where(Assessment.id == assessment_id)
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotThere
    return _case_row(session, viewer, now, found[:4]), _assessment_row(found[4:])


def assessments_of_case(session: Session, viewer: Viewer, now: datetime, case_id: int) -> list[AssessmentRow]:
    """Every assessment of a case, the latest first; none for who may not open the person."""
    wanted = _with_assessment(_case(viewer, now)).where(Case.id == case_id).order_by(Assessment.id.desc())
    return [_assessment_row(row[4:]) for row in session.execute(wanted)]


def sections_of_person(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[SectionRow]:
    """The sections of all assessments of a person, the one saved last first; none for who may not open them."""
    if not may_open(session, viewer, now, person_id):
        return []
    saved = _saved_at()
    wanted = (
        select(AssessmentSection, Assessment.state, User.display_name, Organisation.name, saved)
        .join(Assessment, Assessment.id == AssessmentSection.assessment_id)
        .join(Case, Case.id == Assessment.case_id)
        .join(User, User.id == AssessmentSection.author_id)
        .join(Organisation, Organisation.id == AssessmentSection.organisation_id)
        .where(Case.person_id == person_id)
        .order_by(saved.desc(), AssessmentSection.id.desc())
    )
    return [_section_row(*row) for row in session.execute(wanted)]


def _case(viewer: Viewer, now: datetime) -> Select[Case, Person, str, bool]:
    return (
        select(Case, Person, Organisation.name, related(viewer, now))
        .join(Person, Person.id == Case.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(openable(viewer, now))
    )


def _with_assessment(wanted: Select[Any, Any, Any, Any]) -> Select[*tuple[Any, ...]]:
    starter, ender = aliased(User), aliased(User)
    return (
        wanted.add_columns(Assessment, starter.display_name, ender.display_name, _ended_note())
        .join(Assessment, Assessment.case_id == Case.id)
        .join(starter, starter.id == Assessment.started_by)
        .outerjoin(ender, ender.id == Assessment.ended_by)
    )


def _ended_note() -> ScalarSelect[str]:
    """Why it ended as it did, as the case's history has it."""
    ends = (EVENTS[AssessmentState.COMPLETED], EVENTS[AssessmentState.ABANDONED])
    told = select(CaseEvent.note).where(
        CaseEvent.case_id == Assessment.case_id, CaseEvent.kind.in_(ends), CaseEvent.at == Assessment.ended_at
    )
    return told.order_by(CaseEvent.id.desc()).limit(1).correlate(Assessment).scalar_subquery()


def _saved_at() -> ColumnElement[datetime]:
    latest = select(func.max(AssessmentAnswers.at)).where(AssessmentAnswers.section_id == AssessmentSection.id)
    return latest.correlate(AssessmentSection).scalar_subquery()


def _case_row(session: Session, viewer: Viewer, now: datetime, found: Any) -> AssessedCase:
    case, person, practice, lasting = found
    found_open(session, viewer, now, person.id)
    register = RegisterFacts(person.residence, person.lives_alone, person.has_carer, person.updated_at)
    return AssessedCase(case.id, case.state, case.primary_need, facts_of(person, practice), register, bool(lasting))


def _assessment_row(found: Any) -> AssessmentRow:
    one, started_by, ended_by, note = found
    return AssessmentRow(
        one.id, one.case_id, one.questionnaires, one.state, one.capacity, one.capacity_note, one.primary_need,
        one.needs, one.risks, one.review_on, one.started_at, started_by, one.ended_at, ended_by, note or "",
        one.row_version,
    )  # fmt: skip


def _section_row(
    section: AssessmentSection, state: AssessmentState, author: str, organisation: str, saved_at: datetime
) -> SectionRow:
    return SectionRow(
        section.id, section.assessment_id, state, section.discipline, section.state, section.questionnaire,
        section.answers, author, organisation, saved_at, section.row_version,
    )  # fmt: skip
