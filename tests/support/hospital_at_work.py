"""A hospital's messages in the made-up place with work under way, of the feed `royal`, which the pages know the rules of.

hm_date       held: the date of birth is none; of person 1
hm_link       held: the NHS number was not traced; of person 2
hm_retry      held: a fault of ours; of person 3
hm_dismiss    held: its sender is no feed's
hm_restricted held: not traced, of person 4, whose record is restricted
hm_applied    an admission of person 1, by which the hospital's number A1 was linked
hm_passed     somebody who is on no register here
hc_merge      two numbers of person 1 that became one; hc_undone the same of person 6, taken back
"""

from datetime import timedelta

from sqlalchemy import select

from caseload.actions.hospital_events import apply_message
from caseload.actions.hospital_identity import undo_identity_change
from caseload.actions.hospital_messages import Arrival, store_messages
from caseload.domain.arrivals import NO_FEED
from caseload.pages import feeds_here
from caseload.tables import FeedHeard, IdentityChange
from interfaces.hl7v2.refusals import Reason
from tests.support.case_app import NOW
from tests.support.hl7_messages import feed_rules
from tests.support.hospital_work import HospitalWork

ROYAL = feed_rules(demographics=["death"], silence_minutes=60)
STRANGER = "9990000980"


def configure_royal():
    """The pages of this process know the feed `royal`, as config/hospital_feeds.toml would tell it to them."""
    feeds_here.read_hospital_feeds = lambda _file="": (ROYAL,)


class Sender:
    """Sends the feed's messages to the place, as the listener would store them."""

    def __init__(self, store, town):
        self.store, self.work = store, HospitalWork(store, town, silence_minutes=60)

    def send(self, trigger, *, refused="", feed="royal", ago=timedelta(hours=5), **told):
        """Store a message and act on it, unless it is refused; its id."""
        raw = self.work.raw(trigger, at=NOW - ago, **told)
        return self.keep(raw, kind=f"ADT^{trigger}", refused=refused, feed=feed, ago=ago)

    def keep(self, raw, *, kind="", refused="", feed="royal", ago=timedelta(hours=5)):
        """The same for bytes."""
        self.work.count += 1
        key = None if refused else f"key-{self.work.count}"
        arrival = Arrival(raw, feed, key, f"C{self.work.count}", kind, "2.4", "utf-8", refused)
        with self.store.writing() as session:
            (stored,) = store_messages(session, now=NOW - ago, arrivals=[arrival])
        if not refused:
            with self.store.writing() as session:
                apply_message(session, now=NOW - ago, message_id=stored.message_id, rules=ROYAL)
        return stored.message_id


def hospital_at_work(work):
    """Make them; an `hl7_corrected` is what somebody types for hm_date."""
    configure_royal()
    royal = Sender(work.store, work.town)
    work.ids["hm_applied"] = royal.send("A01", local="A1", visit="V1")
    work.ids["hm_passed"] = royal.send(
        "A01", person=None, visit="V9", pid={3: f"{STRANGER}^^^NHS^NH", 7: "19500101", 32: "NSTS01"}
    )
    work.ids["hm_merge"] = royal.work.merge("A2", "A1", at=NOW - timedelta(hours=4))
    royal.work.tell("A31", person=6, local="B1", visit=None)
    royal.work.merge("B2", "B1", at=NOW - timedelta(hours=4))
    work.ids["hm_date"] = royal.send(
        "A01", visit="V2", pid={7: "19419999"}, refused=Reason.DATE, ago=timedelta(hours=3)
    )
    work.ids["hm_link"] = royal.send("A01", person=2, local="L2", visit="V3", verified=False, ago=timedelta(hours=2))
    work.ids["hm_retry"] = royal.send(
        "A01", person=3, local="L3", visit="V4", refused=Reason.OUR_FAULT, ago=timedelta(hours=2)
    )
    work.ids["hm_dismiss"] = royal.send(
        "A01", person=6, visit="V5", refused=Reason.SENDER, feed=NO_FEED, ago=timedelta(hours=1)
    )
    work.ids["hm_restricted"] = royal.send(
        "A01", person=4, local="L4", visit="V6", verified=False, ago=timedelta(hours=1)
    )
    work.ids["hl7_corrected"] = royal.work.raw("A01", visit="V2").decode().replace("\r", "\n")
    with work.store.writing() as session:
        session.add(
            FeedHeard(feed="royal", last_at=NOW - timedelta(minutes=90), silence_told_at=NOW - timedelta(minutes=30))
        )
        changes = session.execute(select(IdentityChange).order_by(IdentityChange.id)).scalars().all()
        work.ids["hc_merge"], work.ids["hc_undone"] = (one.id for one in changes)
    work.act(
        undo_identity_change,
        "data.quality",
        change_id=work.ids["hc_undone"],
        row_version=1,
        rules=[ROYAL],
        ago=timedelta(hours=1),
    )
