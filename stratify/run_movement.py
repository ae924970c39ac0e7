"""This run beside the previous one: movement that adds up, who is rising, and why scores moved most."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stratify.explanations import WHY_TYPE, Explainer
from stratify.movement import Flow, Kind, Month, Movement, check_adds_up, compare, find_rising, flows, whom_to_explain
from stratify.movement_table import Explained
from stratify.previous_run import PreviousRun
from stratify.scored_population import Register
from stratify.tier_scheme import TierScheme
from stratify.tiers import Bools, Codes, Scored, Tiered


@dataclass(frozen=True)
class Moved:
    """The comparison with a previous run."""

    previous: PreviousRun
    current: Month
    movement: Movement
    flows: tuple[Flow, ...]
    rising: Bools
    explained: Explained

    @property
    def previous_tier(self) -> Codes:
        """Tier code of each current person in the previous run; -1 for somebody not scored then."""
        before = self.movement.before
        codes = np.full(len(before), -1, dtype=np.int8)
        codes[before >= 0] = self.previous.month.tier[before[before >= 0]]
        return codes


def this_month(register: Register, scored: Scored, tiered: Tiered) -> Month:
    """The people of this run as movement compares them."""
    unknown = np.full(len(scored.raw), np.nan)
    refused = zip(register.refused["pseudonym"].to_pylist(), register.refused["status"].to_pylist(), strict=True)
    return Month(
        pseudonym=register.scored["pseudonym"].combine_chunks(),
        tier=tiered.tier,
        raw=scored.raw,
        percentile=tiered.percentile,
        probability=unknown if scored.probability is None else scored.probability,
        refused=dict(refused),
    )


def compare_runs(previous: PreviousRun, current: Month, scheme: TierScheme, explainer: Explainer) -> Moved:
    """Movement since the previous run, proved to add up, with reasons for those who moved most."""
    movement = compare(previous.month, current)
    counted = flows(previous.month, current, movement)
    check_adds_up(previous.month, current, counted)
    places = whom_to_explain(scheme.explain, previous.month, current, movement)
    rose = _rose(previous.month, current, movement, places)
    why = explainer.why_moved(places, previous.index_date, rose) if len(places) else pa.array([], WHY_TYPE)
    rising = find_rising(scheme.rising, previous.month, current, movement)
    return Moved(previous, current, movement, counted, rising, Explained(places, why))


def _rose(
    previous: Month, current: Month, movement: Movement, places: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Bools:
    """Whether each explained person went up: by tier where that changed, else by score."""
    higher = current.raw[places] > previous.raw[movement.before[places]]
    kind = movement.kind[places]
    rose: Bools = np.where(kind == Kind.RISER.value, True, np.where(kind == Kind.FALLER.value, False, higher)).astype(
        np.bool_
    )
    return rose
