"""What a person agreed or objected to, recorded for a purpose and in force from that moment.

Who may open the record and whether a score is shown is decided from the latest row each time somebody asks (see
`caseload.queries.visible` and `caseload.queries.objections`); here is what else follows from a no.
"""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.flag_endings import end_flags
from caseload.actions.leads import propose_lead
from caseload.actions.notices import notify
from caseload.actions.tasks import add_rule_task, pass_on_unreachable_tasks
from caseload.clock import local_day
from caseload.domain.border_words import FlagEnding
from caseload.domain.consent_rules import ANSWERS, SHARING_PURPOSES, ConsentHow, means_no, why_not_recorded
from caseload.domain.flag_rules import ASKED
from caseload.domain.list_changes import ListChange
from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import CONCERN_CODE, UNDECIDED
from caseload.domain.viewer import Viewer
from caseload.domain.words import (
    CareTeamRole,
    CaseState,
    ConsentPurpose,
    ConsentState,
    NoticeKind,
    ProposalKind,
    ProposalState,
    TaskKind,
)
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.assignees import may_be_given
from caseload.queries.kept_out import LEAD_WITHOUT_ACCESS
from caseload.queries.visible import person_to_change
from caseload.tables import (
    CareTeamMember,
    Case,
    Consent,
    LeadAllocation,
    Person,
    Proposal,
    ProposalEvent,
    StagedDecision,
)

NOTHING = 0
"""What a form says it was shown where nothing was recorded for the purpose."""


def record_consent(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    purpose: ConsentPurpose,
    state: ConsentState,
    how: ConsentHow,
    seen_id: int,
    representative: str = "",
    note: str = "",
) -> int:
    """Record an answer; it is in force for the next request of everybody. Answers the new row's id.

    `seen_id` is the row the form showed as holding, or NOTHING; Conflict where another was recorded since. NotNow for
    an answer that cannot follow, and for somebody who has died.
    """
    if not by.may(Permission.RECORD_CONSENT):
        raise NotThere
    person = person_to_change(session, by, now, person_id)
    # One answer at a time, so that the last one seen is the last one. Looks at the person are written meanwhile.
    session.refresh(person, with_for_update={"key_share": True})
    _check_alive(person)
    _check_follows(session, person.id, purpose, state, seen_id)
    if how is ConsentHow.REPRESENTATIVE and not representative.strip():
        raise NotNow("Enter the name of the representative.", field="representative")
    said = Consent(
        person_id=person.id, purpose=purpose, state=state, how=how.value, representative=representative, note=note,
        at=now, by=by.user_id,
    )  # fmt: skip
    session.add(said)
    session.flush()
    record(
        session, f"consent.{state.value}", by=by.user_id, now=now, people=[person.id], purpose=purpose.value,
        how=how.value, consent=said.id,
    )  # fmt: skip
    follow_answer(session, said=said, by=by.user_id, now=now)
    return said.id


def follow_answer(session: Session, *, said: Consent, by: int | None, now: datetime) -> None:
    """What follows from an answer that was just recorded, by a form or by a load."""
    if said.purpose in ASKED and means_no(said.state):
        end_flags(session, now=now, person_id=said.person_id, ending=FlagEnding.CONSENT, by=by)
    case = _current_case(session, said.person_id)
    if said.purpose is ConsentPurpose.RISK_STRATIFICATION:
        if means_no(said.state):
            _close_scored_proposal(session, said, by, now)
        if case is not None:
            propose_lead(session, now=now, case=case)
    if case is None or not means_no(said.state):
        return
    if said.purpose is ConsentPurpose.CARE_COORDINATION:
        _tell_care_team(session, case, by, now)
        _ask_to_close(session, case, said, by, now)
    elif said.purpose in SHARING_PURPOSES:
        _tell_care_team(session, case, by, now)
        pass_on_unreachable_tasks(session, now=now, person_id=said.person_id, by=by)
        _ask_for_another_lead(session, case, said, by, now)


def _check_alive(person: Person) -> None:
    if person.date_of_death is not None:
        raise NotNow("This person has died. What they agreed to stays as it was.")


