"""Movement of random months reconciles exactly with both."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from stratify.movement import Month, check_adds_up, compare, flows

STATUS = ("died_before_index", "deregistered_before_index", "objection_type_1", "duplicate", "born_on_or_after_index")


@st.composite
def months(draw):
    """Two months of people drawn from one small crowd, so that they overlap in every way."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    crowd = [f"p{number}" for number in range(draw(st.integers(0, 200)))]

    def one():
        scored = random.random(len(crowd)) < draw(st.floats(0, 1))
        people = random.permutation([name for name, here in zip(crowd, scored, strict=True) if here]).tolist()
        refused = {
            name: str(random.choice(STATUS))
            for name, here in zip(crowd, scored, strict=True)
            if not here and random.random() < 0.5
        }
        raw = random.normal(size=len(people))
        tier = random.integers(0, 4, len(people)).astype(np.int8)
        return Month(pa.array(people, pa.string()), tier, raw, raw, 1 / (1 + np.exp(-raw)), refused)

    return one(), one()


@settings(max_examples=1000, deadline=None)
@given(months())
def test_movement_of_any_two_months_adds_up(pair):
    previous, current = pair
    movement = compare(previous, current)
    counted = flows(previous, current, movement)
    check_adds_up(previous, current, counted)

    before, now = set(previous.pseudonym.to_pylist()), set(current.pseudonym.to_pylist())
    joined = sum(flow.people for flow in counted if flow.origin == "joined")
    left = len(movement.leavers)
    assert (joined, left) == (len(now - before), len(before - now))
    assert joined - left == len(now) - len(before)


@settings(max_examples=200, deadline=None)
@given(months(), st.integers(0, 2**32))
def test_movement_does_not_depend_on_the_order_of_either_month(pair, seed):
    previous, current = pair
    shuffled = []
    for month in pair:
        order = np.random.default_rng(seed).permutation(len(month.tier))
        arrays = (month.tier, month.raw, month.percentile, month.probability)
        shuffled.append(Month(month.pseudonym.take(pa.array(order)), *(a[order] for a in arrays), month.refused))
    assert flows(*shuffled, compare(*shuffled)) == flows(previous, current, compare(previous, current))
