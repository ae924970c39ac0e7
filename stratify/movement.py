"""What changed since the previous run: who joined, left and why, rose, fell or stayed, adding up exactly.

Everyone scored in either month is counted once. For each tier, last month's people less those who left or
moved out, plus those who joined or moved in, are this month's people; `check_adds_up` proves it in every run.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stratify.tier_scheme import TIERS, Explain, Rising

Codes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Kind(StrEnum):
    """What happened to somebody between two runs."""

    JOINER = "joiner"
    LEAVER = "leaver"
    RISER = "riser"
    FALLER = "faller"
    STAYER = "stayer"


class Cause(StrEnum):
    """Why somebody joined or left the people scored."""

    NEW = "new_to_register"
    OBJECTION_ENDED = "objection_ended"
    DIED = "died"
    MOVED_AWAY = "deregistered"
    OBJECTED = "objection"
    OFF_REGISTER = "not_on_register"
    OTHER = "other"


CAUSE_WORDS: dict[str, str] = {
    Cause.NEW: "newly registered",
    Cause.OBJECTION_ENDED: "objection ended",
    Cause.DIED: "died",
    Cause.MOVED_AWAY: "moved away or no longer registered",
    Cause.OBJECTED: "objected",
    Cause.OFF_REGISTER: "no longer on the register",
    Cause.OTHER: "other",
}


@dataclass(frozen=True)
class Month:
    """One run's people: those scored, in any order, and the status of those refused.

    `probability` is NaN throughout for an index score. Pseudonyms are unique within a month.
    """

    pseudonym: pa.Array
    tier: Codes
    raw: Floats
    percentile: Floats
    probability: Floats
    refused: Mapping[str, str]


@dataclass(frozen=True)
class Movement:
    """The comparison: `before` is each current person's place in the previous month (-1: not scored then).

    `kind` is per current person; `leavers` are places in the previous month; causes go with joiners and leavers.
    """

    before: Places
    kind: npt.NDArray[np.object_]
    joiner_cause: npt.NDArray[np.object_]
    leavers: Places
    leaver_cause: npt.NDArray[np.object_]


@dataclass(frozen=True)
class Flow:
    """People by where they were (a tier or "joined") and where they are (a tier or why they left)."""

    origin: str
    destination: str
    people: int


def compare(previous: Month, current: Month) -> Movement:
    """Matches two months by pseudonym and says what happened to everyone in either."""
    before = _places(current.pseudonym, previous.pseudonym)
    stays = before >= 0
    kind = np.full(len(before), Kind.JOINER.value, dtype=object)
    step = current.tier[stays].astype(np.int16) - previous.tier[before[stays]]
    # A lower code is a higher tier.
    kind[stays] = np.select([step < 0, step > 0], [Kind.RISER.value, Kind.FALLER.value], Kind.STAYER.value)
    gone = np.ones(len(previous.tier), dtype=np.bool_)
    gone[before[stays]] = False
    leavers = np.nonzero(gone)[0]
    return Movement(
        before=before,
        kind=kind,
        joiner_cause=_causes(current.pseudonym, ~stays, previous.refused, _joined),
        leavers=leavers,
        leaver_cause=_causes(previous.pseudonym, gone, current.refused, _left)[leavers],
    )


def flows(previous: Month, current: Month, movement: Movement) -> tuple[Flow, ...]:
    """Counts by origin and destination, only those that happened, in order of tier and cause."""
    stays = movement.before >= 0
    counts: Counter[tuple[str, str]] = Counter()
    moved = np.bincount(
        previous.tier[movement.before[stays]] * len(TIERS) + current.tier[stays], minlength=len(TIERS) ** 2
    )
    for pair, people in zip(product(TIERS, TIERS), moved.tolist(), strict=True):
        counts[pair] = people
    counts.update(("joined", TIERS[code]) for code in current.tier[~stays])
    left = zip(previous.tier[movement.leavers], movement.leaver_cause, strict=True)
    counts.update((TIERS[code], cause) for code, cause in left)
    happened = ((pair, people) for pair, people in counts.items() if people)
    return tuple(Flow(*pair, people) for pair, people in sorted(happened, key=lambda item: _order(item[0])))


def check_adds_up(previous: Month, current: Month, counted: tuple[Flow, ...]) -> None:
    """AssertionError unless the flows reconcile exactly with both months, tier by tier."""
    for code, tier in enumerate(TIERS):
        left = sum(flow.people for flow in counted if flow.origin == tier)
        arrived = sum(flow.people for flow in counted if flow.destination == tier)
        assert left == int((previous.tier == code).sum()), f"movement loses people of last month's tier {tier}"
        assert arrived == int((current.tier == code).sum()), f"movement loses people of this month's tier {tier}"


def find_rising(rule: Rising, previous: Month, current: Month, movement: Movement) -> Bools:
    """True for each current person who moved up a tier, or whose probability rose by both of the rule's measures."""
    stays = movement.before >= 0
    then = (
        np.where(stays, previous.probability[movement.before], np.nan) if len(previous.tier) else current.raw * np.nan
    )
    jumped = (current.probability - then >= rule.probability_up) & (current.probability >= rule.times_up * then)
    climbed = movement.kind == Kind.RISER.value
    result: Bools = stays & (climbed | jumped)
    return result


def whom_to_explain(rule: Explain, previous: Month, current: Month, movement: Movement) -> Places:
    """Current people whose movement is explained: risers into the rule's tiers and the largest moves, in rising place.

    A move is the change of probability, or of points for an index score; equal moves in order of place.
    """
    stays = np.nonzero(movement.before >= 0)[0]
    entered = np.isin(current.tier, [TIERS.index(tier) for tier in rule.entrants])
    entrants = np.nonzero(entered & (movement.kind == Kind.RISER.value))[0]
    change = _measure(current)[stays] - _measure(previous)[movement.before[stays]]
    moved = np.argsort(-np.abs(change), kind="stable")[: rule.largest_moves]
    return np.union1d(entrants, stays[moved[change[moved] != 0]]).astype(np.int64)


def _measure(month: Month) -> Floats:
    return month.raw if np.isnan(month.probability).all() else month.probability


def _places(wanted: pa.Array, among: pa.Array) -> Places:
    found = pc.fill_null(pc.index_in(wanted, value_set=among), -1)
    places: Places = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _causes(people: pa.Array, asked: Bools, refused: Mapping[str, str], cause: Any) -> npt.NDArray[np.object_]:
    result = np.full(len(people), None, dtype=object)
    for place, pseudonym in zip(np.nonzero(asked)[0], people.filter(pa.array(asked)).to_pylist(), strict=True):
        result[place] = cause(refused.get(pseudonym)).value
    return result


def _left(status: str | None) -> Cause:
    """Why somebody scored last month is not scored now, from this month's status code."""
    if status is None:
        return Cause.OFF_REGISTER
    if status.startswith("objection"):
        return Cause.OBJECTED
    return {"died_before_index": Cause.DIED, "deregistered_before_index": Cause.MOVED_AWAY}.get(status, Cause.OTHER)


def _joined(status: str | None) -> Cause:
    """Why somebody scored now was not scored last month, from last month's status code."""
    if status is None or status == "registered_on_or_after_index" or status == "born_on_or_after_index":
        return Cause.NEW
    return Cause.OBJECTION_ENDED if status.startswith("objection") else Cause.OTHER


def _order(pair: tuple[str, str]) -> tuple[int, int, str]:
    origin, destination = (TIERS.index(end) if end in TIERS else len(TIERS) for end in pair)
    return origin, destination, pair[1]
