"""What the person, or who may speak for them, says to one version of their plan. Each answer is a row; the latest holds."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.notices import notify
from caseload.actions.plan_tasks import complete_asking, set_asking
from caseload.actions.plan_versions import locked_version, who_hears
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.plan_rules import FOLLOW_UPS, why_not_answered
from caseload.domain.plan_words import AgreementMethod, AgreementState, Authority
from caseload.domain.viewer import Viewer
from caseload.domain.words import NoticeKind
from caseload.exceptions import NotNow
from caseload.plan_rules import read_plan_rules
from caseload.tables import Case, PlanAgreement, PlanVersion


def record_agreement(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    version_id: int,
    row_version: int,
    state: AgreementState,
    method: AgreementMethod | None,
    reason: str = "",
    witness: str = "",
    representative: str = "",
    authority: Authority | None = None,
    copy_given: bool = False,
) -> int:
    """Record an answer to a version that is ready or active. Answers the new row's id.

    Every answer but the person's own yes needs a reason, and one open task asks again; a representative needs a name and authority. A
    yes completes the tasks that asked for it. `row_version` is the version's.
    """
    version, case = locked_version(session, by, now, Permission.WRITE_PLAN, version_id, row_version)
    refusal = why_not_answered(version.state)
    if refusal:
        raise NotNow(refusal)
    spoken_for = state is AgreementState.BY_REPRESENTATIVE
    _check(state, method, reason, representative if spoken_for else "", authority if spoken_for else None)
    said = PlanAgreement(
        version_id=version.id, state=state, reason=reason.strip(), method=method, witness=witness.strip(),
        representative=representative.strip() if spoken_for else "", authority=authority if spoken_for else None,
        copy_given=copy_given, at=now, by=by.user_id,
    )  # fmt: skip
    session.add(said)
    session.flush()
    record(
        session, "plan.agreement", by=by.user_id, now=now, people=[case.person_id], case_id=case.id,
        version=version.id, agreement=said.id, code=state.value, content=version.content_hash,
    )  # fmt: skip
    if state is AgreementState.AGREED:
        complete_asking(session, version, by=by.user_id, now=now)
    else:
        _follow_up(session, case, version, said, by, now)
    return said.id


def _check(
    state: AgreementState,
    method: AgreementMethod | None,
    reason: str,
    representative: str,
    authority: Authority | None,
) -> None:
    if state in FOLLOW_UPS and not reason.strip():
        raise NotNow("Enter the reason.", field="reason")
    if state is not AgreementState.COULD_NOT_ANSWER and method is None:
        raise NotNow("Select how they answered.", field="method")
    if state is AgreementState.BY_REPRESENTATIVE and not representative.strip():
        raise NotNow("Enter the name of the representative.", field="representative")
    if state is AgreementState.BY_REPRESENTATIVE and authority is None:
        raise NotNow("Select what lets the representative decide.", field="authority")


def _follow_up(
    session: Session, case: Case, version: PlanVersion, said: PlanAgreement, by: Viewer, now: datetime
) -> None:
    following = FOLLOW_UPS[said.state]
    due_on = local_day(now) + timedelta(days=read_plan_rules().agreement_days)
    set_asking(session, case, version, following.title, due_on, cause=said.id, by=by.user_id, now=now)
    if following.tells:
        told = who_hears(session, case.id, now) - {by.user_id}
        kind = NoticeKind.PLAN_NOT_AGREED
        notify(session, now=now, user_ids=told, kind=kind, person_id=case.person_id, case_id=case.id)
