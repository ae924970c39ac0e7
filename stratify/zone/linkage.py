"""Linking a council's people to the register: a ladder of exact rules, and nothing that could be two people.

Councils hold an NHS number for only some of their clients. Each rung proposes people of the register for
a council's person; all proposals must agree on one person, whose date of birth must be the council's
where the council has one. Otherwise nothing is linked: a false link would show one person's care under
another's name, a missing link only leaves a gap that the report shows.

A link made by nothing but the numbers on events begins when the first of these was known (docs/adr/0009).
"""

from collections.abc import Mapping
from enum import StrEnum

import duckdb

from interfaces.codes import Sex
from interfaces.extracts.pack import Pack
from interfaces.extracts.rules import accepted_sql
from stratify.days import day_number_sql
from stratify.zone.rejects import Judge

EVENTS, PEOPLE, DEMOGRAPHICS = "social_care_events", "social_care_people", "demographics"


class LinkMethod(StrEnum):
    """How a council's person was linked, strongest first, or why not."""

    NUMBER_ON_EVENT = "nhs_number_on_event"
    NUMBER_AND_BIRTH = "nhs_number_and_date_of_birth"
    EXACT_DEMOGRAPHICS = "exact_demographics"
    AMBIGUOUS = "ambiguous"
    BIRTH_DISAGREES = "date_of_birth_disagrees"
    NO_MATCH = "no_match"


LINKING = (LinkMethod.NUMBER_ON_EVENT, LinkMethod.NUMBER_AND_BIRTH, LinkMethod.EXACT_DEMOGRAPHICS)
"""The methods that link, in the order of the ladder; a person's method is the first that proposed them."""

LinkReport = list[dict[str, str | int]]
"""Per client group and method: how many of the council's people, and how many of their events."""

_KEY = "la_code, la_person_id"


def link_social_care(pack: Pack, judge: Judge, lag_days: int) -> LinkReport:
    """Fill `social_link` with the council's people who are linked, one row each, and report on all of them.

    Columns: link_la_code, link_la_person_id, pid, scored, birth_day, last_day, known_from (the day number
    from which the link was known; NULL for a link without a date, which holds for all time). `lag_days`
    stands in for an event's empty available_on. Needs `person` and `linkable`.
    """
    connection = judge.connection
    _read_council(pack, judge, lag_days)
    connection.execute(_ALIKE)
    connection.execute(_PROPOSED)
    connection.execute(_DECIDED)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE social_link AS
        SELECT d.la_code AS link_la_code, d.la_person_id AS link_la_person_id,
            l.pid, l.scored, l.birth_day, l.last_day, d.known_from
        FROM decided d JOIN linkable l ON l.pid = d.linked_pid
    """)
    report = _report(connection)
    for table in ("care_number", "council_person", "demographic", "alike", "proposed", "decided"):
        connection.execute(f"DROP TABLE {table}")
    return report


def _read_council(pack: Pack, judge: Judge, lag_days: int) -> None:
    wanted: Mapping[str, tuple[str, tuple[str, ...]]] = {
        EVENTS: ("care_number", ("la_code", "la_person_id", "nhs_number", "client_group", _known_sql(lag_days))),
        PEOPLE: ("council_person", (*_MATCHED, "la_code", "la_person_id", "nhs_number", "client_group")),
        DEMOGRAPHICS: ("demographic", (*_MATCHED, "nhs_number")),
    }
    for table, (name, columns) in wanted.items():
        if table == EVENTS:
            # Its rejects are noted when its rows are written.
            accepted = accepted_sql(pack.tables[EVENTS], judge.facts, "linkable")
            judge.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {', '.join(columns)} FROM {accepted}"
            )
        elif table in pack.tables:
            judge.read(name, pack.tables[table], columns)
        else:
            typed = ", ".join(f"{column} {'DATE' if column == 'date_of_birth' else 'VARCHAR'}" for column in columns)
            judge.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({typed})")


def _known_sql(lag_days: int) -> str:
    """The day number from which a care event, and so the number on it, can be looked at: it happened and its row came."""
    known = f"greatest(started_on, coalesce(available_on, started_on + {lag_days}))"
    return f"{day_number_sql(known)} AS known_day"


_MATCHED = ("family_name", "given_name", "date_of_birth", "postcode", "sex")


def _name_sql(column: str) -> str:
    """A name without what people type differently: case, accents, spaces, hyphens, apostrophes, full stops."""
    return f"nullif(regexp_replace(upper(strip_accents({column})), '[ .''’-]', '', 'g'), '')"


def _postcode_sql(column: str) -> str:
    return f"nullif(replace(upper({column}), ' ', ''), '')"


# Every comparison is an equality, which a missing value never meets: a gap agrees with nothing, and
# neither does a sex that is not known. Names are dear to compare, so they are left to those who agree
# on the rest; without MATERIALIZED the engine would compare everybody's.
_ALIKE = f"""
    CREATE OR REPLACE TEMP TABLE alike AS
    WITH near AS MATERIALIZED (
        SELECT c.la_code, c.la_person_id, c.family_name, c.given_name,
            d.family_name AS d_family_name, d.given_name AS d_given_name, d.nhs_number, d.date_of_birth
        FROM council_person c JOIN demographic d ON c.date_of_birth = d.date_of_birth AND c.sex = d.sex
            AND {_postcode_sql("c.postcode")} = {_postcode_sql("d.postcode")}
        WHERE c.sex <> '{Sex.NOT_KNOWN.value}'
    )
    SELECT la_code, la_person_id, p.pid
    FROM near JOIN person p ON p.nhs_number = near.nhs_number AND p.date_of_birth = near.date_of_birth
    WHERE {_name_sql("family_name")} = {_name_sql("d_family_name")}
        AND {_name_sql("given_name")} = {_name_sql("d_given_name")}
