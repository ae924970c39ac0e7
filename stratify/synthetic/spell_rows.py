"""Spells in hospital as columns, before they become the admissions table."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic.arrays import Ints


@dataclass(frozen=True)
class Spells:
    """Spells before they become a table; `cause` is -1 where the spell is not an emergency."""

    person: Ints
    day: Ints
    end: Ints
    ready: Ints
    method: Ints
    primary: Ints
    specialty: Ints
    destination: Ints
    day_case: Ints
    cause: Ints
    lost: Ints
    alone: Ints

    def take(self, rows: Ints) -> "Spells":
        return Spells(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    def joined(self, others: list["Spells"]) -> "Spells":
        """These and other spells, one after another."""
        return Spells(
            **{name: np.concatenate([getattr(s, name) for s in (self, *others)]) for name in self.__dataclass_fields__}
        )
