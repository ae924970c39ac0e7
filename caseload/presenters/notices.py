"""A notice as its page shows it: what it says, and where it leads."""

from dataclasses import dataclass
from datetime import datetime

from caseload.domain.words import NoticeKind
from caseload.presenters.words import words_of
from caseload.queries.notices import NoticeRow

_ELSEWHERE: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.HANDOVER_REQUESTED: ("/handovers", "See the handovers"),
    NoticeKind.EMERGENCY_ACCESS: ("/governance/emergency", "See the emergency access to review"),
    NoticeKind.NEW_LIST: ("/review", "Review the list"),
    NoticeKind.MESSAGE_HELD: ("/hospital/held", "See the held messages"),
    NoticeKind.FEED_SILENT: ("/hospital", "See the hospitals’ feeds"),
}
"""The kinds that lead to a page of their own; the others lead to the person."""

_PART: dict[NoticeKind, str] = {NoticeKind.PARTNER_WROTE: "/messages"}
"""The kinds that lead to a part of the person's record."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in words. `name` and `link` are None where there is nothing to open."""

    notice_id: int
    words: str
    at: datetime
    unread: bool
    name: str | None
    person_url: str | None
    link: tuple[str, str] | None
    closed: bool


def notice_lines(rows: list[NoticeRow]) -> list[NoticeLine]:
    """The notices of a page, in their order."""
    return [_line(row) for row in rows]


def _line(row: NoticeRow) -> NoticeLine:
    name = None if row.person_id is None else f"{(row.family_name or '').upper()}, {row.given_name}"
    link = _ELSEWHERE.get(row.kind)
    return NoticeLine(
        row.notice_id,
        words_of(row.kind),
        row.at,
        row.unread,
        name,
        None if row.person_id is None else f"/people/{row.person_id}{_PART.get(row.kind, '')}",
        link,
        row.about_somebody and row.person_id is None and link is None,
    )
