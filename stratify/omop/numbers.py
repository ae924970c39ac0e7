"""Made-up NHS numbers of the 999 range for people who have none.

The number of a person depends on the person's id and the seed alone, so that next month's import gives
the same people the same numbers. It hides nothing and is not meant to.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from interfaces.codes import nhs_check_digit
from interfaces.codes.nhs_number import WEIGHTS, weighted_sum
from stratify.exceptions import InputRefused

_BODIES = 1_000_000  # six free digits after 999


@cache
def available() -> NDArray[np.int32]:
    """The six digits between 999 and the check digit, wherever there is a check digit; about 909,000 of them."""
    bodies: NDArray[np.int32] = np.arange(_BODIES, dtype=np.int32)
    total = np.full(_BODIES, weighted_sum("999000000"), dtype=np.int32)
    for place, weight in enumerate(WEIGHTS[3:9]):
        total += weight * (bodies // 10 ** (5 - place) % 10)
    # A sum that asks for 10 has no check digit; 999999 would make ten nines, which is no number.
    has_check_digit: NDArray[np.bool_] = (-total % 11 != 10) & (bodies != 999_999)
    return bodies[has_check_digit]


def made_up_numbers(person_ids: Sequence[int], seed: int) -> list[str]:
    """One number for each id, all different; the same for the same id and seed.

    Ids too large to be places themselves are numbered in order first, so there the numbers stay the same
    only while nobody is added. InputRefused beyond the size of the range.
    """
    places = _places(person_ids)
    bodies = available()
    step, start = _permutation(seed, len(bodies))
    return [_number(int(bodies[(step * place + start) % len(bodies)])) for place in places]


def numbers_are_stable(person_ids: Sequence[int]) -> bool:
    """Whether a later import gives the same people the same numbers, whoever is added."""
    return not person_ids or (min(person_ids) >= 0 and max(person_ids) < len(available()))


def _places(person_ids: Sequence[int]) -> list[int]:
    if len(person_ids) > len(available()):
        raise InputRefused(
            f"at most {len(available()):,} people, as many as the 999 range has numbers",
            f"{len(person_ids):,}",
            "Import the database in parts, or put valid NHS numbers in person_source_value.",
        )
    if numbers_are_stable(person_ids):
        return list(person_ids)
    order = {person_id: place for place, person_id in enumerate(sorted(person_ids))}
    return [order[person_id] for person_id in person_ids]


def _permutation(seed: int, size: int) -> tuple[int, int]:
    """A step without a common factor with the size, and a start: together they visit every place once."""
    digest = hashlib.sha256(f"caretier/omop-numbers:{seed}".encode()).digest()
    step = int.from_bytes(digest[:8], "big") % size
    while math.gcd(step, size) != 1:
        step += 1
    return step, int.from_bytes(digest[8:16], "big") % size


def _number(body: int) -> str:
    nine = f"999{body:06d}"
    return f"{nine}{nhs_check_digit(nine)}"
