"""Care plans for their pages: a case's versions, one version whole, one part of it, two to compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, literal, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.plan_headings import FIELDS, Contents
from caseload.domain.plan_words import (
    AgreementMethod,
    AgreementState,
    AssessmentState,
    Authority,
    PlanHeading,
    PlanState,
)
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Sector, TaskState
from caseload.exceptions import NotThere
from caseload.queries.joint_plan import case_has_joint_plan
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.visible import openable, related
from caseload.tables import (
    Assessment,
    Case,
    LeadAllocation,
    Organisation,
    Person,
    PlanAction,
    PlanAgreement,
    PlanSection,
    PlanVersion,
    ReplacedPlan,
    Task,
    User,
)


@dataclass(frozen=True, slots=True)
class PlanCase:
    """The case a plan belongs to. `lasting` is false where only break-glass opens it; `joint` is asked of this moment."""

    case_id: int
    state: CaseState
    person: PersonFacts
    lead_id: int | None
    lead: str | None
    lasting: bool
    joint: bool

    @property
    def may_change(self) -> bool:
        """Whether anything can be written, as far as the case and the person go."""
        return self.lasting and self.state is not CaseState.CLOSED and self.person.date_of_death is None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What was said once to a version."""

    version_id: int
    state: AgreementState
    reason: str
    method: AgreementMethod | None
    witness: str
    representative: str
    authority: Authority | None
    copy_given: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version as lists and its own page begin. `answer` is the last one."""

    version_id: int
    number: int
    state: PlanState
    review_on: date | None
    content_hash: str | None
    created_at: datetime
    created_by: str
    ready_at: datetime | None
    signed_at: datetime | None
    signed_by_id: int | None
    signed_by: str | None
    active_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    row_version: int
    answer: AnswerRow | None


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One part of a version: what it says, who wrote it last, and the sectors of everyone who wrote it."""

    heading: PlanHeading
    entries: tuple[Mapping[str, str], ...]
    sectors: tuple[Sector, ...]
    author: str
    organisation: str
    saved_at: datetime
    row_version: int


@dataclass(frozen=True, slots=True)
class ActionTask:
    """The task an action of an active version became."""

    task_id: int
    state: TaskState
    due_on: date


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """A condition-specific plan that the joint plan stands in for."""

    name: str
    holder: str
    added_at: datetime
    added_by: str
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class CasePlan:
    """A case's versions, latest first; `sectors` are of those who wrote in the active one. `assessed` where an
    assessment is completed."""

    case: PlanCase
    versions: tuple[VersionRow, ...]
    sectors: frozenset[Sector]
    assessed: bool
    others: tuple[OtherPlan, ...]

    def latest(self, *states: PlanState) -> VersionRow | None:
        """The latest version in one of these states."""
        return next((version for version in self.versions if version.state in states), None)


@dataclass(frozen=True, slots=True)
class WholePlan:
    """One version with everything it says; tasks by the key of their action."""

    case: PlanCase
    version: VersionRow
    sections: tuple[SectionRow, ...]
    answers: tuple[AnswerRow, ...]
    tasks: Mapping[str, ActionTask]

    @property
    def contents(self) -> Contents:
        """What it says, by part."""
        return {section.heading: section.entries for section in self.sections}

    def section(self, heading: PlanHeading) -> SectionRow | None:
        """One part; None where nobody has written it."""
        return next((section for section in self.sections if section.heading is heading), None)


def plan_case(session: Session, viewer: Viewer, now: datetime, case_id: int) -> PlanCase:
    """The case a plan belongs to, for somebody who may open its person; NotThere otherwise."""
    return _case(session, viewer, now, literal(case_id))


def _case_of(version_id: int) -> ScalarSelect[int]:
    return select(PlanVersion.case_id).where(PlanVersion.id == version_id).scalar_subquery()


