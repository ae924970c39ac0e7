"""The accountable lead of a case: proposed by the rule, confirmed or overridden by a professional, told to the person.

At most one lead at any instant, by a unique index; once named, a lead ends only where the next begins (handover) or
where the case is closed.
"""

from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.active_users import keep_active
from caseload.actions.audit import record
from caseload.actions.changes import change_by, last_change
from caseload.actions.notices import notify
from caseload.actions.tasks import add_rule_task
from caseload.actions.versions import check_version
from caseload.clock import LONDON, local_day
from caseload.domain.candidates import Candidate, why_reason_needed
from caseload.domain.lead_rule import LeadOutcome, lead_outcome, same_outcome
from caseload.domain.override_reasons import why_not_a_reason
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ContactMode, NoticeKind, TaskKind, TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.lead_rules import read_lead_rules
from caseload.queries.lead_cases import LeadCase, cases_for_rule, lead_case, lead_in_force
from caseload.queries.practitioners import candidate_for
from caseload.queries.visible import case_to_change
from caseload.tables import Case, CaseEvent, LeadAllocation, LeadProposal, Task, TaskEvent, User

_AT_ONCE = 500

TELL_DAYS = 10
"""Within how many days the person is told who leads, where the settings say nothing else."""


def propose_lead(session: Session, *, now: datetime, case: Case) -> int:
    """Apply the rule to a case as it is now; answers the id of the proposal that holds.

    For whoever changes something the rule looks at: primary need, tier, a birthday gone by. A row is added only where
    the outcome is another than that of the last one.
    """
    last = _last_proposals(session, [case.id]).get(case.id)
    return _proposed(session, now, cases_for_rule(session, now, [case.id])[case.id], last)


def propose_leads(session: Session, *, now: datetime, case_ids: list[int]) -> int:
    """The same for many cases at once, after a run was taken in or a day went by; answers how many outcomes changed."""
    last = _last_proposals(session, case_ids)
    changed = 0
    for case in cases_for_rule(session, now, case_ids).values():
        before = last.get(case.case_id)
        after = _proposed(session, now, case, before)
        changed += before is None or before.id != after
    return changed


def propose_leads_everywhere(session: Session, *, now: datetime) -> int:
    """The same for every case that is not closed; answers how many outcomes changed."""
    wanted = select(Case.id).where(Case.state != CaseState.CLOSED).order_by(Case.id)
    ids = list(session.execute(wanted).scalars())
    return sum(
        propose_leads(session, now=now, case_ids=ids[start : start + _AT_ONCE])
        for start in range(0, len(ids), _AT_ONCE)
    )


def confirm_lead(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    case_id: int,
    row_version: int,
    user_id: int,
    override_code: str | None = None,
    override_note: str = "",
    tell_days: int = TELL_DAYS,
) -> int:
    """Name the first lead of a case; the id of the allocation. A later lead comes by a handover.

    NotThere where the viewer may not; Conflict where the case changed or somebody else was named meanwhile; NotNow for a
    closed case, somebody who cannot lead it, or one the rule does not propose where no good reason is given.
    """
    case = _locked_case(session, by, now, case_id)
    check_version(case, row_version, last=partial(last_change, session, CaseEvent, CaseEvent.case_id, case.id))
    _check_open(case)
    _check_nobody_leads(session, case.id)
    seen = lead_case(session, by, now, case_id)
    propose_lead(session, now=now, case=case)
    outcome = lead_outcome(read_lead_rules(), seen.facts, local_day(now))
    keep_active(session, user_id)
    chosen = candidate_for(session, now, seen, user_id)
    overridden = _check_reason(outcome, chosen, override_code, override_note)
    lead = LeadAllocation(
        case_id=case.id, user_id=user_id, profession=chosen.profession, from_at=now,
        **rested_on(outcome), override_code=override_code if overridden else None,
        override_note=override_note if overridden else "", confirmed_by=by.user_id,
    )  # fmt: skip
    add_lead(session, lead=lead, by=by, now=now, person_id=case.person_id, tell_days=tell_days)
    record(
        session, "lead.override" if overridden else "lead.confirm", by=by.user_id, now=now, people=[case.person_id],
        case_id=case.id, code=lead.override_code, rule=lead.rule_code, lead=user_id,
    )  # fmt: skip
    return lead.id


def record_told(  # noqa: PLR0913 - the fields of a form
    session: Session, *, by: Viewer, now: datetime, case_id: int, allocation_id: int, told_on: date, how: ContactMode
) -> int:
    """Record that the person was told who leads, on which day and how; its task is done. Answers the allocation's id.

    NotNow for a day before the lead began or after today; Conflict where it was recorded already.
    """
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    lead = session.get(LeadAllocation, allocation_id)
    if lead is None or lead.case_id != case.id:
        raise NotThere
    if lead.told_at is not None:
        change = change_by(session, lead.told_by, lead.told_at)
        raise Conflict("Somebody else has recorded already that the person was told.", by=change.by, at=change.at)
    if not local_day(lead.from_at) <= told_on <= local_day(now):
        raise NotNow("The day the person was told must be between the day the lead began and today.", field="told_on")
    lead.told_at, lead.told_by, lead.told_how = _moment_of(told_on, now), by.user_id, how.value
    _finish_task(session, lead, by, now)
    record(
        session, "lead.told", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, lead=lead.id, code=how
    )
    return lead.id


