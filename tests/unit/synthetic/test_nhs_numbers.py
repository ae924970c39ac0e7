import numpy as np
import pytest

from interfaces.codes.nhs_number import nhs_check_digit, nhs_number_cause
from stratify.synthetic.nhs_numbers import VALID_PER_RANGE, made_up_numbers, with_check_digit


def test_made_up_numbers_are_valid_different_and_of_the_999_range():
    numbers = made_up_numbers(np.random.default_rng(1), 5000)
    assert len(set(numbers.tolist())) == 5000
    assert all(str(number).startswith("999") for number in numbers)
    assert {nhs_number_cause(str(number), synthetic=True) for number in numbers} == {None}


def test_ten_nines_are_never_given():
    assert nhs_number_cause("9999999999", synthetic=True) is not None
    assert 9_999_999_999 not in made_up_numbers(np.random.default_rng(1), VALID_PER_RANGE)


def test_made_up_numbers_come_in_ascending_order():
    assert (np.diff(made_up_numbers(np.random.default_rng(2), 1000)) > 0).all()


def test_check_digit_ten_is_left_out():
    stems = np.arange(999_000_000, 999_001_100, dtype=np.int64)
    without = sum(nhs_check_digit(str(stem)) is None for stem in stems)
    assert without > 50
    assert len(with_check_digit(stems)) == 1100 - without


def test_a_place_too_large_for_the_range_is_refused():
    with pytest.raises(ValueError, match="999 range"):
        made_up_numbers(np.random.default_rng(3), VALID_PER_RANGE + 1)


def test_a_speed_trial_may_go_below_the_range():
    numbers = made_up_numbers(np.random.default_rng(3), VALID_PER_RANGE + 1, beyond_999=True)
    assert len(np.unique(numbers)) == VALID_PER_RANGE + 1
    assert str(numbers[0])[:3] in {"998", "999"}
