"""Which counts are held back so that nobody can be recognised, and nobody worked out from the totals."""

from collections.abc import Sequence

HELD_BACK = "*"
"""What is printed instead of a count that is held back."""

LEAST = 5
"""The smallest count shown; 1 to 4 are held back and 0 is shown."""


def is_small(number: int, least: int = LEAST) -> bool:
    """Whether a count is one by which people could be recognised."""
    return 0 < number < least


def held_back(counts: Sequence[int], least: int = LEAST) -> tuple[bool, ...]:
    """Which counts of a column to hold back when its total is printed.

    All small ones; and then the next smallest, until there are at least two and together they come to at least twice
    `least`: the total then says too little about each of them.
    """
    hidden = [is_small(number, least) for number in counts]
    if not any(hidden):
        return tuple(hidden)
    spare = [place for place, number in enumerate(counts) if number and not hidden[place]]
    for place in sorted(spare, key=lambda place: counts[place]):
        together = sum(value for value, hide in zip(counts, hidden, strict=True) if hide)
        if sum(hidden) >= 2 and together >= 2 * least:
            break
        hidden[place] = True
    return tuple(hidden)


def held_back_in_groups(groups: Sequence[Sequence[int]], least: int = LEAST) -> tuple[tuple[bool, ...], ...]:
    """The same for counts within groups when the total of each group and of all groups are printed too.

    First the groups' own totals are judged against the grand total; in a group whose total is held back every count
    is, because the total could be added up from them.
    """
    totals = held_back([sum(group) for group in groups], least)
    return tuple(
        (True,) * len(group) if hide else held_back(group, least) for group, hide in zip(groups, totals, strict=True)
    )
