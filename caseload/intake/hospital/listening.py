"""The listener as a whole: the port, the threads that store and act, what is looked at every so often, and its end.

When it is told to stop it takes no more connections, refuses what still comes (AR: send it again later), answers what it
has, and ends.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from signal import Signals
from typing import Any

from caseload.actions.hospital_messages import Stored
from caseload.domain.arrivals import ArrivalOutcome
from caseload.exceptions import OutputRefused
from caseload.intake.hospital.applying import Apply
from caseload.intake.hospital.connection import Connection
from caseload.intake.hospital.door import Door
from caseload.intake.hospital.hall import Hall, Limits, Unanswered
from caseload.intake.hospital.metrics import Metrics, write_metrics
from caseload.intake.hospital.silence import allowed_silences, watch_feeds
from caseload.intake.hospital.worker import Worker
from caseload.intake.hospital.writer import Writer
from caseload.queries.received_messages import received_count
from caseload.store import Store
from interfaces.hl7v2.acks import prepare

_log = logging.getLogger(__name__)
_BACKLOG = 512
_HANDSHAKE_SECONDS = 10.0
_SHUTDOWN_SECONDS = 1.0
_LINGER_SECONDS = 0.2
_FEEDS_SECONDS = 15.0
_LINE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Port:
    """Where to listen; port 0 is any free one."""

    host: str = "127.0.0.1"
    number: int = 2575
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the figures are written, if anywhere, and how often."""

    file: Path | None = None
    seconds: float = 5.0


def _tell_of_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio would write with everything it knows of it, which may quote what was sent."""
    _log.error("a fault in a connection (%s)", type(context.get("exception")).__name__)


class Listener:
    """One listener, from `run` until it is told to stop."""

    def __init__(
        self, store: Store, door: Door, limits: Limits, *,
        now: Callable[[], datetime], apply: Apply | None, figures: Figures = Figures(),
    ) -> None:  # fmt: skip
        self.metrics = Metrics()
        self.hall = Hall(door, limits, self.metrics, put=self._put, now=now)
        self._store, self._now, self._figures = store, now, figures
        self._allowed = allowed_silences(feed for feed in door.feeds if door.only in ("", feed.name))
        self._writer: Writer[Unanswered] = Writer(store, now, self._settled)
        self._worker = Worker(store, door.feeds, self.metrics, now=now, apply=apply) if apply else None
        self._since = now()
        self._stopped_by: Signals | None = None

    def run(self, port: Port, ready: Callable[[str, int], None], signals: Sequence[Signals] = ()) -> Signals | None:
        """Listen until `stop` is called or one of these signals comes; answers which. `ready` is told where it listens.

        OutputRefused where the port is taken or not ours to open.
        """
        asyncio.run(self._run(port, ready, signals))
        return self._stopped_by

    def stop(self, signal: Signals | None = None) -> None:
        """Have it end; from any thread."""
        self._stopped_by = signal
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _run(self, port: Port, ready: Callable[[str, int], None], signals: Sequence[Signals]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(_tell_of_fault)
        await asyncio.to_thread(prepare)
        server = await self._opened(port)
        for signal in signals:
            self._loop.add_signal_handler(signal, self.stop, signal)
        self._writer.start()
        if self._worker:
            self._worker.start()
        rounds = [asyncio.create_task(each) for each in self._rounds()]
        ready(*server.sockets[0].getsockname()[:2])
        try:
            await self._stop.wait()
            await self._hang_up(server)
        finally:
            for each in rounds:
                each.cancel()
            await asyncio.to_thread(self._writer.stop)
            await asyncio.sleep(0)  # the last answers
            if self._worker:
                await asyncio.to_thread(self._worker.stop)
            await self._quietly(self._watch_feeds)
            await self._quietly(self._write_figures)

    async def _opened(self, port: Port) -> asyncio.Server:
        handshake, shutdown = (_HANDSHAKE_SECONDS, _SHUTDOWN_SECONDS) if port.tls else (None, None)
        try:
            return await self._loop.create_server(
                lambda: Connection(self.hall), port.host, port.number,
                ssl=port.tls, backlog=_BACKLOG, ssl_handshake_timeout=handshake, ssl_shutdown_timeout=shutdown,
            )  # fmt: skip
        except OSError as error:
            raise OutputRefused(
                f"port {port.number} of {port.host} to be free",
                error.strerror or "another error",
                "Choose another with --port or --host.",
            ) from None

    async def _hang_up(self, server: asyncio.Server) -> None:
        server.close()
        self.hall.stopping = True
        until = self._loop.time() + self.hall.limits.stop_seconds
        await asyncio.sleep(_LINGER_SECONDS)  # what is on its way is answered too, with a refusal
        await self._let_go(until, Connection.finish)
        await self._let_go(self._loop.time() + _LINGER_SECONDS * 5, Connection.abort)

    async def _let_go(self, until: float, how: Callable[[Connection], None]) -> None:
        while self.hall.connections and self._loop.time() < until:
            for connection in tuple(self.hall.connections):
                how(connection)
            await asyncio.sleep(_LINGER_SECONDS / 4)

    # --- storing ---

    def _put(self, message: Unanswered) -> None:
        self._writer.put(message)

    def _settled(self, settled: list[tuple[Unanswered, Stored | None]]) -> None:
        """In the writer's thread."""
        self._loop.call_soon_threadsafe(self.hall.settle, settled)
        if self._worker and any(stored and stored.outcome is ArrivalOutcome.TAKEN for _message, stored in settled):
            self._worker.wake()

    # --- every so often ---

    def _rounds(self) -> list[Coroutine[Any, Any, None]]:
        return [
            self._every(min(1.0, self.hall.limits.frame_seconds / 4), self._check_connections),
            self._every(_FEEDS_SECONDS, self._watch_feeds),
            self._every(self._figures.seconds, self._write_figures),
            self._every(_LINE_SECONDS, self._write_line),
        ]

    async def _every(self, seconds: float, do: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._quietly(do)

    async def _quietly(self, do: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await do()
        except Exception as error:  # noqa: BLE001 - messages are taken whatever becomes of the figures and alarms
            _log.error("the listener's own round failed (%s)", type(error).__name__)

    async def _check_connections(self) -> None:
        for connection in tuple(self.hall.connections):
            connection.check()

    async def _watch_feeds(self) -> None:
        heard = self.hall.take_heard()
        for feed, at in heard.items():
            self.metrics.gauge("last_heard_timestamp_seconds", at.timestamp(), feed=feed)
        try:
            silent = await asyncio.to_thread(
                watch_feeds, self._store, self._allowed, heard, since=self._since, now=self._now()
            )
        except Exception:
            self.hall.heard = {**heard, **self.hall.heard}  # told at the next round
            raise
        for feed in silent:
            self.metrics.count("silences_total", feed=feed)
            _log.warning("feed %s has fallen silent", feed)

    async def _write_figures(self) -> None:
        self.hall.measure()
        self.metrics.gauge("received_messages", await asyncio.to_thread(self._received))
        if self._figures.file is not None:
            await asyncio.to_thread(write_metrics, self.metrics, self._figures.file)

    async def _write_line(self) -> None:
        _log.info("%s", self.metrics.line())

    def _received(self) -> int:
        with self._store.reading() as session:
            return received_count(session)
