"""NHS numbers of the 999 range, which is never issued to a person."""

import numpy as np

from stratify.synthetic.arrays import Ints

STEMS_PER_RANGE = 1_000_000  # nine digits before the check digit, three of them fixed
TEN_NINES = 9_999_999_999  # its check digit is right, but ten identical digits are a filler and no number
VALID_PER_RANGE = 900_000  # a little under the 10/11 of the stems that have a check digit


def made_up_numbers(generator: np.random.Generator, size: int, *, beyond_999: bool = False) -> Ints:
    """`size` different ten-digit numbers with a right modulus-11 check digit, in ascending order.

    All begin 999. A place too large for that range is refused with ValueError unless `beyond_999` lets it take the
    ranges below, 998, 997 …, which are not issued either; that is for speed trials, never for anything shown.
    """
    ranges = 1 + (size - 1) // VALID_PER_RANGE
    if ranges > 1 and not beyond_999:
        raise ValueError(
            f"the 999 range holds about {VALID_PER_RANGE:,} made-up numbers, this place needs {size:,}: ask for fewer people"
        )
    first = (1000 - ranges) * STEMS_PER_RANGE
    numbers = with_check_digit(np.arange(first, 1000 * STEMS_PER_RANGE, dtype=np.int64))
    numbers = numbers[numbers != TEN_NINES]
    picked = generator.choice(len(numbers), size, replace=False)
    picked.sort()
    return np.asarray(numbers[picked])


def with_check_digit(stems: Ints) -> Ints:
    """Ten-digit numbers from nine digits, without those whose check digit would be 10.

    Modulus 11, weights 10 to 2 from the left: NHS Data Dictionary, NHS NUMBER.
    """
    total = np.zeros(len(stems), dtype=np.int64)
    rest = stems.astype(np.int64)
    for weight in range(2, 11):
        total += (rest % 10) * weight
        rest //= 10
    check = (11 - total % 11) % 11
    numbers: Ints = (stems * 10 + check)[check != 10]
    return numbers
