"""A case's accountable lead for its page: what the rule says, who leads and led, who could."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.candidates import Candidate, in_order, split_leaving, suggested
from caseload.domain.handover_rules import answer_by, state_at
from caseload.domain.lead_rule import LEAD_WORDS, LeadOutcome, LeadRules, lead_outcome, sentence_for
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, HandoverState, Profession
from caseload.lead_rules import read_lead_rules
from caseload.queries.kept_out import kept_out
from caseload.queries.lead_cases import LeadCase, lead_case, lead_cases
from caseload.queries.practitioners import candidates_for, compared
from caseload.tables import Handover, LeadAllocation, Organisation, Person, User


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One professional's time as lead. `sentence` is as this viewer may read it; `until_at` is None for the one in force.

    `kept_out` says that they may no longer open the record: the person said no to sharing with their sector.
    """

    allocation_id: int
    user_id: int
    name: str
    job_title: str
    organisation: str
    profession: Profession
    kept_out: bool
    from_at: datetime
    until_at: datetime | None
    sentence: str
    override_code: str | None
    override_note: str
    confirmed_by: str
    by_handover: bool
    tell_by: date | None
    told_on: date | None
    told_how: str | None
    told_by: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request to take the case over that nobody has answered yet."""

    handover_id: int
    receiver: str
    requested_at: datetime
    expires_at: datetime
    to_me: bool

    @property
    def answer_by(self) -> date:
        """The last day on which the receiver can answer."""
        return answer_by(self.expires_at)


@dataclass(frozen=True, slots=True)
class LeadPage:
    """All of it. `candidates` are in order, and only there while nobody leads and the viewer may name somebody, as are the
    names of those not offered because they are `leaving`."""

    case: LeadCase
    outcome: LeadOutcome
    sentence: str
    current: LeadRow | None
    earlier: tuple[LeadRow, ...]
    waiting: Waiting | None
    candidates: tuple[Candidate, ...]
    leaving: tuple[str, ...]
    may_name: bool
    may_hand_over: bool
    may_read_letter: bool
    may_tell: bool


def lead_page(session: Session, viewer: Viewer, now: datetime, case_id: int) -> LeadPage:
    """What the page of a case's lead shows; NotThere for somebody who may not open the person."""
    case = lead_case(session, viewer, now, case_id)
    rules = read_lead_rules()
    outcome = lead_outcome(rules, case.facts, local_day(now))
    rows = leads_of(session, viewer, now, case, rules)
    current = next((row for row in rows if row.until_at is None), None)
    ours = case.practice_id in viewer.practices(Permission.CONFIRM_LEAD)
    going_on = case.state is not CaseState.CLOSED
    alive = case.person.date_of_death is None
    may_name = ours and going_on and alive and case.lasting and current is None
    found = candidates_for(session, now, case, rules, with_leaving=True) if may_name else []
    candidates, leaving = split_leaving(in_order(rules, outcome, found))
    mine = current is not None and current.user_id == viewer.user_id
    return LeadPage(
        case, outcome, shown(viewer, case, outcome.sentence, outcome.rule_code, rules), current,
        tuple(row for row in rows if row is not current), _waiting(session, viewer, now, case_id),
        tuple(candidates), leaving, may_name,
        may_hand_over=going_on
        and current is not None
        and case.lasting
        and (ours or mine)
        and viewer.may(Permission.HAND_OVER),
        may_read_letter=current is not None
        and alive
        and not current.kept_out
        and viewer.may(Permission.WORK_CASE),
        may_tell=current is not None and alive and case.lasting and viewer.may(Permission.WORK_CASE),
    )  # fmt: skip


def shown(viewer: Viewer, case: LeadCase, sentence: str, rule_code: str, rules: LeadRules) -> str:
    """A sentence as this viewer may read it: without a tier where they may not see scores or the person objects."""
    may_see = viewer.may(Permission.SEE_SCORE) and not case.objects
    return sentence_for(sentence, rule_code, rules, may_see_score=may_see)


