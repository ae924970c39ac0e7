"""Passing a case to another lead: the sender is accountable until the receiver accepts, then the receiver is.

Both ends of an acceptance are the same moment, so that there is never a time with two leads or with none.
"""

from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.active_users import keep_active
from caseload.actions.audit import record
from caseload.actions.changes import change_by, last_change
from caseload.actions.leads import TELL_DAYS, add_lead, end_lead, next_moment, rested_on
from caseload.actions.notices import notify
from caseload.actions.tasks import pass_on_case_tasks
from caseload.actions.versions import check_version
from caseload.clock import LONDON, local_day
from caseload.domain.candidates import Candidate, why_reason_needed
from caseload.domain.handover_rules import state_at, why_not_decided
from caseload.domain.lead_rule import LeadOutcome, lead_outcome
from caseload.domain.override_reasons import OverrideReason
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, HandoverState, NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.lead_rules import read_lead_rules
from caseload.queries.lead_cases import lead_case, lead_in_force
from caseload.queries.practitioners import candidate_for
from caseload.queries.visible import case_to_change
from caseload.tables import Case, CaseEvent, Handover, LeadAllocation

HANDOVER_DAYS = 7
"""How many days a receiver has to answer, where the settings say nothing else."""


def request_handover(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    case_id: int,
    row_version: int,
    to_user_id: int,
    reason: str,
    summary: str = "",
    handover_days: int = HANDOVER_DAYS,
    journey_id: int | None = None,
) -> int:
    """Ask somebody to take over a case; the id of the request. `row_version` is the case's.

    The lead may ask, and whoever may name leads for the person's practice. The request lapses at the end of the day
    that is `handover_days` from today. NotNow where nobody leads, or the receiver could not; Conflict where somebody else
    asked meanwhile.
    """
    if not by.may(Permission.HAND_OVER):
        raise NotThere
    case = _locked(session, by, now, case_id)
    check_version(case, row_version, last=partial(last_change, session, CaseEvent, CaseEvent.case_id, case.id))
    lead = _lead_to_hand_over(session, by, case)
    _write_lapsed(session, case, now)
    _check_none_waiting(session, case)
    keep_active(session, to_user_id)
    _check_receiver(session, by, now, case_id, lead, to_user_id)
    if not reason.strip():
        raise NotNow("Say why the case is handed over.", field="reason")
    handover = Handover(
        case_id=case.id, from_user_id=lead.user_id, to_user_id=to_user_id, state=HandoverState.REQUESTED,
        reason=reason, summary=summary, requested_at=now, requested_by=by.user_id,
        expires_at=_end_of_day(now, handover_days), journey_id=journey_id,
    )  # fmt: skip
    session.add(handover)
    session.flush()
    _tell(session, case, NoticeKind.HANDOVER_REQUESTED, [to_user_id], by, now)
    _record(session, "handover.request", case, handover, by, now)
    return handover.id


def accept_handover(
    session: Session, *, by: Viewer, now: datetime, handover_id: int, row_version: int, tell_days: int = TELL_DAYS
) -> int:
    """The receiver takes over: accountable from this moment, with the sender's open tasks of the case. The id of the
    new allocation."""
    handover, case = _waiting(session, by, now, handover_id, row_version)
    if handover.to_user_id != by.user_id:
        raise NotThere
    lead = lead_in_force(session, case.id)
    if lead is None or lead.user_id != handover.from_user_id:
        raise NotNow("The lead who asked does not lead this case any more.")
    seen = lead_case(session, by, now, case.id)
    keep_active(session, by.user_id)
    receiver = candidate_for(session, now, seen, by.user_id, to_receive=True)
    outcome = lead_outcome(read_lead_rules(), seen.facts, local_day(now))
    _decide(handover, HandoverState.ACCEPTED, by, now)
    following = _followed(session, lead, handover, receiver, outcome, now)
    add_lead(session, lead=following, by=by, now=now, person_id=case.person_id, tell_days=tell_days)
    pass_on_case_tasks(
        session, now=now, case_id=case.id, from_id=handover.from_user_id, to_id=by.user_id, by=by.user_id
    )
    _tell(session, case, NoticeKind.HANDOVER_ACCEPTED, [handover.from_user_id, handover.requested_by], by, now)
    _record(session, "handover.accept", case, handover, by, now)
    return following.id


