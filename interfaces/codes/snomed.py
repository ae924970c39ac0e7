"""SNOMED CT identifiers: a number whose last digit is a Verhoeff check and whose two before it say of what.

Source: SNOMED International, Release File Specification, "SCTID Data Type" and "Check-digit".
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from interfaces.exceptions import CodeError

_SHAPE = re.compile(r"[1-9][0-9]{5,17}")

# The first digit of the partition says whether a namespace of seven digits comes before it.
CONCEPT_PARTITIONS = frozenset({"00", "10"})
DESCRIPTION_PARTITIONS = frozenset({"01", "11"})
RELATIONSHIP_PARTITIONS = frozenset({"02", "12"})
_PARTITIONS = CONCEPT_PARTITIONS | DESCRIPTION_PARTITIONS | RELATIONSHIP_PARTITIONS
_SHORTEST_EXTENSION = 11  # item (1+), namespace (7), partition (2), check digit (1)

# Verhoeff (1969): multiplication in the dihedral group D5, and one permutation applied once more at every place.
_MULTIPLY = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTE = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


class SnomedCause(StrEnum):
    """Why a text is not a SNOMED CT identifier."""

    MISSING = "nothing where the identifier should be"
    SHAPE = "something other than 6 to 18 digits without a leading zero"
    PARTITION = "a partition that is neither a concept, a description nor a relationship"
    CHECK_DIGIT = "a last digit that does not check the others, often because a spreadsheet rounded the number"


@dataclass(frozen=True, slots=True, order=True)
class SnomedCode:
    """One SNOMED CT identifier, kept as text: 18 digits do not fit a spreadsheet's number.

    >>> SnomedCode.parse("84114007").is_concept
    True
    """

    code: str

    @classmethod
    def parse(cls, text: str | None) -> "SnomedCode":
        """The identifier of a concept, description or relationship; CodeError with a SnomedCause otherwise."""
        cause = snomed_cause(text)
        if cause is not None or text is None:
            raise CodeError(
                "a SNOMED CT identifier of 6 to 18 digits with a correct check digit",
                cause or SnomedCause.MISSING,
                "Export the column as text and keep every digit.",
            )
        return cls(text)

    @property
    def partition(self) -> str:
        """The two digits before the check digit, which say what kind of component it is."""
        return self.code[-3:-1]

    @property
    def is_concept(self) -> bool:
        return self.partition in CONCEPT_PARTITIONS

    @property
    def is_description(self) -> bool:
        return self.partition in DESCRIPTION_PARTITIONS

    @property
    def namespace(self) -> str | None:
        """The seven digits of the organisation that made it, or None for the international core."""
        return self.code[-10:-3] if self.partition.startswith("1") else None

    def __str__(self) -> str:
        return self.code


def snomed_cause(text: str | None) -> SnomedCause | None:
    """Why the text is not a SNOMED CT identifier, or None where it is one."""
    if not text:
        return SnomedCause.MISSING
    if not _SHAPE.fullmatch(text):
        return SnomedCause.SHAPE
    if not _partition_fits(text):
        return SnomedCause.PARTITION
    return None if verhoeff_valid(text) else SnomedCause.CHECK_DIGIT


def _partition_fits(digits: str) -> bool:
    partition = digits[-3:-1]
    return partition in _PARTITIONS and (partition[0] == "0" or len(digits) >= _SHORTEST_EXTENSION)


def verhoeff_valid(digits: str) -> bool:
    """Whether the last digit checks the others."""
    return _fold(digits, first_place=0) == 0


def verhoeff_check_digit(digits: str) -> int:
    """The digit to append so that the whole checks.

    >>> verhoeff_check_digit("8411400")
    7
    """
    return _INVERSE[_fold(digits, first_place=1)]


def _fold(digits: str, *, first_place: int) -> int:
    folded = 0
    for place, digit in enumerate(reversed(digits), start=first_place):
        folded = _MULTIPLY[folded][_PERMUTE[place % 8][int(digit)]]
    return folded
