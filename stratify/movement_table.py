"""Movement as a file: one row for everybody who joined, left, rose or fell, and for those who stayed in a tier.

People who stayed below the tiers are left out; their number is in the manifest and the report.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stratify.explanations import WHY_TYPE
from stratify.movement import CAUSE_WORDS, Kind, Month, Movement
from stratify.previous_run import PreviousRun
from stratify.score_table import named
from stratify.tier_scheme import TIER_WORDS, TIERS

SCHEMA = pa.schema(
    [
        pa.field("pseudonym", pa.string(), nullable=False),
        pa.field("practice_code", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("cause", pa.string()),
        pa.field("previous_tier", pa.string()),
        pa.field("tier", pa.string()),
        pa.field("previous_percentile", pa.float64()),
        pa.field("percentile", pa.float64()),
        pa.field("previous_probability", pa.float64()),
        pa.field("probability", pa.float64()),
        pa.field("why", WHY_TYPE, nullable=False),
    ]
)
"""Columns of movement.parquet; `previous_…` is empty for a joiner, the others for a leaver; `why` is often empty."""

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Explained:
    """Current people (places in rising order) with why they moved."""

    places: Places
    why: pa.Array


def movement_table(
    previous: PreviousRun, current: Month, practice_code: pa.Array, movement: Movement, explained: Explained
) -> pa.Table:
    """The rows of movement.parquet: current people in order of pseudonym, then leavers in order of pseudonym."""
    below = len(TIERS) - 1
    stayed_below = (movement.kind == Kind.STAYER.value) & (current.tier == below)
    here = np.nonzero(~stayed_below)[0]
    now = _now(current, practice_code, previous.month, movement, here)
    now["why"] = _why(explained, here, len(current.tier))
    gone = _gone(previous, movement)
    gone["why"] = _why(Explained(np.empty(0, np.int64), explained.why[:0]), np.arange(len(movement.leavers)), 0)
    return pa.concat_tables([pa.table(part, schema=SCHEMA) for part in (now, gone)]).combine_chunks()


def no_movement() -> pa.Table:
    """movement.parquet of a run without a previous one: no rows."""
    return SCHEMA.empty_table()


def words_for_movement(previous: PreviousRun | None, movement: Movement | None, people: int) -> npt.NDArray[np.object_]:
    """Movement of each current person in a few words for a list."""
    if previous is None or movement is None:
        return np.full(people, "No earlier run", dtype=object)
    words = np.full(people, "Same tier", dtype=object)
    stays = movement.before >= 0
    origin = np.array([TIER_WORDS[tier].lower() for tier in TIERS], dtype=object)
    was = origin[previous.month.tier[movement.before[stays]]]
    kind = movement.kind[stays]
    moved = np.where(
        kind == Kind.RISER.value, "Up from " + was, np.where(kind == Kind.FALLER.value, "Down from " + was, "Same tier")
    )
    words[stays] = moved
    words[~stays] = [CAUSE_WORDS[cause].capitalize() for cause in movement.joiner_cause[~stays]]
    return words


def _now(
    current: Month, practice_code: pa.Array, previous: Month, movement: Movement, here: Places
) -> dict[str, pa.Array]:
    rows, before = pa.array(here), movement.before[here]
    was = pa.array(before, mask=before < 0)
    return {
        "pseudonym": current.pseudonym.take(rows),
        "practice_code": practice_code.take(rows),
        "kind": pa.array(movement.kind[here], pa.string()),
        "cause": pa.array(movement.joiner_cause[here], pa.string()),
        "previous_tier": named(previous.tier, TIERS).take(was),
        "tier": named(current.tier[here], TIERS),
        "previous_percentile": pa.array(previous.percentile).take(was),
        "percentile": pa.array(current.percentile[here]),
        "previous_probability": _known(previous.probability).take(was),
        "probability": _known(current.probability[here]),
    }


def _gone(previous: PreviousRun, movement: Movement) -> dict[str, pa.Array]:
    names = previous.month.pseudonym.take(pa.array(movement.leavers)).to_pylist()
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    leavers = movement.leavers[order]
    rows, count = pa.array(leavers), len(leavers)
    month = previous.month
    return {
        "pseudonym": month.pseudonym.take(rows),
        "practice_code": previous.practice_code.take(rows),
        "kind": pa.array([Kind.LEAVER.value] * count, pa.string()),
        "cause": pa.array(movement.leaver_cause[order], pa.string()),
        "previous_tier": named(month.tier[leavers], TIERS),
        "tier": pa.nulls(count, pa.string()),
        "previous_percentile": pa.array(month.percentile[leavers]),
        "percentile": pa.nulls(count, pa.float64()),
        "previous_probability": _known(month.probability[leavers]),
        "probability": pa.nulls(count, pa.float64()),
    }


def _known(probability: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(probability, mask=np.isnan(probability))


def _why(explained: Explained, here: Places, people: int) -> pa.Array:
    """The lists of those explained, an empty one for everyone else."""
    place = np.full(max(people, len(here)), -1, dtype=np.int64)
    place[explained.places] = np.arange(len(explained.places))
    empty = pa.array([[]], WHY_TYPE)
    lists = pa.concat_arrays([explained.why.cast(WHY_TYPE), empty])
    chosen = place[here]
    return lists.take(pa.array(np.where(chosen >= 0, chosen, len(lists) - 1)))
