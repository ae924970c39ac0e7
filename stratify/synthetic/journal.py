"""Where the steps write what happened, column by column, until the tables are put together."""

from collections import defaultdict

import numpy as np

from stratify.synthetic.arrays import Ints


class Journal:
    """Arrays of events by table, whole numbers only: decimals are kept in tenths, -1 for none."""

    def __init__(self) -> None:
        self._entries: dict[str, list[dict[str, Ints]]] = defaultdict(list)

    def write(self, table: str, **columns: Ints) -> None:
        """Add rows to a table; every column has one value per row."""
        if len(columns["person"]):
            self._entries[table].append(columns)

    def read(self, table: str, names: tuple[str, ...]) -> dict[str, Ints]:
        """All rows of a table, column by column, in the order written; empty arrays where nothing was written."""
        entries = self._entries.pop(table, [])
        if not entries:
            return {name: np.empty(0, dtype=np.int32) for name in names}
        return {name: np.concatenate([entry[name] for entry in entries]) for name in names}
