"""One thread that acts on stored messages, oldest first, as soon as there are any; it never keeps the listener waiting."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread

from caseload.intake.hospital.applying import Apply, anything_waits, apply_next
from caseload.intake.hospital.metrics import Metrics
from caseload.store import Store
from interfaces.hl7v2.feed_rules import FeedRules

_log = logging.getLogger(__name__)
_LOOK_AGAIN = 1.0
"""Seconds after which it looks for messages that another program has stored, or that could not be acted on before."""


class Worker:
    """The thread, from `start` to `stop`."""

    def __init__(
        self, store: Store, feeds: Sequence[FeedRules], metrics: Metrics, *, now: Callable[[], datetime], apply: Apply
    ) -> None:
        self._store, self._metrics, self._now, self._apply = store, metrics, now, apply
        self._feeds = {feed.name: feed for feed in feeds}
        self._awake = Event()
        self._stopping = False
        self._waiting: set[int] = set()
        self._thread = Thread(target=self._work, name="hospital messages: acting")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something was stored."""
        self._awake.set()

    def stop(self) -> None:
        """End after the message it is at. What waits then, waits for the next listener."""
        self._stopping = True
        self._awake.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping:
            self._awake.clear()
            self._act_on_all()
            if not self._stopping:
                self._awake.wait(_LOOK_AGAIN)
            self._waiting.clear()

    def _act_on_all(self) -> None:
        """Everything there is; what the database did not answer for is left until the next time."""
        try:
            if anything_waits(self._store):
                while not self._stopping and self._act_on_one():
                    pass
        except Exception as error:  # noqa: BLE001 - a thread that ended would leave every message as it came
            _log.error("messages could not be acted on (%s)", type(error).__name__)

    def _act_on_one(self) -> bool:
        """Whether there was one."""
        done = apply_next(self._store, self._feeds, now=self._now(), apply=self._apply, without=self._waiting)
        if done is None or not done.message_id:
            return False
        if done.state is None:
            self._waiting.add(done.message_id)
        else:
            self._metrics.count("applied_total", feed=done.feed, state=done.state)
        return True
