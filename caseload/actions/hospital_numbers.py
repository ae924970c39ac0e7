"""Whom a message is about: people of the registers here only, by a verified NHS number or a number that is linked already.

Nobody is taken in by a message. An NHS number speaks for itself where it was traced (present and verified) and the date of
birth agrees; the hospital's own numbers in the same message are then linked. Later a linked number is enough, as long as
nothing contradicts it. Everything else waits for somebody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.border_words import IdentityChangeKind, MessageState
from caseload.domain.hospital_reasons import NHS_NUMBER, HoldReason, PassReason
from caseload.queries.merges import current_id
from caseload.tables import HospitalMessage, IdentityChange, Person, PersonIdentifier, WaitingNumber
from interfaces.codes import NhsNumber
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.identities import Identifier
from interfaces.hl7v2.patient import Patient

LINKED_KINDS = frozenset({"MR", "PI", ""})
"""HL7 table 0203: medical record number, patient internal identifier; some senders give their own numbers no type."""

_RENAMING = (IdentityChangeKind.MERGED, IdentityChangeKind.RENUMBERED)


@dataclass(slots=True)
class Acting:
    """One transaction that acts on messages of a feed. `named` are numbers that became somebody's in it."""

    session: Session
    now: datetime
    feed: FeedRules
    named: list[Identifier] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody, or nobody for sure: what becomes of the message, and why."""

    state: MessageState
    reason: HoldReason | PassReason


def held(reason: HoldReason) -> NotFound:
    """Somebody has to look."""
    return NotFound(MessageState.HELD, reason)


NOT_HERE = NotFound(MessageState.NOT_ACTED_ON, PassReason.NOT_REGISTERED_HERE)


def own_numbers(identifiers: Iterable[Identifier]) -> list[Identifier]:
    """Those that are the hospital's own for a person."""
    return [one for one in identifiers if one.kind.upper() in LINKED_KINDS]


def whom(acting: Acting, patient: Patient) -> int | NotFound:
    """The id of the person a message is about, or why it is nobody's."""
    session = acting.session
    rows = owners(acting, own_numbers(patient.identifiers))
    linked = {row.person_id for row in rows}
    if len(linked) > 1:
        return held(HoldReason.TWO_PEOPLE)
    owner = next(iter(linked), None)
    named = person_numbered(session, patient.nhs_number)
    if patient.links_by_itself:
        return _by_itself(session, patient, owner, named, by_hand=_by_hand(rows))
    if owner is None:
        return _unknown(patient, named)
    if patient.nhs_number is not None and named != owner:
        return held(HoldReason.NUMBER_DIFFERS)
    return _born_so(session, patient, owner, sure=named == owner and _by_hand(rows))


def person_numbered(session: Session, number: NhsNumber | None) -> int | None:
    """Who is registered here under an NHS number, as whom their record goes on now."""
    if number is None:
        return None
    person_id = session.execute(select(Person.id).where(Person.nhs_number == number.digits)).scalar_one_or_none()
    return None if person_id is None else current_id(session, person_id)


def owners(acting: Acting, identifiers: Sequence[Identifier]) -> list[PersonIdentifier]:
    """The links in force of these numbers, or of those that took their place."""
    values = {(one.authority, goes_on_as(acting, one)) for one in identifiers}
    if not values:
        return []
    wanted = select(PersonIdentifier).where(
        PersonIdentifier.feed == acting.feed.name, PersonIdentifier.until_at.is_(None), _one_of(values)
    )
    return list(acting.session.execute(wanted.order_by(PersonIdentifier.id)).scalars())


def goes_on_as(acting: Acting, identifier: Identifier) -> str:
    """The number that stands for this one now: itself, or the last it was merged into. A loop ends where it began."""
    value, seen = identifier.value, {identifier.value}
    while (kept := _kept(acting, identifier.authority, value)) is not None and kept not in seen:
        seen.add(kept)
        value = kept
    return value


def link(
    acting: Acting, message: HospitalMessage, person_id: int, numbers: Iterable[Identifier], by: int | None
) -> list[int]:
    """Link the hospital's numbers that are nobody's yet to a person; answers the ids of the new links."""
    known = {(row.authority, row.value) for row in owners(acting, list(numbers))}
    made = []
    for one in numbers:
        value = goes_on_as(acting, one)
        if (one.authority, value) in known:
            continue
        known.add((one.authority, value))
        row = PersonIdentifier(
            person_id=person_id, feed=acting.feed.name, authority=one.authority, kind=one.kind, value=value,
            from_at=acting.now, message_id=message.id, by=by,
        )  # fmt: skip
        acting.session.add(row)
        acting.named.append(one)
        made.append(row)
    acting.session.flush()
    if made:
        record(
            acting.session, "hospital_number.link", by=by, now=acting.now, people=[person_id], message=message.id,
            links=[row.id for row in made],
        )  # fmt: skip
    return [row.id for row in made]