def end_lead(session: Session, *, by: Viewer, now: datetime, case: Case) -> int | None:
    """The case is being closed: its lead's time ends with it. The id of the allocation, None where nobody leads."""
    lead = lead_in_force(session, case.id)
    if lead is None:
        return None
    lead.until_at = next_moment(lead, now)
    session.flush()
    record(session, "lead.end", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, lead=lead.user_id)
    return lead.id


def add_lead(
    session: Session, *, lead: LeadAllocation, by: Viewer, now: datetime, person_id: int, tell_days: int
) -> None:
    """Put a new lead in place, tell them, and set the task of telling the person. Inside a lead's or handover's action."""
    lead.tell_by = local_day(now) + timedelta(days=tell_days)
    session.add(lead)
    session.flush()
    add_rule_task(
        session, now=now, person_id=person_id, case_id=lead.case_id, kind=TaskKind.TELL_LEAD,
        title="Tell the person who their accountable lead is", due_on=lead.tell_by, rule_code="TELL_LEAD",
        rule_ref=_tell_ref(lead), owner_id=lead.user_id, by=by.user_id,
    )  # fmt: skip
    if lead.user_id != by.user_id:
        notify(
            session, now=now, user_ids=[lead.user_id], kind=NoticeKind.MADE_LEAD, person_id=person_id,
            case_id=lead.case_id,
        )  # fmt: skip


def rested_on(outcome: LeadOutcome) -> dict[str, str]:
    """The columns of an allocation that say what the rule said when it began."""
    return {"rule_code": outcome.rule_code, "rule_version": outcome.rule_version, "sentence": outcome.sentence}


def next_moment(lead: LeadAllocation, now: datetime) -> datetime:
    """When this lead's time ends if it ends now: never at or before its beginning, though clocks of two servers differ."""
    return max(now, lead.from_at + timedelta(microseconds=1))


def _locked_case(session: Session, by: Viewer, now: datetime, case_id: int) -> Case:
    """The case, where the viewer may name leads for the person's practice. Locked: two cannot decide about it at once."""
    case = case_to_change(session, by, now, case_id, practices=by.practices(Permission.CONFIRM_LEAD))
    session.refresh(case, with_for_update=True)
    return case


def _check_open(case: Case) -> None:
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed, so it has no accountable lead.")
    if case.person.date_of_death is not None:
        raise NotNow("This person has died, so no lead can be named. Close the case.")


def _check_nobody_leads(session: Session, case_id: int) -> None:
    lead = lead_in_force(session, case_id)
    if lead is not None:
        name = session.get_one(User, lead.user_id).display_name
        change = change_by(session, lead.confirmed_by, lead.from_at)
        raise Conflict(
            "This case has an accountable lead already. Ask for a handover to change it.",
            theirs={"Accountable lead": name},
            by=change.by,
            at=change.at,
        )


def _check_reason(outcome: LeadOutcome, chosen: Candidate, code: str | None, note: str) -> bool:
    """Whether the choice is an override. NotNow where it needs a reason and has none that can stand."""
    needed = why_reason_needed(read_lead_rules(), outcome, chosen)
    if needed is None and not code:
        return False
    wrong = why_not_a_reason(code, note)
    if wrong is not None:
        raise NotNow(f"{needed} {wrong}" if needed else wrong, field="override_code")
    return True


def _proposed(session: Session, now: datetime, case: LeadCase, last: LeadProposal | None) -> int:
    outcome = lead_outcome(read_lead_rules(), case.facts, local_day(now))
    if last is not None and same_outcome(outcome, (last.rule_code, last.rule_version, last.profession)):
        return last.id
    proposal = LeadProposal(case_id=case.case_id, **rested_on(outcome), profession=outcome.profession, at=now)
    session.add(proposal)
    session.flush()
    record(
        session, "lead.propose", by=None, now=now, people=[case.person_id], case_id=case.case_id,
        rule=outcome.rule_code, version=outcome.rule_version,
    )  # fmt: skip
    return proposal.id


def _last_proposals(session: Session, case_ids: list[int]) -> dict[int, LeadProposal]:
    wanted = select(LeadProposal).where(LeadProposal.case_id.in_(case_ids)).order_by(LeadProposal.id)
    return {proposal.case_id: proposal for proposal in session.execute(wanted).scalars()}


def _tell_ref(lead: LeadAllocation) -> str:
    return f"tell_lead:lead:{lead.id}"


def _finish_task(session: Session, lead: LeadAllocation, by: Viewer, now: datetime) -> None:
    wanted = select(Task).where(Task.rule_ref == _tell_ref(lead), Task.state == TaskState.OPEN)
    task = session.execute(wanted).scalar_one_or_none()
    if task is None:
        return
    task.state, task.ended_at, task.ended_by = TaskState.DONE, now, by.user_id
    session.add(TaskEvent(task_id=task.id, kind="done", before="open", after="done", at=now, by=by.user_id))


def _moment_of(day: date, now: datetime) -> datetime:
    """A day somebody gives as a moment: now for today, else noon in London."""
    return now if day == local_day(now) else datetime.combine(day, time(12), LONDON)
