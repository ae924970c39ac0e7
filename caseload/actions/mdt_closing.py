"""Closing a meeting: everything it decided takes effect in one transaction, or nothing does."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.mdt_room import meeting_for
from caseload.actions.plan_tasks import end_tasks
from caseload.actions.rule_tasks import RuleTask, add_rule_tasks
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.meeting_closing import FOLLOWS, why_not_closed
from caseload.domain.meeting_rules import LEADS_TO, MeetingStep
from caseload.domain.plan_words import MdtDecisionKind
from caseload.domain.task_rules import TaskStep
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, TaskKind
from caseload.exceptions import NotNow
from caseload.queries.mdt_closing import ClosingItem, closing_items, open_gaps, quorum_at
from caseload.tables import Case, MdtAction, Task

RULE = "mdt"


def close_meeting(  # noqa: PLR0913 - the form's reason, and the setting it stands under
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    meeting_id: int,
    row_version: int,
    no_quorum_reason: str = "",
    without_quorum: bool = True,
) -> dict[str, int]:
    """Close the meeting for good: its actions become tasks of their owners. Answers `{"meeting": id, "tasks": number}`.

    NotNow, naming the items, where one has no outcome or an action no owner or day; or without the quorum, unless the
    setting `without_quorum` and a reason allow it. Nobody's case is closed by a meeting: its lead is asked to.
    """
    meeting, series = meeting_for(session, by, now, meeting_id, MeetingStep.CLOSE, alone=True)
    check_version(meeting, row_version)
    items = closing_items(session, meeting.id)
    quorum = quorum_at(session, meeting.id, series.quorum)
    refusal = why_not_closed(open_gaps(items), quorum, no_quorum_reason, without_quorum=without_quorum)
    if refusal is not None:
        raise NotNow(refusal, field="no_quorum_reason" if not open_gaps(items) else "")
    made = _set_tasks(session, items, by, now)
    meeting.state, meeting.closed_at, meeting.closed_by = LEADS_TO[MeetingStep.CLOSE], now, by.user_id
    meeting.no_quorum_reason = "" if quorum.met else no_quorum_reason.strip()
    session.flush()
    record(
        session, "mdt.close", by=by.user_id, now=now, people=sorted({item.person_id for item in items}),
        meeting=meeting.id, items=len(items), tasks=made, present=quorum.present, quorum=quorum.needed,
    )  # fmt: skip
    return {"meeting": meeting.id, "tasks": made}


def _set_tasks(session: Session, items: tuple[ClosingItem, ...], by: Viewer, now: datetime) -> int:
    closed = _closed_cases(session, items)
    wanted = [task for item in items for task in (*_of_actions(item), *_of_decision(item, now))]
    made = add_rule_tasks(session, now=now, tasks=wanted, by=by.user_id)
    _point_to_tasks(session, items)
    return len(made) - _cancel(session, made, closed, by, now)


def _closed_cases(session: Session, items: tuple[ClosingItem, ...]) -> list[int]:
    """The cases of these items that were closed before the meeting was. All are held as they are: none is closed meanwhile."""
    held = select(Case.id, Case.state).where(Case.id.in_([item.case_id for item in items]))
    rows = session.execute(held.order_by(Case.id).with_for_update(read=True))
    return [row.id for row in rows if row.state is CaseState.CLOSED]


def _cancel(session: Session, made: list[int], closed: list[int], by: Viewer, now: datetime) -> int:
    """Nothing goes on in a closed case: how many of these tasks were cancelled for it, as if the meeting had ended first."""
    wanted = select(Task).where(Task.id.in_(made), Task.case_id.in_(closed)).order_by(Task.id)
    tasks = session.execute(wanted).scalars().all()
    end_tasks(session, tasks, TaskStep.CANCELLED, "The case was closed before the meeting was.", by=by.user_id, now=now)
    return len(tasks)


def _of_actions(item: ClosingItem) -> list[RuleTask]:
    return [
        RuleTask(
            item.person_id, item.case_id, TaskKind.MDT_ACTION, action.what, action.due_on, RULE,
            f"mdt_action:{action.action_id}", action.owner_id,
        )
        for action in item.actions
        if action.due_on is not None
    ]  # fmt: skip


def _of_decision(item: ClosingItem, now: datetime) -> list[RuleTask]:
    """What the decision itself asks of the lead."""
    follow = None if item.decision is None or item.not_reached else FOLLOWS[MdtDecisionKind(item.decision)]
    if follow is None:
        return []
    due = local_day(now) + timedelta(days=follow.days)
    ref = f"mdt_decision:{item.item_id}"
    return [RuleTask(item.person_id, item.case_id, follow.kind, follow.title, due, RULE, ref, item.lead_id)]


def _point_to_tasks(session: Session, items: tuple[ClosingItem, ...]) -> None:
    """Each action knows the task it became."""
    ids = [action.action_id for item in items for action in item.actions]
    refs = {f"mdt_action:{action_id}": action_id for action_id in ids}
    tasks = session.execute(select(Task.rule_ref, Task.id).where(Task.rule_ref.in_(refs)))
    task_of = {refs[ref]: task_id for ref, task_id in tasks if ref is not None}
    for action in session.execute(select(MdtAction).where(MdtAction.id.in_(ids)).order_by(MdtAction.id)).scalars():
        action.task_id = task_of[action.id]
