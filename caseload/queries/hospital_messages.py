"""Hospitals' messages for those who look after the feeds: what each feed sent, what is held, one message without its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from caseload.domain.border_words import IdentityChangeKind, MessageState
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.hospital_reach import TextReach, message_for, reach_of, readable_message, told_of
from caseload.tables import FeedHeard, HospitalMessage, IdentityChange, User
from interfaces.hl7v2.feed_rules import FeedRules

COUNTED_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed: when it was heard, and how many of its messages are in which state, of a day and of a week."""

    feed: str
    last_at: datetime | None
    silence_told_at: datetime | None
    day: dict[MessageState, int]
    week: dict[MessageState, int]
    held: int


@dataclass(frozen=True, slots=True)
class HeldFilter:
    """Which held messages: of a feed, for a reason; empty for all. `after` is the last row of the page before."""

    feed: str = ""
    reason: str = ""
    after: int | None = None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One held message, without anything it says of anybody."""

    message_id: int
    feed: str
    received_at: datetime
    kind: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message, without its text. `reach` says whether the viewer may read that."""

    message_id: int
    feed: str
    received_at: datetime
    kind: str
    hl7_version: str
    charset: str
    size: int
    state: MessageState
    reason_code: str
    corrects_id: int | None
    corrected_by: tuple[int, ...]
    changes: tuple[int, ...]
    settled_at: datetime | None
    settled_by: str | None
    settled_note: str
    row_version: int
    reach: TextReach


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of a hospital's numbers or visits, without any of them."""

    change_id: int
    kind: IdentityChangeKind
    feed: str
    at: datetime
    message_id: int
    by: str | None
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """One change with its numbers, which are empty where the viewer may not read the message; `rows` it moved."""

    row: ChangeRow
    kept: str
    retired: str
    authority: str
    rows: int
    row_version: int
    people: frozenset[int]
    open: bool


def feed_rows(session: Session, viewer: Viewer, now: datetime, *, configured: Sequence[str]) -> list[FeedRow]:
    """Every feed that is configured, was heard or sent something this week, by name."""
    heard = {row.feed: row for row in session.execute(select(FeedHeard)).scalars()}
    week = _counts(session, now - COUNTED_DAYS * _DAY)
    day = _counts(session, now - _DAY)
    held = held_by_reason(session, viewer)
    names = {*configured, *heard, *week, *(feed for feed, _ in held)}
    return [
        FeedRow(
            name,
            heard[name].last_at if name in heard else None,
            heard[name].silence_told_at if name in heard else None,
            day.get(name, {}),
            week.get(name, {}),
            sum(count for (feed, _), count in held.items() if feed == name),
        )
        for name in sorted(names)
    ]


def held_by_reason(session: Session, viewer: Viewer) -> dict[tuple[str, str], int]:
    """How many held messages the viewer is told of, by feed and reason: as many as their list has."""
    wanted = (
        select(HospitalMessage.feed, HospitalMessage.reason_code, func.count())
        .where(HospitalMessage.state == MessageState.HELD, told_of(viewer))
        .group_by(HospitalMessage.feed, HospitalMessage.reason_code)
        .order_by(HospitalMessage.feed, HospitalMessage.reason_code)
    )
    return {(feed, reason): count for feed, reason, count in session.execute(wanted)}


def held_messages(session: Session, viewer: Viewer, wanted: HeldFilter, *, limit: int) -> list[HeldRow]:
    """Held messages, the oldest first; one more than `limit` where there are more."""
    columns = (
        HospitalMessage.id, HospitalMessage.feed, HospitalMessage.received_at, HospitalMessage.kind,
        HospitalMessage.reason_code,
    )  # fmt: skip
    question = select(*columns).where(HospitalMessage.state == MessageState.HELD, told_of(viewer))
    if wanted.feed:
        question = question.where(HospitalMessage.feed == wanted.feed)
    if wanted.reason:
        question = question.where(HospitalMessage.reason_code == wanted.reason)
    if wanted.after is not None:
        question = question.where(HospitalMessage.id > wanted.after)
    return [HeldRow(*row) for row in session.execute(question.order_by(HospitalMessage.id).limit(limit + 1))]


