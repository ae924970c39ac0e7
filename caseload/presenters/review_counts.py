"""What a review says of itself in numbers: who awaits a decision, what is marked, what was done."""

from collections.abc import Mapping

from caseload.domain.words import Decision, Tier
from caseload.presenters.words import words_of
from caseload.presenters.writing import counted, thousands
from caseload.queries.proposals import ReviewCounts

MARKED: Mapping[Decision, str] = {
    Decision.ACCEPT: "to accept",
    Decision.DECLINE: "to decline",
    Decision.DEFER: "to defer",
}
DONE: Mapping[Decision, str] = {
    Decision.ACCEPT: "taken into care coordination",
    Decision.DECLINE: "declined",
    Decision.DEFER: "deferred",
}
CAPTIONS: Mapping[Decision, str] = {
    Decision.ACCEPT: "To take into care coordination",
    Decision.DECLINE: "To decline",
    Decision.DEFER: "To defer",
}


def awaiting_words(counts: ReviewCounts, *, scored: bool) -> str:
    """How many people await a decision, by tier where scores are shown."""
    words = f"{counted(counts.awaiting, 'person', 'people')} to decide about"
    if not counts.awaiting or not scored:
        return f"{words}."
    parts = [f"{thousands(counts.tiers[tier])} {words_of(tier).lower()}" for tier in Tier if counts.tiers.get(tier)]
    unscored = counts.tiers.get(None, 0)
    parts += [f"{unscored} not scored"] if unscored else []
    concerns = f", {counts.concerns} of them by somebody’s concern" if counts.concerns else ""
    return f"{words}: {', '.join(parts)}{concerns}."


def marked_words(counts: ReviewCounts) -> str:
    """How many are marked, by decision; empty where nobody is."""
    parts = [f"{counts.marked[decision]} {words}" for decision, words in MARKED.items() if counts.marked[decision]]
    if not parts:
        return ""
    return f"{counted(sum(counts.marked.values()), 'person', 'people')} marked: {', '.join(parts)}"


def elsewhere_words(counts: ReviewCounts, *, narrowed: bool) -> str:
    """How many of the marked decisions the list does not show; empty where it shows all of them, page by page."""
    if not counts.elsewhere:
        return ""
    decisions = counted(counts.elsewhere, "marked decision is", "marked decisions are")
    return f"{decisions} not in this {'filtered ' if narrowed else ''}list. “Check and confirm” shows all of them."


def done_words(done: Mapping[str, int]) -> str:
    """What a confirmed review did."""
    parts = [
        f"{counted(done[decision], 'person', 'people')} {words}" for decision, words in DONE.items() if done[decision]
    ]
    return f"{', '.join(parts)}."
