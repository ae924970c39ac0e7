"""Whole practices held out, the same ones every time."""

import numpy as np
import pytest

from stratify.practice_split import Part, Split, SplitRule, split_practices

RULE = SplitRule(0.6, 0.2, 6, seed=0)


def practices(sizes: list[int]) -> np.ndarray:
    return np.repeat([f"F84{number:03}" for number in range(len(sizes))], sizes)


def share(split: Split, people: np.ndarray, part: Part) -> float:
    return float(np.mean(split.parts(people, people) == part.value))


def test_parts_hold_about_their_share_of_people_however_sizes_differ() -> None:
    people = practices(list(np.random.default_rng(0).integers(2000, 14_000, 36)))
    split = split_practices(people, RULE)

    assert [share(split, people, part) for part in Part] == pytest.approx([0.6, 0.2, 0.2], abs=0.04)


def test_a_practice_is_never_in_two_parts() -> None:
    codes = split_practices(practices([100] * 20), RULE).codes()
    everyone = [code for part in Part for code in codes[part.value]]
    assert sorted(everyone) == sorted(set(everyone))
    assert len(everyone) == 20


def test_split_does_not_depend_on_the_order_of_people() -> None:
    people = practices([50, 80, 20, 90, 60, 70, 40])
    shuffled = np.random.default_rng(1).permutation(people)
    assert split_practices(people, RULE).codes() == split_practices(shuffled, RULE).codes()


def test_another_seed_holds_out_other_practices() -> None:
    people = practices([100] * 30)
    chosen = {tuple(split_practices(people, SplitRule(0.6, 0.2, 6, seed)).codes()["test"]) for seed in range(5)}
    assert len(chosen) > 1


def test_a_practice_that_closed_since_teaches() -> None:
    split = split_practices(practices([100] * 10), RULE)
    assert split.parts(np.array(["Y99999"]), np.array(["p"])) == [Part.TRAIN.value]


def test_too_few_practices_split_people_by_pseudonym_and_name_none() -> None:
    people = practices([1000] * 5)
    pseudonyms = np.array([f"{number:032x}" for number in range(5000)])
    split = split_practices(people, RULE)

    parts = split.parts(people, pseudonyms)
    assert not split.by_practice
    assert split.codes() == {"train": [], "validation": [], "test": []}
    assert [np.mean(parts == part.value) for part in Part] == pytest.approx([0.6, 0.2, 0.2], abs=0.03)


def test_a_person_stays_in_their_part_when_others_come_and_go() -> None:
    people = practices([1000] * 5)
    pseudonyms = np.array([f"{number:032x}" for number in range(5000)])
    split = split_practices(people, RULE)

    assert np.array_equal(split.parts(people, pseudonyms)[::7], split.parts(people[::7], pseudonyms[::7]))
