"""Who a message is about: PID and PD1.

Source: HL7 2.8 chapter 3, PID and PD1; NHS Interoperability Toolkit, HL7 v2, for PD1-3 (the practice's ODS code) and PID-8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from interfaces.codes import NhsNumber, Sex
from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.identities import Identifier, Tracing, identities_in, tracing_status
from interfaces.hl7v2.notes import NoteCode
from interfaces.hl7v2.reading import ABSENT, NULL, Segment, SplitMessage, Told, Untold, repetitions, said
from interfaces.hl7v2.telling import Teller
from interfaces.hl7v2.times import day_in

_SEXES = {
    "0": Sex.NOT_KNOWN,
    "U": Sex.NOT_KNOWN,
    "1": Sex.MALE,
    "M": Sex.MALE,
    "2": Sex.FEMALE,
    "F": Sex.FEMALE,
    "9": Sex.INDETERMINATE,
    "A": Sex.INDETERMINATE,
    "O": Sex.INDETERMINATE,
    "X": Sex.INDETERMINATE,
}
_Meaning = TypeVar("_Meaning")
_YES_OR_NO = {"Y": True, "1": True, "N": False, "0": False}


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """A person's name: the legal one (XPN.7 L), else the first without a type, else the first."""

    family: str
    given: str


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a person lives: the home address (XAD.7 H), else the first. The line is in one, without the postcode."""

    line: str
    postcode: str


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """A person as a message tells them. Whatever is ABSENT leaves alone what is known, NULL deletes it."""

    identifiers: tuple[Identifier, ...]
    nhs_number: NhsNumber | None
    tracing: Tracing | None
    name: Name | Untold
    birth_date: date | Untold
    sex: Sex | Untold
    address: Address | Untold
    phone: Told
    practice_code: Told
    died: bool | Untold
    died_on: date | Untold

    @property
    def links_by_itself(self) -> bool:
        """Whether the NHS number says by itself who this is: it was traced, present and verified."""
        return self.nhs_number is not None and self.tracing is Tracing.PRESENT_AND_VERIFIED


def patient_in(message: SplitMessage, pid: Segment | None, rules: FeedRules, teller: Teller) -> Patient:
    """The person of a PID segment and the message's PD1. MessageRefused where a date is none."""
    identities = identities_in(pid, 3, rules, teller)
    return Patient(
        identifiers=identities.others,
        nhs_number=identities.nhs_number,
        tracing=tracing_status(pid, message.first("ZU1"), teller),
        name=_name(pid, teller),
        birth_date=day_in(pid, 7, rules, teller),
        sex=_coded(pid, 8, _SEXES, teller),
        address=_address(pid, teller),
        phone=_phone(pid, teller),
        practice_code=_practice(message.first("PD1"), teller),
        died=_coded(pid, 30, _YES_OR_NO, teller),
        died_on=day_in(pid, 29, rules, teller),
    )


def _name(pid: Segment | None, teller: Teller) -> Name | Untold:
    rep = _repetition(pid, 5, 7, "L", teller)
    family, given = (teller.told(pid, 5, rep=rep, comp=comp) for comp in (1, 2))
    if said(family).strip() or said(given).strip():
        return Name(said(family).strip(), said(given).strip())
    return family if isinstance(family, Untold) else ABSENT


def _address(pid: Segment | None, teller: Teller) -> Address | Untold:
    rep = _repetition(pid, 11, 7, "H", teller)
    parts = [teller.told(pid, 11, rep=rep, comp=comp) for comp in (1, 2, 3, 4, 5)]
    *lines, postcode = (said(part).strip() for part in parts)
    if any(lines) or postcode:
        return Address(", ".join(line for line in lines if line), postcode.upper())
    return NULL if NULL in parts else ABSENT


def _phone(pid: Segment | None, teller: Teller) -> Told:
    """XTN.1 as it was before 2.7, XTN.12 as it is since, and the number in parts."""
    first, unformatted = teller.told(pid, 13), teller.told(pid, 13, comp=12)
    area, local = (said(teller.told(pid, 13, comp=comp)).strip() for comp in (6, 7))
    number = said(first).strip() or said(unformatted).strip() or f"{area} {local}".strip()
    return number or (NULL if NULL in (first, unformatted) else ABSENT)


def _practice(pd1: Segment | None, teller: Teller) -> Told:
    """XON.3, and XON.10 where a later version has its number; the code alone is taken, never the name."""
    code = teller.told(pd1, 3, comp=3)
    return said(code).strip().upper() or said(teller.told(pd1, 3, comp=10)).strip().upper() or _gap(code)


def _coded(segment: Segment | None, n: int, meanings: Mapping[str, _Meaning], teller: Teller) -> _Meaning | Untold:
    told = teller.told(segment, n)
    if isinstance(told, Untold):
        return told
    meaning = meanings.get(told.strip().upper())
    if meaning is None:
        teller.note(NoteCode.CODE_NOT_KNOWN, f"{segment.name if segment else ''}-{n}")
        return ABSENT
    return meaning


def _repetition(segment: Segment | None, n: int, comp: int, wanted: str, teller: Teller) -> int:
    """The repetition of the type that is wanted, else the first that has none, else the first."""
    kinds = [said(teller.told(segment, n, rep=rep, comp=comp)).strip() for rep in range(1, repetitions(segment, n) + 1)]
    for kind in (wanted, ""):
        if kind in kinds:
            return kinds.index(kind) + 1
    return 1


def _gap(told: Told) -> Untold:
    return told if isinstance(told, Untold) else ABSENT
