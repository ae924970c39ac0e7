"""Writing down who looked at whom, for many requests of one program together.

A look has to be on the disk before its page is sent, and the disk is what everybody then waits for. So whoever's turn it
is writes the looks of all who wait, in one transaction: a hundred people cost hardly more waits than one.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy.exc import OperationalError

from caseload.actions.views import record_view
from caseload.database import was_crossed
from caseload.domain.viewer import Viewer
from caseload.store import Store

_ATTEMPTS = 3


@dataclass(eq=False)
class Look:
    """Whom somebody was shown, by page; then whether that is written, or what kept it from being."""

    by: Viewer
    now: datetime
    seen: Mapping[str, set[int]]
    written: bool = field(default=False, init=False)
    error: Exception | None = field(default=None, init=False)


class LookBook:
    """The looks that wait to be written to one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Look] = deque()
        self._turn = Lock()

    def write(self, look: Look) -> None:
        """Answer once this look is written, and raise what kept it from being: its page must not be sent then."""
        self._waiting.append(look)
        with self._turn:
            if not look.written and look.error is None:
                self._write([self._waiting.popleft() for _ in range(len(self._waiting))])
        if look.error is not None:
            raise look.error

    def _write(self, looks: list[Look]) -> None:
        """All of them; where that fails each by itself, so that one does not keep the others from being written."""
        try:
            self._write_whole(looks)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the request that looked
            if len(looks) == 1:
                looks[0].error = error
                return
            for look in looks:
                self._write([look])
        else:
            for look in looks:
                look.written = True

    def _write_whole(self, looks: list[Look]) -> None:
        """In one transaction; once more where PostgreSQL ended it so that another could go on."""
        for attempt in range(_ATTEMPTS):
            try:
                with self._store.writing() as session:
                    for look in looks:
                        for page, people in sorted(look.seen.items()):
                            record_view(session, by=look.by, now=look.now, page=page, people=sorted(people))
                return
            except OperationalError as error:
                if not was_crossed(error) or attempt == _ATTEMPTS - 1:
                    raise
