"""A team meeting in the made-up place, made through the tables: the North network's, chaired by chair, coordinated by navigator."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from caseload.actions.attendance import Mark, mark_attendance
from caseload.actions.mdt_decisions import NewAction
from caseload.actions.mdt_notes import Outcome, save_item
from caseload.domain.meeting_closing import outcome_mark
from caseload.domain.plan_words import AgendaReason, AttendanceState, MdtDecisionKind, MeetingState
from caseload.queries.mdt_rooms import latest_decision
from caseload.store import Store
from caseload.tables import AgendaItem, MdtAction, MdtMeeting, MdtSeries, Team, TeamMembership
from tests.support.case_app import NOW, Town

HELD_ON = date(2026, 10, 5)
DUE = date(2026, 10, 12)
NOTES = {
    "situation": "Two falls",
    "action_to_date": "Rails fitted",
    "latest": "Home again",
    "persons_view": "Glad of it",
}


@dataclass
class Room:
    """A meeting, with its items by the number of the person."""

    store: Store
    town: Town
    meeting_id: int
    series_id: int
    items: dict[int, int] = field(default_factory=dict)

    def act(self, action, username="navigator", now=NOW, **arguments):
        """Carry out an action as a user."""
        with self.store.writing() as session:
            return action(session, by=self.town.viewer(session, username, now), now=now, **arguments)

    def row(self, table, row_id):
        """A row as it is now."""
        with self.store.reading() as session:
            row = session.get_one(table, row_id)
            session.expunge_all()
            return row

    def rows(self, table, *conditions):
        """All rows such as these, by id."""
        with self.store.reading() as session:
            rows = session.execute(select(table).where(*conditions).order_by(table.id)).scalars().all()
            session.expunge_all()
            return rows

    def save(
        self, number, *, notes=None, decision="", why="It was agreed", review=None, action=None, username="navigator"
    ):
        """Save an item as somebody would who has just opened its page; the notes stay as they are where none are given."""
        item = self.row(AgendaItem, self.items[number])
        with self.store.reading() as session:
            last = latest_decision(session, item.id)
            last_id = last.id if last else None
        kept = {name: getattr(item, name) for name in NOTES}
        return self.act(
            save_item, username, item_id=item.id, row_version=item.row_version, notes=kept if notes is None else notes,
            seen=outcome_mark(last_id, not_reached=item.not_reached),
            outcome=Outcome(decision, why if decision != "not_reached" else "", review) if decision else None,
            new=action,
        )  # fmt: skip

    def action(self, number, what="Ring the pharmacy", owner="ash.gp", due=DUE):
        """Write an action down at an item; answers its id."""
        owner_id = self.town.users[owner] if owner else None
        self.save(number, action=NewAction(what, owner_id, due))
        return self.rows(MdtAction, MdtAction.item_id == self.items[number])[-1].id

    def decide_all(self, decision=MdtDecisionKind.CONTINUE):
        """The same decision for everybody."""
        for number in self.items:
            self.save(number, decision=decision)

    def present(self, *usernames):
        """These of the team came."""
        marks = {self.town.users[name]: Mark(AttendanceState.ATTENDED) for name in usernames}
        self.act(mark_attendance, meeting_id=self.meeting_id, marks=marks)


def make_room(store, town, cases, *, state=MeetingState.LOCKED, quorum=2, held_on=HELD_ON, series_id=None, join=True):
    """A meeting of that state with an item for each case, by the person's number; the therapist joins the team, if told."""
    with store.writing() as session:
        if series_id is None:
            series_id = _series(session, town, quorum, join=join)
        locked = state is not MeetingState.PLANNED
        meeting = MdtMeeting(
            series_id=series_id, held_on=held_on, state=state, chair_id=town.users["chair"],
            locked_at=NOW - timedelta(hours=1) if locked else None, locked_by=town.users["chair"] if locked else None,
        )  # fmt: skip
        session.add(meeting)
        session.flush()
        room = Room(store, town, meeting.id, series_id)
        for place, (number, case_id) in enumerate(cases.items(), start=1):
            item = AgendaItem(
                meeting_id=meeting.id, case_id=case_id, position=place, reason=AgendaReason.RECENT_ADMISSION,
                reason_text=f"Left hospital on {place} October 2026", added_at=NOW - timedelta(days=1),
                added_by=town.users["navigator"],
            )  # fmt: skip
            session.add(item)
            session.flush()
            room.items[number] = item.id
        return room


def _series(session, town, quorum, *, join):
    if join:
        session.add(
            TeamMembership(user_id=town.users["therapist"], team_id=town.team_id, from_at=NOW - timedelta(days=30))
        )
    series = MdtSeries(
        name="North weekly meeting", team_id=session.get_one(Team, town.team_id).id, weekday=0, starts="09:30",
        venue="Ash Surgery, upstairs", chair_id=town.users["chair"], coordinator_id=town.users["navigator"],
        quorum=quorum, capacity=30, created_at=NOW - timedelta(days=30), created_by=town.users["navigator"],
    )  # fmt: skip
    session.add(series)
    session.flush()
    return series.id
