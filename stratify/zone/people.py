"""From the register to numbered people: the step of the build that sees everyone's NHS number and date of birth.

It leaves these temporary tables in the connection, for the other steps of the build and nothing else:

    person      one row per person: nhs_number, pid, pseudonym, dates and the register's attributes
    linkable    what the rows of the other tables are joined to: reg_number, reg_birth, reg_death, pid,
                birth_day, last_day (the last day an event can be theirs)
    objection   the accepted objections: nhs_number, kind, from_date, to_date
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from interfaces.extracts.contract import TABLES
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.pack import Pack
from interfaces.extracts.source import TableSource
from stratify.days import day_number_sql
from stratify.population import Status
from stratify.pseudonyms import PSEUDONYM_LENGTH, Key, pseudonyms
from stratify.zone.parquet import write_parquet
from stratify.zone.rejects import Judge

# lsoa_code stays behind: the decile of deprivation is enough, and an area of 1,500 people is not.
_REGISTER = tuple(name for name in TABLES["gp_register"].column_names if name != "lsoa_code")
_OBJECTION = ("nhs_number", "kind", "from_date", "to_date")
_PRACTICE = ("practice_code", "network", "locality")

_NO_OBJECTION = (
    "CREATE OR REPLACE TEMP TABLE objection (nhs_number VARCHAR, kind VARCHAR, from_date DATE, to_date DATE)"
)


@dataclass(frozen=True)
class RegisterCounts:
    """How the rows of the register ended before any index date is looked at; they add up to `rows`."""

    rows: int
    people: int
    ended: Mapping[Status, int]

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return {"rows": self.rows, "people": self.people, **{status.value: n for status, n in self.ended.items()}}


def read_people(pack: Pack, key: Key, judge: Judge) -> RegisterCounts:
    """Fill `person`, `linkable` and `objection`; needs `reject`.

    People are numbered in the order of their pseudonyms, so that neither the order of the register nor
    anything about a person shows in the number.
    """
    connection = judge.connection
    counts = _read_register(pack.tables["gp_register"], judge)
    _number_people(key, connection)
    judge.read("practice", pack.tables["practices"], _PRACTICE)
    connection.execute(_PERSON)
    connection.execute(_linkable_sql(judge.facts))
    if "objections" in pack.tables:
        judge.read("objection", pack.tables["objections"], _OBJECTION)
    else:
        connection.execute(_NO_OBJECTION)
    connection.execute("DROP TABLE register")
    connection.execute("DROP TABLE practice")
    connection.unregister("numbered")
    return counts


def write_people(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """people.parquet: what the scoring zone may know of a person that does not change with the index date."""
    query = """
        SELECT pid, pseudonym, CAST(date_trunc('month', date_of_birth) AS DATE) AS birth_month,
            CAST(sex AS TINYINT) AS sex, ethnic_category, CAST(imd_decile AS TINYINT) AS imd_decile,
            practice_code, network, locality
        FROM person ORDER BY pid
    """
    write_parquet(connection, query, folder / "people.parquet")


def _read_register(source: TableSource, judge: Judge) -> RegisterCounts:
    broken = judge.read("register", source, _REGISTER)
    kept = _number(judge.connection, "SELECT count(*) FROM register")
    people = _drop_duplicates(judge.connection)
    ended = {
        Status.INVALID_NHS_NUMBER: broken.unnumbered,
        Status.SET_ASIDE: broken.rows - broken.unnumbered,
        Status.DUPLICATE: kept - people,
    }
    return RegisterCounts(kept + broken.rows, people, ended)


def _drop_duplicates(connection: duckdb.DuckDBPyConnection) -> int:
    """Keep the latest registration of an NHS number that comes twice; returns the people left.

    The choice never depends on the order of the rows.
    """
    rows = _number(connection, "SELECT count(*) FROM register")
    people = _number(connection, "SELECT count(DISTINCT nhs_number) FROM register")
    if people < rows:
        order = ", ".join(["registered_on DESC", *_REGISTER])
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE register AS SELECT * FROM register"
            f" QUALIFY row_number() OVER (PARTITION BY nhs_number ORDER BY {order}) = 1"
        )
    return people


def _number_people(key: Key, connection: duckdb.DuckDBPyConnection) -> None:
    numbers = np.asarray(connection.execute("SELECT nhs_number FROM register").fetchnumpy()["nhs_number"])
    names = pseudonyms(key, numbers)
    order = np.argsort(names)
    numbered = {
        "number": pa.array(numbers[order], pa.string()),
        "pid": pa.array(np.arange(len(order), dtype=np.int32)),
        "pseudonym": _text_array(names[order].tobytes()),
    }
    connection.register("numbered", pa.table(numbered))


def _text_array(joined: bytes) -> pa.StringArray:
    """Texts of equal length without a Python object for each."""
    offsets = np.arange(0, len(joined) + 1, PSEUDONYM_LENGTH, dtype=np.int32)
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(joined))


# An unknown practice's code passes only in the shape of an ODS code: nothing has vouched for it.
_PERSON = f"""
    CREATE OR REPLACE TEMP TABLE person AS
    SELECT r.nhs_number, n.pid, n.pseudonym, r.date_of_birth, r.date_of_death,
        {day_number_sql("r.date_of_birth")} AS birth_day, {day_number_sql("r.date_of_death")} AS death_day,
        {day_number_sql("r.registered_on")} AS registered_day, {day_number_sql("r.deregistered_on")} AS deregistered_day,
        r.sex, r.ethnic_category, r.imd_decile, r.residence, CAST(r.lives_alone AS BOOLEAN) AS lives_alone,
        r.partnership_status, CAST(r.has_carer AS BOOLEAN) AS has_carer,
        p.network, p.locality, p.code IS NOT NULL AS practice_known,
        CASE WHEN p.code IS NOT NULL OR regexp_full_match(r.practice_code, '[A-Z][0-9A-Z]{{2,5}}')
            THEN r.practice_code END AS practice_code
    FROM register r JOIN numbered n ON n.number = r.nhs_number LEFT JOIN (
        SELECT practice_code AS code, min(network) AS network, min(locality) AS locality
        FROM practice GROUP BY practice_code
    ) p ON p.code = r.practice_code
"""


def _linkable_sql(facts: PackFacts) -> str:
    return f"""
        CREATE OR REPLACE TEMP TABLE linkable AS
        SELECT nhs_number AS reg_number, date_of_birth AS reg_birth, date_of_death AS reg_death, pid, birth_day,
            coalesce(death_day + {facts.death_grace_days}, {np.iinfo(np.int32).max}) AS last_day
        FROM person
    """


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
