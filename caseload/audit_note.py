"""A note of how far the audit log went, kept away from the database.

Whoever can write to the database and has the key could put back a log that ends earlier, head and all. They cannot put
back a note that lies elsewhere.
"""

import json
import os
from pathlib import Path

from sqlalchemy.orm import Session

from caseload.audit_chain import Verified, check_note
from caseload.exceptions import OutputRefused


def compare_with_note(session: Session, file: Path) -> None:
    """AuditBroken where the log does not go on from where the note says it was; nothing without a note.

    OutputRefused where the file is there and is no note.
    """
    noted = _read(file)
    if noted is not None:
        check_note(session, noted)


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
