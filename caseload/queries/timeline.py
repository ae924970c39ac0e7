"""What happened to one person, latest first, page by page: hospital use, contacts, the case, its leads, what they agreed to.

Two questions: hospital use has days, everything else has moments. Both are cut at the same key.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from caseload.clock import LONDON, local_day
from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.plan_words import DischargePathway
from caseload.domain.viewer import Viewer
from caseload.queries.visible import may_open
from caseload.tables import (
    Case,
    CaseEvent,
    Consent,
    Contact,
    DischargePlan,
    Encounter,
    HospitalStay,
    LeadAllocation,
    Organisation,
    PersonEvent,
    Proposal,
    ProposalEvent,
    User,
)


class Happening(StrEnum):
    """The kinds of entries. Of one moment, the kind whose word is later in the alphabet comes first."""

    CASE = "case"
    CONSENT = "consent"
    CONTACT = "contact"
    ENCOUNTER = "encounter"
    LEAD = "lead"
    LEAD_ENDED = "lead_ended"
    PERSON = "person"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class DischargeRow:
    """What was planned last for the end of a stay, by whom."""

    pathway: DischargePathway
    expected_on: date | None
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HospitalRow:
    """What the hospital's own messages tell of a stay; `updated_at` is when it said something last.

    Of a sensitive stay no ward is named, and no diagnosis by the entry: they say why somebody is there.
    """

    state: StayState
    patient_class: PatientClass
    location: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry. What `code`, `extra` and `about` hold depends on the kind; `presenters.timeline` puts it into words.

    Encounter: kind, diagnosis, provider, whose name `who` is where we hold it. Contact: outcome, mode, participants. Case: event, what it became. Lead:
    override, the lead's profession, the rule's sentence, whose name `who` is and whose code `rule`. Consent: purpose, state. Person: event. Proposal: state, reason.
    `corrects` and `corrected` tell of contacts that were recorded anew.
    """

    kind: Happening
    at: datetime
    row_id: int
    code: str
    extra: str
    about: str
    note: str
    by: str | None
    who: str | None
    rule: str = ""
    until_on: date | None = None
    corrects: bool = False
    corrected: bool = False
    discharge: DischargeRow | None = None
    hospital: HospitalRow | None = None


@dataclass(frozen=True, slots=True)
class TimelineKey:
    """Where a page of the timeline ended; the next begins with what was before it."""

    at: datetime
    kind: Happening
    row_id: int


_By = aliased(User, name="by_user")
_Who = aliased(User, name="who_user")
_NOBODY: ColumnElement[Any] = cast(null(), Integer)  # typed: PostgreSQL takes two plain nulls in a union for text


def timeline_of(
    session: Session, viewer: Viewer, now: datetime, person_id: int, *, before: TimelineKey | None, most: int
) -> list[TimelineRow]:
    """At most so many entries, latest first; nothing for who may not open the person."""
    if not may_open(session, viewer, now, person_id):
        return []
    rows = _encounters(session, person_id, before, most)
    rows += _moments(session, person_id, before, most)
    rows.sort(key=lambda row: (row.at, row.kind.value, row.row_id), reverse=True)
    return rows[:most]


def _encounters(session: Session, person_id: int, before: TimelineKey | None, most: int) -> list[TimelineRow]:
    wanted = _stays().limit(most)
    if before is not None:
        wanted = wanted.where(_encounter_before(before))
    return [
        TimelineRow(
            Happening.ENCOUNTER, _morning(row.started_on), row.id, row.kind.value,
            "" if told is not None and told.sensitive else row.diagnosis_code, row.provider_code, "", None, provider, until_on=row.ended_on, discharge=_discharge(plan, planner),
            hospital=_hospital(told),
        )
        for row, provider, plan, planner, told in session.execute(wanted, {"person_id": person_id})
    ]  # fmt: skip


def _discharge(plan: DischargePlan | None, planner: str) -> DischargeRow | None:
    return None if plan is None else DischargeRow(plan.pathway, plan.expected_on, plan.note, planner, plan.at)


def _hospital(told: HospitalStay | None) -> HospitalRow | None:
    if told is None:
        return None
    location = "" if told.sensitive else told.location
    return HospitalRow(told.state, told.patient_class, location, told.updated_at)


@cache
def _stays() -> Select[Encounter, str, DischargePlan | None, str, HospitalStay | None]:
    """The stays with their provider and, of the plans for their end, the one that holds: the last."""
    later = aliased(DischargePlan)
    last = select(func.max(later.id)).where(later.encounter_id == Encounter.id).correlate(Encounter).scalar_subquery()
    wanted = (
        select(Encounter, Organisation.name, DischargePlan, _By.display_name, HospitalStay)
        .outerjoin(Organisation, Organisation.code == Encounter.provider_code)
        .outerjoin(DischargePlan, DischargePlan.id == last)
        .outerjoin(_By, _By.id == DischargePlan.by)
        .outerjoin(HospitalStay, HospitalStay.encounter_id == Encounter.id)
        .where(Encounter.person_id == bindparam("person_id"))
    )
    return wanted.order_by(Encounter.started_on.desc(), Encounter.id.desc())


def _encounter_before(key: TimelineKey) -> ColumnElement[bool]:
    """Hospital use stands at the first moment of its day."""
    day = local_day(key.at)
    if _morning(day) < key.at or Happening.ENCOUNTER.value < key.kind.value:
        return Encounter.started_on <= day
    if key.kind is Happening.ENCOUNTER:
        return or_(Encounter.started_on < day, and_(Encounter.started_on == day, Encounter.id < key.row_id))
    return Encounter.started_on < day


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON)


