"""Tiers: the ranked order, the places each tier ends at, and the proportions shown beside the national ones.

Ranking is on the raw score, never on the calibrated probability: calibration leaves thousands of people
with equal probabilities, and who then falls either side of a cut would be arbitrary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from stratify.exceptions import ConfigRefused, InputRefused
from stratify.tier_scheme import CUT_TIERS, TIERS, Base, CutOffs, Method, TierScheme

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

NONE = len(CUT_TIERS)
"""The tier code of everyone below the tiers."""


@dataclass(frozen=True)
class Scored:
    """The people to tier: raw score, probability (None for an index score), whether adult, and the tie order.

    `tie` is a number per person that orders equal scores: the place of the pseudonym among all pseudonyms.
    `registered` counts everyone registered and alive on the index date, objections included.
    """

    raw: Floats
    probability: Floats | None
    adult: Bools
    tie: Places
    registered: int


@dataclass(frozen=True)
class Tiered:
    """Order (indices, first place first), tier code and percentile per person."""

    order: Places
    tier: Codes
    percentile: Floats


@dataclass(frozen=True)
class TierRow:
    """One line of the tier table: people and adults, each as a share of their population, beside the national share."""

    tier: str
    people: int
    share: float
    share_of_registered: float
    adults: int
    adult_share: float
    national_share: float


def assign_tiers(scheme: TierScheme, people: Scored) -> Tiered:
    """Ranks everyone and puts them in tiers by the scheme's method; InputRefused where a score is not a number."""
    order = rank_order(people.raw, people.tie)
    if scheme.method is Method.CUT_OFF:
        tier = _by_probability(_required(scheme.cut_offs), people.probability)
    else:
        tier = _by_percentile(scheme, people, order)
    return Tiered(order, tier, percentiles(order))


def rank_order(raw: Floats, tie: Places) -> Places:
    """Indices from the highest raw score to the lowest; equal scores in rising order of `tie`."""
    if not np.isfinite(raw).all():
        raise InputRefused(
            "a score for everyone in the population",
            f"{int((~np.isfinite(raw)).sum())} people whose score is not a number",
            "Check the model against this pack; nothing was written.",
        )
    return np.lexsort((tie, -raw)).astype(np.int64)


def percentiles(order: Places) -> Floats:
    """Percentage of the population ranked at or below each person: 100 for the first place."""
    places = len(order)
    result = np.empty(places, dtype=np.float64)
    result[order] = 100.0 * np.arange(places, 0, -1) / max(places, 1)
    return result


def tier_ends(base: int, shares: Sequence[Fraction], available: int) -> tuple[int, ...]:
    """Place each tier ends at: nearest whole number to the cumulative share of the base, half-way counting in.

    Never beyond the `available` people. Exact for any size: fractions, not floating point.
    """
    half = Fraction(1, 2)
    return tuple(min(int(base * share + half), available) for share in accumulate(shares))


def tier_rows(scheme: TierScheme, people: Scored, tier: Codes) -> tuple[TierRow, ...]:
    """The tier table for the report (D2, D3): every tier and those below, all ages and adults, national share beside."""
    national = (*scheme.national, 1 - sum(scheme.national))
    counts = np.bincount(tier, minlength=len(TIERS))
    adults = np.bincount(tier[people.adult], minlength=len(TIERS))
    return tuple(
        TierRow(
            tier=name,
            people=int(counts[code]),
            share=_share(counts[code], counts.sum()),
            share_of_registered=_share(counts[code], people.registered),
            adults=int(adults[code]),
            adult_share=_share(adults[code], adults.sum()),
            national_share=float(national[code]),
        )
        for code, name in enumerate(TIERS)
    )


def _by_percentile(scheme: TierScheme, people: Scored, order: Places) -> Codes:
    eligible = order[people.adult[order]] if scheme.base is Base.ADULTS else order
    size = {Base.SCORED: len(order), Base.ADULTS: len(eligible), Base.REGISTERED: people.registered}[scheme.base]
    tier = np.full(len(order), NONE, dtype=np.int8)
    begin = 0
    for code, end in enumerate(tier_ends(size, scheme.shares, len(eligible))):
        tier[eligible[begin:end]] = code
        begin = end
    return tier


def _by_probability(cut_offs: CutOffs, probability: Floats | None) -> Codes:
    if probability is None:
        raise ConfigRefused(
            "a fitted model for tiers by cut-off",
            "a published index, which gives points and no probability",
            'Set method = "percentile" in tiers.toml for this score.',
        )
    # Cut-offs fall from tier to tier; the number of cut-offs missed is the tier's code.
    return sum(
        ((probability < cut).astype(np.int8) for cut in cut_offs.probability), np.zeros(len(probability), np.int8)
    )


def _required(cut_offs: CutOffs | None) -> CutOffs:
    if cut_offs is None:
        raise ConfigRefused("a table of cut-offs", "none", "Name one under [cut_off] in tiers.toml.")
    return cut_offs


def _share(part: int, whole: int) -> float:
    return float(part) / float(whole) if whole else 0.0
