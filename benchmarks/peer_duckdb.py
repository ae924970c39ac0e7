"""The monthly run the way a competent analyst writes it with DuckDB: raw Parquet, one wide GROUP BY per table.

    python benchmarks/peer_duckdb.py PACK DEFINITIONS.json OUT [--previous OUT] [--threads 2] [--matrix FILE.npz]

One `GROUP BY pid` with a `FILTER` for every feature, then LightGBM's own predict and pred_contrib. No check of the pack,
no pseudonyms, no report.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from peer_outputs import Options, Population, finish, options

_SCORED = """
    CREATE TEMP TABLE scored AS
    SELECT CAST(row_number() OVER (ORDER BY nhs_number) - 1 AS INTEGER) AS pid, *
    FROM (
        SELECT r.nhs_number, r.practice_code, r.imd_decile, CASE r.sex WHEN '1' THEN 1 WHEN '2' THEN 0 END AS male,
            CAST(DATE '{index}' - r.registered_on AS INTEGER) AS registered_days,
            CAST(date_diff('year', r.date_of_birth, DATE '{index}') - CASE WHEN
                month(r.date_of_birth) * 100 + day(r.date_of_birth) > {month_day} THEN 1 ELSE 0 END AS INTEGER) AS age_years,
            CAST(r.date_of_birth - DATE '1970-01-01' AS INTEGER) AS birth_day,
            coalesce(CAST(r.date_of_death - DATE '1970-01-01' AS INTEGER) + {grace}, 2000000000) AS last_day
        FROM read_parquet('{pack}/gp_register.parquet') AS r
        SEMI JOIN read_parquet('{pack}/practices.parquet') AS p ON p.practice_code = r.practice_code
        ANTI JOIN (
            SELECT nhs_number FROM read_parquet('{pack}/objections.parquet') WHERE kind IN ({excluded}) AND (
                (from_date <= DATE '{index}' AND (to_date IS NULL OR DATE '{index}' < to_date))
                OR (from_date <= DATE '{extracted}' AND (to_date IS NULL OR DATE '{extracted}' < to_date)))
        ) AS o ON o.nhs_number = r.nhs_number
        WHERE {valid_number} AND r.date_of_birth < DATE '{index}' AND r.registered_on < DATE '{index}'
            AND (r.date_of_death IS NULL OR r.date_of_death >= DATE '{index}')
            AND (r.deregistered_on IS NULL OR r.deregistered_on >= DATE '{index}')
    )
"""

_EVENTS = """
    CREATE TEMP VIEW chunk_{table} AS
    SELECT s.pid, e.* FROM (
        SELECT nhs_number, CAST({date} - DATE '1970-01-01' AS INTEGER) AS day,
            CAST(coalesce(available_on, {date} + {lag}) - DATE '1970-01-01' AS INTEGER) AS avail, {columns}
        FROM {source} WHERE {sound}
    ) AS e JOIN scored AS s USING (nhs_number) WHERE e.day BETWEEN s.birth_day AND s.last_day
"""

# A council's people by NHS number, else by name, date of birth, postcode and sex; two candidates are none. A link that only
# numbers on events make begins when the first of them was known.
_NAME = "nullif(regexp_replace(upper(strip_accents({})), '[ .''’-]', '', 'g'), '')"
_IDENTITY = " || '|' || ".join(
    [
        _NAME.format("family_name"),
        _NAME.format("given_name"),
        "CAST(date_of_birth AS VARCHAR)",
        "nullif(replace(upper(postcode), ' ', ''), '')",
        "nullif(sex, '0')",  # not known agrees with nothing
    ]
)
_LINKED = f"""
    CREATE TEMP TABLE linked AS
    WITH register AS (SELECT nhs_number AS number, date_of_birth AS born FROM read_parquet('{{pack}}/gp_register.parquet')),
    client AS (
        SELECT la_code, la_person_id, nhs_number, date_of_birth, {_IDENTITY} AS identity
        FROM read_parquet('{{pack}}/social_care_people.parquet')
    ),
    person AS (
        SELECT number, {_IDENTITY} AS identity FROM read_parquet('{{pack}}/demographics.parquet') AS d
        JOIN register ON number = nhs_number AND born = date_of_birth
    ),
    found AS (
        SELECT la_code, la_person_id, number, 'event' AS source, min(greatest(started_on, coalesce(available_on, started_on + {{lag}}))) AS known
        FROM read_parquet('{{pack}}/social_care_events.parquet') JOIN register ON number = nhs_number GROUP BY ALL
        UNION SELECT la_code, la_person_id, number, 'client', NULL FROM client JOIN register ON number = nhs_number AND born = date_of_birth
        UNION SELECT la_code, la_person_id, number, 'alike', NULL FROM client JOIN person USING (identity)
    ),
    counted AS (
        SELECT la_code, la_person_id, count(DISTINCT number) AS everybody, min(known) AS known, count(*) FILTER (WHERE source = 'client') AS own,
            count(DISTINCT number) FILTER (WHERE source <> 'alike') AS numbers, min(number) FILTER (WHERE source <> 'alike') AS number,
            count(DISTINCT number) FILTER (WHERE source = 'alike') AS alike, min(number) FILTER (WHERE source = 'alike') AS other
        FROM found GROUP BY la_code, la_person_id
    )
    SELECT la_code, la_person_id, r.number AS linked_number, CASE WHEN own = 0 AND alike <> 1 THEN known END AS known_from
    FROM counted AS c JOIN register AS r ON r.number = CASE WHEN numbers = 1 THEN c.number ELSE c.other END
    LEFT JOIN client USING (la_code, la_person_id)
    WHERE CASE WHEN numbers = 1 THEN alike = 0 OR everybody = alike ELSE numbers = 0 AND alike = 1 END
        AND (date_of_birth IS NULL OR date_of_birth = born)
