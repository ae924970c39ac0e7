import pytest

from interfaces.codes import NhsNumber
from stratify.exceptions import InputRefused
from stratify.omop.numbers import available, made_up_numbers, numbers_are_stable


def test_made_up_numbers_are_valid_synthetic_and_all_different() -> None:
    numbers = made_up_numbers(range(50_000), seed=7)
    assert len(set(numbers)) == 50_000
    assert all(NhsNumber.parse(number, synthetic=True).is_synthetic for number in numbers)


def test_made_up_numbers_stay_when_people_are_added() -> None:
    assert made_up_numbers([5, 9], seed=1) == made_up_numbers([1, 5, 7, 9], seed=1)[1::2]
    assert numbers_are_stable([5, 9])


def test_made_up_numbers_depend_on_the_seed() -> None:
    assert made_up_numbers([1, 2, 3], seed=1) != made_up_numbers([1, 2, 3], seed=2)


def test_made_up_numbers_of_large_or_negative_ids_go_by_order() -> None:
    assert made_up_numbers([10**15, -4], seed=1) == made_up_numbers([1, 0], seed=1)
    assert not numbers_are_stable([10**15, -4])


@pytest.mark.slow
def test_every_place_of_the_range_is_reached_once() -> None:
    bodies = available()
    assert len(set(made_up_numbers(range(len(bodies)), seed=3))) == len(bodies) == 909_090


def test_more_people_than_numbers_refused() -> None:
    with pytest.raises(InputRefused, match="909,091"):
        made_up_numbers(range(909_091), seed=1)
