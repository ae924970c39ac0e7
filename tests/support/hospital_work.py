"""A hospital's messages to the made-up place, stored and acted on as the listener would."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from caseload.actions.hospital_events import apply_message
from caseload.actions.hospital_messages import Arrival, store_messages
from caseload.tables import Encounter, HospitalMessage, HospitalStay, Notice, Person, Task
from tests.support.case_app import BIRTHDAYS, NOW
from tests.support.hl7_messages import feed_rules, sent

LONDON = ZoneInfo("Europe/London")
EVERYTHING = ("name", "address", "phone", "practice", "sex", "birth_date", "death")
START = NOW - timedelta(hours=6)
"""When the stays of these tests begin."""


def hl7_time(moment):
    """A moment as a hospital writes it: local, without an offset."""
    return moment.astimezone(LONDON).strftime("%Y%m%d%H%M%S") if isinstance(moment, datetime) else moment


class HospitalWork:
    """The feed `royal` and what it tells of the town's people."""

    def __init__(self, store, town, **rules):
        self.store, self.town = store, town
        self.feed = feed_rules(**{"demographics": ["death"], **rules})
        self.count = 0

    def born(self, person):
        """The date of birth of somebody by number, as a register has it."""
        return BIRTHDAYS[person]

    def numbers(self, person, local="", verified=True):
        """PID-3, -7 and -32 of somebody, with the hospital's own number for them."""
        ids = [f"{self.town.nhs_numbers[person]}^^^NHS^NH"] if person else []
        ids += [f"{local}^^^RYX^MR"] if local else []
        born = self.born(person).strftime("%Y%m%d") if person else ""
        return {3: "~".join(ids), 7: born, 32: "NSTS01" if verified else "NSTS02"}

    def raw(
        self,
        trigger,
        *,
        person=1,
        local="",
        at=START,
        visit="V1",
        verified=True,
        pid=None,
        pv1=None,
        extra=(),
        told=None,
        **options,
    ):
        """One message. `at` is when it happened (EVN-6); without a visit it has no PV1."""
        self.count += 1
        fields = {
            "msh": {7: hl7_time(told or at)},
            "evn": {2: hl7_time(told or at), 6: hl7_time(at)},
            "pid": {5: "", 8: "", 11: "", 13: "", **self.numbers(person, local, verified), **(pid or {})},
            "pd1": {3: ""},
            "pv1": {44: "", **({} if visit is None else {19: visit}), **(pv1 or {})},
            **options,
        }
        without = ("PV1",) if visit is None else ()
        return sent(trigger, control_id=f"C{self.count}", extra=tuple(extra), without=without, **fields)

    def store_raw(self, *raws, now=NOW):
        """Keep these messages, without acting on them; their ids."""
        with self.store.writing() as session:
            self.count += 1
            arrivals = [
                Arrival(raw, self.feed.name, message_key=f"{self.count}.{place}") for place, raw in enumerate(raws)
            ]
            return [stored.message_id for stored in store_messages(session, now=now, arrivals=arrivals)]

    def apply(self, message_id, now=NOW):
        """Act on a stored message."""
        with self.store.writing() as session:
            return apply_message(session, now=now, message_id=message_id, rules=self.feed)

    def tell(self, trigger, *, now=NOW, **fields):
        """Store one message and act on it; its id."""
        (message_id,) = self.store_raw(self.raw(trigger, **fields), now=now)
        self.apply(message_id, now)
        return message_id

    def merge(self, kept, retired, *, person=None, trigger="A40", at=NOW, authority="RYX", visits=None, **fields):
        """A merge of two of the hospital's numbers; or of visits (kept, retired)."""
        mrg = f"MRG|{retired}^^^{authority}^MR" if retired else "MRG|"
        extra = [mrg if visits is None else f"{mrg}||||{visits[1]}"]
        pv1 = f"PV1|1|I|WARD 3{'|' * 16}{visits[0]}" if visits else None
        if pv1:
            extra.append(pv1)
        return self.tell(trigger, person=person, local=kept, at=at, visit=None, extra=extra, **fields)

    def about(self, message_id):
        """State, reason and person of a message."""
        with self.store.reading() as session:
            row = session.get_one(HospitalMessage, message_id)
            return row.state.value, row.reason_code, row.person_id

    def stays(self):
        """Every stay as (visit, state, class, location, person number)."""
        number = {person_id: number for number, person_id in self.town.people.items()}
        with self.store.reading() as session:
            rows = session.execute(select(HospitalStay).order_by(HospitalStay.visit_ref)).scalars()
            return [(r.visit_ref, r.state.value, r.patient_class.value, r.location, number[r.person_id]) for r in rows]

    def encounters(self):
        """Every encounter as (source, ref, kind, first day, last day, person number)."""
        number = {person_id: number for number, person_id in self.town.people.items()}
        with self.store.reading() as session:
            rows = session.execute(select(Encounter).order_by(Encounter.started_on, Encounter.id)).scalars()
            return [(r.source, r.source_ref, r.kind.value, r.started_on, r.ended_on, number[r.person_id]) for r in rows]

    def notices(self):
        """Kinds of notices with the names of who has them, in order."""
        names = {user_id: name for name, user_id in self.town.users.items()}
        with self.store.reading() as session:
            rows = session.execute(select(Notice).order_by(Notice.id)).scalars()
            return [(row.kind.value, names[row.user_id]) for row in rows]

    def told(self, *kinds):
        """The notices of these kinds alone."""
        return sorted(one for one in self.notices() if one[0] in kinds)

    def tasks(self, *kinds):
        """(kind, state, due) of tasks a rule of stays has set."""
        with self.store.reading() as session:
            rows = session.execute(
                select(Task)
                .where(Task.rule_code.startswith("hospital_") | (Task.rule_code == "plan_after_discharge"))
                .order_by(Task.id)
            ).scalars()
            return [
                (row.kind.value, row.state.value, row.due_on) for row in rows if not kinds or row.kind.value in kinds
            ]

    def person(self, number):
        """The record of a person as it is."""
        with self.store.reading() as session:
            person = session.get_one(Person, self.town.people[number])
            session.expunge(person)
            return person