"""
_LINKED_EVENTS = """(
    SELECT e.* EXCLUDE (nhs_number, available_on), linked_number AS nhs_number,
        CASE WHEN r.nhs_number IS NULL AND known_from IS NOT NULL
            THEN greatest(coalesce(available_on, started_on + {lag}), known_from) ELSE available_on END AS available_on
    FROM read_parquet('{pack}/social_care_events.parquet') AS e JOIN linked USING (la_code, la_person_id)
    LEFT JOIN read_parquet('{pack}/gp_register.parquet') AS r ON r.nhs_number = e.nhs_number
)"""


def main() -> None:
    """Score one pack and write the run."""
    asked = options(__doc__)
    definitions = json.loads(asked.definitions.read_text(encoding="utf-8"))
    finish(build(asked, definitions), definitions, asked)


def build(asked: Options, definitions: Mapping[str, Any]) -> Population:
    """Everyone scored, with the matrix of features."""
    connection = duckdb.connect(config={"threads": asked.threads})
    connection.execute(_SCORED.format(**_places(asked.pack, definitions)))
    for sql in definitions["references"].values():
        connection.execute(sql)
    if (asked.pack / "social_care_people.parquet").exists():
        connection.execute(_LINKED.format(pack=asked.pack, lag=definitions["lag_days"]["social_care_events"]))
    for table in definitions["columns"]:
        connection.execute(_events(table, asked.pack, definitions))
    connection.execute(
        "CREATE TEMP VIEW chunk_people AS SELECT pid, imd_decile, CASE male WHEN 1 THEN 1 WHEN 0 THEN 2 ELSE 0 END AS sex FROM scored"
    )
    connection.execute("CREATE TEMP VIEW chunk_population AS SELECT pid, age_years, registered_days FROM scored")
    queries = definitions["queries"]
    for sql in queries["prepared"]:
        connection.execute(sql)
    for name, sql in queries["wide"].items():
        connection.execute(f"CREATE TEMP TABLE wide_{name} AS {sql}")
    found = connection.execute(queries["last"]).fetchnumpy()
    values = np.column_stack([np.ma.filled(found[feature["name"]], np.nan) for feature in definitions["features"]])
    people = connection.execute("SELECT nhs_number, practice_code FROM scored ORDER BY pid").df()
    return Population(people, values.astype(np.float32, copy=False))


def _places(pack: Path, definitions: Mapping[str, Any]) -> dict[str, Any]:
    index = pd.Timestamp(definitions["index_date"])
    return {
        "pack": pack,
        "index": definitions["index_date"],
        "extracted": definitions["extracted_on"],
        "month_day": index.month * 100 + index.day,
        "grace": definitions["death_grace_days"],
        "valid_number": definitions["valid_number"],
        "excluded": ", ".join(f"'{kind}'" for kind in definitions["excluded"]),
    }


def _events(table: str, pack: Path, definitions: Mapping[str, Any]) -> str:
    source, lag = f"read_parquet('{pack}/{table}.parquet')", definitions["lag_days"][table]
    return _EVENTS.format(
        table=table,
        date=definitions["event_date"][table],
        lag=lag,
        columns=", ".join(definitions["columns"][table]),
        sound=definitions["sound"].get(table, "TRUE"),
        source=_LINKED_EVENTS.format(pack=pack, lag=lag) if table == "social_care_events" else source,
    )


if __name__ == "__main__":
    main()
