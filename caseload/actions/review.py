"""The monthly review: decisions are marked, looked over together, and take effect at once when confirmed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from caseload.actions.audit import record
from caseload.actions.cases import FIRST_CONTACT_DAYS, open_cases
from caseload.actions.notices import notify
from caseload.clock import local_day
from caseload.domain.decline_reasons import why_not_declined_for
from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import (
    RESULTS,
    UNDECIDED,
    Mark,
    digest_of,
    why_not_deferred_until,
)
from caseload.domain.viewer import Viewer
from caseload.domain.words import Decision, NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.proposal_filters import staged
from caseload.queries.teams import members_of, team_serving
from caseload.queries.visible import openable
from caseload.tables import Person, Proposal, ProposalEvent, StagedDecision

Marked = list[tuple[Proposal, StagedDecision]]


def stage(  # noqa: PLR0913 - what the form asks, and who and when
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    practice_id: int,
    proposal_ids: Collection[int],
    decision: Decision,
    reason_code: str | None = None,
    note: str = "",
    deferred_until: date | None = None,
    seen: Mapping[int, int] | None = None,
) -> int:
    """Mark a decision about these proposals; answers how many. Nothing takes effect before it is confirmed.

    `seen` has the version of each mark as the page showed it (0 for none): Conflict where somebody marked or decided
    one of them since. NotThere for a proposal this viewer may not decide about.
    """
    _check_decision(decision, reason_code, note, deferred_until, local_day(now))
    proposals = _proposals(session, by, now, practice_id, proposal_ids)
    marks = _marks(session, [proposal.id for proposal in proposals])
    _check_seen(proposals, marks, seen)
    for proposal in proposals:
        mark = marks.get(proposal.id) or StagedDecision(proposal_id=proposal.id, practice_id=practice_id)
        mark.decision, mark.reason_code, mark.note = decision, reason_code, note
        mark.deferred_until, mark.staged_at, mark.staged_by = deferred_until, now, by.user_id
        session.add(mark)
    session.flush()
    people = [proposal.person_id for proposal in proposals]
    record(session, "review.stage", by=by.user_id, now=now, people=people, decision=decision, code=reason_code)
    return len(proposals)


def unstage(
    session: Session, *, by: Viewer, now: datetime, practice_id: int, proposal_ids: Collection[int] | None = None
) -> int:
    """Take back these marks of the practice's review, or all of them; answers how many there were."""
    marked = _marked(session, by, now, practice_id)
    chosen = [
        (proposal, mark) for proposal, mark in marked if proposal_ids is None or mark.proposal_id in set(proposal_ids)
    ]
    for _, mark in chosen:
        session.delete(mark)
    session.flush()
    people = [proposal.person_id for proposal, _ in chosen]
    if people:
        record(session, "review.unstage", by=by.user_id, now=now, people=people)
    return len(chosen)


def confirm(
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    practice_id: int,
    digest: str,
    first_contact_days: int = FIRST_CONTACT_DAYS,
) -> dict[str, int]:
    """Let everything marked take effect, exactly as it was previewed; answers how many of each decision.

    Conflict where any mark, or anybody marked, was changed since the preview: nothing is done then. NotNow where
    nothing is marked.
    """
    marked = _marked(session, by, now, practice_id)
    if digest_of(as_marks(marked)) != digest:
        raise Conflict("The marked decisions were changed after you looked them over. Nothing was confirmed.")
    if not marked:
        raise NotNow("Nobody is marked.")
    for proposal, mark in marked:
        _decide(session, by, now, proposal, mark)
    session.flush()
    accepted = [proposal for proposal, mark in marked if mark.decision is Decision.ACCEPT]
    counts = {decision.value: sum(mark.decision is decision for _, mark in marked) for decision in Decision}
    people = [proposal.person_id for proposal, _ in marked]
    record(session, "review.confirm", by=by.user_id, now=now, people=people, **counts)
    if accepted:
        opened = open_cases(session, by=by, now=now, proposals=accepted, first_contact_days=first_contact_days)
        _tell_team(session, now, practice_id, [(case.person_id, case.id) for case in opened])
    return counts


