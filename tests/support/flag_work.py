"""Flags for urgent care in the made-up place, set by the actions, and programs that may read them."""

from datetime import date, timedelta

from sqlalchemy import select

from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.flags import change_flag, end_flag, set_flag
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState, Role
from caseload.queries.viewers import viewer_of
from caseload.tables import CareFlag, Consent, FlagEvent, Notice, Person, Task, User, UserRole
from tests.support.case_app import NOW
from tests.support.led_cases import led, manager_of
from tests.support.shared_plans import versioned

SAYS = {
    "said": "Has a care plan. Please read it, and ring us before you decide.",
    "ring_name": "Ash GP",
    "ring_phone": "020 7946 0000",
    "ring_when": "Monday to Friday, 8am to 6pm",
    "review_on": date(2027, 1, 4),
}
LEADS = {1: "ash.gp", 6: "birch.gp"}


class FlagWork:
    """Person 1 (or another), with a case, an active plan and, unless told, a yes to urgent care being told."""

    def __init__(self, store, town, number=1, *, agrees=True):
        self.store, self.town, self.number = store, town, number
        self.person_id = town.people[number]
        lead = LEADS.get(number, "ash.gp" if number <= 5 else "birch.gp")
        self.case_id = led(store, town, number, lead)
        self.plan_id = versioned(store, town, self.case_id, by=lead)
        self.manager, self.lead = manager_of(number), lead
        if agrees:
            self.say("sharing_urgent_care", "given")

    def act(self, action, username=None, *, now=NOW, **arguments):
        """Carry out an action as a user."""
        with self.store.writing() as session:
            return action(session, by=self.town.viewer(session, username or self.lead, now), now=now, **arguments)

    def say(self, purpose, *states, now=NOW):
        """What the person says about a purpose, as a row of its own each time."""
        for state in states:
            with self.store.reading() as session:
                wanted = select(Consent.id).where(Consent.person_id == self.person_id, Consent.purpose == purpose)
                seen = session.execute(wanted.order_by(Consent.id.desc()).limit(1)).scalar() or NOTHING
            self.act(
                record_consent, self.manager, now=now, person_id=self.person_id, purpose=ConsentPurpose(purpose),
                state=ConsentState(state), how=ConsentHow.SAID, seen_id=seen,
            )  # fmt: skip

    def set(self, username=None, code="has_care_plan", *, now=NOW, **changed):
        """Set a flag; its id."""
        return self.act(set_flag, username, now=now, person_id=self.person_id, code=code, **{**SAYS, **changed})

    def change(self, flag_id, username=None, *, now=NOW, row_version=None, **changed):
        """Change a flag as it is."""
        row_version = row_version or self.flag(flag_id).row_version
        return self.act(change_flag, username, now=now, flag_id=flag_id, row_version=row_version, **{**SAYS, **changed})

    def end(self, flag_id, username=None, *, now=NOW, row_version=None, note="Not needed", mistake=False):
        """End a flag as it is."""
        row_version = row_version or self.flag(flag_id).row_version
        return self.act(
            end_flag, username, now=now, flag_id=flag_id, row_version=row_version, note=note, mistake=mistake
        )

    def flag(self, flag_id):
        """The row as it is."""
        with self.store.reading() as session:
            flag = session.get_one(CareFlag, flag_id)
            session.expunge(flag)
            return flag

    def stands(self, flag_id):
        """Its state and why it ended, as words."""
        flag = self.flag(flag_id)
        return flag.state.value, flag.ending.value if flag.ending else None

    def history(self, flag_id):
        """What happened to it: kind, before, after, by whom."""
        with self.store.reading() as session:
            rows = session.execute(select(FlagEvent).where(FlagEvent.flag_id == flag_id).order_by(FlagEvent.id))
            return [(row.kind, row.before, row.after, row.by) for row in rows.scalars()]

    def reviews(self):
        """The tasks to review flags: due day, state, whose."""
        with self.store.reading() as session:
            wanted = select(Task).where(Task.rule_code == "flag_review").order_by(Task.id)
            return [(row.due_on, row.state.value, row.owner_id) for row in session.execute(wanted).scalars()]

    def told(self, kind="flag_ended"):
        """Who was sent a notice of this kind."""
        with self.store.reading() as session:
            return sorted(session.execute(select(Notice.user_id).where(Notice.kind == kind)).scalars())

    def person(self, **values):
        """Write values straight into the person's row, as a load would find them."""
        with self.store.writing() as session:
            person = session.get_one(Person, self.person_id)
            for name, value in values.items():
                setattr(person, name, value)


def flagged(store, town):
    """Person 1 has an active plan and a flag, whose id is `flag_id`."""
    made = FlagWork(store, town)
    made.flag_id = made.set()
    return made


def program(store, town, role, place="borough", username=None):
    """The id of an account that a program acts as: one role over a place."""
    username = username or f"program.{Role(role).value}"
    with store.writing() as session:
        user = User(username=username, display_name=username.title(), home_id=_home(town), created_at=NOW)
        session.add(user)
        session.flush()
        since = NOW - timedelta(days=30)
        session.add(UserRole(user_id=user.id, role=Role(role), place_id=_place(town, place), from_at=since))
        return user.id


def asking(session, user_id, now=NOW):
    """Who an account is at a moment."""
    return viewer_of(session, user_id, now)


def _home(town):
    return next(iter(town.places.values()))


def _place(town, place):
    return next(iter(town.places.values())) if place == "borough" else town.places[place]
