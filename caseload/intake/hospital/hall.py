"""What the connections of one listener share: the door, the store, how much may wait, and whether it is being stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from caseload.actions.hospital_messages import Arrival, Stored
from caseload.domain.arrivals import NO_FEED, ArrivalOutcome
from caseload.intake.hospital.answers import answer
from caseload.intake.hospital.door import Door, Examined
from caseload.intake.hospital.metrics import Metrics
from caseload.settings import Settings
from interfaces.hl7v2.refusals import Reason

if TYPE_CHECKING:
    from caseload.intake.hospital.connection import Connection

READ_AT_ONCE = 65_536
"""Bytes read at a time: some hundred messages, so that nobody waits long while another's are looked at."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything there may be. Bytes, seconds, connections."""

    message_bytes: int
    frame_seconds: float
    idle_seconds: float
    connections: int
    waiting_bytes: int
    stop_seconds: float

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As the settings say."""
        return cls(
            message_bytes=settings.hospital_message_bytes,
            frame_seconds=settings.hospital_frame_seconds,
            idle_seconds=settings.hospital_idle_minutes * 60,
            connections=settings.hospital_connections,
            waiting_bytes=settings.hospital_waiting_bytes,
            stop_seconds=settings.hospital_stop_seconds,
        )


@dataclass(slots=True, eq=False, kw_only=True)
class Reply:
    """What somebody is owed for a frame: None until it is known, empty where no answer is wanted."""

    since: float
    text: bytes | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Unanswered(Reply):
    """A message between its last byte and its answer."""

    connection: "Connection"
    examined: Examined

    @property
    def arrival(self) -> Arrival:
        """What is stored of it."""
        return self.examined.arrival


class Hall:
    """All of it is used by the event loop's thread only; `put` hands a message to whoever stores it."""

    def __init__(
        self, door: Door, limits: Limits, metrics: Metrics, *,
        put: Callable[[Unanswered], None], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.door, self.limits, self.metrics, self.now = door, limits, metrics, now
        self.connections: set["Connection"] = set()  # noqa: UP037 - the type is only there for the checker
        self.heard: dict[str, datetime] = {}
        self.stopping = False
        self.buffer = memoryview(bytearray(READ_AT_ONCE))  # a slice of it is it: with TLS it is filled in parts
        self._put = put
        self._waiting_bytes = 0
        self._waiting = 0
        self._full = False

    def enter(self, connection: "Connection") -> bool:
        """Whether this connection may stay."""
        if self.stopping or len(self.connections) >= self.limits.connections:
            self.metrics.count("connections_refused_total")
            return False
        self.connections.add(connection)
        self.metrics.count("connections_total")
        self.metrics.gauge("connections", len(self.connections))
        if self._full:
            connection.pause("store")
        return True

    def leave(self, connection: "Connection") -> None:
        """It is closed."""
        self.connections.discard(connection)
        self.metrics.gauge("connections", len(self.connections))

    def store(self, message: Unanswered) -> None:
        """Have a message stored; where too much waits already, nobody is read from until less does."""
        self._waiting += 1
        self._waiting_bytes += len(message.arrival.raw)
        self._put(message)
        if not self._full and self._waiting_bytes > self.limits.waiting_bytes:
            self._full = True
            for connection in self.connections:
                connection.pause("store")

    def settle(self, settled: list[tuple[Unanswered, Stored | None]]) -> None:
        """These were stored, and committed, or could not be: answer them."""
        for message, stored in settled:
            self._waiting -= 1
            self._waiting_bytes -= len(message.arrival.raw)
            self._told(message, stored)
            message.text = answer(message.examined, stored, now=self.now())
        for connection in dict.fromkeys(message.connection for message, _stored in settled):
            connection.send_answers()
        if self._full and self._waiting_bytes <= self.limits.waiting_bytes // 2:
            self._full = False
            for connection in self.connections:
                connection.go_on("store")

    def measure(self) -> None:
        """Tell how much there is now."""
        self.metrics.gauge("waiting_messages", self._waiting)
        self.metrics.gauge("waiting_bytes", self._waiting_bytes)

    def take_heard(self) -> dict[str, datetime]:
        """Which feeds were heard since this was last asked, and when."""
        heard, self.heard = self.heard, {}
        return heard

    def _told(self, message: Unanswered, stored: Stored | None) -> None:
        feed, reason = message.arrival.feed, message.arrival.refused
        if stored is None:
            self.metrics.count("store_failures_total")
            self.count(feed, "not_stored")
            return
        if feed != NO_FEED:
            self.heard[feed] = self.now()
        self.count(feed, stored.outcome)
        if stored.outcome is ArrivalOutcome.KEY_REUSED:
            reason = Reason.KEY_USED
        if reason:
            self.metrics.count("refusals_total", feed=feed, reason=reason)

    def count(self, feed: str, outcome: str) -> None:
        """A message of this feed was answered so."""
        self.metrics.count("messages_total", feed=feed, outcome=outcome)