def as_marks(marked: Marked) -> list[Mark]:
    """The marks with the versions they were made on, as a digest is taken of them."""
    return [
        Mark(
            proposal.id, proposal.row_version, mark.row_version, mark.decision, mark.reason_code, mark.note,
            mark.deferred_until,
        )
        for proposal, mark in marked
    ]  # fmt: skip


def _decide(session: Session, by: Viewer, now: datetime, proposal: Proposal, mark: StagedDecision) -> None:
    _check_decision(mark.decision, mark.reason_code, mark.note, mark.deferred_until, local_day(now))
    proposal.state, proposal.reason_code = RESULTS[mark.decision], mark.reason_code
    proposal.deferred_until = mark.deferred_until
    proposal.decided_at, proposal.decided_by = now, by.user_id
    session.delete(mark)
    session.add(
        ProposalEvent(
            proposal_id=proposal.id,
            state=proposal.state,
            reason_code=mark.reason_code,
            note=mark.note,
            deferred_until=mark.deferred_until,
            at=now,
            by=by.user_id,
        )  # fmt: skip
    )


def _tell_team(session: Session, now: datetime, practice_id: int, opened: list[tuple[int, int]]) -> None:
    """One notice to each of the team for the whole review; it names the case only where there is one."""
    team_id = team_serving(session, practice_id)
    if team_id is None:
        return
    person_id, case_id = opened[0] if len(opened) == 1 else (None, None)
    notify(
        session, now=now, user_ids=members_of(session, team_id, now), kind=NoticeKind.NEW_CASE, person_id=person_id,
        case_id=case_id,
    )  # fmt: skip


def _check_decision(decision: Decision, code: str | None, note: str, until: date | None, today: date) -> None:
    refusal = None
    if decision is Decision.DECLINE:
        refusal = why_not_declined_for(code, note)
    if decision is Decision.DEFER:
        refusal = why_not_deferred_until(until, today)
    if refusal:
        raise NotNow(f"{refusal}.")


def _check_may_review(by: Viewer, practice_id: int) -> None:
    if practice_id not in by.practices(Permission.REVIEW_LIST):
        raise NotThere


def _proposals(
    session: Session, by: Viewer, now: datetime, practice_id: int, proposal_ids: Collection[int]
) -> list[Proposal]:
    _check_may_review(by, practice_id)
    if not proposal_ids:
        raise NotNow("Tick at least one person.")
    wanted = (
        select(Proposal)
        .join(Person, Person.id == Proposal.person_id)
        .where(Proposal.id.in_(set(proposal_ids)), Proposal.practice_id == practice_id, openable(by, now))
        .order_by(Proposal.id)
        .with_for_update(of=Proposal)
    )
    found = list(session.execute(wanted).scalars())
    if len(found) != len(set(proposal_ids)):
        raise NotThere
    decided = sum(proposal.state not in UNDECIDED for proposal in found)
    if decided:
        raise Conflict(f"Somebody else decided about {decided} of the people you chose while you were looking.")
    return found


def _marks(session: Session, proposal_ids: list[int]) -> dict[int, StagedDecision]:
    wanted = select(StagedDecision).where(StagedDecision.proposal_id.in_(proposal_ids))
    return {mark.proposal_id: mark for mark in session.execute(wanted).scalars()}


def _check_seen(proposals: list[Proposal], marks: Mapping[int, StagedDecision], seen: Mapping[int, int] | None) -> None:
    if seen is None:
        return
    now_there = {proposal.id: marks[proposal.id].row_version if proposal.id in marks else 0 for proposal in proposals}
    changed = sum(version != seen.get(proposal_id, 0) for proposal_id, version in now_there.items())
    if changed:
        raise Conflict(f"Somebody else marked {changed} of the people you chose while you were looking.")


def _marked(session: Session, by: Viewer, now: datetime, practice_id: int) -> Marked:
    """Every mark of the practice's review about somebody this viewer may open, locked until the transaction ends."""
    _check_may_review(by, practice_id)
    wanted = (
        select(Proposal, StagedDecision)
        .join(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        .join(Person, Person.id == Proposal.person_id)
        .where(Proposal.practice_id == practice_id, staged(), openable(by, now))
        .options(contains_eager(Proposal.person))
        .order_by(Proposal.id)
        .with_for_update(of=(Proposal, StagedDecision))
    )
    return [(proposal, mark) for proposal, mark in session.execute(wanted)]
