"""What the run found, in a few sentences and figures."""

from typing import Any

from stratify.report import words
from stratify.report.data import ALL_TIERS, TIERS, Move, RunReportData

_DEMONSTRATION = "For demonstration"
TOP = ("very_high", "high")


def people_in(data: RunReportData, tier: str) -> int:
    """How many people are in a tier."""
    return next((size.people for size in data.tiers if size.tier == tier), 0)


def headline(data: RunReportData) -> str:
    """The one sentence to read if only one is read."""
    sizes = [
        f"{words.count(people_in(data, tier))} are at {words.TIER_NAMES[tier].lower()} risk "
        f"({words.share(people_in(data, tier), data.scored, 2)})"
        for tier in TIERS
    ]
    return (
        f"Of {words.people(data.scored)} scored in {data.place} on {words.day(data.index_date)}, {words.listed(sizes)}."
    )


def _between(moves: tuple[Move, ...], origins: tuple[str, ...], destinations: tuple[str, ...]) -> int:
    return sum(move.people for move in moves if move.origin in origins and move.destination in destinations)


def newly_top(data: RunReportData) -> int:
    """People now at very high or high risk who were not last month."""
    return _between(data.moves, ("moderate", "none", "joined"), TOP)


def _changes(data: RunReportData) -> str:
    if data.previous_index_date is None:
        return "This is the first run to be compared: there is no earlier one to say what changed."
    dropped = _between(data.moves, TOP, ("moderate", "none"))
    left = sum(move.people for move in data.moves if move.origin in TOP and move.destination not in ALL_TIERS)
    return (
        f"Since {words.day(data.previous_index_date)}, {words.people(newly_top(data))} came into very high or high, "
        f"{words.count(dropped)} dropped below and {words.count(left)} are no longer scored."
    )


def _attention(data: RunReportData) -> str:
    parts = []
    if data.rising is not None:
        parts.append(f"{words.people(data.rising)} have a risk that is rising")
    if data.not_known is not None:
        parts.append(f"{words.count(data.not_known)} in a tier are not known to services")
    return f"{words.listed(parts)}." if parts else ""


def _cards(data: RunReportData) -> list[dict[str, str]]:
    cards = [
        {
            "tier": tier,
            "name": f"{words.TIER_NAMES[tier]} risk",
            "figure": words.count(people_in(data, tier)),
            "note": f"{words.share(people_in(data, tier), data.scored, 2)} of people scored",
        }
        for tier in TIERS
    ]
    if data.previous_index_date is not None:
        note = f"in very high or high, since {words.day(data.previous_index_date)}"
        cards.append({"tier": "new", "name": "New", "figure": words.count(newly_top(data)), "note": note})
    return cards


def found(data: RunReportData) -> dict[str, Any]:
    """The headline, what changed, whom to look at, and what to be careful about."""
    sentences = [headline(data), _changes(data), _attention(data)]
    return {
        "headline": sentences[0],
        "sentences": [sentence for sentence in sentences[1:] if sentence],
        "cards": _cards(data),
        # The page has a notice of its own for a demonstration.
        "warnings": [text for text in data.warnings if not (data.demonstration and text.startswith(_DEMONSTRATION))],
    }
