"""Tables as columns of small arrays, until a pack is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from stratify.synthetic.arrays import NO_CODE, NO_DAY, Bools, Floats, Ints


@dataclass(frozen=True)
class Coded:
    """A text column of few values: positions in a vocabulary, NO_CODE for empty."""

    codes: Ints
    vocabulary: Sequence[str]

    def take(self, rows: Ints) -> "Coded":
        return Coded(self.codes[rows], self.vocabulary)

    def arrow(self) -> pa.Array:
        codes = pa.array(self.codes, mask=self.codes == NO_CODE)
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.vocabulary, pa.string())).cast(pa.string())


@dataclass(frozen=True)
class Dates:
    """A date column as day numbers, NO_DAY for empty."""

    days: Ints

    def take(self, rows: Ints) -> "Dates":
        return Dates(self.days[rows])

    def arrow(self) -> pa.Array:
        return pa.array(self.days.astype(np.int32), pa.date32(), mask=self.days == NO_DAY)


@dataclass(frozen=True)
class Numbers:
    """A decimal column, NaN for empty."""

    values: Floats

    def take(self, rows: Ints) -> "Numbers":
        return Numbers(self.values[rows])

    def arrow(self) -> pa.Array:
        # Through a short decimal text, so that 27.4 held in 32 bits is written 27.4.
        values = np.round(self.values.astype(np.float64), 2)
        return pa.array(values, pa.float64(), mask=np.isnan(values))


@dataclass(frozen=True)
class Wholes:
    """A whole-number or flag column, NO_CODE for empty."""

    values: Ints

    def take(self, rows: Ints) -> "Wholes":
        return Wholes(self.values[rows])

    def arrow(self) -> pa.Array:
        return pa.array(self.values.astype(np.int32), pa.int32(), mask=self.values == NO_CODE)


@dataclass(frozen=True)
class Marks:
    """An identifier column: one letter and a number, e.g. S000000017."""

    prefix: str
    numbers: Ints

    def take(self, rows: Ints) -> "Marks":
        return Marks(self.prefix, self.numbers[rows])

    def arrow(self) -> pa.Array:
        return pa.array(np.char.add(self.prefix, np.char.mod("%09d", self.numbers)).tolist(), pa.string())


@dataclass(frozen=True)
class Texts:
    """A text column of many values, None for empty."""

    values: Sequence[str | None]

    def take(self, rows: Ints) -> "Texts":
        return Texts([self.values[row] for row in rows])

    def arrow(self) -> pa.Array:
        return pa.array(self.values, pa.string())


Column = Coded | Dates | Numbers | Wholes | Marks | Texts


@dataclass(frozen=True)
class Table:
    """One table of a pack. `rank` places each row's person among the NHS numbers (-1: none); with `day` it orders the rows.

    `available` is when each row reaches the warehouse; None where a table has no such date.
    """

    name: str
    rank: Ints
    day: Ints
    available: Ints | None
    columns: dict[str, Column] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.rank)

    def take(self, rows: Ints) -> "Table":
        """Some rows, in the order given."""
        available = None if self.available is None else self.available[rows]
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return Table(self.name, self.rank[rows], self.day[rows], available, columns)

    def where(self, kept: Bools) -> "Table":
        return self.take(np.flatnonzero(kept))

    def sorted(self) -> "Table":
        """By person, then day, then as written: an order that says nothing about risk."""
        key = (self.rank.astype(np.int64) << 32) + (self.day.astype(np.int64) + 2**31)
        return self.take(np.argsort(key, kind="stable"))

    def known_by(self, extracted: int) -> "Table":
        """The rows an extraction holds: happened and reached the warehouse before that day."""
        if self.available is None:
            return self
        return self.where((self.day < extracted) & (self.available < extracted))
