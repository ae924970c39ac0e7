"""Flags for urgent care for their pages: everything there was about somebody, one to change, what a new one begins with."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.border_words import FlagCategory, FlagEnding, FlagState
from caseload.domain.flag_rules import first_phone, why_not_flagged
from caseload.domain.permissions import Permission
from caseload.domain.plan_headings import Contents
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.flag_standing import stands_now
from caseload.queries.flags import flag_in_force, flag_may_be_set, flags_in_force
from caseload.queries.people import PersonFacts, person_facts
from caseload.queries.visible import openable, related_to
from caseload.tables import (
    CareFlag,
    FlagAcknowledgement,
    LeadAllocation,
    Person,
    PlanSection,
    PlanVersion,
    User,
)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A partner's system said that it has the flag. `version` is what it took over; `by` its account's name."""

    by: str
    at: datetime
    version: int
    note: str


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag. `in_force` is asked of this moment; `ended_by` is None where nobody's hand ended it."""

    flag_id: int
    code: str
    category: FlagCategory
    said: str
    ring_name: str
    ring_phone: str
    ring_when: str
    starts_on: date
    review_on: date
    state: FlagState
    ending: FlagEnding | None
    ended_note: str
    set_at: datetime
    set_by: str
    ended_at: datetime | None
    ended_by: str | None
    row_version: int
    in_force: bool
    taken_over: tuple[TakenOver, ...]


@dataclass(frozen=True, slots=True)
class FlagsPage:
    """Somebody's flags, those in force first, then the latest. `why_not` is empty where another can be set."""

    person: PersonFacts
    lasting: bool
    why_not: str
    rows: tuple[FlagRow, ...]


@dataclass(frozen=True, slots=True)
class FlagPrompt:
    """How many flags are in force about somebody, and whether one could be set where there is none."""

    in_force: int
    may_be_set: bool


@dataclass(frozen=True, slots=True)
class FlagBegins:
    """The page of a new flag: of whom, whether one can be set, and what the form begins with."""

    person: PersonFacts
    lasting: bool
    why_not: str
    contents: Contents
    review_on: date | None
    ring_name: str
    ring_phone: str
    ring_when: str


def flags_page(session: Session, viewer: Viewer, now: datetime, person_id: int) -> FlagsPage:
    """Every flag there was about somebody; NotThere for who may not open them."""
    person = person_facts(session, viewer, now, person_id)
    lasting = related_to(session, viewer, now, person_id)
    why_not = why_not_flagged(stands_now(session, person_id).standing)
    rows = _rows(session, now, CareFlag.person_id == person_id)
    return FlagsPage(person, lasting, why_not or "", tuple(rows))


def flag_row(session: Session, viewer: Viewer, now: datetime, flag_id: int) -> tuple[PersonFacts, bool, FlagRow]:
    """One flag with its person, and whether the viewer's way to them lasts; NotThere for who may not open them."""
    whose = select(CareFlag.person_id).join(Person, Person.id == CareFlag.person_id)
    person_id = session.execute(whose.where(CareFlag.id == flag_id, openable(viewer, now))).scalar_one_or_none()
    if person_id is None:
        raise NotThere
    person = person_facts(session, viewer, now, person_id)
    (row,) = _rows(session, now, CareFlag.id == flag_id)
    return person, related_to(session, viewer, now, person_id), row


def flag_begins(session: Session, viewer: Viewer, now: datetime, person_id: int) -> FlagBegins:
    """What the plan, the lead and the last flag give the form of a new one; NotThere for who may not open the person."""
    person = person_facts(session, viewer, now, person_id)
    found = stands_now(session, person_id)
    contents, review_on, lead = _plan(session, found.plan_id)
    wanted = select(CareFlag).where(CareFlag.person_id == person_id).order_by(CareFlag.id.desc()).limit(1)
    last = session.execute(wanted).scalar_one_or_none()
    return FlagBegins(
        person, related_to(session, viewer, now, person_id), why_not_flagged(found.standing) or "", contents, review_on,
        lead or (last.ring_name if last else ""), first_phone(contents) or (last.ring_phone if last else ""),
        last.ring_when if last else "",
    )  # fmt: skip


def _plan(session: Session, plan_id: int | None) -> tuple[Contents, date | None, str | None]:
    """What an active version says, when it is to be reviewed, and who leads its case."""
    wanted = (
        select(PlanVersion.review_on, User.display_name, PlanSection.heading, PlanSection.content)
        .select_from(PlanVersion)
        .outerjoin(
            LeadAllocation, and_(LeadAllocation.case_id == PlanVersion.case_id, LeadAllocation.until_at.is_(None))
        )
        .outerjoin(User, User.id == LeadAllocation.user_id)
        .outerjoin(PlanSection, PlanSection.version_id == PlanVersion.id)
        .where(PlanVersion.id == plan_id)
    )
    rows = [] if plan_id is None else session.execute(wanted).all()
    contents = {row.heading: row.content for row in rows if row.heading is not None}
    return contents, rows[0].review_on if rows else None, rows[0].display_name if rows else None


def flag_prompt(session: Session, viewer: Viewer, now: datetime, person_id: int) -> FlagPrompt:
    """What the page of a person the viewer has open says of flags, in one question."""
    wanted = select(flags_in_force(local_day(now)), flag_may_be_set()).where(Person.id == person_id)
    count, may_be_set = session.execute(wanted).one()
    return FlagPrompt(count, not count and bool(may_be_set) and viewer.may(Permission.SET_FLAG))


def _rows(session: Session, now: datetime, which: ColumnElement[bool]) -> list[FlagRow]:
    setter, ender = aliased(User), aliased(User)
    in_force = flag_in_force(now).label("in_force")
    wanted = (
        select(CareFlag, setter.display_name, ender.display_name, in_force)
        .join(Person, Person.id == CareFlag.person_id)
        .join(setter, setter.id == CareFlag.set_by)
        .outerjoin(ender, ender.id == CareFlag.ended_user_id)
        .where(which)
        .order_by(in_force.desc(), CareFlag.id.desc())
    )
    found = session.execute(wanted).all()
    taken = _taken_over(session, [row.CareFlag.id for row in found])
    return [_row(flag, set_by, ended_by, bool(holds), taken) for flag, set_by, ended_by, holds in found]


def _row(
    flag: CareFlag, set_by: str, ended_by: str | None, in_force: bool, taken: Mapping[int, tuple[TakenOver, ...]]
) -> FlagRow:
    return FlagRow(
        flag.id, flag.code, flag.category, flag.said, flag.ring_name, flag.ring_phone, flag.ring_when, flag.starts_on,
        flag.review_on, flag.state, flag.ending, flag.ended_note, flag.set_at, set_by, flag.ended_at, ended_by,
        flag.row_version, in_force, taken.get(flag.id, ()),
    )  # fmt: skip


def _taken_over(session: Session, flag_ids: list[int]) -> dict[int, tuple[TakenOver, ...]]:
    if not flag_ids:
        return {}
    wanted = (
        select(FlagAcknowledgement, User.display_name)
        .join(User, User.id == FlagAcknowledgement.by)
        .where(FlagAcknowledgement.flag_id.in_(flag_ids))
        .order_by(FlagAcknowledgement.id)
    )
    taken: dict[int, list[TakenOver]] = defaultdict(list)
    for one, name in session.execute(wanted):
        taken[one.flag_id].append(TakenOver(name, one.at, one.flag_version, one.note))
    return {flag_id: tuple(rows) for flag_id, rows in taken.items()}
