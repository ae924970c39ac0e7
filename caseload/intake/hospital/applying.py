"""Acting on one stored message: in a transaction of its own, so that one that fails does no harm to the others.

A message is held on to while it is acted on: of several programs one does it. One that our program fails at is held for
somebody to look at, with nothing of it half-done.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from caseload.actions.hospital_events import apply_message
from caseload.actions.hospital_messages import hold_message
from caseload.database import was_crossed, was_taken
from caseload.domain.border_words import MessageState
from caseload.queries.received_messages import any_received, next_received
from caseload.store import Store
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.refusals import Reason

_log = logging.getLogger(__name__)
_ATTEMPTS = 4
_DECIDED_AGAIN = (MessageState.NOT_ACTED_ON, MessageState.HELD)

Apply = Callable[[Session, datetime, int, FeedRules], MessageState]
"""What acts on a message."""


def apply_stored(session: Session, now: datetime, message_id: int, feed: FeedRules) -> MessageState:
    """As the product does it: by the rules of the feed and of this installation."""
    return apply_message(session, now=now, message_id=message_id, rules=feed)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a stored message. `state` is None where the database did not answer: it waits, and is tried again."""

    message_id: int
    feed: str
    state: MessageState | None


@dataclass(slots=True)
class _Claimed:
    """The message that was held on to last, known also after its transaction has failed. `of` are the states it waited in."""

    message_id: int = 0
    feed: str = ""
    of: Collection[MessageState] = (MessageState.RECEIVED,)


def anything_waits(store: Store) -> bool:
    """Whether there is a message to act on: asked before one is held on to, which keeps other writers waiting."""
    with store.reading() as session:
        return any_received(session)


def apply_next(
    store: Store, feeds: Mapping[str, FeedRules], *, now: datetime, apply: Apply, without: Collection[int] = ()
) -> Applied | None:
    """Act on the oldest message that waits, besides these; None where none does."""
    claimed = _Claimed()
    return _tried(store, now, claimed, lambda: _applied(store, feeds, now, apply, without, claimed))


def apply_again(
    store: Store, feed: FeedRules, *, now: datetime, message_id: int, apply: Apply = apply_stored
) -> Applied:
    """Act on a message of this feed that was passed over or is held: it may well be somebody's by now."""

    def again() -> Applied:
        with store.writing() as session:
            return Applied(message_id, feed.name, apply(session, now, message_id, feed))

    return _tried(store, now, _Claimed(message_id, feed.name, _DECIDED_AGAIN), again)


_Done = TypeVar("_Done", bound=Applied | None)


def _tried(store: Store, now: datetime, claimed: _Claimed, act: Callable[[], _Done]) -> _Done | Applied:
    """What acting comes to: done again where another was in the way, its message held where it fails."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - whatever one message does, the others are acted on
            if attempt < _ATTEMPTS and _was_another(error):
                continue
            return _failed(store, now, claimed, error)
    raise AssertionError("every attempt returns")


def _applied(
    store: Store,
    feeds: Mapping[str, FeedRules],
    now: datetime,
    apply: Apply,
    without: Collection[int],
    claimed: _Claimed,
) -> Applied | None:
    claimed.message_id = 0
    with store.writing() as session:
        found = next_received(session, without=without)
        if found is None:
            return None
        claimed.message_id, claimed.feed = found
        rules = feeds.get(claimed.feed)
        if rules is None:
            hold_message(session, now=now, message_id=claimed.message_id, reason=Reason.SENDER)
            return Applied(*found, MessageState.HELD)
        return Applied(*found, apply(session, now, claimed.message_id, rules))


def _was_another(error: Exception) -> bool:
    """Whether another program changed the same at the same moment: done again, it may well succeed."""
    if isinstance(error, StaleDataError):
        return True
    return isinstance(error, DBAPIError) and (was_taken(error) or was_crossed(error))


def _failed(store: Store, now: datetime, claimed: _Claimed, error: Exception) -> Applied:
    _log.error("message %d could not be acted on (%s)", claimed.message_id, type(error).__name__)
    waits = Applied(claimed.message_id, claimed.feed, None)
    if not claimed.message_id or isinstance(error, OperationalError | InterfaceError):
        return waits
    try:
        with store.writing() as session:
            state = hold_message(
                session, now=now, message_id=claimed.message_id, reason=Reason.OUR_FAULT, of=claimed.of
            )
    except (DBAPIError, StaleDataError) as second:
        _log.error("message %d could not be held (%s)", claimed.message_id, type(second).__name__)
        return waits
    return Applied(claimed.message_id, claimed.feed, state)