def leads_of(session: Session, viewer: Viewer, now: datetime, case: LeadCase, rules: LeadRules) -> list[LeadRow]:
    """Everybody who leads or led a case that the viewer has already been given, latest first."""
    lead, confirmer, teller = aliased(User), aliased(User), aliased(User)
    rows = session.execute(
        select(
            LeadAllocation, lead, Organisation.name, confirmer.display_name, teller.display_name, kept_out(lead, now)
        )
        .select_from(LeadAllocation)
        .join(Person, Person.id == case.person_id)
        .join(lead, lead.id == LeadAllocation.user_id)
        .join(Organisation, Organisation.id == lead.home_id)
        .join(confirmer, confirmer.id == LeadAllocation.confirmed_by)
        .outerjoin(teller, teller.id == LeadAllocation.told_by)
        .where(LeadAllocation.case_id == case.case_id)
        .order_by(LeadAllocation.from_at.desc(), LeadAllocation.id.desc())
    )
    return [_lead_row(viewer, case, rules, row) for row in rows]


def handover_candidates(session: Session, now: datetime, case: LeadCase, sender_id: int) -> list[Candidate]:
    """Who could take over a case that the viewer has already been given, best first, without its lead; those who are
    leaving are among them, marked."""
    rules = read_lead_rules()
    found = candidates_for(session, now, case, rules, to_receive=True, with_leaving=True)
    others = [one for one in found if one.user_id != sender_id]
    return in_order(rules, lead_outcome(rules, case.facts, local_day(now)), others)


def why_unallocated(session: Session, viewer: Viewer, now: datetime, case_ids: Iterable[int]) -> dict[int, str]:
    """For cases that nobody leads: why, in a sentence for each, by id. Two questions however many cases there are."""
    cases = lead_cases(session, viewer, now, case_ids)
    rules, day = read_lead_rules(), local_day(now)
    candidates = compared(session, now, list(cases.values()), rules, with_history=False) if cases else {}
    return {
        case_id: _why(rules, lead_outcome(rules, case.facts, day), candidates[case_id])
        for case_id, case in cases.items()
    }


def _why(rules: LeadRules, outcome: LeadOutcome, candidates: Sequence[Candidate]) -> str:
    if outcome.profession is None:
        return "The primary need is not recorded."
    words = LEAD_WORDS[outcome.profession]
    if not any(suggested(rules, outcome, one) for one in candidates):
        return f"The rule proposes {words}, and there is none who is available."
    return f"The rule proposes {words}. Nobody has confirmed one yet."


def _lead_row(viewer: Viewer, case: LeadCase, rules: LeadRules, row: Any) -> LeadRow:
    lead, user, organisation, confirmer, teller, barred = row
    return LeadRow(
        lead.id, user.id, user.display_name, user.job_title, organisation, lead.profession, bool(barred),
        lead.from_at, lead.until_at, shown(viewer, case, lead.sentence, lead.rule_code, rules), lead.override_code,
        lead.override_note, confirmer, lead.handover_id is not None, lead.tell_by,
        None if lead.told_at is None else local_day(lead.told_at), lead.told_how, teller,
    )  # fmt: skip


def _waiting(session: Session, viewer: Viewer, now: datetime, case_id: int) -> Waiting | None:
    found = session.execute(
        select(Handover, User.display_name)
        .join(User, User.id == Handover.to_user_id)
        .where(Handover.case_id == case_id, Handover.state == HandoverState.REQUESTED)
    ).one_or_none()
    if found is None:
        return None
    handover, receiver = found
    if state_at(handover.state, handover.expires_at, now) is not HandoverState.REQUESTED:
        return None
    return Waiting(
        handover.id, receiver, handover.requested_at, handover.expires_at, handover.to_user_id == viewer.user_id
    )
