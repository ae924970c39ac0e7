"""What a meeting writes down about a person: the notes, which nobody overwrites unseen, the outcome, an action.

One form carries all of it. What somebody did not change is not written again: two people who write down different things
about one person do not stand in each other's way, and who would overwrite another's words is told so.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import Change, change_by
from caseload.actions.mdt_decisions import NewAction, write_action
from caseload.actions.mdt_room import item_for
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.meeting_closing import outcome_mark
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.meeting_words import NOT_REACHED, NOT_REACHED_WORDS, NOTES
from caseload.domain.plan_words import MdtDecisionKind
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow
from caseload.queries.mdt_rooms import latest_decision
from caseload.tables import AgendaItem, AgendaNotes, MdtDecision


@dataclass(frozen=True)
class Outcome:
    """What was decided, or that there was no time: `decision` is a word of `MdtDecisionKind`, `NOT_REACHED`, or nothing."""

    decision: str = ""
    rationale: str = ""
    next_review_on: date | None = None


def save_item(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    item_id: int,
    row_version: int,
    notes: dict[str, str],
    seen: int = 0,
    outcome: Outcome | None = None,
    new: NewAction | None = None,
) -> int:
    """Save what was written down about one item; answers the item's id. `seen` is the outcome that the form showed.

    Conflict where somebody else's words would be overwritten; NotNow for an outcome without a reason, and for an outcome or
    an action before the meeting's day: notes can be prepared.
    """
    decides = (outcome is not None and outcome.decision != "") or (new is not None and new.what.strip() != "")
    step = MeetingStep.DECIDE if decides else MeetingStep.NOTES
    item, case, meeting = item_for(session, by, now, item_id, step)
    people = [case.person_id]
    if _changed(item, notes):
        _write_notes(session, item, notes, row_version, by, now)
        record(session, "mdt.notes", by=by.user_id, now=now, people=people, case_id=case.id, item=item.id)
    if outcome is not None and outcome.decision and _write_outcome(session, item, outcome, seen, by, now):
        record(
            session, "mdt.outcome", by=by.user_id, now=now, people=people, case_id=case.id, item=item.id,
            code=outcome.decision,
        )  # fmt: skip
    if new is not None and new.what.strip():
        write_action(session, item, case, meeting, new, by, now)
    return item.id


def _changed(item: AgendaItem, notes: dict[str, str]) -> bool:
    return any(getattr(item, name) != notes.get(name, "") for name in NOTES)


def _write_notes(
    session: Session, item: AgendaItem, notes: dict[str, str], row_version: int, by: Viewer, now: datetime
) -> None:
    theirs = {words: getattr(item, name) or "Nothing" for name, words in NOTES.items()}
    check_version(item, row_version, theirs=theirs, last=partial(_last_note, session, item.id))
    kept = {name: notes.get(name, "") for name in NOTES}
    for name, text in kept.items():
        setattr(item, name, text)
    session.add(AgendaNotes(item_id=item.id, at=now, by=by.user_id, **kept))
    session.flush()


def _last_note(session: Session, item_id: int) -> Change | None:
    wanted = select(AgendaNotes.by, AgendaNotes.at).where(AgendaNotes.item_id == item_id)
    last = session.execute(wanted.order_by(AgendaNotes.id.desc()).limit(1)).first()
    return None if last is None else change_by(session, last.by, last.at)


def _write_outcome(session: Session, item: AgendaItem, outcome: Outcome, seen: int, by: Viewer, now: datetime) -> bool:
    """Whether there was something to write."""
    last = latest_decision(session, item.id)
    if _is(item, last, outcome):
        return False
    if seen != outcome_mark(last.id if last else None, not_reached=item.not_reached):
        raise _overtaken(session, item, last)
    if outcome.decision == NOT_REACHED:
        item.not_reached = True
    else:
        _decide(session, item, outcome, by, now)
    session.flush()
    return True


def _is(item: AgendaItem, last: MdtDecision | None, outcome: Outcome) -> bool:
    """Whether this is the outcome already."""
    if outcome.decision == NOT_REACHED or item.not_reached or last is None:
        return outcome.decision == NOT_REACHED and item.not_reached
    held = Outcome(last.decision.value, last.rationale, last.next_review_on)
    return held == outcome


def _overtaken(session: Session, item: AgendaItem, last: MdtDecision | None) -> Conflict:
    sentence = "Somebody else recorded an outcome for this item while you were working on it."
    if last is None or item.not_reached:
        return Conflict(sentence, theirs={"Outcome": NOT_REACHED_WORDS if item.not_reached else "None"})
    change = change_by(session, last.by, last.at)
    theirs = {"Outcome": last.decision, "Why": last.rationale}
    return Conflict(sentence, theirs=theirs, by=change.by, at=change.at)


def _decide(session: Session, item: AgendaItem, outcome: Outcome, by: Viewer, now: datetime) -> None:
    if not outcome.rationale.strip():
        raise NotNow("Enter why this was decided.", field="rationale")
    review = outcome.next_review_on
    if review is not None and review <= local_day(now):
        raise NotNow("The next review must be in the future.", field="next_review_on")
    item.not_reached = False
    session.add(
        MdtDecision(
            item_id=item.id, decision=MdtDecisionKind(outcome.decision), rationale=outcome.rationale,
            next_review_on=review, at=now, by=by.user_id,
        )
    )  # fmt: skip
