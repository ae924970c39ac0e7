"""The nightly files for the practices' GP systems, one for each practice, in a folder for each day.

A day's folder is there whole or not at all: it is written beside its place and given its name at the end, after the audit
log says who is in it. Made again on the same day, nothing is changed.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from caseload.actions.flag_endings import sweep_flags
from caseload.actions.gp_files import record_gp_file
from caseload.domain.freshness import Bounds
from caseload.domain.gp_file import GpFlag, GpPractice
from caseload.domain.words import Tier
from caseload.exceptions import OutputRefused
from caseload.intake.gp_rows import gp_practices
from caseload.presenters.gp_file import ENCODING, gp_file_text
from caseload.store import Store

MANIFEST = "manifest.json"
_LOCK = ".writing"
_PARTIAL = ".partial-"
_ATTEMPTS = 3


class _AnsweredMeanwhileError(Exception):
    """Somebody said something between the reading and the writing: what was made is thrown away and made anew."""


@dataclass(frozen=True, slots=True)
class GpFiles:
    """What a day's folder holds. `made` is false where it was here already."""

    folder: Path
    practices: int
    people: int
    made: bool


@dataclass(frozen=True, slots=True)
class _File:
    """One practice's file before it is written: `content` is its bytes."""

    practice: GpPractice
    content: bytes

    @property
    def name(self) -> str:
        """What it is called: by the practice, and nothing of anybody in it."""
        return f"{self.practice.code}.csv"

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


def write_gp_files(store: Store, folder: Path, day: date, *, now: datetime, bounds: Bounds) -> GpFiles:
    """Write a day's files, unless they are here. OutputRefused where they cannot be, or were changed since."""
    with _alone_in(folder):
        target = folder / day.isoformat()
        if target.exists():
            return _as_written(target)
        _clear_away(folder)
        with store.writing() as session:
            sweep_flags(session, now=now)
        for _ in range(_ATTEMPTS):
            partial = folder / f"{_PARTIAL}{day.isoformat()}"
            files = _made(store, partial, day, now, bounds)
            try:
                _write_down(store, files, day, now, bounds)
            except _AnsweredMeanwhileError:
                shutil.rmtree(partial)
                continue
            os.rename(partial, target)
            _settle(folder)
            return GpFiles(target, len(files), sum(len(one.practice.rows) for one in files), made=True)
    raise OutputRefused(
        "people who stay as they are while files are made", "answers that change again and again", "Try again."
    )


def _made(store: Store, partial: Path, day: date, now: datetime, bounds: Bounds) -> list[_File]:
    with store.reading() as session:
        practices = gp_practices(session, now, bounds)
    files = [_File(practice, gp_file_text(practice.rows).encode(ENCODING)) for practice in practices]
    partial.mkdir(mode=0o700)
    for one in files:
        _write(partial / one.name, one.content)
    _write(partial / MANIFEST, _manifest(files, day, now))
    _settle(partial)
    return files


def _manifest(files: Sequence[_File], day: date, now: datetime) -> bytes:
    listed = [
        {"file": one.name, "practice": one.practice.code, "people": len(one.practice.rows), "sha256": one.sha256}
        for one in files
    ]
    said = {"day": day.isoformat(), "made_at": now.isoformat(), "encoding": ENCODING, "files": listed}
    return (json.dumps(said, indent=2) + "\n").encode()


def _write_down(store: Store, files: Sequence[_File], day: date, now: datetime, bounds: Bounds) -> None:
    """All of them in one transaction, in which what was read is asked again: who said no meanwhile is in none of them."""
    with store.writing() as session:
        if _told(one.practice for one in files) != _told(gp_practices(session, now, bounds)):
            raise _AnsweredMeanwhileError
        for one in files:
            people = [row.person_id for row in one.practice.rows]
            practice_id = one.practice.practice_id
            record_gp_file(session, now=now, practice_id=practice_id, day=day, people=people, sha256=one.sha256)


def _told(practices: Iterable[GpPractice]) -> dict[int, tuple[int, Tier | None, tuple[GpFlag, ...]]]:
    """Of whom what somebody's word can forbid is told, and to which practice."""
    return {
        row.person_id: (practice.practice_id, row.tier, row.flags) for practice in practices for row in practice.rows
    }


def _as_written(target: Path) -> GpFiles:
    """What is there already, if it is still what was written."""
    try:
        listed = json.loads((target / MANIFEST).read_bytes())["files"]
        whole = all(hashlib.sha256((target / one["file"]).read_bytes()).hexdigest() == one["sha256"] for one in listed)
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
        listed = []
    if not whole:
        raise OutputRefused(
            f"the files of {target.name} as they were written", "a folder of that day that holds something else",
            "Keep it for whoever has to know, move it away, and try again.",
        )  # fmt: skip
    return GpFiles(target, len(listed), sum(one["people"] for one in listed), made=False)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else writes files there meanwhile; a program that was killed holds nothing."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise OutputRefused(
            f"to write in {folder.name}", error.strerror or "another error", "Name a folder of yours."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _clear_away(folder: Path) -> None:
    """What a program left that was killed before its files had their name: nobody was given it."""
    for left in folder.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _settle(folder: Path) -> None:
    """What stands in a folder stays there when the power goes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
