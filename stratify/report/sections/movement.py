"""What changed since the previous run, adding up exactly."""

from typing import Any

from stratify.report import words
from stratify.report.charts.flow import flow
from stratify.report.data import ALL_TIERS, TIERS, Move, RunReportData
from stratify.report.tables import Table, table


class DoesNotAddUp(AssertionError):
    """The figures a report was given contradict each other: a fault in the program, not in the data."""


def _sum(moves: tuple[Move, ...], origin: str | None = None, destination: str | None = None) -> int:
    return sum(
        move.people for move in moves if origin in (None, move.origin) and destination in (None, move.destination)
    )


def _higher(tier: str) -> tuple[str, ...]:
    return ALL_TIERS[: ALL_TIERS.index(tier)]


def _lower(tier: str) -> tuple[str, ...]:
    return ALL_TIERS[ALL_TIERS.index(tier) + 1 :]


def _ways_in(moves: tuple[Move, ...], tier: str) -> list[tuple[str, int]]:
    return [
        ("from below", sum(_sum(moves, origin, tier) for origin in _lower(tier))),
        ("from above", sum(_sum(moves, origin, tier) for origin in _higher(tier))),
        ("joined", _sum(moves, "joined", tier)),
    ]


def _ways_out(moves: tuple[Move, ...], tier: str) -> list[tuple[str, int]]:
    gone = sum(move.people for move in moves if move.origin == tier and move.destination not in ALL_TIERS)
    return [
        ("to above", sum(_sum(moves, tier, destination) for destination in _higher(tier))),
        ("to below", sum(_sum(moves, tier, destination) for destination in _lower(tier))),
        ("left", gone),
    ]


def check(data: RunReportData) -> None:
    """DoesNotAddUp where joiners less leavers is not the change, in all or in a tier."""
    moves = data.moves
    if (
        data.previous_scored is not None
        and sum(m.people for m in moves if m.origin != "joined") != data.previous_scored
    ):
        raise DoesNotAddUp("the movement does not account for everyone scored last month")
    if sum(move.people for move in moves if move.destination in ALL_TIERS) != data.scored:
        raise DoesNotAddUp("the movement does not account for everyone scored this month")
    for size in data.tiers:
        if _sum(moves, destination=size.tier) != size.people:
            raise DoesNotAddUp(f"the movement does not arrive at the size of the tier {size.tier}")


def _reconciliation(data: RunReportData) -> Table:
    rows = []
    for tier in (*TIERS, "none"):
        before = _sum(data.moves, tier)
        came, went = _ways_in(data.moves, tier), _ways_out(data.moves, tier)
        now = _sum(data.moves, destination=tier)
        figures = [words.count(before), *(words.signed(n) for _, n in came), *(words.signed(-n) for _, n in went)]
        rows.append((words.TIER_NAMES[tier], *figures, words.count(now)))
    headings = (
        "Tier|Last run|Rose into it|Fell into it|Newly scored|Rose out of it|Fell out of it|No longer scored|This run"
    )
    return table("movement", "How each tier got from last run to this one", headings, rows)


def _matrix(data: RunReportData) -> Table:
    causes = [c for c in words.LEAVING if any(m.destination == c for m in data.moves)]
    others = sorted({m.destination for m in data.moves} - set(ALL_TIERS) - set(causes))
    ends = (*ALL_TIERS, *causes, *others)
    names = [words.TIER_NAMES.get(end) or words.LEAVING.get(end) or end for end in ends]
    rows = [
        (
            "Newly scored" if origin == "joined" else words.TIER_NAMES[origin],
            *(words.count(_sum(data.moves, origin, end)) for end in ends),
            words.count(_sum(data.moves, origin)),
        )
        for origin in (*ALL_TIERS, "joined")
    ]
    rows.append(
        ("All", *(words.count(_sum(data.moves, destination=end)) for end in ends), words.count(_sum(data.moves)))
    )
    headings = "Last run|" + "|".join(names) + "|All"
    return table(
        "moves", "Where people were last run (down) and where they are now (across)", headings, rows, total=True
    )


def movement(data: RunReportData) -> dict[str, Any] | None:
    """Who came, went, rose and fell; None on a first run."""
    if data.previous_index_date is None:
        return None
    check(data)
    joined = _sum(data.moves, "joined")
    left = sum(move.people for move in data.moves if move.destination not in ALL_TIERS)
    before = data.scored - joined + left
    return {
        "since": words.day(data.previous_index_date),
        "sum": (
            f"{words.count(before)} scored last run + {words.count(joined)} newly scored "
            f"\N{MINUS SIGN} {words.count(left)} no longer scored = {words.count(data.scored)} scored this run."
        ),
        "chart": flow(
            {tier: _ways_in(data.moves, tier) for tier in TIERS}, {tier: _ways_out(data.moves, tier) for tier in TIERS}
        ),
        "table": _reconciliation(data),
        "matrix": _matrix(data),
        "drift": _drift(data),
    }


def _drift(data: RunReportData) -> Table | None:
    # Imported here: the reading belongs to the evaluation, and a first run needs none of it.
    from stratify.evaluation.drift import reading

    if not data.drift:
        return None
    rows = [(row.name, words.decimal(row.psi, 3), reading(row.psi)) for row in data.drift]
    note = "Below 0.10 is customarily read as little change, 0.10 to 0.25 as some, above as marked."
    return table("drift", "How far distributions have moved", "What|Stability index|Reading~", rows, note=note)
