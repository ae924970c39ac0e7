"""What a reader of a run is warned of."""

import numpy as np

from stratify.run_warnings import ties_at_cuts
from stratify.tiers import Tiered, percentiles


def tiered(tiers):
    order = np.arange(len(tiers))
    return Tiered(order, np.array(tiers, dtype=np.int8), percentiles(order))


def test_ties_at_cuts_says_where_only_the_pseudonym_decides():
    raw = np.array([9.0, 5.0, 5.0, 2.0, 0.0, 0.0, 0.0])
    (first, second) = ties_at_cuts(raw, tiered([0, 1, 2, 2, 2, 3, 3]))
    assert first.startswith("The high tier ends among 2 people of equal score")
    assert second.startswith("The moderate tier ends among 3 people of equal score")


def test_ties_at_cuts_says_nothing_where_scores_differ_or_a_tier_is_empty():
    assert ties_at_cuts(np.array([3.0, 2.0, 1.0]), tiered([0, 2, 3])) == ()
    assert ties_at_cuts(np.array([1.0, 1.0]), tiered([3, 3])) == ()
    assert ties_at_cuts(np.array([]), tiered([])) == ()
