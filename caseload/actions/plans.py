"""A care plan from its first draft to its end: started, made ready, signed off, active, withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.flag_endings import end_flags
from caseload.actions.notices import notify
from caseload.actions.plan_tasks import cancel_follow_ups, cancel_plan_tasks, done_actions, set_review_task, set_tasks
from caseload.actions.plan_versions import (
    contents_of,
    locked_case,
    locked_version,
    sections_of,
    version_in,
    who_hears,
)
from caseload.actions.replaced_plans import mark_replaced
from caseload.clock import local_day
from caseload.domain.border_words import FlagEnding
from caseload.domain.permissions import Permission
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_headings import KEY, OPEN_ACTIONS, Entry
from caseload.domain.plan_rules import WRITTEN, why_not_active, why_not_moved, why_not_ready, why_not_signed
from caseload.domain.plan_words import AgreementState, AssessmentState, PlanHeading, PlanState
from caseload.domain.viewer import Viewer
from caseload.domain.words import NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.plan_rules import read_plan_rules
from caseload.queries.lead_cases import cases_for_rule, lead_in_force
from caseload.tables import Assessment, Case, PlanAgreement, PlanSection, PlanSectionText, PlanVersion


class Basis(StrEnum):
    """What a new draft begins with."""

    EMPTY = "empty"
    ASSESSMENT = "assessment"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


_COPIED: Mapping[Basis, tuple[PlanState, str]] = {
    Basis.ACTIVE: (PlanState.ACTIVE, "No version of this plan is active."),
    Basis.WITHDRAWN: (PlanState.WITHDRAWN, "No version of this plan was withdrawn."),
}


def start_plan(session: Session, *, by: Viewer, now: datetime, case_id: int, basis: Basis) -> int:
    """A new draft of a case's plan. Answers its id.

    Based on the active version, or on the last that was withdrawn, it says what that says, with the actions that were
    carried out marked as done; on the assessment, the needs and risks found there. NotNow where a version is on its way already, or there is no such basis.
    """
    if not by.may(Permission.WRITE_PLAN):
        raise NotThere
    case = locked_case(session, by, now, case_id)
    if version_in(session, case.id, *WRITTEN) is not None:
        raise NotNow("A version of this plan is on its way already. Go on with that one, or withdraw it first.")
    last = session.execute(select(func.max(PlanVersion.number)).where(PlanVersion.case_id == case.id)).scalar()
    version = PlanVersion(
        case_id=case.id, number=(last or 0) + 1, state=PlanState.DRAFT, created_at=now, created_by=by.user_id
    )
    session.add(version)
    session.flush()
    if basis in _COPIED:
        _copy(session, version, basis, by, now)
    elif basis is Basis.ASSESSMENT:
        _copy_assessment(session, version, by, now)
    _record(session, "plan.start", case, version, by, now, basis=basis.value)
    return version.id


def mark_ready(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    version_id: int,
    row_version: int,
    seen: str,
    review_on: date | None = None,
) -> int:
    """The draft is complete: its words are as they are from now on, and their hash is kept. Answers the version's id.

    `seen` is the hash of what the page showed; Conflict where somebody wrote meanwhile. NotNow where something is missing.
    """
    version, case = locked_version(session, by, now, Permission.WRITE_PLAN, version_id, row_version)
    _check_may_become(version, PlanState.READY)
    contents = contents_of(sections_of(session, version.id))
    missing = why_not_ready(contents)
    if missing:
        raise NotNow(" ".join(missing))
    made = content_hash(contents)
    if made != seen:
        raise Conflict(
            "Somebody wrote in the draft while you were reading it. Read it again before you mark it as ready."
        )
    if review_on is not None and review_on <= local_day(now):
        raise NotNow("The day of the review must be after today.", field="review_on")
    version.state, version.content_hash = PlanState.READY, made
    version.ready_at, version.ready_by = now, by.user_id
    version.review_on = review_on or version.review_on
    session.flush()
    _record(session, "plan.ready", case, version, by, now, content=made)
    return version.id


def sign_plan(session: Session, *, by: Viewer, now: datetime, version_id: int, row_version: int) -> int:
    """The accountable lead signs a ready version off. Answers its id. NotNow for anybody else.

    A lead who took the case over since signs again.
    """
    version, case = locked_version(session, by, now, Permission.SIGN_PLAN, version_id, row_version)
    refusal = why_not_signed(version.state)
    if refusal:
        raise NotNow(refusal)
    lead = lead_in_force(session, case.id)
    if lead is None or lead.user_id != by.user_id:
        raise NotNow("Only the accountable lead can sign off the plan.")
    if version.signed_by == by.user_id:
        raise NotNow("You have signed off this version already.")
    version.signed_at, version.signed_by = now, by.user_id
    session.flush()
    _record(session, "plan.sign", case, version, by, now, content=version.content_hash)
    return version.id


def activate_plan(session: Session, *, by: Viewer, now: datetime, version_id: int, row_version: int) -> int:
    """The version is the person's plan from this moment. Answers its id.

    The version before is superseded in the same moment; actions go on people's lists, the review on the lead's, the
    condition-specific plans are marked as replaced. NotNow without the sign-off of whoever leads now and an agreement.
    """
    version, case = locked_version(session, by, now, Permission.WRITE_PLAN, version_id, row_version)
    lead = lead_in_force(session, case.id)
    signed = lead is not None and version.signed_by == lead.user_id
    refusal = why_not_active(version.state, signed=signed, answer=_answer(session, version))
    if refusal or lead is None:
        raise NotNow(refusal or "Nobody leads this case.")
    contents = contents_of(sections_of(session, version.id))
    if content_hash(contents) != version.content_hash:
        raise NotNow("The words of this version are not those that were agreed. Withdraw it and start a new draft.")
    before = version_in(session, case.id, PlanState.ACTIVE)
    former = contents_of(sections_of(session, before.id)) if before is not None else {}
    if before is not None:
        _end(before, PlanState.SUPERSEDED, by, now)
        session.flush()
        cancel_follow_ups(session, before, f"Version {version.number} has replaced it.", by=by.user_id, now=now)
    version.state, version.active_at, version.active_by = PlanState.ACTIVE, now, by.user_id
    version.review_on = _review_on(session, case, version, now)
    session.flush()
    set_tasks(session, case, version, contents, before=before, former=former, by=by.user_id, now=now)
    set_review_task(session, case, version, lead.user_id, by=by.user_id, now=now)
    mark_replaced(session, case, by=by.user_id, now=now)
    _record(session, "plan.activate", case, version, by, now, before=before.id if before else None)
    told = who_hears(session, case.id, now) - {by.user_id}
    notify(session, now=now, user_ids=told, kind=NoticeKind.PLAN_ACTIVE, person_id=case.person_id, case_id=case.id)
    return version.id


def withdraw_plan(
    session: Session, *, by: Viewer, now: datetime, version_id: int, row_version: int, reason: str
) -> int:
    """The version is not, or no longer, to be the person's plan; what it put on lists goes from them. Answers its id."""
    version, case = locked_version(session, by, now, Permission.WRITE_PLAN, version_id, row_version)
    _check_may_become(version, PlanState.WITHDRAWN)
    if not reason.strip():
        raise NotNow("Say why the version is withdrawn.", field="reason")
    was = version.state
    _end(version, PlanState.WITHDRAWN, by, now, reason.strip())
    session.flush()
    cancel_plan_tasks(session, version, "The plan was withdrawn.", by=by.user_id, now=now)
    if was is PlanState.ACTIVE:
        end_flags(
            session, now=now, person_id=case.person_id, ending=FlagEnding.PLAN_ENDED, by=by.user_id, case_id=case.id
        )
    _record(session, "plan.withdraw", case, version, by, now)
    return version.id


