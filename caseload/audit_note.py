"""A note of how far the audit log went, kept away from the database.

Whoever can write to the database and has the key could put back a log that ends earlier, head and all. They cannot put
back a note that lies elsewhere.
"""

import json
import os
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.audit_chain import Verified
from caseload.exceptions import AuditBroken, OutputRefused
from caseload.tables import AuditEvent


def compare_with_note(session: Session, verified: Verified, file: Path) -> None:
    """AuditBroken where the log does not go on from where the note says it was; nothing without a note.

    OutputRefused where the file is there and is no note.
    """
    note = _read(file)
    if note is None or note.events == 0:
        return
    wanted = select(AuditEvent.hash).where(AuditEvent.number == note.events)
    found = session.execute(wanted).scalar_one_or_none()
    if found != note.last_hash:
        raise AuditBroken(
            f"event {note.events} of the audit log as it was noted in {file.name}",
            f"a log of {verified.events} events" if found is None else "another event in its place",
            "The log was put back as it was before. Keep this database as evidence and tell the information governance "
            "officer.",
        )


def write_note(verified: Verified, file: Path) -> None:
    """Note how far the log goes now; OutputRefused where it cannot be written."""
    content = json.dumps({"events": verified.events, "hash": verified.last_hash}) + "\n"
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.write_text(content, encoding="ascii")
        partial.replace(file)
    except OSError as error:
        raise OutputRefused(
            f"to write {file.name}", os.strerror(error.errno or 0), "Name a file in a folder you may write."
        ) from None


def _read(file: Path) -> Verified | None:
    try:
        content = json.loads(file.read_text(encoding="ascii"))
        return Verified(int(content["events"]), str(content["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise OutputRefused(
            "a note that `caseload audit verify` wrote", "something else", "Name that file, or a new one."
        ) from None
