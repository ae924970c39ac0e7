"""ODS codes: organisations and sites as the NHS Organisation Data Service names them."""

import re
from dataclasses import dataclass
from enum import StrEnum

from interfaces.exceptions import CodeError

# NHS Data Dictionary, ORGANISATION IDENTIFIER (an3 to an8) and ORGANISATION SITE IDENTIFIER (an5 to an9):
# a trust RNJ, its site RNJ12, a practice A81001 or F84012, newer ones such as A1B2C.
_SHAPE = re.compile(r"[A-Z0-9]{3,9}")


class OdsCause(StrEnum):
    """Why a text is not an ODS code."""

    MISSING = "nothing where the code should be"
    LOWER_CASE = "small letters in the code"
    SHAPE = "something other than 3 to 9 letters and digits"


@dataclass(frozen=True, slots=True, order=True)
class OdsCode:
    """The code of one organisation or site. Only its form is checked: the register of codes is not held here.

    >>> OdsCode.parse("F84012").code
    'F84012'
    """

    code: str

    @classmethod
    def parse(cls, text: str | None) -> "OdsCode":
        """The code in capitals without spaces; CodeError with an OdsCause otherwise."""
        cause = _cause(text)
        if cause is not None or text is None:
            raise CodeError(
                "an ODS code of 3 to 9 capital letters and digits",
                cause or OdsCause.MISSING,
                "Take the code from the organisation's entry in the ODS register.",
            )
        return cls(text)

    def __str__(self) -> str:
        return self.code


def _cause(text: str | None) -> OdsCause | None:
    if not text:
        return OdsCause.MISSING
    if _SHAPE.fullmatch(text):
        return None
    return OdsCause.LOWER_CASE if _SHAPE.fullmatch(text.upper()) and text.isascii() else OdsCause.SHAPE