def _check_follows(
    session: Session, person_id: int, purpose: ConsentPurpose, state: ConsentState, seen_id: int
) -> None:
    wanted = select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose)
    last = session.execute(wanted.order_by(Consent.id.desc()).limit(1)).scalar_one_or_none()
    if (last.id if last else NOTHING) != seen_id:
        change = None if last is None else change_by(session, last.by, last.at)
        raise Conflict(
            "Somebody else recorded an answer for this purpose while you were working on it.",
            theirs={} if last is None else {"They recorded": ANSWERS[last.state]},
            by=change.by if change else "",
            at=change.at if change else None,
        )
    refusal = why_not_recorded(last.state if last else None, state)
    if refusal:
        raise NotNow(refusal, field="answer")


def _current_case(session: Session, person_id: int) -> Case | None:
    wanted = select(Case).where(Case.person_id == person_id, Case.state != CaseState.CLOSED)
    return session.execute(wanted).scalar_one_or_none()


def _close_scored_proposal(session: Session, said: Consent, by: int | None, now: datetime) -> None:
    """The score's own proposal goes with the score; one that carries somebody's concern stays for the practice."""
    concern = exists().where(ProposalEvent.proposal_id == Proposal.id, ProposalEvent.reason_code == CONCERN_CODE)
    wanted = select(Proposal).where(
        Proposal.person_id == said.person_id,
        Proposal.state.in_(UNDECIDED),
        Proposal.kind == ProposalKind.SCORE,
        ~concern,
    )
    proposal = session.execute(wanted.with_for_update()).scalar_one_or_none()
    if proposal is None:
        return
    proposal.state, proposal.reason_code = ProposalState.CLOSED, ListChange.OBJECTED.value
    mark = session.get(StagedDecision, proposal.id)
    if mark is not None:
        session.delete(mark)
    session.add(
        ProposalEvent(
            proposal_id=proposal.id, state=ProposalState.CLOSED, reason_code=ListChange.OBJECTED.value, at=now, by=by
        )
    )
    session.flush()
    record(
        session, "proposal.close", by=by, now=now, people=[said.person_id], proposal=proposal.id,
        code=ListChange.OBJECTED.value,
    )  # fmt: skip


def _tell_care_team(session: Session, case: Case, by: int | None, now: datetime) -> None:
    """The lead and the navigators, but not whoever recorded it; who may no longer open the record is told no name."""
    today = local_day(now)
    navigators = select(CareTeamMember.user_id).where(
        CareTeamMember.case_id == case.id,
        CareTeamMember.user_id.is_not(None),
        CareTeamMember.role == CareTeamRole.CARE_NAVIGATOR,
        or_(CareTeamMember.until_on.is_(None), CareTeamMember.until_on >= today),
    )
    told = {user_id for user_id in session.execute(navigators).scalars() if user_id is not None}
    lead = _lead_of(session, case)
    told |= {lead} if lead is not None else set()
    notify(
        session, now=now, user_ids=told - {by}, kind=NoticeKind.CONSENT_WITHDRAWN, person_id=case.person_id,
        case_id=case.id,
    )  # fmt: skip


def _ask_to_close(session: Session, case: Case, said: Consent, by: int | None, now: datetime) -> None:
    add_rule_task(
        session, now=now, person_id=case.person_id, case_id=case.id, kind=TaskKind.REVIEW_CASE,
        title="Close the case: the person does not agree to care coordination", due_on=local_day(now),
        rule_code="consent_withdrawn", rule_ref=f"consent_withdrawn:{said.id}", by=by,
    )  # fmt: skip


def _ask_for_another_lead(session: Session, case: Case, said: Consent, by: int | None, now: datetime) -> None:
    """A lead who may not open the record any more stays accountable until somebody else is named."""
    lead = _lead_of(session, case)
    if lead is None or may_be_given(session, now, case.person_id, owner_id=lead, team_id=None):
        return
    add_rule_task(
        session, now=now, person_id=case.person_id, case_id=case.id, kind=TaskKind.REVIEW_CASE,
        title="Hand the case over: the accountable lead may no longer see the record", due_on=local_day(now),
        rule_code=LEAD_WITHOUT_ACCESS, rule_ref=f"{LEAD_WITHOUT_ACCESS}:{said.id}", by=by,
    )  # fmt: skip


def _lead_of(session: Session, case: Case) -> int | None:
    wanted = select(LeadAllocation.user_id).where(LeadAllocation.case_id == case.id, LeadAllocation.until_at.is_(None))
    return session.execute(wanted).scalar_one_or_none()
