"""Tier schemes for tests."""

from fractions import Fraction

from stratify.tier_scheme import Base, Capacity, Explain, Method, Rising, TierScheme

NATIONAL = (Fraction(1, 200), Fraction(9, 200), Fraction(3, 20))


def scheme(*, method=Method.PERCENTILE, base=Base.SCORED, cut_offs=None, shares=NATIONAL):
    return TierScheme(
        method=method,
        base=base,
        adult_age=18,
        shares=shares,
        national=NATIONAL,
        cut_offs=cut_offs,
        capacity=Capacity(25, 1),
        rising=Rising(0.05, 1.5),
        explain=Explain(("very_high", "high"), 100),
    )