def accept_several(
    session: Session, *, by: Viewer, now: datetime, handover_ids: list[int], tell_days: int = TELL_DAYS
) -> list[int]:
    """Take over several cases at once: all of them or, where one of them cannot be taken over any more, none. The ids of
    the new allocations."""
    versions = select(Handover.id, Handover.row_version).where(Handover.id.in_(handover_ids)).order_by(Handover.id)
    return [
        accept_handover(session, by=by, now=now, handover_id=handover_id, row_version=version, tell_days=tell_days)
        for handover_id, version in session.execute(versions).all()
    ]


def reject_handover(
    session: Session, *, by: Viewer, now: datetime, handover_id: int, row_version: int, note: str
) -> int:
    """The receiver does not take over, and says why; the sender stays accountable. The id of the request."""
    handover, case = _waiting(session, by, now, handover_id, row_version)
    if handover.to_user_id != by.user_id:
        raise NotThere
    if not note.strip():
        raise NotNow("Say why you do not take over this case.", field="note")
    _decide(handover, HandoverState.REJECTED, by, now, note)
    session.flush()
    _tell(session, case, NoticeKind.HANDOVER_REJECTED, [handover.from_user_id, handover.requested_by], by, now)
    _record(session, "handover.reject", case, handover, by, now)
    return handover.id


def revoke_handover(
    session: Session, *, by: Viewer, now: datetime, handover_id: int, row_version: int, note: str = ""
) -> int:
    """Take a request back: by the sender, by whoever asked, or by who may name leads there. The id of the request.

    The receiver answers it instead, even if they may name leads."""
    handover, case = _waiting(session, by, now, handover_id, row_version)
    if not _may_revoke(by, case, handover):
        raise NotThere
    _revoke(session, case, handover, by, now, note)
    return handover.id


def take_back(session: Session, *, handover: Handover, by: Viewer, now: datetime) -> None:
    """Take a waiting request back inside somebody else's action, which has checked that it may; one that lapsed is
    written down as lapsed."""
    case = session.get_one(Case, handover.case_id, with_for_update=True)
    _write_lapsed(session, case, now)
    if handover.state is HandoverState.REQUESTED:
        _revoke(session, case, handover, by, now, "")


def release_case(session: Session, *, by: Viewer, now: datetime, case: Case) -> None:
    """The case is being closed: a request that is waiting is taken back, and its lead's time ends."""
    _write_lapsed(session, case, now)
    handover = _requested(session, case.id)
    if handover is not None:
        _revoke(session, case, handover, by, now, "")
    end_lead(session, by=by, now=now, case=case)


def _locked(session: Session, by: Viewer, now: datetime, case_id: int) -> Case:
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    return case


def _waiting(session: Session, by: Viewer, now: datetime, handover_id: int, row_version: int) -> tuple[Handover, Case]:
    """The request and its case, locked; NotNow for one that nothing more can become of."""
    if not by.may(Permission.HAND_OVER):
        raise NotThere
    handover = session.get(Handover, handover_id)
    if handover is None:
        raise NotThere
    case = _locked(session, by, now, handover.case_id)
    session.refresh(handover, with_for_update=True)
    ended = why_not_decided(state_at(handover.state, handover.expires_at, now))
    if ended is not None:
        raise NotNow(ended)
    check_version(handover, row_version)
    return handover, case


def _lead_to_hand_over(session: Session, by: Viewer, case: Case) -> LeadAllocation:
    lead = lead_in_force(session, case.id)
    if lead is None:
        raise NotNow("This case has no accountable lead yet. Name one instead of handing it over.")
    if lead.user_id != by.user_id and case.person.practice_id not in by.practices(Permission.CONFIRM_LEAD):
        raise NotThere
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed.")
    return lead


