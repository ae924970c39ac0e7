"""The standards a care plan follows, element by element, and what holds each here: the table in config/prsb.csv."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from caseload.domain.plan_headings import FIELDS
from caseload.domain.plan_words import PlanHeading

MANY = "*"
"""A maximum that is none."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a standard. `held_by` is a part and its field, or a table and its column; empty where nothing holds it."""

    standard: str
    path: str
    least: int
    most: str
    mandatory: bool
    held_by: str

    @property
    def name(self) -> str:
        """The standard and the path: what a field of a plan names it by."""
        return f"{self.standard}/{self.path}"

    @property
    def has_to_be_held(self) -> bool:
        """Whether the standard says that it is mandatory, or that there is at least one."""
        return self.mandatory or self.least > 0


def read_elements(path: Path) -> tuple[Element, ...]:
    """Every element of the table, in the order of the standards. Lines that begin with # are about the table itself."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return tuple(
        Element(row["standard"], row["path"], int(row["min"]), row["max"], row["mandatory"] == "yes", row["held_by"])
        for row in csv.DictReader(lines)
    )


def source_of(path: Path) -> str:
    """What the table says of itself."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))


def is_held(element: Element, columns: Iterable[str]) -> bool:
    """Whether what is said to hold an element exists. `columns` are the tables there are and their columns."""
    part, _, name = element.held_by.partition(".")
    if part in set(PlanHeading):
        return not name or name in FIELDS[PlanHeading(part)].names
    return element.held_by in set(columns)


def fields_of_standards() -> dict[str, str]:
    """Every field of a plan that names an element: the element, and the field as the table writes it."""
    return {
        field.prsb: f"{heading.value}.{field.name}"
        for heading, part in FIELDS.items()
        for field in part.fields
        if field.prsb
    }