def wait_with(
    session: Session, message: HospitalMessage, numbers: Iterable[Identifier], nhs: Iterable[NhsNumber]
) -> None:
    """Write down by which numbers a message that waits could find its person."""
    stop_waiting(session, message)
    names = {(one.authority, one.value) for one in numbers} | {(NHS_NUMBER, number.digits) for number in nhs}
    session.add_all(WaitingNumber(message_id=message.id, authority=name, value=value) for name, value in sorted(names))
    session.flush()


def stop_waiting(session: Session, message: HospitalMessage) -> None:
    """A message waits no longer."""
    session.execute(delete(WaitingNumber).where(WaitingNumber.message_id == message.id))


def waiting_for(acting: Acting, numbers: Sequence[Identifier]) -> list[int]:
    """The ids of the feed's messages that wait for one of these numbers, or for one that goes on as it, oldest first."""
    names = {(one.authority, value) for one in numbers for value in (one.value, *_retired_into(acting, one))}
    if not names:
        return []
    wanted = (
        select(WaitingNumber.message_id)
        .join(HospitalMessage, HospitalMessage.id == WaitingNumber.message_id)
        .where(
            HospitalMessage.feed == acting.feed.name,
            or_(
                *(and_(WaitingNumber.authority == name, WaitingNumber.value == value) for name, value in sorted(names))
            ),
        )
    )
    return sorted(set(acting.session.execute(wanted).scalars()))


def _by_itself(
    session: Session, patient: Patient, owner: int | None, named: int | None, *, by_hand: bool
) -> int | NotFound:
    if named is None:
        return NOT_HERE if owner is None else held(HoldReason.NUMBER_DIFFERS)
    if owner not in (None, named):
        return held(HoldReason.NUMBER_OF_ANOTHER)
    if owner is None and not isinstance(patient.birth_date, date):
        return held(HoldReason.BIRTH_DATE_MISSING)
    return _born_so(session, patient, named, sure=by_hand)


def _unknown(patient: Patient, named: int | None) -> NotFound:
    if patient.nhs_number is None:
        return held(HoldReason.NUMBER_NOT_KNOWN)
    return NOT_HERE if named is None else held(HoldReason.NUMBER_NOT_VERIFIED)


def _born_so(session: Session, patient: Patient, person_id: int, *, sure: bool) -> int | NotFound:
    """The person, unless the date of birth says otherwise; `sure` where somebody linked the number by hand."""
    if sure or not isinstance(patient.birth_date, date):
        return person_id
    born = session.execute(select(Person.date_of_birth).where(Person.id == person_id)).scalar_one()
    return person_id if born == patient.birth_date else held(HoldReason.BIRTH_DATE_DIFFERS)


def _by_hand(rows: Iterable[PersonIdentifier]) -> bool:
    return any(row.by is not None for row in rows)


def _kept(acting: Acting, authority: str, value: str) -> str | None:
    """What a number was merged or changed into, by what the hospital said last of it."""
    wanted = (
        select(IdentityChange.kept_value)
        .where(
            IdentityChange.feed == acting.feed.name,
            IdentityChange.authority == authority,
            IdentityChange.retired_value == value,
            IdentityChange.kind.in_(_RENAMING),
            IdentityChange.undone_at.is_(None),
        )
        .order_by(IdentityChange.at.desc(), IdentityChange.id.desc())
        .limit(1)
    )
    return acting.session.execute(wanted).scalar_one_or_none()


def _retired_into(acting: Acting, identifier: Identifier) -> set[str]:
    """Every number that goes on as this one now."""
    found: set[str] = set()
    wave = {goes_on_as(acting, identifier), identifier.value}
    while wave:
        wanted = select(IdentityChange.retired_value).where(
            IdentityChange.feed == acting.feed.name,
            IdentityChange.authority == identifier.authority,
            IdentityChange.kept_value.in_(wave),
            IdentityChange.kind.in_(_RENAMING),
            IdentityChange.undone_at.is_(None),
        )
        found |= wave
        wave = set(acting.session.execute(wanted).scalars()) - found
    return found


def _one_of(values: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    return or_(
        *(and_(PersonIdentifier.authority == name, PersonIdentifier.value == value) for name, value in sorted(values))
    )
