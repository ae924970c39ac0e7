"""Handovers for their pages: what waits for the viewer, what they asked for, and one with all that is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.candidates import Candidate, split_leaving
from caseload.domain.handover_rules import answer_by, state_at
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, HandoverState
from caseload.exceptions import NotNow, NotThere
from caseload.lead_rules import read_lead_rules
from caseload.queries.lead_cases import LeadCase, lead_case
from caseload.queries.leads import handover_candidates
from caseload.queries.practitioners import candidates_for
from caseload.queries.visible import EMERGENCY_ONLY, openable
from caseload.tables import Case, Handover, LeadAllocation, Organisation, Person, User

ENDED_SHOWN_DAYS = 30
"""How long a request that was answered, taken back or lapsed is listed."""


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One request in a list. `state` is the one in force: a request that expired is lapsed."""

    handover_id: int
    case_id: int
    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    nhs_number: str
    practice: str
    sender: str
    receiver: str
    reason: str
    requested_at: datetime
    expires_at: datetime
    state: HandoverState
    decided_at: datetime | None
    decision_note: str

    @property
    def answer_by(self) -> date:
        """The last day on which the receiver can answer."""
        return answer_by(self.expires_at)


@dataclass(frozen=True, slots=True)
class HandoverLists:
    """What waits for the viewer's answer, what they wait for, what ended lately. At most so many of each; `waiting` counts
    all of the first."""

    to_answer: tuple[HandoverRow, ...]
    waiting: int
    asked: tuple[HandoverRow, ...]
    ended: tuple[HandoverRow, ...]


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """One request. `receiver_now` compares the receiver as they are today; None where they could not take over any more."""

    case: LeadCase
    row: HandoverRow
    summary: str
    asked_by: str
    row_version: int
    receiver_now: Candidate | None
    may_answer: bool
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class RequestPage:
    """What is needed to ask for a handover. `waiting_id` is the request there is already, `lead` None where nobody leads.

    `leaving` names those who are no candidates because they leave."""

    case: LeadCase
    lead: str | None
    waiting_id: int | None
    candidates: tuple[Candidate, ...]
    leaving: tuple[str, ...]


def handover_lists(session: Session, viewer: Viewer, now: datetime, most: int) -> HandoverLists:
    """The viewer's requests, the one that lapses first at the top; ended ones latest first. People they may open only."""
    waiting = and_(Handover.state == HandoverState.REQUESTED, Handover.expires_at > now)
    mine = or_(Handover.from_user_id == viewer.user_id, Handover.requested_by == viewer.user_id)
    to_me = Handover.to_user_id == viewer.user_id
    lately = func.coalesce(Handover.decided_at, Handover.expires_at) > now - timedelta(days=ENDED_SHOWN_DAYS)
    latest = (func.coalesce(Handover.decided_at, Handover.expires_at).desc(), Handover.id.desc())
    soonest = (Handover.expires_at, Handover.id)
    to_answer, count = _listed(session, viewer, now, and_(to_me, waiting), soonest, most)
    asked, _ = _listed(session, viewer, now, and_(mine, waiting), soonest, most)
    ended, _ = _listed(session, viewer, now, and_(mine, ~waiting, lately), latest, most)
    return HandoverLists(to_answer, count, asked, ended)


def handover_page(session: Session, viewer: Viewer, now: datetime, handover_id: int) -> HandoverPage:
    """One request with its case; NotThere for somebody who may not open the person."""
    requester = aliased(User)
    found = session.execute(
        _rows(now)
        .add_columns(Handover, requester.display_name)
        .join(requester, requester.id == Handover.requested_by)
        .where(Handover.id == handover_id, openable(viewer, now))
    ).one_or_none()
    if found is None:
        raise NotThere
    handover: Handover = found[-2]
    case = lead_case(session, viewer, now, handover.case_id)
    row = _row(found[:-2], now)
    waits = row.state is HandoverState.REQUESTED
    to_me = handover.to_user_id == viewer.user_id
    ours = case.practice_id in viewer.practices(Permission.CONFIRM_LEAD)
    return HandoverPage(
        case, row, handover.summary, found[-1], handover.row_version,
        _receiver(session, now, case, handover.to_user_id) if waits else None, may_answer=waits and to_me,
        may_revoke=waits
        and (viewer.user_id in {handover.from_user_id, handover.requested_by} or (ours and not to_me)),
    )  # fmt: skip


def request_page(session: Session, viewer: Viewer, now: datetime, case_id: int) -> RequestPage:
    """What asking for a handover needs; NotThere for somebody who neither leads the case nor may name leads there, NotNow
    where break-glass alone opens it to them."""
    case = lead_case(session, viewer, now, case_id)
    lead = session.execute(
        select(User.id, User.display_name)
        .join(LeadAllocation, LeadAllocation.user_id == User.id)
        .where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    ).one_or_none()
    leads = lead is not None and lead.id == viewer.user_id
    if not leads and case.practice_id not in viewer.practices(Permission.CONFIRM_LEAD):
        raise NotThere
    if not case.lasting:
        raise NotNow(EMERGENCY_ONLY)
    waiting = _waiting_id(session, now, case_id)
    possible = lead is not None and waiting is None and case.state is not CaseState.CLOSED
    found = handover_candidates(session, now, case, lead.id) if possible and lead is not None else []
    candidates, leaving = split_leaving(found)
    return RequestPage(case, None if lead is None else lead.display_name, waiting, tuple(candidates), leaving)


def _listed(
    session: Session, viewer: Viewer, now: datetime, wanted: ColumnElement[bool], order: Sequence[Any], most: int
) -> tuple[tuple[HandoverRow, ...], int]:
    listed = (
        _rows(now).add_columns(func.count().over()).where(wanted, openable(viewer, now)).order_by(*order).limit(most)
    )
    rows = session.execute(listed).all()
    return tuple(_row(row[:-1], now) for row in rows), rows[0][-1] if rows else 0


def _rows(now: datetime) -> Any:
    sender, receiver = aliased(User), aliased(User)
    return (
        select(
            Handover.id, Handover.case_id, Person.id, Person.family_name, Person.given_name, Person.date_of_birth,
            Person.nhs_number, Organisation.name, sender.display_name, receiver.display_name, Handover.reason,
            Handover.requested_at, Handover.expires_at, Handover.state, Handover.decided_at, Handover.decision_note,
        )
        .join(Case, Case.id == Handover.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .join(sender, sender.id == Handover.from_user_id)
        .join(receiver, receiver.id == Handover.to_user_id)
    )  # fmt: skip


def _row(values: Sequence[Any], now: datetime) -> HandoverRow:
    row = HandoverRow(*values)
    return replace(row, state=state_at(row.state, row.expires_at, now))


def _receiver(session: Session, now: datetime, case: LeadCase, user_id: int) -> Candidate | None:
    found = candidates_for(session, now, case, read_lead_rules(), only=[user_id], to_receive=True)
    return found[0] if found else None


def _waiting_id(session: Session, now: datetime, case_id: int) -> int | None:
    wanted = select(Handover.id).where(
        Handover.case_id == case_id, Handover.state == HandoverState.REQUESTED, Handover.expires_at > now
    )
    return session.execute(wanted).scalar_one_or_none()
