"""One thread that stores what has arrived: all that waits goes into one transaction, so that a hundred senders share one commit.

Only when the transaction is committed is anybody told. Where the database does not take them, their senders are told to
try again.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from caseload.actions.hospital_messages import Arrival, Stored, store_messages
from caseload.database import was_crossed, was_taken
from caseload.store import Store

_log = logging.getLogger(__name__)
_MOST = 256
_MOST_BYTES = 8 * 1024 * 1024
_ATTEMPTS = 3


class Waiting(Protocol):
    """What waits to be stored."""

    @property
    def arrival(self) -> Arrival: ...


W = TypeVar("W", bound=Waiting)


def store_all(store: Store, arrivals: Sequence[Arrival], now: datetime) -> list[Stored | None]:
    """Store these in one transaction; where that cannot be, each by itself, so that one does no harm to the others.

    None for one that the database does not take, and for all of them where there is no database.
    """
    try:
        return list(_stored(store, arrivals, now))
    except (OperationalError, InterfaceError) as error:
        _log.error("%d messages could not be stored: the database does not answer (%s)", len(arrivals), _name(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for an answer that never comes
        _log.error("%d messages could not be stored (%s)", len(arrivals), _name(error))
        if len(arrivals) > 1:
            return [stored for arrival in arrivals for stored in store_all(store, [arrival], now)]
    return [None] * len(arrivals)


def _name(error: Exception) -> str:
    """The kind of an error; its words may quote what was written."""
    return type(error).__name__


def _stored(store: Store, arrivals: Sequence[Arrival], now: datetime) -> list[Stored]:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with store.writing() as session:
                return store_messages(session, now=now, arrivals=arrivals)
        except DBAPIError as error:
            # Another program stored one of them at the same moment: now it is found to be here.
            if attempt == _ATTEMPTS or not (was_taken(error) or was_crossed(error)):
                raise
    raise AssertionError("every attempt returns or raises")


class Writer(Generic[W]):
    """The thread. `settled` is told, in the thread, of every batch after its commit; None stands for what was not stored."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], settled: Callable[[list[tuple[W, Stored | None]]], None]
    ) -> None:
        self._store, self._now, self._settled = store, now, settled
        self._queue: SimpleQueue[W | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="hospital messages: storing")

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def put(self, waiting: W) -> None:
        """Have a message stored. Never waits."""
        self._queue.put(waiting)

    def stop(self) -> None:
        """Store what was put, and end."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        stopping = False
        while not stopping:
            batch, stopping = self._batch()
            stored = store_all(self._store, [waiting.arrival for waiting in batch], self._now()) if batch else []
            self._settled(list(zip(batch, stored, strict=True)))

    def _batch(self) -> tuple[list[W], bool]:
        """What waits now, and whether it was the last. Waits for the first."""
        batch: list[W] = []
        size = 0
        one = self._queue.get()
        while one is not None:
            batch.append(one)
            size += len(one.arrival.raw)
            if len(batch) == _MOST or size > _MOST_BYTES:
                return batch, False
            try:
                one = self._queue.get_nowait()
            except Empty:
                return batch, False
        return batch, True
