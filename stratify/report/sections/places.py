"""Practices and networks: sizes of the tiers, with small counts held back."""

from collections.abc import Mapping, Sequence
from typing import Any

from stratify.report import words
from stratify.report.charts.places import places as draw
from stratify.report.data import TIERS, PracticeSize, RunReportData
from stratify.report.small_numbers import HELD_BACK, held_back, held_back_in_groups
from stratify.report.tables import Table, table

_COLUMNS = (*TIERS, "new")
_TOP = ("very_high", "high")

Hidden = dict[tuple[str, str], bool]


def _networks(practices: Sequence[PracticeSize]) -> dict[str, list[PracticeSize]]:
    found: dict[str, list[PracticeSize]] = {}
    for practice in sorted(practices, key=lambda p: (p.network, p.name, p.code)):
        found.setdefault(practice.network, []).append(practice)
    return found


def _number(practice: PracticeSize, column: str) -> int:
    return (practice.new_in_top_tiers or 0) if column == "new" else practice.tiers.get(column, 0)


def _hidden_practices(networks: Mapping[str, list[PracticeSize]], least: int) -> Hidden:
    hidden: Hidden = {}
    for column in _COLUMNS:
        marks = held_back_in_groups([[_number(p, column) for p in members] for members in networks.values()], least)
        for members, row in zip(networks.values(), marks, strict=True):
            hidden |= {(practice.code, column): hide for practice, hide in zip(members, row, strict=True)}
    return hidden


def _hidden_networks(networks: Mapping[str, list[PracticeSize]], least: int) -> Hidden:
    hidden: Hidden = {}
    for column in _COLUMNS:
        sums = [sum(_number(p, column) for p in members) for members in networks.values()]
        hidden |= {(name, column): hide for name, hide in zip(networks, held_back(sums, least), strict=True)}
    return hidden


def _cells(people: int, numbers: Mapping[str, int], hidden: Mapping[str, bool]) -> list[str]:
    cells = [HELD_BACK if hidden[tier] else words.count(numbers[tier]) for tier in TIERS]
    top = hidden["very_high"] or hidden["high"]
    cells.append(HELD_BACK if top else words.share(sum(numbers[tier] for tier in _TOP), people))
    return [*cells, HELD_BACK if hidden["new"] else words.count(numbers["new"])]


def _row(
    name: Sequence[str], members: Sequence[PracticeSize], hidden: Mapping[str, bool], new: bool
) -> tuple[str, ...]:
    people = sum(practice.people for practice in members)
    numbers = {column: sum(_number(practice, column) for practice in members) for column in _COLUMNS}
    expected = [p.expected_admissions for p in members if p.expected_admissions is not None]
    # Whole numbers: the expected count is a sum of risks and says nothing about one person.
    per_hundred = 100 * sum(expected) / people if len(expected) == len(members) and people else None
    cells = _cells(people, numbers, hidden)
    return (*name, words.count(people), *(cells if new else cells[:-1]), words.decimal(per_hundred, 1))


def _headings(first: str, new: bool) -> str:
    middle = "|New in them" if new else ""
    return f"{first}|People scored|Very high|High|Moderate|Top two tiers{middle}|Expected per 100"


def _network_table(networks: Mapping[str, list[PracticeSize]], hidden: Hidden, new: bool) -> Table:
    rows = [_row((name,), members, {c: hidden[name, c] for c in _COLUMNS}, new) for name, members in networks.items()]
    rows.append(_row(("All",), [p for m in networks.values() for p in m], dict.fromkeys(_COLUMNS, False), new))
    return table("networks", "Primary care networks", _headings("Network", new), rows, total=True)


def _practice_table(networks: Mapping[str, list[PracticeSize]], hidden: Hidden, new: bool) -> Table:
    rows = [
        _row((f"{p.name} ({p.code})", p.network), [p], {c: hidden[p.code, c] for c in _COLUMNS}, new)
        for members in networks.values()
        for p in members
    ]
    return table("practices", "Practices", _headings("Practice|Network~", new), rows)


def _top_share(members: Sequence[PracticeSize]) -> float:
    people = sum(practice.people for practice in members)
    return sum(practice.tiers.get(tier, 0) for practice in members for tier in _TOP) / people if people else 0.0


def places(data: RunReportData) -> dict[str, Any] | None:
    """Networks and practices; None where the run was not told of any."""
    if not data.practices:
        return None
    networks = _networks(data.practices)
    hidden, hidden_networks = (
        _hidden_practices(networks, data.smallest_count),
        _hidden_networks(networks, data.smallest_count),
    )
    shown = {
        name: [_top_share([p]) for p in members if not any(hidden[p.code, tier] for tier in _TOP)]
        for name, members in networks.items()
        if not any(hidden_networks[name, tier] for tier in _TOP)
    }
    means = {name: _top_share(networks[name]) for name in shown}
    new = any(practice.new_in_top_tiers is not None for practice in data.practices)
    return {
        "chart": draw(shown, means, _top_share(data.practices)) if shown else None,
        "networks": _network_table(networks, hidden_networks, new),
        "practices": _practice_table(networks, hidden, new),
    }
