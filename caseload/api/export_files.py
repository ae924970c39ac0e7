"""The files of bulk exports: made in the background, one line for each resource, in a folder only its owner can read.

A thread of the serving process makes them. It holds a lock on a file of the export that ends with the process: an export
whose maker was killed is found unlocked by the next one, and made again from its beginning. Everything in one export is of one
moment. Nobody is in it by name: the warehouse's records have pseudonyms and no words (`caseload.queries.outward`).
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from logging import getLogger
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from sqlalchemy.orm import Session

from caseload.actions.exports import delete_export, fail_export, finish_export, start_export
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.queries.exports import ExportRow, export_row, kept_longer_than, unmade_exports
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import MOST, Wanted
from caseload.queries.viewers import viewer_of
from caseload.settings import folder_for_exports
from caseload.store import Store
from caseload.web import App
from interfaces.fhir.resources import as_json

log = getLogger(__name__)
_PEOPLE = "people.json"


@dataclass
class Maker:
    """The thread that makes exports for one application; there is none while nothing waits."""

    app: App
    _turn: Lock = field(default_factory=Lock)
    _thread: Thread | None = None

    def wake(self) -> None:
        """See to it that whatever waits is made."""
        with self._turn:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=make_all, args=(self.app,), daemon=True, name="exports")
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until it has made what there was, for a test."""
        if self._thread is not None:
            self._thread.join(seconds)


def make_all(app: App) -> None:
    """Make every export that waits and nobody else is making; remove files whose time is over."""
    folder = folder_for_exports(app.settings)
    if folder is None:
        return
    remove_old(app.store, folder, now=app.now(), hours=app.settings.export_hours)
    with app.store.reading() as session:
        waiting = unmade_exports(session)
    for export_id in waiting:
        with alone(folder / str(export_id)) as mine:
            if mine:
                _make(app, folder / str(export_id), export_id)


def file_of(folder: Path, export_id: int, name: str) -> Path | None:
    """A file of an export; None for what is none, whatever its name says."""
    path = folder / str(export_id) / name
    known = name.removesuffix(".ndjson") in RESOURCES and name.endswith(".ndjson")
    return path if known and path.is_file() else None


def people_in(folder: Path, export_id: int) -> list[int]:
    """The row ids of everybody in an export."""
    found: list[int] = json.loads((folder / str(export_id) / _PEOPLE).read_text(encoding="ascii"))
    return found


def remove(folder: Path, export_id: int) -> None:
    """Take the files of an export away."""
    shutil.rmtree(folder / str(export_id), ignore_errors=True)


def _make(app: App, folder: Path, export_id: int) -> None:
    with app.store.writing() as session:
        if not start_export(session, now=app.now(), export_id=export_id):
            return
    try:
        made = _write(app, folder, export_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the export has failed and who asked is told so
        log.error("export %s failed: %s", export_id, type(error).__name__)
        made = None
    with app.store.writing() as session:
        if made is None:
            fail_export(session, now=app.now(), export_id=export_id)
            kept = False
        else:
            viewer, files, people = made
            kept = finish_export(session, by=viewer, now=app.now(), export_id=export_id, files=files, people=people)
    if not kept:
        remove(folder.parent, export_id)  # what was written before it failed, or was deleted meanwhile


def _write(app: App, folder: Path, export_id: int) -> tuple[Viewer, list[dict[str, Any]], set[int]] | None:
    """All files of an export; None where who asked may have it no more."""
    now = app.now()
    people: set[int] = set()
    with app.store.reading() as session:
        wanted = export_row(session, export_id)
        viewer = viewer_of(session, wanted.user_id, now) if wanted else None
        if wanted is None or viewer is None or not viewer.may(Permission.EXPORT_DATA):
            return None
        files = []
        for resource in wanted.types:
            count = _write_kind(session, viewer, wanted, resource, folder, now=now, people=people)
            if count:
                files.append({"type": resource, "count": count})
    _private(folder / _PEOPLE).write_text(json.dumps(sorted(people)), encoding="ascii")
    return viewer, files, people


def _write_kind(  # noqa: PLR0913 - one file of an export
    session: Session, viewer: Viewer, wanted: ExportRow, resource: str, folder: Path, *, now: Any, people: set[int]
) -> int:
    kind, after, count = RESOURCES[resource], None, 0
    path = _private(folder / f"{resource}.ndjson")
    with path.open("w", encoding="utf-8") as stream:
        while True:
            asked = Wanted(since=wanted.since, after=after, count=MOST, total=False)
            page = kind.search(session, viewer, now, asked)
            for one in page.found:
                stream.write(json.dumps(as_json(one.record), ensure_ascii=False, separators=(",", ":")) + "\n")
                people.update(one.people)
            count += len(page.found)
            after = page.next_after
            if after is None:
                break
    if not count:
        path.unlink()
    return count


def _private(path: Path) -> Path:
    """An empty file that only its owner can read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return path


def remove_old(store: Store, folder: Path | None, *, now: datetime, hours: int) -> int:
    """Take away the files of exports whose time is over; answers how many. One that cannot be is left to the next time."""
    if folder is None:
        return 0
    with store.reading() as session:
        old = kept_longer_than(session, now, hours)
    gone = 0
    for export_id in old:
        remove(folder, export_id)
        if not (folder / str(export_id)).exists():
            with store.writing() as session:
                delete_export(session, by=None, now=now, export_id=export_id)
            gone += 1
    return gone


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else is making this export, for as long as the block lasts."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
