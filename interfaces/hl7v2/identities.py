"""The numbers that a hospital knows somebody by, and which of them is the NHS number.

Source: HL7 2.8 chapter 3, PID-3 (data type CX) and table 0203; NHS Interoperability Toolkit, HL7 v2, PID-3 and PID-32; NHS Data
Dictionary, NHS NUMBER and NHS NUMBER STATUS INDICATOR CODE. A number is an NHS number where its authority and type are among the feed's
own, it checks, and it does not lie in the ranges of Scotland's CHI numbers or Northern Ireland's: those check as well.
"""

import re
from dataclasses import dataclass
from enum import Enum

from interfaces.codes import NhsNumber
from interfaces.exceptions import CodeError
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.notes import NoteCode
from interfaces.hl7v2.reading import Segment, repetitions, said
from interfaces.hl7v2.refusals import ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.telling import Teller

LONGEST_CX = 4_096  # with all its parts and escapes: no identifier needs as much, and one in a longer one is not taken
LONGEST_VALUE, LONGEST_AUTHORITY, LONGEST_KIND = 40, 60, 10
_TRACING = re.compile(r"(?:NSTS|PDS)(0[1-8])")
_OLD_TRACING = re.compile(r"(?:NSTS|PDS)?(0[1-8])")
# Table 0203: national insurance, social security, driving licence, passport, bank and credit cards. No use here, so not taken.
_NOT_TAKEN = frozenset({"BA", "CC", "DC", "DL", "NI", "NII", "NIIP", "NINO", "PPN", "SS"})
_OTHER_NATIONS = (
    ("0101000000", "3112999999"),
    ("3200000000", "3999999999"),
)  # CHI: days of birth; Health and Care numbers


class Tracing(Enum):
    """NHS NUMBER STATUS INDICATOR CODE. Only the first lets a number speak for itself."""

    PRESENT_AND_VERIFIED = "01"
    PRESENT_NOT_TRACED = "02"
    TRACE_REQUIRED = "03"
    NO_OR_SEVERAL_MATCHES = "04"
    TO_BE_RESOLVED = "05"
    IN_PROGRESS = "06"
    NOT_PRESENT = "07"
    POSTPONED = "08"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Identifier:
    """A number somebody is known by: CX.1, the authority CX.4 and the type CX.5."""

    value: str
    authority: str
    kind: str


@dataclass(frozen=True, slots=True, repr=False)
class Identities:
    """Everything one list of identifiers says: the NHS number, where it has one that can be used, and the others."""

    nhs_number: NhsNumber | None
    others: tuple[Identifier, ...]

    @property
    def says_nothing(self) -> bool:
        """Whether nobody can be known by it."""
        return self.nhs_number is None and not self.others


def identities_in(segment: Segment | None, n: int, rules: FeedRules, teller: Teller) -> Identities:
    """The identifiers of a field of type CX, such as PID-3 and MRG-1. Two different NHS numbers are none."""
    numbers: set[NhsNumber] = set()
    others: dict[Identifier, None] = {}
    for rep in range(1, repetitions(segment, n) + 1):
        given = _identifier(segment, n, rep, teller)
        if given is None or given.kind in _NOT_TAKEN:
            continue
        if (given.authority.upper(), given.kind.upper()) in rules.nhs_number_aliases:
            numbers |= _nhs_number(given.value, rules, teller, f"{segment.name if segment else ''}-{n}")
        else:
            others[given] = None
    if len(numbers) > 1:
        teller.note(NoteCode.NHS_NUMBERS_DIFFER, f"{segment.name if segment else ''}-{n}")
    return Identities(numbers.pop() if len(numbers) == 1 else None, tuple(others))


def identified_in(segment: Segment | None, n: int, rules: FeedRules, teller: Teller) -> Identities:
    """The same where the field has to say somebody: MessageRefused as `check_identified`, the field read once where it does."""
    found = identities_in(segment, n, rules, teller)
    if found.says_nothing:
        check_identified(segment, n, rules)
    return found


def check_identified(segment: Segment | None, n: int, rules: FeedRules) -> None:
    """MessageRefused (AE) where a field has no number that anybody can be known by.

    An empty PID-3 is also what a message with line ends that its reader does not know comes out as.
    """
    teller = Teller()
    if not identities_in(segment, n, rules, teller).says_nothing:
        return
    location = f"{segment.name if segment else 'PID'}-{n}"
    if teller.notes:
        raise MessageRefused(
            Reason.NHS_NUMBER,
            ErrorCode.DATA_TYPE,
            location,
            "The only number there is an NHS number that cannot be used.",
        )
    raise MessageRefused(
        Reason.NO_IDENTIFIER, ErrorCode.REQUIRED_FIELD, location, "There is no number that anybody can be known by."
    )


def _identifier(segment: Segment | None, n: int, rep: int, teller: Teller) -> Identifier | None:
    if segment is None or len(segment.repeated(n)[rep - 1]) > LONGEST_CX:
        return None
    value = said(teller.told(segment, n, rep=rep)).strip()
    authority = said(teller.told(segment, n, rep=rep, comp=4)) or said(teller.told(segment, n, rep=rep, comp=4, sub=2))
    kind = said(teller.told(segment, n, rep=rep, comp=5)).strip()
    authority = authority.strip()
    if not value or len(value) > LONGEST_VALUE or len(authority) > LONGEST_AUTHORITY or len(kind) > LONGEST_KIND:
        return None
    return Identifier(value, authority, kind)


def _nhs_number(value: str, rules: FeedRules, teller: Teller, location: str) -> set[NhsNumber]:
    try:
        number = NhsNumber.typed(value, synthetic=rules.made_up_numbers)
    except CodeError:
        teller.note(NoteCode.NHS_NUMBER_UNUSABLE, location)
        return set()
    if any(least <= number.digits <= most for least, most in _OTHER_NATIONS):
        teller.note(NoteCode.NHS_NUMBER_OF_ANOTHER_NATION, location)
        return set()
    return {number}


def tracing_status(pid: Segment | None, zu1: Segment | None, teller: Teller) -> Tracing | None:
    """How far the NHS number was traced: PID-32, else ZU1-27 as feeds had it before. None where it is not said, or twice."""
    codes = {
        match[1]
        for rep in range(1, repetitions(pid, 32) + 1)
        if (match := _TRACING.fullmatch(said(teller.told(pid, 32, rep=rep)).strip()))
    }
    if not codes:
        old = _OLD_TRACING.fullmatch(said(teller.told(zu1, 27)).strip())
        codes = {old[1]} if old else set()
    if len(codes) > 1:
        teller.note(NoteCode.TRACING_STATUS_UNCLEAR, "PID-32")
    return Tracing(codes.pop()) if len(codes) == 1 else None
