"""BNF codes: what was prescribed, from the chapter down to the pack.

Source: NHS Business Services Authority, "BNF classification": chapter (2), section (2), paragraph (2),
subparagraph (1), chemical substance (2), product (2), strength and formulation (2), equivalent (2).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from interfaces.exceptions import CodeError

# The lengths at which a level ends, so that a shorter code names a whole branch.
LEVELS = {
    "chapter": 2,
    "section": 4,
    "paragraph": 6,
    "subparagraph": 7,
    "chemical": 9,
    "product": 11,
    "strength": 13,
    "presentation": 15,
}
_LENGTHS = frozenset(LEVELS.values())
_SHAPE = re.compile(r"[0-9]{1,7}|[0-9]{7}[A-Z0-9]{1,8}")


class BnfCause(StrEnum):
    """Why a text is not a BNF code."""

    MISSING = "nothing where the code should be"
    LENGTH = "a code that ends in the middle of a level"
    SHAPE = "something other than seven digits followed by capital letters and digits"


@dataclass(frozen=True, slots=True, order=True)
class BnfCode:
    """A whole BNF code of 15 characters (11 for appliances) or the beginning of one.

    >>> code = BnfCode.parse("0212000B0AAAAAA")
    >>> code.section, code.chemical, code.level
    ('0212', '0212000B0', 'presentation')
    """

    code: str

    @classmethod
    def parse(cls, text: str | None) -> "BnfCode":
        """A code that ends where a level ends; CodeError with a BnfCause otherwise."""
        cause = _cause(text)
        if cause is not None or text is None:
            raise CodeError(
                "a BNF code of 2, 4, 6, 7, 9, 11, 13 or 15 characters",
                cause or BnfCause.MISSING,
                "Export the column as text: a leading zero is part of the code.",
            )
        return cls(text)

    @property
    def level(self) -> str:
        """The lowest level the code names."""
        return next(name for name, length in LEVELS.items() if length == len(self.code))

    @property
    def chapter(self) -> str:
        return self.code[:2]

    @property
    def section(self) -> str | None:
        return self._upto("section")

    @property
    def paragraph(self) -> str | None:
        return self._upto("paragraph")

    @property
    def chemical(self) -> str | None:
        """The substance, which is what "different medicines" counts; None where the code stops above it."""
        return self._upto("chemical")

    def is_within(self, branch: "BnfCode") -> bool:
        """Whether this code lies in that branch, or is it."""
        return self.code.startswith(branch.code)

    def _upto(self, level: str) -> str | None:
        length = LEVELS[level]
        return self.code[:length] if len(self.code) >= length else None

    def __str__(self) -> str:
        return self.code


def _cause(text: str | None) -> BnfCause | None:
    if not text:
        return BnfCause.MISSING
    if not _SHAPE.fullmatch(text):
        return BnfCause.SHAPE
    return None if len(text) in _LENGTHS else BnfCause.LENGTH
