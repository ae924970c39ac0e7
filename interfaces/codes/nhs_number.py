"""NHS numbers: ten digits, the last a modulus-11 check digit, shown 3-3-4.

Source: NHS Data Dictionary, NHS NUMBER; the check digit is described under "NHS number validation".
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from interfaces.exceptions import CodeError

WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
SYNTHETIC_PREFIX = "999"  # set aside for test patients; never issued

_TEN_DIGITS = re.compile(r"[0-9]{10}")  # [0-9] and not \d, which also takes Arabic and full-width digits
_AS_TYPED = re.compile(r"([0-9]{3})([ -]?)([0-9]{3})\2([0-9]{4})")

_EXPECTED = "an NHS number of ten digits with a correct check digit"
_TODO = "Correct it at its source; never guess a digit."


class NhsNumberCause(StrEnum):
    """Why a text is not an NHS number; the name is for tests and counts, the value for people."""

    MISSING = "nothing where the number should be"
    NOT_TEN_DIGITS = "something other than exactly ten digits"
    NOT_ASCII = "characters outside plain English digits, for example full-width or Arabic ones"
    REPEATED_DIGIT = "the same digit ten times, which is a filler and not a number"
    CHECK_DIGIT = "a last digit that does not check the other nine"
    SYNTHETIC_RANGE = "a number of the 999 range, which is only for made-up people"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class NhsNumber:
    """One valid NHS number. Printing it shows no digit; ask for `.digits` or `.display` on purpose.

    >>> number = NhsNumber.parse("9990000018", synthetic=True)
    >>> number
    NhsNumber(**********)
    >>> number.display
    '999 000 0018'
    """

    digits: str

    @classmethod
    def parse(cls, text: str | None, *, synthetic: bool = False) -> "NhsNumber":
        """The number written as exactly ten digits; `synthetic` also lets the 999 range in.

        Raises CodeError with a NhsNumberCause, never with the text.
        """
        cause = nhs_number_cause(text, synthetic=synthetic)
        if cause is not None or text is None:
            raise CodeError(_EXPECTED, cause or NhsNumberCause.MISSING, _TODO)
        return cls(text)

    @classmethod
    def typed(cls, text: str, *, synthetic: bool = False) -> "NhsNumber":
        """The number as people type or paste it: spaces around it, and spaces or hyphens 3-3-4.

        >>> NhsNumber.typed(" 999 000 0018 ", synthetic=True).digits
        '9990000018'
        """
        match = _AS_TYPED.fullmatch(text.strip())
        return cls.parse(match[1] + match[3] + match[4] if match else text, synthetic=synthetic)

    @property
    def display(self) -> str:
        """The number as the NHS shows it, 3-3-4."""
        return f"{self.digits[:3]} {self.digits[3:6]} {self.digits[6:]}"

    @property
    def is_synthetic(self) -> bool:
        """Whether it belongs to nobody."""
        return self.digits.startswith(SYNTHETIC_PREFIX)

    def __repr__(self) -> str:
        return "NhsNumber(**********)"

    __str__ = __repr__


def nhs_number_cause(text: str | None, *, synthetic: bool) -> NhsNumberCause | None:
    """Why the text is not an NHS number, or None where it is one: the yes/no twin of `parse`."""
    if text is None or text == "":
        return NhsNumberCause.MISSING
    if not text.isascii():
        return NhsNumberCause.NOT_ASCII
    if not _TEN_DIGITS.fullmatch(text):
        return NhsNumberCause.NOT_TEN_DIGITS
    return _digits_cause(text, synthetic=synthetic)


def _digits_cause(digits: str, *, synthetic: bool) -> NhsNumberCause | None:
    if len(set(digits)) == 1:  # includes 0000000000; several of these pass modulus 11
        return NhsNumberCause.REPEATED_DIGIT
    if weighted_sum(digits) % 11:
        return NhsNumberCause.CHECK_DIGIT
    if digits.startswith(SYNTHETIC_PREFIX) and not synthetic:
        return NhsNumberCause.SYNTHETIC_RANGE
    return None


def weighted_sum(digits: str) -> int:
    """Digits times 10, 9 … 2, 1; a multiple of 11 exactly where the tenth digit checks the nine before it."""
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=False))


def nhs_check_digit(nine_digits: str) -> int | None:
    """The check digit of nine digits, or None where there is none (the sum asks for 10).

    >>> nhs_check_digit("999000001")
    8
    """
    wanted = -weighted_sum(nine_digits) % 11
    return None if wanted == 10 else wanted


def nhs_number_valid_sql(column: str, *, synthetic: bool) -> str:
    """A true-or-false SQL expression, never NULL, that agrees with `NhsNumber.parse` on every text.

    `column` is the name or expression of a text column. Only what DuckDB and Spark both have; `ascii` is
    used for the digits because it fails on nothing, whatever order the engine evaluates the terms in.
    """
    terms = [
        f"{weight} * (ascii(substring({column}, {place}, 1)) - 48)" for place, weight in enumerate(WEIGHTS, start=1)
    ]
    rules = [
        f"length({column}) = 10",
        f"translate({column}, '1234567890', '') = ''",
        f"translate({column}, substring({column}, 1, 1), '') <> ''",
        f"({' + '.join(terms)}) % 11 = 0",
    ]
    if not synthetic:
        rules.append(f"substring({column}, 1, 3) <> '{SYNTHETIC_PREFIX}'")
    return f"coalesce({' AND '.join(rules)}, FALSE)"
