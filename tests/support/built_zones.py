"""Scoring zones built from a small pack, the way the product builds them.

zone = a_zone(tmp_path, gp_prescriptions=[prescription(nhs(1), "0206010", "2026-05-01")])
assert events(zone, "gp_prescriptions", "bnf_code") == [("0206010",)]
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from interfaces.extracts.feeds import FeedRule, PackRules
from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.pseudonyms import Key, pseudonym
from stratify.zone import Zone, ZoneOptions, build_zone
from tests.support.packs import EXTRACTED_ON, a_pack

INDEX = EXTRACTED_ON
KEY = Key("0f0f0f0f", bytes(range(32)))
RULES = PackRules(default=FeedRule(lag_days=10, max_reject_share=1.0))


def a_zone(
    tmp_path: Path,
    *,
    index_dates: Sequence[date] = (INDEX,),
    outcomes: bool = False,
    options: ZoneOptions | None = None,
    threads: int = 2,
    **pack: Any,
) -> Zone:
    """The zone of a pack of these tables (see `a_pack`), at `zone` beside it."""
    folder = a_pack(tmp_path / "pack", **pack)
    return built(
        folder, tmp_path / "zone", index_dates=index_dates, outcomes=outcomes, options=options, threads=threads
    )


def built(
    pack: Path,
    zone: Path,
    *,
    index_dates: Sequence[date] = (INDEX,),
    outcomes: bool = False,
    options: ZoneOptions | None = None,
    threads: int = 2,
) -> Zone:
    """The zone of a pack folder."""
    with connect(threads=threads) as connection:
        return build_zone(
            open_pack(pack),
            KEY,
            zone,
            index_dates=index_dates,
            rules=RULES,
            connection=connection,
            outcomes=outcomes,
            options=options,
        )


def selected(query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connect(threads=1) as connection:
        return connection.execute(query).fetchall()


def events(zone: Zone, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """The event rows of every chunk, in the order they are stored."""
    return [row for chunk in zone.chunks for row in selected(f"SELECT {columns} FROM {zone.event_sql(table, chunk)}")]


def people(zone: Zone, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of people.parquet."""
    return selected(f"SELECT {columns} FROM {zone.people_table().sql} ORDER BY pid")


def person_of(zone: Zone, nhs_number: str) -> int:
    """The pid of the person with that NHS number."""
    return next(pid for pid, name in people(zone, "pid, pseudonym") if name == pseudonym(KEY, nhs_number))


def of_person(zone: Zone, table_sql: str, nhs_number: str, columns: str) -> tuple[Any, ...]:
    """One person's row of people, population or outcome."""
    (row,) = selected(f"SELECT {columns} FROM {table_sql} WHERE pid = {person_of(zone, nhs_number)}")
    return row


def status_of(zone: Zone, nhs_number: str, index_date: date = INDEX) -> str:
    """A person's status at an index date."""
    return str(of_person(zone, zone.population_table(index_date).sql, nhs_number, "status")[0])
