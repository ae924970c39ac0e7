"""What a meeting asks of somebody: actions with an owner and a day, while the meeting is in the room."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.mdt_room import item_for, meeting_for
from caseload.actions.versions import check_version
from caseload.domain.lead_rule import in_words
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.assignees import may_be_given
from caseload.queries.mdt_rooms import decided_items
from caseload.tables import AgendaItem, Case, MdtAction, MdtMeeting, User


@dataclass(frozen=True)
class NewAction:
    """An action as it is written down: owner and day may follow until the meeting is closed."""

    what: str
    owner_id: int | None = None
    due_on: date | None = None


def write_action(  # noqa: PLR0913 - what the caller has read and locked
    session: Session, item: AgendaItem, case: Case, meeting: MdtMeeting, new: NewAction, by: Viewer, now: datetime
) -> int:
    """Write down an action at an item, inside the action that saves the item. Answers its id."""
    _check(session, now, case, meeting, new)
    action = MdtAction(item_id=item.id, what=new.what.strip(), owner_id=new.owner_id, due_on=new.due_on)
    session.add(action)
    session.flush()
    _record(session, "mdt.action_add", action, case, by, now)
    return action.id


def change_action(
    session: Session, *, by: Viewer, now: datetime, action_id: int, row_version: int, wanted: NewAction
) -> int:
    """Put an action right. Answers its item's id; Conflict where somebody else has changed it."""
    action, case, meeting = _action(session, by, now, action_id, row_version)
    _check(session, now, case, meeting, wanted)
    action.what, action.owner_id, action.due_on = wanted.what.strip(), wanted.owner_id, wanted.due_on
    session.flush()
    _record(session, "mdt.action_change", action, case, by, now)
    return action.item_id


def remove_action(session: Session, *, by: Viewer, now: datetime, action_id: int, row_version: int) -> int:
    """Take an action out that was not meant. Answers its item's id."""
    action, case, _ = _action(session, by, now, action_id, row_version)
    item_id = action.item_id
    _record(session, "mdt.action_remove", action, case, by, now)
    session.delete(action)
    session.flush()
    return item_id


def carry_over_rest(session: Session, *, by: Viewer, now: datetime, meeting_id: int) -> int:
    """There was no time for the items without an outcome: they are carried over. Answers how many.

    It says nothing about anybody, so it takes no right to open them: a chair who may not open somebody can end a meeting.
    """
    meeting, _ = meeting_for(session, by, now, meeting_id, MeetingStep.DECIDE)
    wanted = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, AgendaItem.not_reached.is_(False))
    items = session.execute(wanted.order_by(AgendaItem.id).with_for_update()).scalars().all()
    decided = decided_items(session, meeting.id)
    left = [item for item in items if item.id not in decided]
    if not left:
        raise NotNow("Every item has an outcome already.")
    for item in left:
        item.not_reached = True
    session.flush()
    people = session.execute(select(Case.person_id).where(Case.id.in_([item.case_id for item in left])))
    record(
        session, "mdt.carry_over", by=by.user_id, now=now, people=sorted(people.scalars()), meeting=meeting.id,
        items=len(left),
    )  # fmt: skip
    return len(left)


def _action(
    session: Session, by: Viewer, now: datetime, action_id: int, row_version: int
) -> tuple[MdtAction, Case, MdtMeeting]:
    item_id = session.execute(select(MdtAction.item_id).where(MdtAction.id == action_id)).scalar_one_or_none()
    if item_id is None:
        raise NotThere
    _, case, meeting = item_for(session, by, now, item_id, MeetingStep.DECIDE)
    locked = select(MdtAction).where(MdtAction.id == action_id).with_for_update()
    action = session.execute(locked).scalar_one_or_none()
    if action is None:
        raise NotThere
    check_version(action, row_version, theirs=_said(session, action))
    return action, case, meeting


def _said(session: Session, action: MdtAction) -> dict[str, str]:
    owner = None if action.owner_id is None else session.get(User, action.owner_id)
    return {
        "What": action.what,
        "Owner": owner.display_name if owner else "Nobody",
        "Due": in_words(action.due_on) if action.due_on else "No date",
    }


def _check(session: Session, now: datetime, case: Case, meeting: MdtMeeting, wanted: NewAction) -> None:
    if wanted.due_on is not None and wanted.due_on < meeting.held_on:
        raise NotNow("The due date is before the meeting.", field="due_on")
    owner_id = wanted.owner_id
    if owner_id is not None and not may_be_given(session, now, case.person_id, owner_id=owner_id, team_id=None):
        raise NotNow("Choose an owner who may open this person’s record.", field="owner_id")


def _record(session: Session, code: str, action: MdtAction, case: Case, by: Viewer, now: datetime) -> None:
    record(
        session, code, by=by.user_id, now=now, people=[case.person_id], case_id=case.id, item=action.item_id,
        mdt_action=action.id, owner=action.owner_id,
    )  # fmt: skip
