"""ICD-10 diagnosis codes, in the 5th-edition form the NHS writes and in the WHO's dotted form.

Source: NHS Data Dictionary, ICD-10 CODE (an6): category and subdivision, 'X' where a category has no
fourth character ('I10X'), a supplementary fifth character for the site (chapter XIII) or the kind of
fracture (chapter XIX), and a sixth for the dagger ('D', the cause) or asterisk ('A', the manifestation).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from interfaces.exceptions import CodeError

_SHAPE = re.compile(
    r"""
    (?P<category>[A-Z][0-9]{2})
    (?:
      [.]?
      (?P<subdivision>[0-9X-])            # X or a hyphen fills the place where a category has no subdivision
      (?P<site>[0-9]?)                    # supplementary fifth character
      -?                                  # a hyphen may hold the fifth place open before the mark
    )?
    (?P<mark>[DA†*+]?)                    # HES and SUS write D and A, the book prints † and *, older systems +
    """,
    re.VERBOSE,
)


class Icd10Cause(StrEnum):
    """Why a text is not an ICD-10 code."""

    MISSING = "nothing where the code should be"
    LOWER_CASE = "small letters in the code"
    SHAPE = "something other than a letter, two digits and at most the supplementary characters"


class Icd10Mark(StrEnum):
    """The dual classification: a dagger code names the cause, its asterisk code the manifestation."""

    NONE = ""
    DAGGER = "D"
    ASTERISK = "A"


_MARKS = {
    "": Icd10Mark.NONE,
    "D": Icd10Mark.DAGGER,
    "†": Icd10Mark.DAGGER,
    "+": Icd10Mark.DAGGER,
    "A": Icd10Mark.ASTERISK,
    "*": Icd10Mark.ASTERISK,
}


@dataclass(frozen=True, slots=True, order=True)
class Icd10Code:
    """One ICD-10 code, taken apart; `subdivision` and `site` are empty where there are none.

    >>> Icd10Code.parse("M0690D")
    Icd10Code(category='M06', subdivision='9', site='0', mark=<Icd10Mark.DAGGER: 'D'>)
    >>> Icd10Code.parse("I10X").code, Icd10Code.parse("I10").nhs, Icd10Code.parse("E119").dotted
    ('I10', 'I10X', 'E11.9')
    """

    category: str
    subdivision: str = ""
    site: str = ""
    mark: Icd10Mark = Icd10Mark.NONE

    @classmethod
    def parse(cls, text: str | None) -> "Icd10Code":
        """A code with or without its dot, filler and mark; CodeError with an Icd10Cause otherwise."""
        match = _SHAPE.fullmatch(text or "")
        if match is None:
            raise CodeError(
                "an ICD-10 code such as I10X, E11.9 or M0690D",
                _cause(text),
                "Give the code of the 5th edition that the spell was coded with.",
            )
        filled = match["subdivision"] or ""
        subdivision = "" if filled in ("X", "-") else filled
        return cls(match["category"], subdivision, match["site"] or "", _MARKS[match["mark"]])

    @property
    def code(self) -> str:
        """The code without dot and mark, for code lists: 'I10', 'E119', 'M0690', 'M45X9'."""
        return self.category + self._subdivision_or("X" if self.site else "") + self.site

    @property
    def dotted(self) -> str:
        """The code as the WHO prints it: 'I10', 'E11.9', 'M06.90'."""
        rest = self.code[3:]
        return f"{self.category}.{rest}" if rest else self.category

    @property
    def nhs(self) -> str:
        """The code as the NHS submits it, the fourth place always filled: 'I10X', 'M0690D'."""
        return self.category + self._subdivision_or("X") + self.site + self.mark.value

    @property
    def chapter_letter(self) -> str:
        return self.category[0]

    def _subdivision_or(self, filler: str) -> str:
        return self.subdivision or filler

    def __str__(self) -> str:
        return self.code


def _cause(text: str | None) -> Icd10Cause:
    if not text:
        return Icd10Cause.MISSING
    if text.isascii() and _SHAPE.fullmatch(text.upper()):
        return Icd10Cause.LOWER_CASE
    return Icd10Cause.SHAPE
