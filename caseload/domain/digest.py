"""The daily e-mail: how much waits for somebody, in numbers only. Nothing of any person is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

SUBJECT = "Caretier: what is waiting for you"


@dataclass(frozen=True, slots=True)
class DigestCounts:
    """How much of each kind waits."""

    overdue: int = 0
    today: int = 0
    escalated: int = 0
    handovers: int = 0
    reviews: int = 0
    notices: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is something to tell."""
        return any(number for number, _, _ in _kinds(self))


def digest_text(counts: DigestCounts, day: date, address: str) -> str:
    """The whole message. `address` is where the app is, empty where nobody has said."""
    where = f"Sign in to see it: {address}" if address else "Sign in to see it."
    lines = "\n".join(f"- {number} {one if number == 1 else many}" for number, one, many in _kinds(counts) if number)
    return (
        f"This is waiting for you on {day.day} {day:%B %Y}:\n\n{lines}\n\n{where}\n\n"
        "No details of anybody’s care are sent by e-mail. You can stop this message in your account.\n"
    )


def _kinds(counts: DigestCounts) -> Iterator[tuple[int, str, str]]:
    yield counts.overdue, "task is overdue", "tasks are overdue"
    yield counts.today, "task is due today", "tasks are due today"
    yield counts.escalated, "task was escalated to you", "tasks were escalated to you"
    yield counts.handovers, "handover waits for your answer", "handovers wait for your answer"
    yield counts.reviews, "emergency access waits for your review", "emergency accesses wait for your review"
    yield counts.notices, "notice is not read", "notices are not read"
