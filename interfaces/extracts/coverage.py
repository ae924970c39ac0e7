"""What only shows with two tables side by side: clients without an NHS number, practices nobody described."""

from collections.abc import Mapping

import duckdb

from interfaces.extracts.contract import TABLES
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.refusal import Notice
from interfaces.extracts.report import Coverage
from interfaces.extracts.rules import REGISTER, accepted_sql
from interfaces.extracts.source import TableSource

_GROUPS = TABLES["social_care_people"].column("client_group").values


def care_coverage(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, TableSource], facts: PackFacts, register: str
) -> tuple[Coverage, ...]:
    """NHS-number coverage by client group, in the order of the contract.

    Of the council's people where that table is in the pack, else of the people its events name.
    """
    table = "social_care_people" if "social_care_people" in sources else "social_care_events"
    if table not in sources:
        return ()
    accepted = accepted_sql(sources[table], facts, register)
    people = (
        "SELECT client_group, count(nhs_number) > 0 AS numbered, count(reg_birth) > 0 AS linked "
        f"FROM {accepted} GROUP BY client_group, la_code, la_person_id"
    )
    query = f"SELECT client_group, count(*), count_if(numbered), count_if(linked) FROM ({people}) GROUP BY client_group"
    found = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    named = [Coverage(group, *map(int, found[group])) for group in _GROUPS if group in found]
    return (*named, *(Coverage("not recorded", *map(int, counts)) for group, counts in found.items() if group is None))


def unknown_practices(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, TableSource]) -> list[Notice]:
    """A notice where people are registered with a practice that is not in `practices`."""
    if REGISTER not in sources or "practices" not in sources:
        return []
    query = (
        f"SELECT count(*), count(DISTINCT practice_code) FROM {sources[REGISTER].relation_sql()} "
        f"WHERE practice_code NOT IN (SELECT practice_code FROM {sources['practices'].relation_sql()} "
        "WHERE practice_code IS NOT NULL)"
    )
    counted = connection.execute(query).fetchone()
    people, codes = counted if counted else (0, 0)
    if not people:
        return []
    return [Notice(REGISTER, f"people whose practice is not in `practices`: {people:,} (practice codes: {codes:,})")]