def _moments(session: Session, person_id: int, before: TimelineKey | None, most: int) -> list[TimelineRow]:
    wanted = _all_moments().limit(most)
    if before is not None:
        wanted = wanted.where(_moment_before(wanted.selected_columns, before))
    return [_row(row) for row in session.execute(wanted, {"person_id": person_id}).mappings()]


@cache
def _all_moments() -> Select[*tuple[Any, ...]]:
    """Made once: a union of seven parts is dear to put together, and the same for everybody."""
    person_id = bindparam("person_id", type_=Integer)
    parts = [part(person_id) for part in (_contacts, _case, _leads, _leads_ended, _consents, _person, _proposals)]
    every = union_all(*parts).subquery()
    return (
        select(every, _By.display_name.label("by_name"), _Who.display_name.label("who_name"))
        .outerjoin(_By, _By.id == every.c.by)
        .outerjoin(_Who, _Who.id == every.c.who)
        .order_by(every.c.at.desc(), every.c.kind.desc(), every.c.row_id.desc())
    )


def _moment_before(columns: Any, key: TimelineKey) -> ColumnElement[bool]:
    kind = key.kind.value
    return or_(
        columns.at < key.at,
        and_(columns.at == key.at, columns.kind < kind),
        and_(columns.at == key.at, columns.kind == kind, columns.row_id < key.row_id),
    )


def _row(row: Any) -> TimelineRow:
    about = row["about"] or ""
    if row["kind"] == Happening.CONTACT:
        about = ",".join(json.loads(about))
    return TimelineRow(
        Happening(row["kind"]), row["at"], row["row_id"], row["code"] or "", row["extra"] or "", about, row["note"],
        row["by_name"], row["who_name"], row["rule"], None, row["corrects"], row["corrected"],
    )  # fmt: skip


def _contacts(person_id: ColumnElement[int]) -> Any:
    correction = aliased(Contact)
    return select(
        literal(Happening.CONTACT.value).label("kind"),
        Contact.happened_at.label("at"),
        Contact.id.label("row_id"),
        Contact.outcome_code.label("code"),
        cast(Contact.mode, Text).label("extra"),
        cast(Contact.participants, Text).label("about"),
        Contact.note.label("note"),
        Contact.recorded_by.label("by"),
        _NOBODY.label("who"),
        literal("").label("rule"),
        Contact.corrects_id.is_not(None).label("corrects"),
        exists()
        .where(correction.person_id == Contact.person_id, correction.corrects_id == Contact.id)
        .label("corrected"),
    ).where(Contact.person_id == person_id)


def _entry(kind: Happening, at: Any, row_id: Any, **columns: Any) -> Any:
    """The columns that every part of the union has, in the order of the first."""
    empty = literal("")
    return select(
        literal(kind.value),
        at,
        row_id,
        columns.get("code", empty),
        columns.get("extra", empty),
        columns.get("about", empty),
        columns.get("note", empty),
        columns.get("by", _NOBODY),
        columns.get("who", _NOBODY),
        columns.get("rule", empty),
        literal(False),
        literal(False),
    )


def _case(person_id: ColumnElement[int]) -> Any:
    event = CaseEvent
    return (
        _entry(
            Happening.CASE, event.at, event.id, code=event.kind, extra=event.after, about=event.before,
            note=event.note, by=event.by,
        )
        .join(Case, Case.id == event.case_id)
        .where(Case.person_id == person_id)
    )  # fmt: skip


def _leads(person_id: ColumnElement[int]) -> Any:
    lead = LeadAllocation
    return (
        _entry(
            Happening.LEAD, lead.from_at, lead.id, code=lead.override_code, extra=cast(lead.profession, Text),
            about=lead.sentence, by=lead.confirmed_by, who=lead.user_id,
            rule=lead.rule_code,
        )
        .join(Case, Case.id == lead.case_id)
        .where(Case.person_id == person_id)
    )  # fmt: skip


def _leads_ended(person_id: ColumnElement[int]) -> Any:
    """The end of a lead's time where nobody followed: in a handover the next one's beginning says it."""
    lead, following = LeadAllocation, aliased(LeadAllocation)
    followed = exists().where(following.case_id == lead.case_id, following.from_at == lead.until_at)
    return (
        _entry(
            Happening.LEAD_ENDED, lead.until_at, lead.id, extra=cast(lead.profession, Text), who=lead.user_id
        )
        .join(Case, Case.id == lead.case_id)
        .where(Case.person_id == person_id, lead.until_at.is_not(None), ~followed)
    )  # fmt: skip


def _consents(person_id: ColumnElement[int]) -> Any:
    said = Consent
    return _entry(
        Happening.CONSENT, said.at, said.id, code=cast(said.purpose, Text), extra=cast(said.state, Text),
        about=said.how, note=said.note, by=said.by,
    ).where(said.person_id == person_id)  # fmt: skip


def _person(person_id: ColumnElement[int]) -> Any:
    event = PersonEvent
    return _entry(Happening.PERSON, event.at, event.id, code=event.kind, by=event.by).where(
        event.person_id == person_id
    )


def _proposals(person_id: ColumnElement[int]) -> Any:
    event = ProposalEvent
    return (
        _entry(
            Happening.PROPOSAL, event.at, event.id, code=cast(event.state, Text), extra=event.reason_code,
            about=cast(Proposal.kind, Text), note=event.note, by=event.by,
        )
        .join(Proposal, Proposal.id == event.proposal_id)
        .where(Proposal.person_id == person_id)
    )  # fmt: skip
