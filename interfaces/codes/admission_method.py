"""Admission methods: how a person came to be in hospital, above all whether as an emergency.

Source: NHS Data Dictionary, ADMISSION METHOD CODE (HOSPITAL PROVIDER SPELL) and PATIENT CLASSIFICATION CODE.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from interfaces.exceptions import CodeError

_FORM = "[0-9][0-9A-Z]"
_SHAPE = re.compile(_FORM)
_DAY_CASE = "2"  # PATIENT CLASSIFICATION CODE 2: day case admission


class AdmissionMethodCause(StrEnum):
    """Why a text is not an admission method."""

    MISSING = "nothing where the code should be"
    SHAPE = "something other than two digits or a digit and a capital letter"


class AdmissionKind(StrEnum):
    """What a method amounts to; only EMERGENCY is the outcome the risk model predicts."""

    EMERGENCY = "emergency"
    ELECTIVE = "elective"
    DAY_CASE = "day_case"
    MATERNITY = "maternity"
    TRANSFER = "transfer"
    OTHER = "other"


METHODS: dict[AdmissionKind, tuple[str, ...]] = {
    # 21 emergency department, 22 GP, 23 bed bureau, 24 consultant clinic, 25 mental health crisis team,
    # 28 other means (retired), 2A another provider's department, 2B transfer of an emergency,
    # 2C baby born at home as intended, 2D other emergency.
    AdmissionKind.EMERGENCY: ("21", "22", "23", "24", "25", "28", "2A", "2B", "2C", "2D"),
    AdmissionKind.ELECTIVE: ("11", "12", "13"),  # waiting list, booked, planned
    # 31 and 32 before and after the birth; 82 and 83 the baby, born here or on the way.
    AdmissionKind.MATERNITY: ("31", "32", "82", "83"),
    AdmissionKind.TRANSFER: ("81",),  # from another provider, not as an emergency
}
"""Which codes make which kind; every other code is OTHER, and DAY_CASE needs the patient classification."""

EMERGENCY_METHODS = METHODS[AdmissionKind.EMERGENCY]

_KIND_OF = {code: kind for kind, codes in METHODS.items() for code in codes}


@dataclass(frozen=True, slots=True, order=True)
class AdmissionMethod:
    """One admission method.

    >>> AdmissionMethod.parse("2B").is_emergency
    True
    >>> AdmissionMethod.parse("11").kind("2").value
    'day_case'
    """

    code: str

    @classmethod
    def parse(cls, text: str | None) -> "AdmissionMethod":
        """A code of two characters, known or not; CodeError with an AdmissionMethodCause otherwise."""
        if not text or not _SHAPE.fullmatch(text):
            raise CodeError(
                "an admission method of two characters, such as 21 or 2A",
                AdmissionMethodCause.SHAPE if text else AdmissionMethodCause.MISSING,
                "Give the code of the hospital provider spell.",
            )
        return cls(text)

    @property
    def is_emergency(self) -> bool:
        return self.code in EMERGENCY_METHODS

    def kind(self, patient_classification: str | None = None) -> AdmissionKind:
        """What the admission amounts to, given its patient classification where that is recorded."""
        kind = _KIND_OF.get(self.code, AdmissionKind.OTHER)
        if kind is AdmissionKind.ELECTIVE and patient_classification == _DAY_CASE:
            return AdmissionKind.DAY_CASE
        return kind

    def __str__(self) -> str:
        return self.code


def admission_kind_sql(method_column: str, classification_column: str) -> str:
    """A SQL expression for the kind as text, never NULL, that agrees with `AdmissionMethod.kind`.

    Both arguments name text columns; a method that is missing or unknown gives 'other'.
    """
    elective = _among(method_column, AdmissionKind.ELECTIVE)
    branches = [f"WHEN {elective} AND {classification_column} = '{_DAY_CASE}' THEN '{AdmissionKind.DAY_CASE}'"]
    branches += [f"WHEN {_among(method_column, kind)} THEN '{kind}'" for kind in METHODS]
    return f"CASE {' '.join(branches)} ELSE '{AdmissionKind.OTHER}' END"


def admission_method_valid_sql(column: str) -> str:
    """A SQL expression that agrees with `AdmissionMethod.parse`: whether the text is an admission method, known or not."""
    return f"regexp_full_match({column}, '{_FORM}')"


def _among(column: str, kind: AdmissionKind) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in METHODS[kind])})"
