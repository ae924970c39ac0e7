"""An agenda built by the rule: as often as somebody likes while the meeting is planned, with the same outcome.

People who were added by hand, or about whom something was written down, keep their place. Who was taken off by hand
does not come back. Everybody else comes and goes as the rule says.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.meeting_steps import meeting_for_step, take_off, touch, written_about
from caseload.domain.agenda_rules import Agenda, Entry, Meeting, agenda_for, merged_order
from caseload.domain.meeting_rules import MeetingStep
from caseload.domain.viewer import Viewer
from caseload.mdt_rules import read_mdt_rules
from caseload.queries.agenda_facts import Known, facts_for
from caseload.tables import AgendaItem, AgendaLeftOut, MdtMeeting, MdtRequest


@dataclass(frozen=True)
class _Building:
    """One building of one agenda: what there is, and what stays whatever the rule says."""

    session: Session
    by: Viewer
    now: datetime
    meeting: MdtMeeting
    items: dict[int, AgendaItem]
    stays: frozenset[int]


def build_agenda(session: Session, *, by: Viewer, now: datetime, meeting_id: int) -> dict[str, int]:
    """Put everybody with a reason onto the agenda, as far as there is room.

    Answers how many are `on` it, were `added` and taken `off`, and `did_not_fit`. NotNow once the agenda is locked.
    """
    meeting, series = meeting_for_step(session, by, meeting_id, MeetingStep.BUILD)
    rules = read_mdt_rules()
    known = facts_for(session, now, series, meeting, rules)
    items = _items(session, meeting)
    asked = {case_id for case_id, facts in known.facts.items() if facts.asked is not None}
    written = written_about(session, meeting.id)
    stays = frozenset(case_id for case_id, item in items.items() if item.id in written)
    by_hand = asked & set(items)
    gone = _taken_off(session, meeting) - set(items)
    agenda = agenda_for(
        [facts for case_id, facts in known.facts.items() if case_id not in gone],
        Meeting(meeting.held_on, series.capacity), rules, kept=stays | by_hand,
    )  # fmt: skip
    building = _Building(session, by, now, meeting, items, stays)
    added, off = _put_on(building, agenda)
    changed = _put_in_order(building, agenda, added)
    left_out = _write_left_out(building, agenda)
    if added or off or changed or left_out:
        touch(meeting)
    people = [known.people[entry.case_id] for entry in agenda.on if entry.case_id in added]
    answer = {"on": len(building.items), "added": len(added), "off": len(off), "did_not_fit": len(agenda.did_not_fit)}
    session.flush()
    record(
        session, "agenda.build", by=by.user_id, now=now, people=people + _people_of(known, off), meeting=meeting.id,
        **answer,
    )  # fmt: skip
    return answer


def _items(session: Session, meeting: MdtMeeting) -> dict[int, AgendaItem]:
    wanted = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
    found = session.execute(wanted.order_by(AgendaItem.position, AgendaItem.id)).scalars()
    return {item.case_id: item for item in found}


def _taken_off(session: Session, meeting: MdtMeeting) -> set[int]:
    """The cases that somebody took off this agenda."""
    wanted = select(AgendaLeftOut.case_id).where(
        AgendaLeftOut.meeting_id == meeting.id, AgendaLeftOut.removed_at.is_not(None)
    )
    return set(session.execute(wanted).scalars())


def _people_of(known: Known, cases: set[int]) -> list[int]:
    return sorted(known.people[case_id] for case_id in cases if case_id in known.people)


def _put_on(building: _Building, agenda: Agenda) -> tuple[set[int], set[int]]:
    """Take off who has no reason any more, bring on who has one now; the cases of both."""
    wanted = {entry.case_id: entry for entry in agenda.on}
    off = {case_id for case_id in building.items if case_id not in wanted and case_id not in building.stays}
    for case_id in sorted(off):
        take_off(building.session, building.items.pop(case_id), by=building.by, now=building.now, ended=False)
    added = {case_id for case_id in wanted if case_id not in building.items}
    last = max((item.position for item in building.items.values()), default=0)
    for place, entry in enumerate((entry for entry in agenda.on if entry.case_id in added), start=last + 1):
        building.items[entry.case_id] = _new_item(building, entry, place)
    building.session.flush()
    for entry in agenda.on:
        _say(building, building.items[entry.case_id], entry)
    return added, off


def _new_item(building: _Building, entry: Entry, place: int) -> AgendaItem:
    item = AgendaItem(
        meeting_id=building.meeting.id, case_id=entry.case_id, position=place, reason=entry.reason,
        reason_text=entry.text, carried_from_id=entry.carried_from_id, added_at=building.now,
        added_by=building.by.user_id,
    )  # fmt: skip
    building.session.add(item)
    return item


def _say(building: _Building, item: AgendaItem, entry: Entry) -> None:
    """The reason as it is today, and the request it takes up."""
    said = (entry.reason, entry.text, entry.carried_from_id)
    if (item.reason, item.reason_text, item.carried_from_id) != said:
        item.reason, item.reason_text, item.carried_from_id = said
    if entry.request_id is not None:
        request = building.session.get_one(MdtRequest, entry.request_id)
        if request.item_id != item.id:
            request.item_id = item.id


def _put_in_order(building: _Building, agenda: Agenda, added: set[int]) -> bool:
    """Positions from 1; whether one of them changed. Those who were on it keep the order somebody gave them."""
    present = sorted(building.items.values(), key=lambda item: (item.position, item.id))
    wanted = [entry.case_id for entry in agenda.on]
    unranked = [item.case_id for item in present if item.case_id not in wanted]
    before = [item.case_id for item in present if item.case_id not in added]
    order = merged_order(before, wanted + unranked)
    changed = False
    for position, case_id in enumerate(order, start=1):
        if building.items[case_id].position != position:
            building.items[case_id].position, changed = position, True
    return changed


def _write_left_out(building: _Building, agenda: Agenda) -> bool:
    """Who did not fit, as it is now; whether that changed."""
    wanted = select(AgendaLeftOut.id, AgendaLeftOut.case_id, AgendaLeftOut.reason, AgendaLeftOut.reason_text).where(
        AgendaLeftOut.meeting_id == building.meeting.id, AgendaLeftOut.removed_at.is_(None)
    )
    there = building.session.execute(wanted.order_by(AgendaLeftOut.place)).all()
    said = [(entry.case_id, entry.reason, entry.text) for entry in agenda.did_not_fit]
    if [(row.case_id, row.reason, row.reason_text) for row in there] == said:
        return False
    building.session.execute(delete(AgendaLeftOut).where(AgendaLeftOut.id.in_([row.id for row in there])))
    rows = [
        {"meeting_id": building.meeting.id, "case_id": case_id, "place": place, "reason": reason, "reason_text": text}
        for place, (case_id, reason, text) in enumerate(said, start=1)
    ]
    if rows:
        building.session.execute(insert(AgendaLeftOut), rows)
    return True
