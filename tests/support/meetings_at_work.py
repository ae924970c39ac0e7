"""Team meetings of the made-up place at work: one in the room, one ready to be closed, one that is over.

In the room: person 1 with notes, a decision and an action; 2 with notes; 4 whom hardly anybody may open; 5 who died; 6.
"""

from datetime import date, timedelta

from caseload.actions.attendance import add_guest
from caseload.actions.mdt_closing import close_meeting
from caseload.domain.plan_words import MdtDecisionKind
from caseload.tables import MdtMeeting
from tests.support.case_app import NOW
from tests.support.mdt_work import NOTES, make_room

_LAST_WEEK = NOW - timedelta(days=7)


def meetings_at_work(work) -> None:
    """Make them, and say what they are called in addresses."""
    store, town = work.store, work.town
    over = make_room(store, town, _cases(work, 1, 2, 6), held_on=date(2026, 9, 28), join=False)
    over.present("navigator", "chair")
    over.decide_all(MdtDecisionKind.CONTINUE)
    over.action(1, "Ask the pharmacy for large labels", owner="ash.gp", due=date(2026, 10, 2))
    over.action(6, "Ring her daughter", owner="navigator", due=date(2026, 10, 9))
    over.act(close_meeting, "chair", meeting_id=over.meeting_id, row_version=_version(over))
    now = make_room(store, town, _cases(work, 1, 2, 4, 5, 6), series_id=over.series_id)
    now.present("navigator")
    now.save(1, notes=NOTES, decision="step_up", why="Two falls in a month")
    now.save(2, notes=NOTES)
    empty = make_room(store, town, {}, series_id=over.series_id, held_on=date(2026, 10, 1))
    ready = make_room(store, town, _cases(work, 1, 2), series_id=over.series_id, held_on=date(2026, 10, 2))
    ready.present("navigator", "chair")
    ready.decide_all()
    work.ids.update(
        mdt_over=over.meeting_id, mdt_now=now.meeting_id, mdt_ready=ready.meeting_id,
        mdt_empty=empty.meeting_id,
        mdt_action=now.action(1, "Visit at home", owner=None, due=None),
        mdt_guest=now.act(add_guest, meeting_id=now.meeting_id, name="Pat Example", organisation="Testham Neighbours"),
        **{f"mdt_item_{number}": item_id for number, item_id in now.items.items()},
        mdt_item_over=over.items[1],
    )  # fmt: skip


def _cases(work, *numbers) -> dict[int, int]:
    return {number: work.cases[number] for number in numbers}


def _version(room) -> int:
    return room.row(MdtMeeting, room.meeting_id).row_version
