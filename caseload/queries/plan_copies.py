"""One version of a plan as a document needs it, to whom copies of the plan went, and the copy somebody has just made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.plan_headings import Entry
from caseload.domain.plan_words import AgreementMethod, AgreementState, Authority, PlanHeading, PlanState, ShareFormat
from caseload.domain.viewer import Viewer
from caseload.domain.words import Profession, Sector
from caseload.exceptions import NotThere
from caseload.queries.care_team import navigator_name
from caseload.queries.people import PersonFacts, facts_of
from caseload.queries.reach import reachable
from caseload.queries.visible import Shape, found_open, names_for, openable_by_name, shape_of
from caseload.tables import (
    Case,
    LeadAllocation,
    Organisation,
    Person,
    PlanAgreement,
    PlanSection,
    PlanShare,
    PlanVersion,
    User,
)


@dataclass(frozen=True, slots=True)
class LeadNow:
    """Who answers for the case."""

    name: str
    profession: Profession
    organisation: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The latest answer to a version. `representative` and `authority` are of somebody who answered for the person."""

    state: AgreementState
    at: datetime
    method: AgreementMethod | None
    representative: str
    authority: Authority | None


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """One version with everything a document says of it. `contents` has only the parts that were written."""

    version_id: int
    case_id: int
    number: int
    state: PlanState
    person: PersonFacts
    phone: str
    review_on: date | None
    content_hash: str | None
    active_at: datetime | None
    ended_at: datetime | None
    lead: LeadNow | None
    navigator: str | None
    answered: Answered | None
    contents: Mapping[PlanHeading, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One copy that was given or refused."""

    share_id: int
    version_id: int
    number: int
    share_format: ShareFormat
    recipient: str
    sector: Sector | None
    refused: bool
    at: datetime
    by_id: int
    by: str


def plan_copy(session: Session, viewer: Viewer, now: datetime, version_id: int) -> PlanCopy:
    """A version, for somebody who may open its person; NotThere otherwise, whatever the cause."""
    named = {**names_for(viewer, now), "version_id": version_id}
    found = session.execute(_plan(shape_of(viewer)), named).one_or_none()
    if found is None:
        raise NotThere
    found_open(session, viewer, now, found[1].id)
    return _copied(session, now, found)


def plan_to_send(session: Session, viewer: Viewer, now: datetime, version_id: int) -> PlanCopy:
    """A version, for somebody whom its person reaches from outside; NotThere otherwise. What may go is not asked here."""
    wanted = _versions().where(PlanVersion.id == version_id, reachable(viewer, now))
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotThere
    return _copied(session, now, found)


def plan_shares(
    session: Session, viewer: Viewer, now: datetime, version_id: int, *, before: int | None, most: int
) -> list[ShareRow]:
    """Copies of every version of the same case's plan, given or refused, the latest first. NotThere as `plan_copy`."""
    case_id = _case_of(session, viewer, now, version_id)
    wanted = _shares().where(PlanVersion.case_id == case_id)
    if before is not None:
        wanted = wanted.where(PlanShare.id < before)
    return [ShareRow(*row) for row in session.execute(wanted.order_by(PlanShare.id.desc()).limit(most))]


def made_copy(session: Session, viewer: Viewer, now: datetime, version_id: int, share_id: int) -> ShareRow | None:
    """The copy of this version that the viewer themselves made today; None where that is not so, or it was refused."""
    wanted = _shares().where(
        PlanShare.id == share_id,
        PlanShare.version_id == version_id,
        PlanShare.by == viewer.user_id,
        PlanShare.refused.is_(False),
    )
    found = session.execute(wanted).one_or_none()
    row = None if found is None else ShareRow(*found)
    return row if row is not None and local_day(row.at) == local_day(now) else None


@cache
def _plan(shape: Shape) -> Select[PlanVersion, Person, str, LeadAllocation, str, str]:
    return _versions().where(PlanVersion.id == bindparam("version_id"), openable_by_name(shape))


def _versions() -> Select[PlanVersion, Person, str, LeadAllocation, str, str]:
    practice, home = aliased(Organisation), aliased(Organisation)
    return (
        select(PlanVersion, Person, practice.name, LeadAllocation, User.display_name, home.name)
        .join(Case, Case.id == PlanVersion.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(practice, practice.id == Person.practice_id)
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .outerjoin(User, User.id == LeadAllocation.user_id)
        .outerjoin(home, home.id == User.home_id)
    )


def _copied(session: Session, now: datetime, found: Any) -> PlanCopy:
    version, person, practice, lead, lead_name, lead_home = found
    return PlanCopy(
        version.id, version.case_id, version.number, version.state, facts_of(person, practice), person.phone,
        version.review_on, version.content_hash, version.active_at, version.ended_at,
        None if lead is None else LeadNow(lead_name or "", lead.profession, lead_home or ""),
        navigator_name(session, now, version.case_id), _answered(session, version.id), _contents(session, version.id),
    )  # fmt: skip


def _case_of(session: Session, viewer: Viewer, now: datetime, version_id: int) -> int:
    wanted = (
        select(PlanVersion.case_id)
        .join(Case, Case.id == PlanVersion.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(PlanVersion.id == version_id, openable_by_name(shape_of(viewer)))
    )
    case_id = session.execute(wanted, names_for(viewer, now)).scalar_one_or_none()
    if case_id is None:
        raise NotThere
    return case_id


def _shares() -> Select[int, int, int, ShareFormat, str, Sector | None, bool, datetime, int, str]:
    return (
        select(
            PlanShare.id, PlanShare.version_id, PlanVersion.number, PlanShare.share_format, PlanShare.recipient,
            PlanShare.sector, PlanShare.refused, PlanShare.at, PlanShare.by, User.display_name,
        )
        .join(PlanVersion, PlanVersion.id == PlanShare.version_id)
        .join(User, User.id == PlanShare.by)
    )  # fmt: skip


def _contents(session: Session, version_id: int) -> dict[PlanHeading, list[dict[str, str]]]:
    wanted = select(PlanSection.heading, PlanSection.content).where(PlanSection.version_id == version_id)
    return {heading: content for heading, content in session.execute(wanted.order_by(PlanSection.id)) if content}


def _answered(session: Session, version_id: int) -> Answered | None:
    wanted = select(PlanAgreement).where(PlanAgreement.version_id == version_id)
    said = session.execute(wanted.order_by(PlanAgreement.id.desc()).limit(1)).scalar_one_or_none()
    return None if said is None else Answered(said.state, said.at, said.method, said.representative, said.authority)
