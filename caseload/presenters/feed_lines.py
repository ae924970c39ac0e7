"""The hospitals' feeds as their page shows them: heard when, silent or not, and how much of what became of each message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from caseload.domain.border_words import MessageState
from caseload.domain.feed_silence import AllowedSilence
from caseload.presenters.hospital_words import ago
from caseload.presenters.words import words_of
from caseload.presenters.writing import moment
from caseload.queries.hospital_messages import FeedRow
from interfaces.hl7v2.feed_rules import FeedRules


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed. `counts` are (state in words, of the last day, of the last week), states that nothing is in left out."""

    feed: str
    configured: bool
    heard: str
    silent: bool
    silence: str
    counts: tuple[tuple[str, int, int], ...]
    held: int


def feed_lines(rows: Iterable[FeedRow], rules: Iterable[FeedRules], now: datetime) -> list[FeedLine]:
    """The feeds of a page, in their order."""
    by_name = {one.name: one for one in rules}
    return [_line(row, by_name.get(row.feed), now) for row in rows]


def _line(row: FeedRow, rules: FeedRules | None, now: datetime) -> FeedLine:
    silent = _is_silent(row, rules, now)
    states = [state for state in MessageState if row.week.get(state)]
    return FeedLine(
        row.feed,
        rules is not None,
        "Never" if row.last_at is None else f"{moment(row.last_at)} ({ago(row.last_at, now)})",
        silent,
        _silence(row, rules, silent=silent),
        tuple((words_of(state), row.day.get(state, 0), row.week[state]) for state in states),
        row.held,
    )


def _is_silent(row: FeedRow, rules: FeedRules | None, now: datetime) -> bool:
    if row.silence_told_at is not None:
        return True
    if rules is None or rules.silence is None or row.last_at is None:
        return False
    return AllowedSilence(rules.silence, rules.quiet_from, rules.quiet_until, rules.zone).is_broken(row.last_at, now)


def _silence(row: FeedRow, rules: FeedRules | None, *, silent: bool) -> str:
    if silent:
        return "" if row.silence_told_at is None else f"Told on {moment(row.silence_told_at)}"
    return "No alarm is set" if rules is None or rules.silence is None else "Not silent"
