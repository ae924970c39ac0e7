"""How many lines a text takes on a page, reckoned from how wide its letters are: close to what a layout finds, at once.

Widths are those of Arial and the letters that are measured like it, in thousandths of the size of the letters.
"""

from math import ceil

_WIDTHS = {
    **dict.fromkeys("ijl'|", 222), **dict.fromkeys("ft.,:;!/I ", 278), **dict.fromkeys("r()-", 333),
    **dict.fromkeys("cksvxyzJ", 500), **dict.fromkeys("FLTZ", 610), **dict.fromkeys("ABEKPSVXY&", 667),
    **dict.fromkeys("CDHNRUw", 722), **dict.fromkeys("GOQ", 778), **dict.fromkeys("mM", 833), **dict.fromkeys("W@%", 960),
}  # fmt: skip
_OTHER = 556
_BOLD = 1.08
_LEFT_OPEN = 1.03
"""What is lost at the ends of lines, where the next word is too long."""


def lines_of_text(text: str, *, bold: str = "", points: float, wide: float) -> int:
    """The lines of a text after its bold label, in letters of so many points, on a column so many points wide."""
    letters = sum(_WIDTHS.get(one, _OTHER) for one in text) + _BOLD * sum(_WIDTHS.get(one, _OTHER) for one in bold)
    return ceil(letters / 1000 * points * _LEFT_OPEN / wide)
