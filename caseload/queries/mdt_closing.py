"""What a meeting looks like to somebody who closes it: every item, whoever may open whom.

Closing says nothing about anybody but the numbers of items. These rows are for the action, and for the numbers.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.meeting_closing import ActionAtClosing, Gap, ItemAtClosing, Quorum, gaps, quorum_of
from caseload.domain.plan_words import MdtDecisionKind
from caseload.tables import AgendaItem, Case, LeadAllocation, MdtAction, MdtAttendance, MdtDecision


@dataclass(frozen=True, slots=True)
class ClosingAction:
    """An action on its way to becoming a task."""

    action_id: int
    what: str
    owner_id: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ClosingItem:
    """An item with everything that closing makes of it. `lead_id` is the accountable lead now."""

    item_id: int
    place: int
    case_id: int
    person_id: int
    lead_id: int | None
    decision: MdtDecisionKind | None
    not_reached: bool
    actions: tuple[ClosingAction, ...]


def closing_items(session: Session, meeting_id: int) -> tuple[ClosingItem, ...]:
    """Every item of a meeting, in the order of the agenda. Never for a page."""
    other = aliased(MdtDecision)
    last = select(func.max(other.id)).where(other.item_id == AgendaItem.id).correlate(AgendaItem).scalar_subquery()
    found = session.execute(
        select(AgendaItem.id, AgendaItem.case_id, Case.person_id, LeadAllocation.user_id, MdtDecision.decision, AgendaItem.not_reached)
        .join(Case, Case.id == AgendaItem.case_id)
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .outerjoin(MdtDecision, MdtDecision.id == last)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )  # fmt: skip
    actions = _actions(session, meeting_id)
    return tuple(
        ClosingItem(row[0], place, *row[1:], tuple(actions.get(row[0], ()))) for place, row in enumerate(found, start=1)
    )


def open_gaps(items: tuple[ClosingItem, ...]) -> tuple[Gap, ...]:
    """What keeps a meeting with these items open."""
    return gaps(
        ItemAtClosing(
            item.item_id, item.place, item.decision, item.not_reached,
            [ActionAtClosing(action.owner_id, action.due_on) for action in item.actions],
        )
        for item in items
    )  # fmt: skip


def gaps_of(session: Session, meeting_id: int) -> tuple[Gap, ...]:
    """The same for a page: numbers of items and nothing of anybody."""
    return open_gaps(closing_items(session, meeting_id))


def quorum_at(session: Session, meeting_id: int, needed: int) -> Quorum:
    """How many of the team came or sent a deputy, as it was written down."""
    wanted = select(MdtAttendance.state).where(
        MdtAttendance.meeting_id == meeting_id, MdtAttendance.user_id.is_not(None)
    )
    return quorum_of(session.execute(wanted).scalars(), needed)


def _actions(session: Session, meeting_id: int) -> dict[int, list[ClosingAction]]:
    found: dict[int, list[ClosingAction]] = {}
    wanted = (
        select(MdtAction.item_id, MdtAction.id, MdtAction.what, MdtAction.owner_id, MdtAction.due_on)
        .join(AgendaItem, AgendaItem.id == MdtAction.item_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(MdtAction.id)
    )
    for item_id, action_id, what, owner_id, due_on in session.execute(wanted):
        found.setdefault(item_id, []).append(ClosingAction(action_id, what, owner_id, due_on))
    return found
