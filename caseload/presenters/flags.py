"""Flags for urgent care on their page: how each stands in words, what it tells, who took it over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from caseload.domain.border_words import FlagState
from caseload.domain.flag_rules import FlagCode, FlagRules, first_words
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, moment
from caseload.queries.flag_rows import FlagBegins, FlagRow, TakenOver


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag in words. `may_change` is whether it is active; whether the viewer may is the page's to know."""

    flag_id: int
    name: str
    said: str
    standing: str
    colour: str
    facts: tuple[tuple[str, str], ...]
    may_change: bool


def flag_line(row: FlagRow, rules: FlagRules, today: date) -> FlagLine:
    """A flag as the page shows it."""
    standing, colour = _standing(row, today)
    return FlagLine(
        row.flag_id, rules.name_of(row.code), row.said, standing, colour, tuple(_facts(row)),
        row.state is FlagState.ACTIVE,
    )  # fmt: skip


def choices_of(rules: FlagRules, rows: Sequence[FlagRow]) -> list[FlagCode]:
    """What a new flag can be about: everything the place offers, but what there is a flag about already."""
    taken = {row.code for row in rows if row.in_force}
    return [code for code in rules.codes.values() if code.offered and code.code not in taken]


def begins(code: FlagCode, rules: FlagRules, found: FlagBegins, today: date) -> dict[str, object]:
    """What the form of a new flag begins with."""
    return {
        "said": first_words(code, found.contents),
        "ring_name": found.ring_name,
        "ring_phone": found.ring_phone,
        "ring_when": found.ring_when,
        "review_on": rules.review_on(today, found.review_on),
    }


def began(row: FlagRow) -> dict[str, object]:
    """What the form to change a flag begins with: what it says."""
    return {
        "said": row.said,
        "ring_name": row.ring_name,
        "ring_phone": row.ring_phone,
        "ring_when": row.ring_when,
        "review_on": row.review_on,
    }


def _taken_over(one: TakenOver) -> str:
    said = f": {one.note}" if one.note else ""
    return f"{one.by}, {moment(one.at)}{said}"


def _standing(row: FlagRow, today: date) -> tuple[str, str]:
    if row.in_force:
        return "In force", "green"
    if row.state is FlagState.ACTIVE:
        past = row.review_on < today
        return ("Not told any more: its review date has passed" if past else "Not told to anybody now"), "red"
    return words_of(row.state), "grey"


def _facts(row: FlagRow) -> list[tuple[str, str]]:
    ended = "" if row.ended_at is None else moment(row.ended_at)
    by = f" by {row.ended_by}" if row.ended_by else ""
    facts = [
        ("About", words_of(row.category)),
        ("Who to ring", f"{row.ring_name}, {row.ring_phone}"),
        ("When to ring", row.ring_when),
        ("Review date", day(row.review_on)),
        ("Set", f"{moment(row.set_at)} by {row.set_by}"),
        ("Taken over", "; ".join(map(_taken_over, row.taken_over)) or "Nobody has said so yet"),
        ("Ended", f"{ended}{by}" if ended else ""),
        ("Why it ended", "" if row.ending is None else words_of(row.ending)),
        ("Reason", row.ended_note),
    ]
    return [(label, said) for label, said in facts if said]
