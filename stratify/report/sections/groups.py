"""Cohorts, segments, people not known to services and the commonest reasons, with their overlap with the tiers."""

from collections.abc import Sequence
from typing import Any

from stratify.report import words
from stratify.report.data import TIERS, GroupSize, RunReportData
from stratify.report.small_numbers import HELD_BACK, held_back, is_small
from stratify.report.tables import Table, table

_MOST_REASONS = 15
_HEADINGS = "{name}|Rule~|People|Of everyone scored|Very high|High|Moderate"


def _cell(number: int, hide: bool) -> str:
    return HELD_BACK if hide else words.count(number)


def _row(group: GroupSize, scored: int, hidden: Sequence[bool], least: int) -> tuple[str, ...]:
    few = is_small(group.people, least)
    cells = [_cell(group.tiers.get(tier, 0), hide) for tier, hide in zip(TIERS, hidden, strict=True)]
    people = _cell(group.people, few)
    return (group.name, group.rule, people, HELD_BACK if few else words.share(group.people, scored), *cells)


def _cohorts(data: RunReportData) -> Table | None:
    if not data.cohorts:
        return None
    least = data.smallest_count
    rows = [
        _row(group, data.scored, [is_small(group.tiers.get(tier, 0), least) for tier in TIERS], least)
        for group in data.cohorts
    ]
    caption = "Cohorts by rule, and how they overlap with the tiers (a person may be in several)"
    return table("cohorts", caption, _HEADINGS.format(name="Cohort"), rows)


def _segments(data: RunReportData) -> Table | None:
    if not data.segments:
        return None
    # Segments divide everyone, so a count held back could be had from a tier's size: hold back enough of them.
    columns = [held_back([s.tiers.get(tier, 0) for s in data.segments], data.smallest_count) for tier in TIERS]
    rows = [
        _row(segment, data.scored, hidden, data.smallest_count)
        for segment, hidden in zip(data.segments, zip(*columns, strict=True), strict=True)
    ]
    caption = "Life-course segments (everyone is in exactly one)"
    return table("segments", caption, _HEADINGS.format(name="Segment"), rows)


def _not_known(data: RunReportData) -> Table | None:
    if data.not_known_tiers is None:
        return None
    known = {size.tier: size.people for size in data.tiers}
    numbers = [data.not_known_tiers.get(tier, 0) for tier in TIERS]
    rows = []
    for tier, number, hide in zip(TIERS, numbers, held_back(numbers, data.smallest_count), strict=True):
        share = HELD_BACK if hide else words.share(number, known.get(tier, 0))
        rows.append((words.TIER_NAMES[tier], _cell(number, hide), share))
    return table("not-known", "People in a tier who are not known to services", "Tier|People|Of the tier", rows)


def _reasons(data: RunReportData) -> Table | None:
    if not data.reasons:
        return None
    sizes = {size.tier: size.people for size in data.tiers}
    least = data.smallest_count

    def cell(number: int, tier: str) -> str:
        return HELD_BACK if is_small(number, least) else words.share(number, sizes.get(tier, 0), 0)

    rows = [
        (row.text, cell(row.very_high, "very_high"), cell(row.high, "high"), cell(row.moderate, "moderate"))
        for row in data.reasons[:_MOST_REASONS]
    ]
    caption = "The commonest reasons shown: share of the people of each tier who have each"
    return table("reasons", caption, "Reason|Very high|High|Moderate", rows)


def groups(data: RunReportData) -> dict[str, Any]:
    """Rising risk, people not known to services, reasons, cohorts and segments."""
    return {
        "rising": None if data.rising is None else words.people(data.rising),
        "not_known": None if data.not_known is None else words.people(data.not_known),
        "not_known_table": _not_known(data),
        "reasons": _reasons(data),
        "cohorts": _cohorts(data),
        "segments": _segments(data),
    }