def _case(session: Session, viewer: Viewer, now: datetime, which: ColumnElement[int] | ScalarSelect[int]) -> PlanCase:
    lead = and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None))
    wanted = (
        select(
            Case.id, Case.state, Person, Organisation.name, LeadAllocation.user_id, User.display_name,
            related(viewer, now).label("lasting"), case_has_joint_plan(now).label("joint"),
        )
        .join(Person, Person.id == Case.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .outerjoin(LeadAllocation, lead)
        .outerjoin(User, User.id == LeadAllocation.user_id)
        .where(Case.id == which, openable(viewer, now))
    )  # fmt: skip
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotThere
    return PlanCase(row[0], row[1], facts_of(row[2], row[3]), row[4], row[5], bool(row[6]), bool(row[7]))


def plan_of_case(session: Session, viewer: Viewer, now: datetime, case_id: int) -> CasePlan:
    """Everything there is about the plan of one case; NotThere for somebody who may not open the person."""
    case = plan_case(session, viewer, now, case_id)
    versions = _versions(session, _of_case(case_id))
    active = next((version.version_id for version in versions if version.state is PlanState.ACTIVE), None)
    sectors = select(PlanSection.contributed).where(PlanSection.version_id == active)
    written = session.execute(sectors).scalars() if active is not None else ()
    assessed = exists().where(Assessment.case_id == case_id, Assessment.state == AssessmentState.COMPLETED)
    return CasePlan(
        case, versions, frozenset(Sector(one) for sectors_of in written for one in sectors_of),
        bool(session.execute(select(assessed)).scalar()), _others(session, case_id),
    )  # fmt: skip


def whole_plan(session: Session, viewer: Viewer, now: datetime, version_id: int) -> WholePlan:
    """One version with everything it says; NotThere for somebody who may not open the person."""
    case = _case(session, viewer, now, _case_of(version_id))
    answers = _answers(session, PlanAgreement.version_id == version_id)
    version = _version(_row(session, version_id), answers[-1] if answers else None)
    return WholePlan(case, version, _sections(session, version_id), answers, _tasks(session, version_id))


def plan_to_write(session: Session, viewer: Viewer, now: datetime, version_id: int) -> WholePlan:
    """The same for who writes in it, without what was said to it and without tasks: a draft has neither."""
    case = _case(session, viewer, now, _case_of(version_id))
    return WholePlan(case, _version(_row(session, version_id), None), _sections(session, version_id), (), {})


def active_plan(session: Session, viewer: Viewer, now: datetime, case_id: int) -> WholePlan | None:
    """The active version of a case; None where there is none. NotThere for somebody who may not open the person."""
    plan_case(session, viewer, now, case_id)
    wanted = select(PlanVersion.id).where(PlanVersion.case_id == case_id, PlanVersion.state == PlanState.ACTIVE)
    version_id = session.execute(wanted).scalar_one_or_none()
    return None if version_id is None else whole_plan(session, viewer, now, version_id)


def two_versions(
    session: Session, viewer: Viewer, now: datetime, first_id: int, second_id: int
) -> tuple[PlanCase, tuple[VersionRow, Contents], tuple[VersionRow, Contents]]:
    """Two versions of one case, as they were asked for; NotThere where they are not of one case."""
    wanted = select(PlanVersion.case_id).where(PlanVersion.id.in_([first_id, second_id])).distinct()
    cases = session.execute(wanted).scalars().all()
    if len(cases) != 1:
        raise NotThere
    case = plan_case(session, viewer, now, cases[0])
    versions = {version.version_id: version for version in _versions(session, _of_case(case.case_id))}
    if not {first_id, second_id} <= versions.keys():
        raise NotThere
    said: dict[int, dict[PlanHeading, tuple[Mapping[str, str], ...]]] = {first_id: {}, second_id: {}}
    parts = select(PlanSection.version_id, PlanSection.heading, PlanSection.content)
    for version_id, heading, content in session.execute(parts.where(PlanSection.version_id.in_(said))):
        said[version_id][heading] = tuple(content)
    return case, (versions[first_id], said[first_id]), (versions[second_id], said[second_id])


def _of_case(case_id: int) -> Select[int]:
    return select(PlanVersion.id).where(PlanVersion.case_id == case_id)


def _versions(session: Session, of: Select[int]) -> tuple[VersionRow, ...]:
    answers = {answer.version_id: answer for answer in _answers(session, PlanAgreement.version_id.in_(of))}
    rows = session.execute(_rows().where(PlanVersion.id.in_(of)).order_by(PlanVersion.number.desc()))
    return tuple(_version(row, answers.get(row[0].id)) for row in rows)


def _row(session: Session, version_id: int) -> tuple[PlanVersion, str, str | None]:
    one, writer, signer = session.execute(_rows().where(PlanVersion.id == version_id)).one()
    return one, writer, signer


def _rows() -> Select[PlanVersion, str, str | None]:
    writer, signer = aliased(User), aliased(User)
    return (
        select(PlanVersion, writer.display_name, signer.display_name)
        .join(writer, writer.id == PlanVersion.created_by)
        .outerjoin(signer, signer.id == PlanVersion.signed_by)
    )


def _version(row: tuple[PlanVersion, str, str | None], answer: AnswerRow | None) -> VersionRow:
    one, writer, signer = row
    return VersionRow(
        one.id, one.number, one.state, one.review_on, one.content_hash, one.created_at, writer, one.ready_at,
        one.signed_at, one.signed_by, signer, one.active_at, one.ended_at, one.ended_reason, one.row_version, answer,
    )  # fmt: skip


def _answers(session: Session, wanted: ColumnElement[bool]) -> tuple[AnswerRow, ...]:
    """In the order in which they were recorded."""
    rows = session.execute(
        select(
            PlanAgreement.version_id, PlanAgreement.state, PlanAgreement.reason, PlanAgreement.method,
            PlanAgreement.witness, PlanAgreement.representative, PlanAgreement.authority, PlanAgreement.copy_given,
            PlanAgreement.at, User.display_name,
        )
        .join(User, User.id == PlanAgreement.by)
        .where(wanted)
        .order_by(PlanAgreement.id)
    )  # fmt: skip
    return tuple(AnswerRow(*tuple(row)) for row in rows)


def _sections(session: Session, version_id: int) -> tuple[SectionRow, ...]:
    rows = session.execute(
        select(PlanSection, User.display_name, Organisation.name)
        .join(User, User.id == PlanSection.author_id)
        .join(Organisation, Organisation.id == PlanSection.organisation_id)
        .where(PlanSection.version_id == version_id)
    )
    found = {
        section.heading: SectionRow(
            section.heading, tuple(section.content), tuple(Sector(one) for one in section.contributed), author,
            organisation, section.saved_at, section.row_version,
        )
        for section, author, organisation in rows
    }  # fmt: skip
    return tuple(found[heading] for heading in FIELDS if heading in found)


def _tasks(session: Session, version_id: int) -> dict[str, ActionTask]:
    wanted = (
        select(PlanAction.action_key, Task.id, Task.state, Task.due_on)
        .join(Task, Task.id == PlanAction.task_id)
        .where(PlanAction.version_id == version_id)
    )
    return {row.action_key: ActionTask(row.id, row.state, row.due_on) for row in session.execute(wanted)}


def _others(session: Session, case_id: int) -> tuple[OtherPlan, ...]:
    wanted = (
        select(
            ReplacedPlan.name, ReplacedPlan.holder, ReplacedPlan.added_at, User.display_name, ReplacedPlan.replaced_at
        )
        .join(User, User.id == ReplacedPlan.added_by)
        .where(ReplacedPlan.case_id == case_id)
        .order_by(ReplacedPlan.name, ReplacedPlan.id)
    )
    return tuple(OtherPlan(*row) for row in session.execute(wanted))
