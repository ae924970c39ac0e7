"""One value for everything a version of a plan says: from ready on it never changes, and anybody can work it out again."""

import hashlib
import json

from caseload.domain.plan_headings import Contents, Entry


def content_hash(contents: Contents) -> str:
    """SHA-256, in hexadecimal, of the parts that say something, written as JSON in one way only.

    Parts and fields stand in the order of their names, entries in their own; empty fields and parts count for nothing.
    """
    said = {heading.value: [_filled(entry) for entry in entries] for heading, entries in contents.items() if entries}
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _filled(entry: Entry) -> dict[str, str]:
    return {name: text for name, text in entry.items() if text}