def end_plans(session: Session, case: Case, *, by: Viewer, now: datetime) -> None:
    """Every version that is on its way or active ends with its case, inside the action that closes it."""
    wanted = select(PlanVersion).where(
        PlanVersion.case_id == case.id, PlanVersion.state.in_([*WRITTEN, PlanState.ACTIVE])
    )
    for version in session.execute(wanted.order_by(PlanVersion.number)).scalars().all():
        _end(version, PlanState.WITHDRAWN, by, now, "The case was closed.")
        session.flush()
        _record(session, "plan.withdraw", case, version, by, now)


def _copy(session: Session, version: PlanVersion, basis: Basis, by: Viewer, now: datetime) -> None:
    """What an earlier version says, by whom it was written."""
    state, missing = _COPIED[basis]
    earlier = version_in(session, version.case_id, state)
    if earlier is None:
        raise NotNow(f"{missing} Start with an empty draft.", field="basis")
    version.based_on_id = earlier.id
    done = done_actions(session, earlier)
    for section in sections_of(session, earlier.id):
        content = [_carried_out(entry, done) for entry in section.content]
        copy = PlanSection(
            version_id=version.id, heading=section.heading, content=content, contributed=list(section.contributed),
            author_id=section.author_id, organisation_id=section.organisation_id, saved_at=now,
        )  # fmt: skip
        _keep(session, copy, by, now)