def _check_none_waiting(session: Session, case: Case) -> None:
    waiting = _requested(session, case.id)
    if waiting is not None:
        change = change_by(session, waiting.requested_by, waiting.requested_at)
        raise Conflict("A handover of this case has been asked for already.", by=change.by, at=change.at)


def _check_receiver(
    session: Session, by: Viewer, now: datetime, case_id: int, lead: LeadAllocation, to_user_id: int
) -> None:
    if to_user_id == lead.user_id:
        raise NotNow("The receiver leads this case already. Choose somebody else.", field="user_id")
    candidate_for(session, now, lead_case(session, by, now, case_id), to_user_id, to_receive=True)


def _write_lapsed(session: Session, case: Case, now: datetime) -> None:
    """Write down that the case's request lapsed, where it has; the next one may then be made."""
    handover = _requested(session, case.id)
    if handover is None or state_at(handover.state, handover.expires_at, now) is HandoverState.REQUESTED:
        return
    handover.state = HandoverState.LAPSED
    session.flush()
    record(session, "handover.lapse", by=None, now=now, people=[case.person_id], case_id=case.id, handover=handover.id)


def _requested(session: Session, case_id: int) -> Handover | None:
    wanted = select(Handover).where(Handover.case_id == case_id, Handover.state == HandoverState.REQUESTED)
    return session.execute(wanted).scalar_one_or_none()


def _decide(handover: Handover, state: HandoverState, by: Viewer, now: datetime, note: str = "") -> None:
    handover.state, handover.decided_at, handover.decided_by, handover.decision_note = state, now, by.user_id, note


def _followed(
    session: Session,
    lead: LeadAllocation,
    handover: Handover,
    receiver: Candidate,
    outcome: LeadOutcome,
    now: datetime,
) -> LeadAllocation:
    """End the sender's time and begin the receiver's at the same moment. Where the rule proposes somebody else than the
    receiver, the handover's own reason is the reason."""
    lead.until_at = next_moment(lead, now)
    session.flush()  # the old row must end before the new one begins: the index allows one open-ended row
    overridden = why_reason_needed(read_lead_rules(), outcome, receiver) is not None
    return LeadAllocation(
        case_id=lead.case_id, user_id=receiver.user_id, profession=receiver.profession, from_at=lead.until_at,
        **rested_on(outcome), override_code=OverrideReason.HANDED_OVER.value if overridden else None,
        override_note=handover.reason if overridden else "", confirmed_by=receiver.user_id, handover_id=handover.id,
    )  # fmt: skip


def _may_revoke(by: Viewer, case: Case, handover: Handover) -> bool:
    if by.user_id in {handover.from_user_id, handover.requested_by}:
        return True
    if by.user_id == handover.to_user_id:
        return False
    return case.person.practice_id in by.practices(Permission.CONFIRM_LEAD)


def _revoke(session: Session, case: Case, handover: Handover, by: Viewer, now: datetime, note: str) -> None:
    _decide(handover, HandoverState.REVOKED, by, now, note)
    session.flush()
    _tell(session, case, NoticeKind.HANDOVER_REVOKED, [handover.to_user_id], by, now)
    _record(session, "handover.revoke", case, handover, by, now)


def _tell(session: Session, case: Case, kind: NoticeKind, users: list[int], by: Viewer, now: datetime) -> None:
    others = [user_id for user_id in users if user_id != by.user_id]
    notify(session, now=now, user_ids=others, kind=kind, person_id=case.person_id, case_id=case.id)


def _record(session: Session, action: str, case: Case, handover: Handover, by: Viewer, now: datetime) -> None:
    record(
        session, action, by=by.user_id, now=now, people=[case.person_id], case_id=case.id, handover=handover.id,
        sender=handover.from_user_id, receiver=handover.to_user_id, journey=handover.journey_id,
    )  # fmt: skip


def _end_of_day(now: datetime, days: int) -> datetime:
    """Midnight in London after the day that is so many days from today."""
    return datetime.combine(local_day(now) + timedelta(days=days + 1), time(0), LONDON)
