"""Practices that a new register has lost: all their people, or more than are ever gone in a month.

An extract that broke looks just like it. Taken in, everybody missing would count as having left, their undecided proposals
would be closed and their leads told so: a person decides first.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import duckdb

from caseload.exceptions import RunRefused
from caseload.intake.copying import copy_out

NEVER_TOO_MANY = 20
"""So many people may go from a practice in a month whatever its size, unless they are all it has."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A practice, how many people are registered there as far as is known, and how many the new register lacks."""

    code: str
    people: int
    missing: int

    def is_striking(self, percent: int) -> bool:
        """Whether that is everybody, or more than this share of a practice and more than a few."""
        if self.missing == self.people:
            return True
        return self.missing > NEVER_TOO_MANY and self.missing * 100 > percent * self.people


def refuse_missing(connection: duckdb.DuckDBPyConnection, allowed: Collection[str], percent: int) -> None:
    """RunRefused where a practice lost so many without having been named as allowed to.

    Needs `known`, `known_place` and `leaving` in the scratch database. Whoever is registered elsewhere now, or whom the
    register says to have left or died, is not missing.
    """
    striking = [one for one in _missing(connection) if one.is_striking(percent) and one.code not in allowed]
    if not striking:
        return
    options = " ".join(f"--allow-leavers {one.code}" for one in striking)
    raise RunRefused(
        f"a register with the people of every practice there was, at most {percent} % of them missing",
        "; ".join(f"{one.code}: {one.missing:,} of {one.people:,} people missing" for one in striking),
        "Nothing was taken in. Where the extract is incomplete, get it again and run the month again. Where the practice has"
        f" closed or these people have really gone, load with {options}: they then count as having left.",
    )


def _missing(connection: duckdb.DuckDBPyConnection) -> Iterator[Missing]:
    return (Missing(*row) for part in copy_out(connection, _BY_PRACTICE) for row in part)


_BY_PRACTICE = """
    SELECT p.practice_code, count(*), count(l.id)
    FROM known k JOIN known_place p USING (practice_id) LEFT JOIN leaving l USING (id)
    WHERE k.deregistered_on IS NULL AND k.date_of_death IS NULL AND k.merged_into_id IS NULL
    GROUP BY p.practice_code HAVING count(l.id) > 0 ORDER BY p.practice_code
"""
