"""Visits that a hospital has moved: to another number, or to whom they were of in truth.

Source: HL7 2.8 chapter 3, A42 (merge visit) and A45 (move visit information): MRG-5 is the visit that goes no further, PV1-19
the one that does. What was told of it stays where it was kept; the change says under which number it goes on.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.hospital_alerts import StayChange, encounter_of, tell_of_stay
from caseload.actions.hospital_locks import hold_names, hold_people
from caseload.actions.hospital_numbers import Acting, NotFound, held, link, own_numbers, owners, whom
from caseload.actions.hospital_stays import LIVE, events_of, read_stay, settle_stay, stay_row, visit_now, visits_of
from caseload.domain.border_words import IdentityChangeKind, MessageState
from caseload.domain.hospital_reasons import HoldReason
from caseload.domain.hospital_stays import StayNow
from caseload.tables import Encounter, HospitalEvent, HospitalMessage, HospitalStay, IdentityChange
from interfaces.hl7v2.adt import Adt
from interfaces.hl7v2.merges import Merge
from interfaces.hl7v2.reading import header_of
from interfaces.hl7v2.triggers import TRIGGERS, Act

VISIT = "visit"
"""What stands for the authority of a visit's number where one is held on to."""


@dataclass(frozen=True, slots=True)
class _Handing:
    """A hospital said then that the visit is this owner's and not theirs whom it had before; nobody where it was not known here."""

    at: datetime
    had_by: frozenset[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a visit is here, and how it became theirs."""

    person_id: int
    handed: tuple[_Handing, ...] = ()

    def took_over(self, person_id: int, event_at: datetime) -> bool:
        """Whether a message of that time may still name the other person: of before a hospital said whose it is in truth."""
        return any(event_at <= one.at and (not one.had_by or person_id in one.had_by) for one in self.handed)


def person_of_visit(session: Session, feed: str, visit_ref: str) -> Owner | None:
    """Whose the visit is, under every number it ever had; None where nothing is known of it."""
    refs = visits_of(session, feed, visit_ref)
    moves = (
        select(IdentityChange, HospitalMessage.person_id, HospitalMessage.raw)
        .join(HospitalMessage, IdentityChange.message_id == HospitalMessage.id)
        .where(
            IdentityChange.feed == feed,
            IdentityChange.kind == IdentityChangeKind.VISIT_MOVED,
            IdentityChange.kept_value.in_(refs),
            IdentityChange.undone_at.is_(None),
            HospitalMessage.person_id.is_not(None),
        )
        .order_by(IdentityChange.at.desc(), IdentityChange.id.desc())
    )
    moved = session.execute(moves).all()
    person_id = next((row.person_id for row in moved if row.IdentityChange.kept_value == visit_ref), None)
    if person_id is not None:
        said = [row.IdentityChange for row in moved if row.person_id == person_id and _is_move_of_person(row.raw)]
        return Owner(person_id, tuple(_Handing(one.at, _had_by(one)) for one in said))
    told = (
        select(HospitalEvent.person_id)
        .join(HospitalMessage, HospitalMessage.id == HospitalEvent.message_id)
        .where(
            HospitalEvent.feed == feed,
            HospitalEvent.visit_ref.in_(refs),
            HospitalMessage.state == MessageState.APPLIED,
        )
        .order_by(HospitalEvent.id.desc())
        .limit(1)
    )
    person_id = session.execute(told).scalar_one_or_none()
    return None if person_id is None else Owner(person_id)


def _is_move_of_person(raw: bytes) -> bool:
    """Of an A42 the visit has another number and is nobody else's."""
    trigger = TRIGGERS.get(header_of(raw).trigger)
    return trigger is not None and trigger.act is Act.MOVE_VISIT


def _had_by(change: IdentityChange) -> frozenset[int]:
    """Whose the visit was before, by what the change lists as moved."""
    tables = (HospitalEvent.__tablename__, HospitalStay.__tablename__)
    return frozenset(was for table, _, name, was in change.moved if table in tables and name == "person_id")


def act_on_visit_move(acting: Acting, message: HospitalMessage, adt: Adt, chosen: int | None) -> int | NotFound:
    """Move the visits a message names to the person it is about; answers who that is, or why it waits."""
    found = chosen if chosen is not None else whom(acting, adt.patient)
    merges = [one for one in adt.merges if one.kept_visit and one.retired_visit]
    hold_names(
        acting.session,
        acting.feed.name,
        {(VISIT, ref) for one in merges for ref in (one.kept_visit, one.retired_visit)},
    )
    known = [_owner_of(acting, one.retired_visit) for one in merges]
    if isinstance(found, NotFound):
        return held(HoldReason.VISIT_MOVES_AWAY) if any(known) else found
    people = hold_people(acting.session, {found, *(owner.person_id for owner in known if owner is not None)})
    if found not in people:
        return held(HoldReason.TWO_PEOPLE)
    for one, owner in zip(merges, known, strict=True):
        why = _why_not(acting, one, adt.trigger.act, owner, found)
        if why is not None:
            return held(why)
    link(acting, message, found, own_numbers(adt.patient.identifiers), message.settled_by)
    message.state, message.person_id = MessageState.APPLIED, found
    acting.session.flush()
    for one in merges:
        _move(acting, message, adt, one, found)
    return found


def _owner_of(acting: Acting, visit_ref: str) -> Owner | None:
    session, feed = acting.session, acting.feed.name
    return person_of_visit(session, feed, visit_now(session, feed, visit_ref))


def _why_not(acting: Acting, merge: Merge, act: Act, owner: Owner | None, person_id: int) -> HoldReason | None:
    session, feed = acting.session, acting.feed.name
    kept, retired = merge.kept_visit, merge.retired_visit
    if kept != retired and visit_now(session, feed, kept) == retired:
        return HoldReason.VISIT_LOOP
    kept_by = _owner_of(acting, kept) if kept != retired else None
    if kept_by is not None and kept_by.person_id != person_id:
        return HoldReason.VISIT_OF_ANOTHER
    if owner is None or owner.person_id == person_id:
        return None
    said = _said_to_have_had(acting, merge, act, person_id)
    return None if not said or owner.person_id in said else HoldReason.VISIT_OF_ANOTHER


def _said_to_have_had(acting: Acting, merge: Merge, act: Act, person_id: int) -> set[int]:
    """Whose the visit was by the message's own words; nobody where it names no number that anybody here has."""
    if act is Act.MOVE_VISIT and merge.retired.says_nothing:
        return {person_id}
    return {row.person_id for row in owners(acting, own_numbers(merge.retired.others))}


def _move(acting: Acting, message: HospitalMessage, adt: Adt, merge: Merge, person_id: int) -> None:
    session, feed = acting.session, acting.feed.name
    kept, retired = visit_now(session, feed, merge.kept_visit), visit_now(session, feed, merge.retired_visit)
    if kept == retired and merge.kept_visit != merge.retired_visit:
        return  # said before
    if kept == retired and _said_to_have_had(acting, merge, adt.trigger.act, person_id) == {person_id}:
        return  # from somebody to themselves
    before = {ref: read_stay(session, feed, ref) for ref in (kept, retired)}
    listed = encounter_of(session, feed, kept) | encounter_of(session, feed, retired)
    owner = person_of_visit(session, feed, retired)
    moved = _move_events(session, feed, {kept, retired}, person_id)
    moved += _move_row(session, feed, kept, retired, person_id)
    change = IdentityChange(
        kind=IdentityChangeKind.VISIT_MOVED, feed=feed, authority="", kept_value=kept, retired_value=retired,
        message_id=message.id, moved=moved, at=adt.event_at,
    )  # fmt: skip
    session.add(change)
    session.flush()
    record(
        session, "hospital_visit.move", by=None, now=acting.now, message=message.id, change=change.id,
        people=sorted({person_id, *([owner.person_id] if owner else [])}),
    )  # fmt: skip
    after = _settle_both(acting, message.id, kept, retired, person_id, before)
    _tell(acting, owner, person_id, (kept, retired), before, after, listed)


def _settle_both(
    acting: Acting, message_id: int, kept: str, retired: str, person_id: int, before: dict[str, StayNow | None]
) -> StayNow | None:
    session, feed = acting.session, acting.feed.name
    if kept != retired:
        settle_stay(
            session, now=acting.now, feed=feed, visit_ref=retired, person_id=person_id, before=before[retired],
            message_id=message_id,
        )  # fmt: skip
    return settle_stay(
        session, now=acting.now, feed=feed, visit_ref=kept, person_id=person_id, before=before[kept] or before[retired],
        message_id=message_id,
    )  # fmt: skip


def _tell(  # noqa: PLR0913 - who had it, who has it, and what it was
    acting: Acting,
    owner: Owner | None,
    person_id: int,
    refs: tuple[str, str],
    before: dict[str, StayNow | None],
    after: StayNow | None,
    listed: frozenset[int],
) -> None:
    """Who had the visit is told that it was taken back; who has it, what is new to them."""
    kept, retired = refs
    session, feed = acting.session, acting.feed.name
    had = owner.person_id if owner is not None else person_id
    theirs_before = before[kept] or before[retired]
    if had != person_id:
        theirs_before = None if kept == retired else before[kept]
        gone = StayChange(had, feed, retired, before[retired], None, listed)
        tell_of_stay(session, now=acting.now, change=gone)
    elif kept != retired:  # what it has set under its old number, it sets under the new one
        tell_of_stay(session, now=acting.now, change=StayChange(had, feed, retired, None, None))
    here = StayChange(person_id, feed, kept, theirs_before, after, listed | encounter_of(session, feed, kept))
    tell_of_stay(session, now=acting.now, change=here)


def _move_events(session: Session, feed: str, refs: set[str], person_id: int) -> list[list[object]]:
    moved: list[list[object]] = []
    for ref in sorted(refs):
        for event in events_of(session, feed, ref):
            if event.person_id != person_id:
                moved.append([event.__tablename__, event.id, "person_id", event.person_id])
                event.person_id = person_id
    session.flush()
    return moved


def _move_row(session: Session, feed: str, kept: str, retired: str, person_id: int) -> list[list[object]]:
    """The row of the visit goes on under its new number, with its place in the list, unless that has a row of its own."""
    row = stay_row(session, feed, retired)
    if row is None:
        return []
    if kept != retired and stay_row(session, feed, kept) is not None:
        return []
    moved: list[list[object]] = _put(row, {"visit_ref": kept, "person_id": person_id})
    encounter = None if row.encounter_id is None else session.get_one(Encounter, row.encounter_id)
    if encounter is not None:
        live = encounter.source.startswith(LIVE)
        moved += _put(encounter, {"person_id": person_id, **({"source_ref": kept} if live else {})})
    session.flush()
    return moved


def _put(row: HospitalStay | Encounter, values: dict[str, object]) -> list[list[object]]:
    moved: list[list[object]] = []
    for name, value in values.items():
        if getattr(row, name) != value:
            moved.append([row.__tablename__, row.id, name, getattr(row, name)])
            setattr(row, name, value)
    return moved
