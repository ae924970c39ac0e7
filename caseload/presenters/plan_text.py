"""A care plan as plain text, for a screen reader or another system.

Headings stand at the margin in capitals; whatever somebody typed is set in by two spaces, so that no text of theirs can
pass for a heading, and no line begins with a character that a spreadsheet takes for a formula.
"""

import textwrap
from collections.abc import Iterator

from caseload.presenters.plan_document import Line, PlanDocument

WIDTH = 72
"""Characters in a line: what e-mail and old screens show without breaking."""

_IN = "  "


def plan_text(document: PlanDocument) -> str:
    """The whole document; its lines end as Windows writes them, which every system reads."""
    return "\r\n".join(_document(document)) + "\r\n"


def _document(document: PlanDocument) -> Iterator[str]:
    if document.warning:
        yield from (document.warning.upper(), "")
    yield document.title.upper()
    yield from _typed(document.standing)
    yield ""
    for line in (*document.who, *document.facts):
        yield from _line(line)
    for part in document.parts:
        yield from ("", "", part.title.upper())
        for entry in part.entries:
            yield from ("", entry.title) if entry.title else ("",)
            for line in entry.lines:
                yield from _line(line)
    yield from ("", "")
    for sentence in (document.empty, *document.foot):
        yield from _typed(sentence)
    if document.warning:
        yield from ("", document.warning.upper())


def _line(line: Line) -> Iterator[str]:
    yield from _typed(f"{line.label}: {line.text}")


def _typed(text: str) -> Iterator[str]:
    for paragraph in text.split("\n"):
        yield from textwrap.wrap(paragraph, WIDTH, initial_indent=_IN, subsequent_indent=_IN)
