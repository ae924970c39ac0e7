"""How long a care plan may become: what a page, a comparison and a PDF of it can still be made of while somebody waits."""

from collections.abc import Iterable

from caseload.domain.plan_headings import Contents, Entry

_FIELD = 60
"""What a field with its label takes on paper beside its own characters, in characters."""

MOST = 120_000
"""The longest plan there can be, in characters with their labels: about 50 pages on A4, and twice that in large print."""

PAGES = 50
"""The same in pages, for a sentence."""

TOO_LONG_TO_WRITE = f"With this the plan would be longer than {PAGES} pages. Shorten this part or another one"
TOO_LONG_FOR_PDF = f"This plan is longer than {PAGES} pages, and no PDF is made of one that long."


def size_of(entries: Iterable[Entry]) -> int:
    """What some entries take, in characters with their labels."""
    return sum(len(text) + _FIELD for entry in entries for text in entry.values() if text)


def is_too_long(contents: Contents) -> bool:
    """Whether a plan is longer than any may be."""
    return sum(size_of(entries) for entries in contents.values()) > MOST
