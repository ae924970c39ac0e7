"""Codes about a person: ethnic category and sex, as the registers hold them."""

from enum import Enum, StrEnum
from typing import TypeVar

from interfaces.exceptions import CodeError


class ClosedSetCause(StrEnum):
    """Why a text is no member of a closed set."""

    MISSING = "nothing where the code should be"
    NOT_IN_SET = "a code that is not in the list"


class EthnicGroup(StrEnum):
    """The five groups of the 2001 census under which reports show ethnic category."""

    WHITE = "White"
    MIXED = "Mixed"
    ASIAN = "Asian or Asian British"
    BLACK = "Black or Black British"
    OTHER = "Other ethnic groups"
    NOT_RECORDED = "Not recorded"


class EthnicCategory(Enum):
    """NHS Data Dictionary, ETHNIC CATEGORY 2001: what the person said of themselves.

    Z is an answer (the person would rather not say), 99 that nobody asked; both are reported as not recorded.

    >>> EthnicCategory.parse("K").group.value
    'Asian or Asian British'
    """

    A = "British"
    B = "Irish"
    C = "Any other White background"
    D = "White and Black Caribbean"
    E = "White and Black African"
    F = "White and Asian"
    G = "Any other mixed background"
    H = "Indian"
    J = "Pakistani"
    K = "Bangladeshi"
    L = "Any other Asian background"
    M = "Caribbean"
    N = "African"
    P = "Any other Black background"
    R = "Chinese"
    S = "Any other ethnic group"
    Z = "Not stated"
    NOT_KNOWN = "Not known"

    @classmethod
    def parse(cls, text: str | None) -> "EthnicCategory":
        """The category of a code A to S, Z or 99; CodeError with a ClosedSetCause otherwise."""
        return _member(text, _ETHNIC_CODES, "an ethnic category A to S, Z or 99")

    @property
    def code(self) -> str:
        return "99" if self is EthnicCategory.NOT_KNOWN else self.name

    @property
    def group(self) -> EthnicGroup:
        return _ETHNIC_GROUPS[self.name]


class Sex(Enum):
    """NHS Data Dictionary, PERSON STATED GENDER CODE as the registers use it.

    >>> Sex.parse("2")
    <Sex.FEMALE: '2'>
    """

    NOT_KNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    INDETERMINATE = "9"

    @classmethod
    def parse(cls, text: str | None) -> "Sex":
        """The sex of a code 0, 1, 2 or 9; CodeError with a ClosedSetCause otherwise."""
        return _member(text, {member.value: member for member in cls}, "a sex code 0, 1, 2 or 9")


_ETHNIC_CODES = {category.code: category for category in EthnicCategory}
_ETHNIC_GROUPS = {
    **dict.fromkeys("ABC", EthnicGroup.WHITE),
    **dict.fromkeys("DEFG", EthnicGroup.MIXED),
    **dict.fromkeys("HJKL", EthnicGroup.ASIAN),
    **dict.fromkeys("MNP", EthnicGroup.BLACK),
    **dict.fromkeys("RS", EthnicGroup.OTHER),  # Chinese is under Other in the 2001 list, under Asian from 2011
    **dict.fromkeys(("Z", "NOT_KNOWN"), EthnicGroup.NOT_RECORDED),
}

_Member = TypeVar("_Member", bound=Enum)


def _member(text: str | None, members: dict[str, _Member], expected: str) -> _Member:
    if text is not None and text in members:
        return members[text]
    cause = ClosedSetCause.NOT_IN_SET if text else ClosedSetCause.MISSING
    raise CodeError(expected, cause, "Map the source's own codes to these in the feed's mapping file.")
