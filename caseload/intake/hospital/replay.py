"""Taking in files of messages: stored first, all of them, then acted on, by several processes where the database allows it.

What is here already is found by its key, so that a replay that was stopped can be begun again, and one that is done twice
does nothing the second time.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from caseload import clock
from caseload.actions.hospital_messages import Arrival
from caseload.domain.arrivals import ArrivalOutcome
from caseload.domain.border_words import MessageState
from caseload.exceptions import SettingsRefused
from caseload.hospital_feeds import read_hospital_feeds
from caseload.intake.hospital.applying import Apply, apply_next, apply_stored
from caseload.intake.hospital.door import Door
from caseload.intake.hospital.files import messages_in
from caseload.intake.hospital.writer import store_all
from caseload.opening import opened_store
from caseload.queries.received_messages import received_count
from caseload.settings import Settings
from caseload.store import Store
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.mllp import Framed, Noise, TooLarge
from interfaces.hl7v2.refusals import Reason
from interfaces.progress import Progress

_BATCH = 200
_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(slots=True)
class Replayed:
    """What became of the messages of some files. `noise` is bytes that belong to no message."""

    outcomes: Counter[ArrivalOutcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    states: Counter[MessageState] = field(default_factory=Counter)
    noise: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything that was in the files is taken, now or before."""
        return not self.reasons and not self.noise

    def lines(self) -> list[str]:
        """For whoever ran it: counts and reasons, nothing of any message."""
        refused = sum(self.reasons.values())
        taken, here = self.outcomes[ArrivalOutcome.TAKEN], self.outcomes[ArrivalOutcome.HERE_ALREADY]
        lines = [f"Messages: {taken:,} taken, {here:,} here already, {refused:,} refused."]
        lines += [f"  refused: {count:,} {reason}" for reason, count in sorted(self.reasons.items())]
        if self.noise:
            lines.append(f"  {self.noise:,} bytes belong to no message.")
        acted = ", ".join(f"{self.states[state]:,} {state.replace('_', ' ')}" for state in sorted(self.states))
        return [*lines, f"Acted on now: {acted or 'none'}."]


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """Which files; `processes` act on what is stored. `limit` is the most bytes a message may have."""

    files: tuple[Path, ...]
    limit: int
    processes: int = 1


def processes_for(store: Store, wanted: int | None) -> int:
    """How many processes act on messages: as many as wanted, else as there are cores. One writes to SQLite at a time."""
    if store.engine.dialect.name == "sqlite":
        return 1
    return wanted or min(os.cpu_count() or 1, 8)


def replay(
    store: Store, door: Door, settings: Settings, request: ReplayRequest, *, now: Callable[[], datetime], progress: Progress
) -> Replayed:  # fmt: skip
    """Store every message of these files, then act on everything that is stored and waits.

    RunRefused where a file cannot be read, SettingsRefused where the database does not answer: what was stored until then
    stays, and is found to be here the next time.
    """
    replayed = Replayed()
    for path in request.files:
        _store_file(store, door, path, replayed, request.limit, now, progress)
    if request.processes > 1:
        replayed.states.update(_acted_on_by_many(store, settings, request.processes, progress))
    else:
        replayed.states.update(act_on_all(store, door.feeds, now=now, apply=apply_stored, progress=progress))
    return replayed


def act_on_all(
    store: Store, feeds: Sequence[FeedRules], *, now: Callable[[], datetime], apply: Apply, progress: Progress | None = None
) -> Counter[MessageState]:  # fmt: skip
    """Act on everything that waits; how many ended in which state. SettingsRefused where the database does not answer."""
    by_name = {feed.name: feed for feed in feeds}
    states: Counter[MessageState] = Counter()
    total = _waiting(store) if progress else 0
    left: set[int] = set()
    while (done := apply_next(store, by_name, now=now(), apply=apply, without=left)) is not None:
        if done.state is not None:
            states[done.state] += 1
        elif done.message_id in {0, *left}:
            raise _no_answer()
        else:
            left.add(done.message_id)
        if progress:
            progress("Acting on messages", min(states.total(), total), total)
    if left:
        raise _no_answer()
    return states


def _store_file(  # noqa: PLR0913 - what it reads, into what, and whom it tells
    store: Store,
    door: Door,
    path: Path,
    replayed: Replayed,
    limit: int,
    now: Callable[[], datetime],
    progress: Progress,
) -> None:
    done = 0
    for arrivals in _batches(_arrivals(door, path, replayed, limit)):
        stored = store_all(store, arrivals, now())
        for arrival, one in zip(arrivals, stored, strict=True):
            if one is None:
                raise _no_answer()
            replayed.outcomes[one.outcome] += 1
            if one.outcome is ArrivalOutcome.KEY_REUSED:
                replayed.reasons[Reason.KEY_USED] += 1
            elif arrival.refused:
                replayed.reasons[arrival.refused] += 1
        done += len(arrivals)
        progress(f"Storing messages of {path.name}: {done:,}")


def _arrivals(door: Door, path: Path, replayed: Replayed, limit: int) -> Iterator[Arrival]:
    for piece in messages_in(path, limit):
        match piece:
            case Framed(message):
                yield door.examine(message).arrival
            case Noise(length):
                replayed.noise += length
            case TooLarge():
                replayed.reasons[Reason.TOO_LARGE] += 1


def _batches(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    batch: list[Arrival] = []
    size = 0
    for arrival in arrivals:
        batch.append(arrival)
        size += len(arrival.raw)
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _acted_on_by_many(store: Store, settings: Settings, processes: int, progress: Progress) -> Counter[MessageState]:
    total = _waiting(store)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        working = [pool.submit(_act_in_process, settings) for _ in range(processes)]
        while not all(each.done() for each in working):
            wait(working, timeout=1.0)
            progress("Acting on messages", max(total - _waiting(store), 0), total)
        return Counter(chain.from_iterable(each.result().elements() for each in working))


def _act_in_process(settings: Settings) -> Counter[MessageState]:
    with opened_store(settings) as store:
        return act_on_all(store, read_hospital_feeds(settings.hospital_feeds_file), now=clock.now, apply=apply_stored)


def _waiting(store: Store) -> int:
    with store.reading() as session:
        return received_count(session)


def _no_answer() -> SettingsRefused:
    return SettingsRefused(
        "a case database that takes messages",
        "one that does not answer",
        "What was stored is safe. Check the database and its disk, then replay the same files again.",
    )
