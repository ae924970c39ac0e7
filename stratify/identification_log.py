"""Who put NHS numbers back, when, for what purpose and into which file: one line each, beside the key.

Whoever can use the key can identify people, so its log lies next to it. Lines are only ever added. They
hold no value of any person.
"""

import fcntl
import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from stratify.exceptions import KeyRefused, OutputRefused

SHORTEST_PURPOSE = 10
"""Characters a purpose must at least have to say anything."""

_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){9}")


@dataclass(frozen=True)
class Identification:
    """One act of identifying: people as a count, the file by its hash."""

    when: datetime
    who: str
    purpose: str
    run_id: str
    key_id: str
    rows: int
    file: str
    sha256: str


def log_path(key_file: Path) -> Path:
    """Where the log of a key lies."""
    return key_file.with_name(f"{key_file.name}.identifications.jsonl")


def stated_purpose(text: str) -> str:
    """The purpose, trimmed; KeyRefused where it says too little or holds a long number such as a person's."""
    purpose = " ".join(text.split())
    if len(purpose) < SHORTEST_PURPOSE:
        raise KeyRefused(
            f"a purpose of at least {SHORTEST_PURPOSE} characters",
            f"{len(purpose)}",
            "Say in a few words what the NHS numbers are for; it is kept in the log beside the key.",
        )
    if _LONG_NUMBER.search(purpose):
        raise KeyRefused(
            "a purpose without a person's number",
            "a long number in it",
            "Say what for, not for whom; the log keeps it.",
        )
    return purpose


def append(key_file: Path, act: Identification) -> None:
    """Adds the act as one line and forces it to disk; OutputRefused where the log cannot be written."""
    line = json.dumps({**asdict(act), "when": act.when.isoformat(timespec="seconds")}, ensure_ascii=False)
    try:
        handle = os.open(log_path(key_file), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise OutputRefused(
            "to write the log of identifications beside the key",
            os.strerror(error.errno or 0),
            "Make the key's folder writable: nobody is identified without a line in the log.",
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write(line + "\n")
        stream.flush()
        os.fsync(stream.fileno())
