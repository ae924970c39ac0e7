"""One column of a file that leaves: the file is written by it, and the data dictionary."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it means, where it comes from, and what keeps it empty."""

    name: str
    meaning: str
    source: str
    rule: str = ""