def message_facts(session: Session, viewer: Viewer, message_id: int, *, rules: Sequence[FeedRules]) -> MessageFacts:
    """One message; NotThere where the viewer is not told of it."""
    message = message_for(session, viewer, message_id)
    corrected = aliased(HospitalMessage)
    later = (
        select(corrected.id, IdentityChange.id, User.display_name)
        .select_from(HospitalMessage)
        .outerjoin(corrected, corrected.corrects_id == HospitalMessage.id)
        .outerjoin(IdentityChange, IdentityChange.message_id == HospitalMessage.id)
        .outerjoin(User, User.id == HospitalMessage.settled_by)
        .where(HospitalMessage.id == message_id)
    )
    rows = session.execute(later).all()
    return MessageFacts(
        message.id, message.feed, message.received_at, message.kind, message.hl7_version, message.charset, len(message.raw),
        message.state, message.reason_code, message.corrects_id,
        tuple(sorted({copy for copy, _, _ in rows if copy is not None})),
        tuple(sorted({change for _, change, _ in rows if change is not None})),
        message.settled_at, rows[0][2] if rows else None, message.settled_note, message.row_version,
        reach_of(session, viewer, message, rules),
    )  # fmt: skip


def message_bytes(session: Session, viewer: Viewer, message_id: int, *, rules: Sequence[FeedRules]) -> bytes:
    """What a message was sent as, for what somebody has typed to be compared with; NotThere where they may not read it."""
    return readable_message(session, viewer, message_id, rules)[0].raw


def identity_changes(session: Session, viewer: Viewer, *, before: int | None, limit: int) -> list[ChangeRow]:
    """What hospitals said of their numbers and visits, and what was linked by hand: the latest first, one more than `limit`."""
    wanted = _changes(viewer)
    if before is not None:
        wanted = wanted.where(IdentityChange.id < before)
    return [_row(*row) for row in session.execute(wanted.order_by(IdentityChange.id.desc()).limit(limit + 1))]


def identity_change(session: Session, viewer: Viewer, change_id: int, *, rules: Sequence[FeedRules]) -> ChangeFacts:
    """One of them; NotThere where the viewer is not told of its message."""
    found = session.execute(_changes(viewer).where(IdentityChange.id == change_id)).one_or_none()
    if found is None:
        raise NotThere
    change = found[0]
    reach = reach_of(session, viewer, session.get_one(HospitalMessage, change.message_id), rules)
    shown = (change.kept_value, change.retired_value, change.authority) if reach.open else ("", "", "")
    moved = {(name, ref) for name, ref, *_ in change.moved}
    return ChangeFacts(_row(*found), *shown, len(moved), change.row_version, reach.people, reach.open)


def _changes(viewer: Viewer) -> Select[IdentityChange, str | None, str | None]:
    by, undone_by = aliased(User), aliased(User)
    return (
        select(IdentityChange, by.display_name, undone_by.display_name)
        .join(HospitalMessage, HospitalMessage.id == IdentityChange.message_id)
        .outerjoin(by, by.id == IdentityChange.by)
        .outerjoin(undone_by, undone_by.id == IdentityChange.undone_by)
        .where(told_of(viewer))
    )


def _row(change: IdentityChange, by: str | None, undone_by: str | None) -> ChangeRow:
    return ChangeRow(
        change.id, change.kind, change.feed, change.at, change.message_id or 0, by, change.undone_at, undone_by
    )


def _counts(session: Session, since: datetime) -> dict[str, dict[MessageState, int]]:
    wanted = (
        select(HospitalMessage.feed, HospitalMessage.state, func.count())
        .where(HospitalMessage.received_at >= since)
        .group_by(HospitalMessage.feed, HospitalMessage.state)
    )
    found: dict[str, dict[MessageState, int]] = {}
    for feed, state, count in session.execute(wanted):
        found.setdefault(feed, {})[MessageState(state)] = count
    return found
