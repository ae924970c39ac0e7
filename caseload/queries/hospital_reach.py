"""Which hospital messages somebody who looks after the feeds is shown, and whose text they may read.

    told of a message    everybody who looks after feeds, but for one that is about, or waits for, somebody registered
                         outside their place: that one does not exist for them. A message nobody is known by is shown to
                         all of them.
    its text             not where it names anybody outside their place; whose record is restricted, unless they are named
                         for it; who refused sharing with their sector; a visit marked as sensitive; or where it is too
                         long to be looked through. They are told of such a message by its row id, and may have it acted
                         on again as it is or dismiss it.

Whom a text names is looked for in the text itself: NHS numbers, the hospital's numbers, visits, and the names of people whose
records are restricted. What cannot be told is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.hospital_reasons import NHS_NUMBER
from caseload.domain.message_text import NamedInText, folded_text, is_sensitive, named_in, speaks_of
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.objections import said_no
from caseload.queries.visible import SHARING
from caseload.tables import (
    HospitalEvent,
    HospitalMessage,
    HospitalStay,
    Person,
    PersonIdentifier,
    RestrictedAccess,
    WaitingNumber,
)
from interfaces.hl7v2.characters import decoded
from interfaces.hl7v2.feed_rules import FeedRules


@dataclass(frozen=True, slots=True)
class TextReach:
    """Whether a message's text may be read, and the people here that it names: looks are written for them."""

    open: bool
    people: frozenset[int] = frozenset()


CLOSED = TextReach(open=False)


def told_of(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `HospitalMessage`: true for those this viewer is told of."""
    practices = viewer.practices(Permission.SETTLE_MESSAGES)
    if not practices:
        return false()
    elsewhere = Person.practice_id.not_in(sorted(practices))
    waits = exists().where(WaitingNumber.message_id == HospitalMessage.id, elsewhere)
    by_number = waits.where(WaitingNumber.authority == NHS_NUMBER, WaitingNumber.value == Person.nhs_number)
    by_link = waits.where(
        PersonIdentifier.feed == HospitalMessage.feed,
        PersonIdentifier.authority == WaitingNumber.authority,
        PersonIdentifier.value == WaitingNumber.value,
        PersonIdentifier.person_id == Person.id,  # also by a number that was merged into another since
    )
    about = exists().where(Person.id == HospitalMessage.person_id, elsewhere)
    return and_(*(~one.correlate(HospitalMessage) for one in (about, by_number, by_link)))


def message_for(session: Session, viewer: Viewer, message_id: int) -> HospitalMessage:
    """The message, for somebody who is told of it; NotThere otherwise, whatever the cause."""
    wanted = select(HospitalMessage).where(HospitalMessage.id == message_id, told_of(viewer))
    message = session.execute(wanted).scalar_one_or_none()
    if message is None:
        raise NotThere
    return message


def readable_message(
    session: Session, viewer: Viewer, message_id: int, rules: Sequence[FeedRules]
) -> tuple[HospitalMessage, TextReach]:
    """The message, for somebody who may read its text; NotThere otherwise. Showing it is a look, which is another's to write."""
    message = message_for(session, viewer, message_id)
    reach = reach_of(session, viewer, message, rules)
    if not reach.open:
        raise NotThere
    return message, reach


def reach_of(session: Session, viewer: Viewer, message: HospitalMessage, rules: Sequence[FeedRules]) -> TextReach:
    """Whether the viewer may read this message's text."""
    return reach_of_text(session, viewer, message, decoded(message.raw).text, rules)


def reach_of_text(
    session: Session, viewer: Viewer, message: HospitalMessage, text: str, rules: Sequence[FeedRules]
) -> TextReach:
    """The same for a text that is to take the message's place."""
    named = named_in(text)
    if named.too_long:
        return CLOSED
    people = session.execute(_named(viewer, message, named)).all()
    practices = viewer.practices(Permission.SETTLE_MESSAGES)
    followed = {row.merged_into_id for row in people} - {None} <= {row.id for row in people}
    if not followed or any(row.practice_id not in practices or row.kept_out for row in people):
        return CLOSED
    ordinary = next((one.not_sensitive for one in rules if one.name == message.feed), frozenset[str]())
    marked = is_sensitive(text, ordinary) or _in_sensitive_stay(session, message.feed, named)
    if marked and not (people and all(row.restricted for row in people)):  # those left are named for each of them
        return CLOSED
    folded = folded_text(text)
    if any(speaks_of(folded, row.name_key, row.date_of_birth) for row in session.execute(_restricted(viewer))):
        return CLOSED
    return TextReach(open=True, people=frozenset(row.id for row in people))


def may_be_linked(viewer: Viewer) -> ColumnElement[bool]:
    """A condition on `Person`: somebody of the viewer's place whose record is not closed to them."""
    practices = viewer.practices(Permission.SETTLE_MESSAGES)
    return and_(Person.practice_id.in_(sorted(practices)), ~_kept_out(viewer))


def _kept_out(viewer: Viewer) -> ColumnElement[bool]:
    refused = and_(said_no(SHARING[viewer.sector]), Person.practice_id != viewer.home_id)
    return or_(and_(Person.restricted, ~_named_for(viewer)), refused)


def _named_for(viewer: Viewer) -> ColumnElement[bool]:
    """Of a record that was merged, whom the record is named for that it goes on as."""
    goes_on_as = func.coalesce(Person.merged_into_id, Person.id)
    named = exists().where(RestrictedAccess.person_id == goes_on_as, RestrictedAccess.user_id == viewer.user_id)
    return named.correlate(Person)


def _named(viewer: Viewer, message: HospitalMessage, named: NamedInText) -> Select[int, int, int | None, bool, bool]:
    """Everybody here that the text names or the message was acted on for, with those their records go on as."""
    numbers, parts = sorted(named.nhs_numbers), sorted(named.parts)
    merged = aliased(Person)
    ids = (
        select(PersonIdentifier.person_id).where(
            PersonIdentifier.feed == message.feed, PersonIdentifier.value.in_(parts)
        ),
        select(HospitalStay.person_id).where(HospitalStay.feed == message.feed, HospitalStay.visit_ref.in_(parts)),
        select(HospitalEvent.person_id).where(HospitalEvent.message_id == message.id),
        select(merged.merged_into_id).where(merged.nhs_number.in_(numbers), merged.merged_into_id.is_not(None)),
    )
    whom: list[ColumnElement[bool]] = [Person.nhs_number.in_(numbers), *(Person.id.in_(one) for one in ids)]
    if message.person_id is not None:
        whom.append(Person.id == message.person_id)
    return select(
        Person.id, Person.practice_id, Person.merged_into_id, Person.restricted, _kept_out(viewer).label("kept_out")
    ).where(or_(*whom))  # fmt: skip


def _in_sensitive_stay(session: Session, feed: str, named: NamedInText) -> bool:
    wanted = select(HospitalStay.id).where(
        HospitalStay.feed == feed, HospitalStay.visit_ref.in_(sorted(named.parts)), HospitalStay.sensitive
    )
    return session.execute(wanted.limit(1)).first() is not None


def _restricted(viewer: Viewer) -> Select[str, date]:
    """Everybody whose record is restricted and for which the viewer is not named, wherever they are registered."""
    return select(Person.name_key, Person.date_of_birth).where(Person.restricted, ~_named_for(viewer))
