"""A meeting's items, its actions and what became of them, in words."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from caseload.domain.implementation import (
    LEAST_DEPRIVED,
    MOST_DEPRIVED,
    PUBLISHED_ALL,
    PUBLISHED_LEAST,
    PUBLISHED_MOST,
    Fate,
    Implementation,
    Split,
)
from caseload.domain.meeting_words import NOT_REACHED_WORDS
from caseload.presenters.headline import WITHHELD
from caseload.presenters.tasks import person_name
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, percent, thousands
from caseload.queries.mdt_actions import Outstanding
from caseload.queries.mdt_rooms import Attendee, RoomItem

NOT_SHOWN = "Not shown to you"
"""What stands for somebody whose record the viewer may not open."""

QUINTILES = {1: "1 (most deprived)", 2: "2", 3: "3", 4: "4", 5: "5 (least deprived)"}


def outcome_words(item: RoomItem) -> str:
    """What came of an item so far."""
    if not item.shown:
        return "Has an outcome" if item.has_outcome else "No outcome yet"
    if item.not_reached:
        return NOT_REACHED_WORDS
    return words_of(item.outcome.decision) if item.outcome else "No outcome yet"


def name_of(item: RoomItem) -> str:
    """Whom an item is about."""
    person = item.person
    return NOT_SHOWN if person is None else person_name(person.facts.family_name, person.facts.given_name)


def next_item(items: Sequence[RoomItem], item_id: int) -> int | None:
    """The item to go on with: the next one without an outcome that the viewer may open, from the first again at the end."""
    at = next(number for number, item in enumerate(items) if item.item_id == item_id)
    around = [*items[at + 1 :], *items[:at]]
    return next((item.item_id for item in around if item.shown and not item.has_outcome), None)


def beside(items: Sequence[RoomItem], item_id: int) -> tuple[RoomItem | None, RoomItem | None]:
    """The items before and after that the viewer may open."""
    shown = [item for item in items if item.shown]
    at = next((number for number, item in enumerate(shown) if item.item_id == item_id), None)
    if at is None:
        return None, None
    return (shown[at - 1] if at else None), (shown[at + 1] if at + 1 < len(shown) else None)


def attended(attendance: Iterable[Attendee]) -> list[Attendee]:
    """Those of whom something was said."""
    return [one for one in attendance if one.state is not None]


@dataclass(frozen=True, slots=True)
class OutstandingLine:
    """One outstanding action of a list."""

    row: Outstanding
    person: str
    owner: str
    due: str
    late: str
    decision: str


def outstanding_lines(rows: Iterable[Outstanding], today: date) -> list[OutstandingLine]:
    """Outstanding actions on a day."""
    return [
        OutstandingLine(
            row,
            person_name(row.family_name, row.given_name),
            row.owner or (f"Team: {row.team_list}" if row.team_list else "Nobody’s list"),
            day(row.due_on),
            _late((today - row.due_on).days),
            words_of(row.decision) if row.decision else "No decision",
        )
        for row in rows
    ]


def _late(days: int) -> str:
    if days <= 0:
        return ""
    return "1 day late" if days == 1 else f"{thousands(days)} days late"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One row of a table of what became of actions; `published` where a figure can stand beside it."""

    words: str
    due: str
    on_time: str
    late: str
    not_done: str
    rate: str
    published: str


def rate_lines(found: Implementation, split: Split) -> list[RateLine]:
    """The rows of one table, in the order of their words."""
    rows = sorted(found.rows[split], key=lambda row: _row_words(split, row))
    return [_line(found, split, row) for row in rows]


def _line(found: Implementation, split: Split, row: Hashable) -> RateLine:
    numbers = {fate: found.number(split, row, fate) for fate in Fate}
    due, done = numbers[Fate.ALL], found.done(split, row)
    if due is None or done is None or numbers[Fate.NOT_DONE] is None:
        rate = WITHHELD
    else:
        rate = percent(done / due) if due else "None due"
    shown = {fate: WITHHELD if number is None else thousands(number) for fate, number in numbers.items()}
    return RateLine(
        _row_words(split, row), shown[Fate.ALL], shown[Fate.ON_TIME], shown[Fate.LATE], shown[Fate.NOT_DONE], rate,
        _published(split, row),
    )  # fmt: skip


def _row_words(split: Split, row: Hashable) -> str:
    if split is Split.QUINTILE:
        return QUINTILES[row] if isinstance(row, int) else "Not known"
    if split is Split.DECISION:
        return words_of(row) if row is not None else "No decision"  # type: ignore[arg-type]
    return "All actions" if split is Split.WHOLE else str(row)


def _published(split: Split, row: Hashable) -> str:
    if split is Split.WHOLE:
        return percent(PUBLISHED_ALL)
    if split is Split.QUINTILE and row in (MOST_DEPRIVED, LEAST_DEPRIVED):
        return percent(PUBLISHED_MOST if row == MOST_DEPRIVED else PUBLISHED_LEAST)
    return ""
