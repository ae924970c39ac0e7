"""How old a score may be."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from caseload.domain.freshness import Freshness, freshness

INDEX = date(2026, 10, 1)
BOUNDS = SimpleNamespace(tier_grey_days=35, tier_hidden_days=62)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-1, Freshness.FRESH), (0, Freshness.FRESH), (35, Freshness.FRESH), (36, Freshness.GREY),
        (62, Freshness.GREY), (63, Freshness.HIDDEN), (4000, Freshness.HIDDEN),
    ],
)  # fmt: skip
def test_score_of_so_many_days(days, state):
    assert freshness(INDEX, INDEX + timedelta(days=days), BOUNDS) is state


def test_bounds_are_the_settings():
    bounds = SimpleNamespace(tier_grey_days=1, tier_hidden_days=2)
    states = [freshness(INDEX, INDEX + timedelta(days=days), bounds) for days in (1, 2, 3)]
    assert states == [Freshness.FRESH, Freshness.GREY, Freshness.HIDDEN]
