import pytest

from stratify.report.small_numbers import held_back, held_back_in_groups


def test_nothing_is_held_back_where_no_count_is_small():
    assert held_back([0, 5, 17]) == (False, False, False)


def test_one_small_count_takes_the_next_smallest_with_it():
    assert held_back([3, 40, 12]) == (True, False, True)


def test_two_counts_that_their_sum_would_give_away_take_a_third():
    # Together 2: both would have to be 1.
    assert held_back([1, 1, 30, 9]) == (True, True, False, True)


def test_zero_is_shown_and_never_hides_another():
    assert held_back([0, 2, 0, 25]) == (False, True, False, True)


def test_group_whose_own_total_is_small_is_held_back_whole():
    hidden = held_back_in_groups([[0, 3], [20, 30], [15, 7]])
    assert hidden[0] == (True, True)
    # Its total must not follow from the grand total either: the next smallest group goes too, and all in it.
    assert hidden[2] == (True, True)
    assert hidden[1] == (False, False)


def test_group_with_a_large_total_hides_within_itself_only():
    assert held_back_in_groups([[2, 60, 14], [20, 30]]) == ((True, False, True), (False, False))


@pytest.mark.parametrize("counts", [[3, 40, 12], [1, 1, 30, 9], [4, 4, 4, 90], [1, 50], [2, 6, 7, 8], [4, 6]])
def test_no_held_back_count_follows_from_the_total(counts):
    """Every held-back cell could be at least two values, given the total and what is shown."""
    hidden = held_back(counts)
    missing = sum(count for count, hide in zip(counts, hidden, strict=True) if hide)
    cells = sum(hidden)
    assert cells >= 2
    # A held-back cell is at least 1, so it can be anything from 1 to what the others leave over.
    assert missing - (cells - 1) > 1
