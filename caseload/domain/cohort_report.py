"""The report of a cohort as a block: what was done, and hospital use before and after, as plain counts.

What may be shown to somebody who may not open everybody counted: they know of the members they may open, so that a number
tells them about the others only what those others add to it. A number is withheld where the others are few, where few of
them are counted, or where few of them are not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class BlockMeasure(StrEnum):
    """What is counted of a cohort."""

    TAKEN = "taken"
    LEFT = "left"
    LEADS = "leads"
    PLANS = "plans"
    JOINT = "joint"
    CONTACTED = "contacted"
    CONTACTS = "contacts"
    BEFORE = "before"
    AFTER = "after"


MEASURE_WORDS: Mapping[BlockMeasure, str] = {
    BlockMeasure.TAKEN: "People taken",
    BlockMeasure.LEFT: "Left the cohort",
    BlockMeasure.LEADS: "With an accountable lead",
    BlockMeasure.PLANS: "With an active care plan",
    BlockMeasure.JOINT: "With a joint care plan",
    BlockMeasure.CONTACTED: "Contacted since the start",
    BlockMeasure.CONTACTS: "Contacts since the start",
    BlockMeasure.BEFORE: "Emergency admissions before the start",
    BlockMeasure.AFTER: "Emergency admissions since the start",
}

CAUTION = (
    "Before and after is not evidence of effect. People are taken when their risk is at its highest, and whoever is at a "
    "peak tends to come down from it whatever is done: this is called regression to the mean. Only a comparison with "
    "similar people who were not worked with can tell an effect."
)

_WITHIN = {BlockMeasure.JOINT: (BlockMeasure.PLANS, BlockMeasure.LEADS)}
"""Numbers that are part of others (a joint plan needs a lead): no difference may be small either."""
_EVENTS = frozenset({BlockMeasure.CONTACTS, BlockMeasure.BEFORE, BlockMeasure.AFTER})
"""Numbers of things that happened, of which one person can have several."""


@dataclass(frozen=True, slots=True)
class MemberCounts:
    """What one member adds to every measure, and whether the viewer may open them."""

    openable: bool
    counts: Mapping[BlockMeasure, int]


@dataclass(frozen=True, slots=True)
class Window:
    """As many days before the start as after it: from `before_from` to the day before the start; from the start to `until`."""

    before_from: date
    begun_on: date
    until: date

    @property
    def days(self) -> int:
        """How long each side is."""
        return (self.until - self.begun_on).days + 1


def window_of(begun_on: date, known_until: date) -> Window | None:
    """The days compared; None while no hospital use since the start is known."""
    if known_until < begun_on:
        return None
    return Window(begun_on - timedelta(days=(known_until - begun_on).days + 1), begun_on, known_until)


def block_numbers(members: Iterable[MemberCounts], bound: int) -> dict[BlockMeasure, int | None]:
    """Every measure over all members; None for a number that is withheld from this viewer."""
    everybody = list(members)
    unseen = [member for member in everybody if not member.openable]
    sums = {measure: _sum(everybody, measure) for measure in BlockMeasure}
    hidden = {measure for measure in BlockMeasure if unseen and _gives_away(unseen, measure, bound)}
    return {measure: None if measure in hidden else sums[measure] for measure in BlockMeasure}


def _gives_away(unseen: list[MemberCounts], measure: BlockMeasure, bound: int) -> bool:
    if measure is BlockMeasure.TAKEN:
        return False  # the size of the cohort is on its board
    added, people = _sum(unseen, measure), len(unseen)
    others = [0] if measure in _EVENTS else [people - added]
    others += [_sum(unseen, whole) - added for whole in _WITHIN.get(measure, ())]
    return people < bound or any(0 < number < bound for number in (added, *others))


def _sum(members: Iterable[MemberCounts], measure: BlockMeasure) -> int:
    return sum(member.counts[measure] for member in members)