"""

# Distinct proposals per rung. Exact demographics propose everyone who fits, so that two people entered
# alike are two proposals and not the first of two. Only the numbers on events have a day on which they were
# known; the council's people and the demographics are snapshots that do not say since when.
_PROPOSED = """
    CREATE OR REPLACE TEMP TABLE proposed AS
    SELECT la_code, la_person_id, 0 AS rung, p.pid, min(e.known_day) AS known_from
    FROM care_number e JOIN person p ON p.nhs_number = e.nhs_number GROUP BY ALL
    UNION ALL
    SELECT DISTINCT la_code, la_person_id, 1 AS rung, p.pid, CAST(NULL AS INTEGER) AS known_from
    FROM council_person c JOIN person p ON p.nhs_number = c.nhs_number AND p.date_of_birth = c.date_of_birth
    UNION ALL
    SELECT DISTINCT la_code, la_person_id, 2 AS rung, pid, CAST(NULL AS INTEGER) AS known_from FROM alike
"""

# Numbers that name two people decide nothing. Demographics that fit two people decide nothing either, but
# do not speak against a number that is one of the two; demographics that fit only somebody else do.
# A link has a date where it would not be there without the numbers on events: the client's own number
# names nobody, and demographics fit nobody or more than one.
_DECIDED = f"""
    CREATE OR REPLACE TEMP TABLE decided AS
    WITH everyone AS (
        SELECT {_KEY}, max(client_group) AS client_group, count(*) AS events FROM care_number GROUP BY {_KEY}
    ), clients AS (
        SELECT {_KEY}, max(client_group) AS client_group, max(date_of_birth) AS date_of_birth,
            max(nhs_number) AS nhs_number FROM council_person GROUP BY {_KEY}
    ), candidates AS (
        SELECT *, CASE WHEN numbered = 1 THEN by_number ELSE by_demographics END AS pid,
            numbered > 1 OR (numbered = 0 AND alike > 1)
                OR (numbered = 1 AND alike > 0 AND everybody > alike) AS ambiguous,
            CASE WHEN own_number = 0 AND alike <> 1 THEN first_known END AS known_from
        FROM (
            SELECT {_KEY}, min(rung) AS rung, count(DISTINCT pid) AS everybody,
                count(*) FILTER (rung = 1) AS own_number, min(known_from) AS first_known,
                count(DISTINCT pid) FILTER (rung < 2) AS numbered, min(pid) FILTER (rung < 2) AS by_number,
                count(DISTINCT pid) FILTER (rung = 2) AS alike, min(pid) FILTER (rung = 2) AS by_demographics
            FROM proposed GROUP BY {_KEY}
        )
    ), judged AS (
        SELECT {_KEY}, coalesce(c.client_group, e.client_group, 'not_recorded') AS client_group,
            coalesce(e.events, 0) AS events, k.pid, k.known_from,
            CASE WHEN k.ambiguous THEN '{LinkMethod.AMBIGUOUS}'
                WHEN c.date_of_birth <> coalesce(p.date_of_birth, n.date_of_birth) THEN '{LinkMethod.BIRTH_DISAGREES}'
                WHEN k.rung = 0 THEN '{LinkMethod.NUMBER_ON_EVENT}'
                WHEN k.rung = 1 THEN '{LinkMethod.NUMBER_AND_BIRTH}'
                WHEN k.rung = 2 THEN '{LinkMethod.EXACT_DEMOGRAPHICS}'
                ELSE '{LinkMethod.NO_MATCH}' END AS method
        FROM everyone e FULL JOIN clients c USING ({_KEY}) LEFT JOIN candidates k USING ({_KEY})
        LEFT JOIN person p ON p.pid = k.pid LEFT JOIN person n ON n.nhs_number = c.nhs_number
    )
    SELECT {_KEY}, client_group, events, method, known_from,
        CASE WHEN method IN ({", ".join(f"'{method}'" for method in LINKING)}) THEN pid END AS linked_pid
    FROM judged
"""


def _report(connection: duckdb.DuckDBPyConnection) -> LinkReport:
    found = connection.execute(
        "SELECT client_group, method, count(*), CAST(sum(events) AS BIGINT) FROM decided GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [
        {"client_group": group, "method": method, "people": people, "events": events}
        for group, method, people, events in found
    ]
