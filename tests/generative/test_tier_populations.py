"""Tiers of random populations: the stated sizes, ties broken alike, nothing lost."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stratify.tier_scheme import Base
from stratify.tiers import Scored, assign_tiers
from tests.support.tier_schemes import scheme

SHARES = st.tuples(*[st.decimals(0, 33, places=1)] * 3).map(lambda s: tuple(Fraction(str(share)) / 100 for share in s))


@st.composite
def populations(draw):
    """A few distinct scores among many people, so that cuts fall inside ties; some children; some objections."""
    people = draw(st.integers(0, 400))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    raw = random.choice(random.normal(size=draw(st.integers(1, 50))), size=people)
    tie = random.permutation(people)
    return Scored(raw, None, random.random(people) < 0.8, tie, people + draw(st.integers(0, 50)))


def stated_ends(base, shares):
    """The rule again, by other means: nearest whole number to the cumulative percentage, half-way up."""
    cumulative = [sum(shares[: end + 1]) * base for end in range(len(shares))]
    return [int(place) + (place - int(place) >= Fraction(1, 2)) for place in cumulative]


@settings(max_examples=1000, deadline=None)
@given(people=populations(), shares=SHARES, base=st.sampled_from(list(Base)))
def test_tiers_of_any_population_have_the_stated_sizes_and_order(people, shares, base):
    tiered = assign_tiers(scheme(base=base, shares=shares), people)
    eligible = int(people.adult.sum()) if base is Base.ADULTS else len(people.raw)
    size = people.registered if base is Base.REGISTERED else eligible
    ends = [min(end, eligible) for end in stated_ends(size, shares)]
    assert np.bincount(tiered.tier, minlength=4)[:3].tolist() == np.diff([0, *ends]).tolist()

    key = sorted(range(len(people.raw)), key=lambda i: (-people.raw[i], people.tie[i]))
    assert tiered.order.tolist() == key
    codes = [tiered.tier[i] for i in key if base is not Base.ADULTS or people.adult[i]]
    assert codes == sorted(codes)


@settings(max_examples=200, deadline=None)
@given(people=populations(), seed=st.integers(0, 2**32))
def test_tiers_do_not_depend_on_the_order_people_come_in(people, seed):
    shuffle = np.random.default_rng(seed).permutation(len(people.raw))
    shuffled = Scored(people.raw[shuffle], None, people.adult[shuffle], people.tie[shuffle], people.registered)
    one, other = assign_tiers(scheme(), people), assign_tiers(scheme(), shuffled)
    assert other.tier.tolist() == one.tier[shuffle].tolist()
    assert other.percentile.tolist() == one.percentile[shuffle].tolist()