def _carried_out(entry: Entry, done: frozenset[str]) -> dict[str, str]:
    went = entry.get(KEY) in done and entry.get("status") in OPEN_ACTIONS
    return {**entry, "status": "done"} if went else dict(entry)


def _copy_assessment(session: Session, version: PlanVersion, by: Viewer, now: datetime) -> None:
    """The needs and risks of the last assessment that was completed, a line each, and when to look at them again."""
    wanted = select(Assessment).where(
        Assessment.case_id == version.case_id, Assessment.state == AssessmentState.COMPLETED
    )
    found = session.execute(wanted.order_by(Assessment.id.desc()).limit(1)).scalar_one_or_none()
    if found is None:
        raise NotNow("No assessment of this person is completed. Start with an empty draft.", field="basis")
    said: Mapping[PlanHeading, list[dict[str, str]]] = {
        PlanHeading.NEEDS: [{KEY: f"a{found.id}n{n}", "need": line} for n, line in enumerate(_lines(found.needs))],
        PlanHeading.CONTINGENCY: [{"trigger": line} for line in _lines(found.risks)],
    }
    for heading, content in said.items():
        if content:
            section = PlanSection(
                version_id=version.id, heading=heading, content=content, contributed=[by.sector.value],
                author_id=by.user_id, organisation_id=by.home_id, saved_at=now,
            )  # fmt: skip
            _keep(session, section, by, now)
    version.review_on = found.review_on if found.review_on and found.review_on > local_day(now) else None
    session.flush()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _keep(session: Session, section: PlanSection, by: Viewer, now: datetime) -> None:
    session.add(section)
    session.flush()
    session.add(PlanSectionText(section_id=section.id, content=section.content, at=now, by=by.user_id))
    session.flush()


def _answer(session: Session, version: PlanVersion) -> AgreementState | None:
    wanted = select(PlanAgreement.state).where(PlanAgreement.version_id == version.id)
    return session.execute(wanted.order_by(PlanAgreement.id.desc()).limit(1)).scalar_one_or_none()


def _review_on(session: Session, case: Case, version: PlanVersion, now: datetime) -> date:
    """The day that was chosen where it is still to come; else the longest the tier allows."""
    today = local_day(now)
    if version.review_on is not None and version.review_on > today:
        return version.review_on
    return read_plan_rules().review_on(cases_for_rule(session, now, [case.id])[case.id].facts.tier, today)


def _check_may_become(version: PlanVersion, to: PlanState) -> None:
    refusal = why_not_moved(version.state, to)
    if refusal:
        raise NotNow(refusal)


def _end(version: PlanVersion, to: PlanState, by: Viewer, now: datetime, reason: str = "") -> None:
    version.state, version.ended_at, version.ended_by, version.ended_reason = to, now, by.user_id, reason


def _record(
    session: Session, action: str, case: Case, version: PlanVersion, by: Viewer, now: datetime,
    **detail: str | int | None,
) -> None:  # fmt: skip
    record(
        session, action, by=by.user_id, now=now, people=[case.person_id], case_id=case.id, version=version.id, **detail
    )
