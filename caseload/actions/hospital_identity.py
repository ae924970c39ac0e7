"""What somebody at the desk decides about a message that waits, and about what a hospital said of its numbers.

Only who looks after the feeds (`Permission.SETTLE_MESSAGES`), and only about people of the practices of their place (see
`caseload.queries.hospital_reach`). A message itself is never changed: one that is put right is kept as another, which takes its place.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.hospital_events import act_on, act_on_waiting
from caseload.actions.hospital_locks import hold_row
from caseload.actions.hospital_merges import MADE
from caseload.actions.hospital_numbers import Acting, link, own_numbers, owners, stop_waiting
from caseload.actions.hospital_undo import take_back
from caseload.actions.versions import check_version
from caseload.domain.border_words import IdentityChangeKind, MessageState
from caseload.domain.hospital_reasons import PassReason
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.hospital_reach import may_be_linked, message_for, reach_of_text, readable_message
from caseload.queries.merges import current_id
from caseload.tables import HospitalMessage, IdentityChange, Person, PersonIdentifier
from interfaces.hl7v2.adt import Adt, check_before_ack, read_adt
from interfaces.hl7v2.characters import decoded
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.reading import header_of, split_message
from interfaces.hl7v2.refusals import MessageRefused

_WAITING = "This message does not wait for anybody any more."


def retry_message(
    session: Session, *, by: Viewer, now: datetime, message_id: int, row_version: int, rules: Sequence[FeedRules]
) -> dict[str, int | str]:
    """Decide on a message again, now that something else may be known. Answers `{"message": id, "state": word}`."""
    message = _message(session, by, message_id, row_version)
    acting = _acting(session, now, message.feed, rules)
    record(session, "message.retry", by=by.user_id, now=now, message=message.id)
    state = act_on(acting, message)
    act_on_waiting(acting, but=message.id)
    return {"message": message.id, "state": state.value}


def link_by_hand(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    message_id: int,
    row_version: int,
    nhs_number: str,
    note: str,
    rules: Sequence[FeedRules],
) -> dict[str, int | str]:
    """Say whom a held message is about: the hospital's numbers in it are theirs from now on, and it is acted on.

    What waited for these numbers is acted on as well. NotNow at the field where nobody of the viewer's place has the NHS
    number, or where one of the hospital's numbers is another person's already. Answers as `retry_message`.
    """
    message = _message(session, by, message_id, row_version, only=MessageState.HELD)
    readable_message(session, by, message_id, rules)
    acting = _acting(session, now, message.feed, rules)
    person = _person_here(session, by, nhs_number)
    adt = _readable(message, acting.feed)
    numbers = own_numbers(adt.patient.identifiers)
    if {row.person_id for row in owners(acting, numbers)} - {person.id}:
        raise NotNow("One of the hospital’s numbers in this message is linked to somebody else.", field="nhs_number")
    message.settled_at, message.settled_by, message.settled_note = now, by.user_id, note
    message.person_id = person.id
    session.flush()
    made = link(acting, message, person.id, numbers, by.user_id)
    change = _linked(acting, message, made, by.user_id)
    state = act_on(acting, message, chosen=person.id)
    was = act_on_waiting(acting, but=message.id)
    if change is not None and was:
        change.moved = [*change.moved, *was]
    session.flush()
    record(session, "message.link", by=by.user_id, now=now, people=[person.id], message=message.id)
    return {"message": message.id, "state": state.value}


def dismiss_message(
    session: Session, *, by: Viewer, now: datetime, message_id: int, row_version: int, note: str
) -> int:
    """Nothing is to be done about a held message, for a reason in words. Answers its id."""
    message = _message(session, by, message_id, row_version, only=MessageState.HELD)
    message.state = MessageState.DISMISSED
    message.settled_at, message.settled_by, message.settled_note = now, by.user_id, note
    stop_waiting(session, message)
    session.flush()
    record(session, "message.dismiss", by=by.user_id, now=now, message=message.id)
    return message.id


def correct_message(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    message_id: int,
    row_version: int,
    raw: bytes,
    note: str,
    rules: Sequence[FeedRules],
) -> dict[str, int | str]:
    """Keep a held message put right as another one, which takes its place, and act on that. Answers as `retry_message`.

    NotNow at the field where the new one cannot be read either: nothing is kept then.
    """
    message = _message(session, by, message_id, row_version, only=MessageState.HELD)
    readable_message(session, by, message_id, rules)
    acting = _acting(session, now, message.feed, rules)
    _check(raw, acting.feed)
    if not reach_of_text(session, by, message, decoded(raw, acting.feed.charset).text, rules).open:
        raise NotNow("This names somebody whose record is not open to you.", field="raw")
    header = header_of(raw, acting.feed.charset)
    corrected = HospitalMessage(
        feed=message.feed, received_at=message.received_at, raw=raw, sha256=hashlib.sha256(raw).hexdigest(),
        control_id=message.control_id, kind=header.kind, hl7_version=header.version[:12], charset=message.charset,
        state=MessageState.RECEIVED, corrects_id=message.id,
    )  # fmt: skip
    session.add(corrected)
    message.state = MessageState.CORRECTED
    message.settled_at, message.settled_by, message.settled_note = now, by.user_id, note
    stop_waiting(session, message)
    session.flush()
    record(session, "message.correct", by=by.user_id, now=now, message=message.id, corrected=corrected.id)
    state = act_on(acting, corrected)
    act_on_waiting(acting, but=corrected.id)
    return {"message": corrected.id, "state": state.value}


def undo_identity_change(
    session: Session, *, by: Viewer, now: datetime, change_id: int, row_version: int, rules: Sequence[FeedRules]
) -> dict[str, int | list[int]]:
    """Take back a merge or change of numbers, a moved visit, or a link made by hand, with exactly what it moved.

    Answers `{"change": id, "messages": ids of those that wait again}`. NotNow where it was taken back before.
    """
    if not by.may(Permission.SETTLE_MESSAGES):
        raise NotThere
    wanted = select(IdentityChange).where(IdentityChange.id == change_id).with_for_update()
    change = session.execute(wanted).scalar_one_or_none()
    if change is None or change.message_id is None:
        raise NotThere
    message_for(session, by, change.message_id)
    check_version(change, row_version)
    if change.undone_at is not None:
        raise NotNow("This was taken back already.")
    acting = _acting(session, now, change.feed, rules)
    return {"change": change.id, "messages": take_back(acting, change, by=by.user_id)}


def _message(
    session: Session, by: Viewer, message_id: int, row_version: int, *, only: MessageState | None = None
) -> HospitalMessage:
    """The message, for somebody who looks after the feeds, while it waits."""
    if not by.may(Permission.SETTLE_MESSAGES):
        raise NotThere
    message_for(session, by, message_id)
    message = hold_row(session, message_id)
    check_version(message, row_version)
    waits = message.state is MessageState.NOT_ACTED_ON and message.reason_code == PassReason.NOT_REGISTERED_HERE
    if not (message.state is MessageState.HELD or (waits and only is None)):
        raise NotNow(_WAITING)
    return message


def _acting(session: Session, now: datetime, feed: str, rules: Sequence[FeedRules]) -> Acting:
    found = next((one for one in rules if one.name == feed), None)
    if found is None:
        raise NotNow("The rules of this feed are not configured here any more.")
    return Acting(session, now, found)


def _person_here(session: Session, by: Viewer, nhs_number: str) -> Person:
    """Somebody of the viewer's place whose record is not closed to them: anybody else is not found, as who is not there."""
    wanted = select(Person.id).where(Person.nhs_number == nhs_number)
    person_id = current_id(session, session.execute(wanted).scalar_one_or_none() or 0)
    found = select(Person).where(Person.id == person_id, may_be_linked(by))
    person = session.execute(found).scalar_one_or_none()
    if person is None:
        raise NotNow("Nobody with this NHS number is registered here.", field="nhs_number")
    return person


def _readable(message: HospitalMessage, rules: FeedRules) -> Adt:
    try:
        return read_adt(split_message(message.raw, rules.charset), rules)
    except MessageRefused as refused:
        raise NotNow(f"This message cannot be read. {refused.location}: {refused.sentence}") from None


def _check(raw: bytes, rules: FeedRules) -> None:
    try:
        check_before_ack(split_message(raw, rules.charset), rules)
    except MessageRefused as refused:
        raise NotNow(f"{refused.location}: {refused.sentence}", field="raw") from None


def _linked(acting: Acting, message: HospitalMessage, made: Sequence[int], by: int) -> IdentityChange | None:
    """What a link by hand changed, so that it can be taken back."""
    if not made:
        return None
    first = acting.session.get_one(PersonIdentifier, made[0])
    change = IdentityChange(
        kind=IdentityChangeKind.LINKED, feed=message.feed, authority=first.authority, kept_value=first.value,
        retired_value=first.value, message_id=message.id, at=acting.now, by=by,
        moved=[[PersonIdentifier.__tablename__, row_id, MADE, None] for row_id in made],
    )  # fmt: skip
    acting.session.add(change)
    acting.session.flush()
    return change
