"""When a score looks: everything in the SQL that depends on the index date, and on the dialect."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from stratify.days import EPOCH, day_number
from stratify.features.reference import CHARLSON_CONDITIONS, CONDITIONS, FRAILTY_DEFICITS, MILDER_FORMS
from stratify.zone.usable import usable_sql

POLYPHARMACY = 5
"""Different medicines in twelve months that count as a deficit (Clegg 2016, Age and Ageing 45:353)."""


class Dialect(Enum):
    """The engines the statements run on, and the one function whose name they do not share."""

    DUCKDB = "unnest"
    SPARK = "explode"


@dataclass(frozen=True)
class Moment:
    """An index date, and whether stays carry discharge dates at all.

    Where they do, a stay without one is still open and its diagnoses are not known yet.
    """

    index_date: date
    discharges: bool = True
    dialect: Dialect = Dialect.DUCKDB

    def fill(self, sql: str) -> str:
        """A statement with its places filled in."""
        return sql.format_map(self._places())

    def _places(self) -> Mapping[str, object]:
        t = day_number(self.index_date)
        turn = 2 * math.pi * (self.index_date.month - 1) / 12
        place = CHARLSON_CONDITIONS.index
        coded = f"(discharged_day < {t} OR kind = 'day_case')"
        return {
            "t": t,
            "usable": usable_sql(self.index_date),
            "coded": coded if self.discharges else "(1 = 1)",
            "month_sin": f"{math.sin(turn):.6f}",
            "month_cos": f"{math.cos(turn):.6f}",
            "explode": self.dialect.value,
            "first_deficit": len(CONDITIONS),
            "last_deficit": len(CONDITIONS) + len(FRAILTY_DEFICITS) - 1,
            "polypharmacy": POLYPHARMACY,
            "milder_forms": ", ".join(f"({place(mild)}, {place(severe)})" for mild, severe in MILDER_FORMS.items()),
        }


TIMELESS = Moment(EPOCH)
"""A fixed moment: what the SQL is, apart from when it runs; feature sets are told apart by it."""
