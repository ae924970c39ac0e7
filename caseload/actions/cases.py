"""A case from its opening to its closing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.case_ending import end_work_on
from caseload.actions.changes import last_change
from caseload.actions.leads import propose_lead, propose_leads
from caseload.actions.rule_tasks import RuleTask, add_rule_tasks
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.case_rules import EVENTS, NEED, OPENED, ClosingReason, why_not_moved
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, PrimaryNeed, TaskKind
from caseload.exceptions import NotNow, NotThere
from caseload.queries.teams import team_serving
from caseload.queries.visible import case_to_change
from caseload.tables import Case, CaseEvent, Proposal

FIRST_CONTACT_DAYS = 5
"""How soon after its opening a case's person is spoken to, where the settings say nothing else."""


def open_case(
    session: Session, *, by: Viewer, now: datetime, proposal: Proposal, first_contact_days: int = FIRST_CONTACT_DAYS
) -> Case:
    """Open the case of an accepted proposal: its history begins, a lead is proposed, the first contact becomes a task.

    The caller has checked that `by` may decide about the proposal. NotNow for somebody who died.
    """
    (case,) = open_cases(session, by=by, now=now, proposals=[proposal], first_contact_days=first_contact_days)
    return case


def open_cases(
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    proposals: Sequence[Proposal],
    first_contact_days: int = FIRST_CONTACT_DAYS,
) -> list[Case]:
    """The same for many accepted proposals of one practice at once, in their order."""
    if any(proposal.person.date_of_death is not None for proposal in proposals):
        raise NotNow("A person who has died cannot be taken into care coordination. Decline the proposal instead.")
    cases = [
        Case(
            person_id=proposal.person_id, proposal_id=proposal.id, state=CaseState.OPEN, opened_at=now,
            opened_by=by.user_id,
        )
        for proposal in proposals
    ]  # fmt: skip
    session.add_all(cases)
    session.flush()
    for case in cases:
        _tell_history(session, case, by, now, OPENED, after=CaseState.OPEN)
        record(session, "case.open", by=by.user_id, now=now, people=[case.person_id], case_id=case.id)
    propose_leads(session, now=now, case_ids=[case.id for case in cases])
    _plan_first_contacts(session, cases, proposals[0].practice_id, by, now, first_contact_days)
    return cases


def hold_case(session: Session, *, by: Viewer, now: datetime, case_id: int, row_version: int, note: str) -> int:
    """Put a case on hold, with a note of why; its lead stays accountable. Answers the case's id."""
    return _move(session, by, now, _case(session, by, now, case_id, row_version), CaseState.ON_HOLD, note=note)


def resume_case(session: Session, *, by: Viewer, now: datetime, case_id: int, row_version: int, note: str = "") -> int:
    """Take a case off hold. Answers its id."""
    return _move(session, by, now, _case(session, by, now, case_id, row_version), CaseState.OPEN, note=note)


def set_need_case(
    session: Session, *, by: Viewer, now: datetime, case_id: int, row_version: int, need: PrimaryNeed
) -> int:
    """Say what the primary health need is; the rule then proposes a lead again. Answers the case's id."""
    case = _case(session, by, now, case_id, row_version)
    if case.state is CaseState.CLOSED:
        raise NotNow("This case is closed.")
    before, case.primary_need = case.primary_need, need
    session.flush()
    _tell_history(session, case, by, now, NEED, before=before, after=need)
    propose_lead(session, now=now, case=case)
    record(session, "case.need", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, code=need)
    return case.id


def _case(session: Session, by: Viewer, now: datetime, case_id: int, row_version: int) -> Case:
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    case = case_to_change(session, by, now, case_id)
    session.refresh(case, with_for_update=True)
    check_version(case, row_version, last=partial(last_change, session, CaseEvent, CaseEvent.case_id, case.id))
    return case


def close_case(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    case_id: int,
    row_version: int,
    reason: ClosingReason,
    note: str = "",
) -> int:
    """End care coordination for a coded reason; lead, handover and tasks end with it. Answers the case's id.

    NotNow without a note where the reason alone says nothing.
    """
    case = _case(session, by, now, case_id, row_version)
    if reason is ClosingReason.OTHER and not note.strip():
        raise NotNow("Say why the case is closed in the note.", field="note")
    _check_may_become(case, CaseState.CLOSED)
    end_work_on(session, case, by, now)
    case.closed_at, case.closed_by, case.closed_reason = now, by.user_id, reason.value
    return _move(session, by, now, case, CaseState.CLOSED, code=reason, note=note)


def _move(  # noqa: PLR0913 - one door for three moves
    session: Session, by: Viewer, now: datetime, case: Case, to: CaseState, *, code: str | None = None, note: str = ""
) -> int:
    _check_may_become(case, to)
    before, case.state = case.state, to
    session.flush()
    _tell_history(session, case, by, now, EVENTS[to], before=before, after=code or to, note=note)
    record(session, f"case.{EVENTS[to]}", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, code=code)
    return case.id


def _check_may_become(case: Case, to: CaseState) -> None:
    refusal = why_not_moved(case.state, to)
    if refusal:
        raise NotNow(refusal)


def _plan_first_contacts(
    session: Session, cases: Sequence[Case], practice_id: int, by: Viewer, now: datetime, days: int
) -> None:
    """On the list of the practice's team: a case that was only just opened has neither navigator nor lead."""
    team_id = team_serving(session, practice_id)
    tasks = [
        RuleTask(
            case.person_id, case.id, TaskKind.FIRST_CONTACT, "Make the first contact",
            due_on=local_day(now) + timedelta(days=days), rule_code="first_contact",
            rule_ref=f"first_contact:case:{case.id}", team_id=team_id,
        )
        for case in cases
    ]  # fmt: skip
    add_rule_tasks(session, now=now, tasks=tasks, by=by.user_id)


def _tell_history(  # noqa: PLR0913 - the columns of one history row
    session: Session,
    case: Case,
    by: Viewer,
    now: datetime,
    kind: str,
    *,
    before: str | None = None,
    after: str | None = None,
    note: str = "",
) -> None:
    session.add(CaseEvent(case_id=case.id, kind=kind, before=before, after=after, note=note, at=now, by=by.user_id))
