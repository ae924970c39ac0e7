"""Messages of hospitals about people who were on no register here when they came, acted on once a load has added them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from caseload.domain.border_words import MessageState
from caseload.domain.hospital_reasons import NHS_NUMBER, HoldReason, PassReason
from caseload.hospital_effects import read_hospital_rules
from caseload.intake.hospital.applying import apply_again
from caseload.store import Store
from caseload.tables import HospitalMessage, Person, WaitingNumber
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.progress import Progress


def act_on_waiting_messages(store: Store, feeds: Sequence[FeedRules], *, now: datetime, progress: Progress) -> int:
    """Act on what waited for people who are here now, of the days the rules say; answers how many messages were decided on.

    Each is a transaction of its own: nobody waits long for the database meanwhile, and one that our program fails at is held
    while the others are acted on. Stopped in the middle, the next load goes on with the rest.
    """
    rules = {feed.name: feed for feed in feeds}
    if not rules:
        return 0
    with store.reading() as session:
        waiting = _waiting(session, sorted(rules), now)
    done = 0
    for place, (message_id, feed) in enumerate(waiting, start=1):
        applied = apply_again(store, rules[feed], now=now, message_id=message_id)
        done += applied.state is MessageState.APPLIED
        progress("Acting on hospital messages that waited", place, len(waiting))
    return done


def _waiting(session: Session, feeds: Sequence[str], now: datetime) -> list[tuple[int, str]]:
    """Those whose NHS number is somebody's now; also where the date of birth differed, which a register may have put right."""
    since = now - timedelta(days=read_hospital_rules().wait_days)
    here = select(Person.id).where(Person.nhs_number == WaitingNumber.value).exists()
    wanted = (
        select(HospitalMessage.id, HospitalMessage.feed)
        .join(WaitingNumber, WaitingNumber.message_id == HospitalMessage.id)
        .where(
            WaitingNumber.authority == NHS_NUMBER,
            HospitalMessage.feed.in_(feeds),
            HospitalMessage.received_at >= since,
            or_(
                and_(
                    HospitalMessage.state == MessageState.NOT_ACTED_ON,
                    HospitalMessage.reason_code == PassReason.NOT_REGISTERED_HERE.value,
                ),
                and_(
                    HospitalMessage.state == MessageState.HELD,
                    HospitalMessage.reason_code == HoldReason.BIRTH_DATE_DIFFERS.value,
                ),
            ),
            here,
        )
        .distinct()
        .order_by(HospitalMessage.id)
    )
    return [(message_id, feed) for message_id, feed in session.execute(wanted)]
