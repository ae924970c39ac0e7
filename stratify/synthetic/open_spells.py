"""The admissions table as an extraction sees it: some people are still in hospital."""

import numpy as np

from stratify.synthetic.arrays import NO_CODE, NO_DAY, Ints
from stratify.synthetic.spells import DESTINATIONS
from stratify.synthetic.tables import Coded, Column, Dates, Marks, Numbers, Table, Texts


def as_extracted(table: Table, extracted: int) -> Table:
    """The table at an extraction: finished spells that have arrived, and long stays sent in while still open.

    An open spell has no discharge, destination or cost yet; later extractions hold it finished, available only then.
    """
    known = table.known_by(extracted)
    discharged = _days(table, "discharged_on")
    sent = table.day + 21 + (table.day % 25)
    still_in = (discharged >= extracted) & (sent < extracted) & (table.day < extracted)
    open_spells = table.where(still_in)
    size = open_spells.rows
    columns = dict(open_spells.columns)
    for name in ("discharged_on", "discharge_ready_on"):
        columns[name] = Dates(np.full(size, NO_DAY))
    columns["discharge_destination"] = Coded(np.full(size, NO_CODE, dtype=np.int8), DESTINATIONS)
    columns["cost_gbp"] = Numbers(np.full(size, np.nan, dtype=np.float32))
    shown = Table(table.name, open_spells.rank, open_spells.day, sent[still_in].astype(np.int32), columns)
    return stacked(known, shown).sorted()


def _days(table: Table, name: str) -> Ints:
    column = table.columns[name]
    assert isinstance(column, Dates)
    return column.days


def stacked(first: Table, second: Table) -> Table:
    """Two parts of one table, one after the other; columns must match in kind."""
    assert first.available is not None
    assert second.available is not None
    columns = {name: _appended(column, second.columns[name]) for name, column in first.columns.items()}
    return Table(
        first.name,
        np.concatenate([first.rank, second.rank]),
        np.concatenate([first.day, second.day]),
        np.concatenate([first.available, second.available]),
        columns,
    )


def _appended(first: Column, second: Column) -> Column:
    match first, second:
        case Coded(), Coded():
            return Coded(np.concatenate([first.codes, second.codes]), first.vocabulary)
        case Dates(), Dates():
            return Dates(np.concatenate([first.days, second.days]))
        case Numbers(), Numbers():
            return Numbers(np.concatenate([first.values, second.values]))
        case Marks(), Marks():
            return Marks(first.prefix, np.concatenate([first.numbers, second.numbers]))
        case Texts(), Texts():
            return Texts([*first.values, *second.values])
    raise TypeError(f"columns of one kind are needed, not {type(first).__name__} and {type(second).__name__}")
