"""The scratch database of a load: what comes in, brought into the case app's own columns before anything is written.

It lies in memory up to a limit and then in a private folder that is removed afterwards. It leaves these tables:

    arriving     one row per person of the register at a practice of the place: nhs_number, pseudonym, scored, the fields
    score        one row per score, with its rank
    stay         admissions and attendances, since three years before the index date
    objection    objections that began, with their ends
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from caseload.exceptions import RunRefused
from caseload.intake.copying import copy_in_arrow, count
from caseload.intake.incoming import Incoming
from interfaces.codes import EMERGENCY_METHODS
from interfaces.exceptions import PackRefused
from interfaces.extracts.contract import TABLES
from interfaces.extracts.engine import connect
from interfaces.extracts.rules import accepted_sql
from interfaces.progress import Progress
from interfaces.pseudonyms import Key, pseudonyms
from interfaces.scores import SCHEMA, read_scores
from interfaces.scratch import scratch_folder

Fill = Callable[[duckdb.DuckDBPyConnection, Incoming], None]

_MEMORY = "128MB"
_NUMBERS = 50_000  # pseudonyms made at a time
_HISTORY = timedelta(days=1095)  # as far back as any reason of a score looks
_SCORE = (
    "pseudonym", "raw_score", "probability", "percentile", "tier", "previous_tier", "short_history",
    "not_known_to_services", "rising", "segment", "age_band", "cohorts", "reasons",
)  # fmt: skip


@contextmanager
def staged(incoming: Incoming, progress: Progress) -> Iterator[duckdb.DuckDBPyConnection]:
    """The scratch database, filled.

    RunRefused where the run scored somebody the pack's register does not have, PackRefused for a table that cannot be read.
    """
    with scratch_folder("caseload-load-") as folder:
        with connect(memory_limit=_MEMORY, threads=1, temp_directory=folder) as connection:
            for stage, fill in _STAGES:
                progress(stage)
                pa.default_memory_pool().release_unused()  # what one stage needed is not kept through the next
                _filled(fill, connection, incoming)
            connection.execute("DROP VIEW accepted_register; DROP TABLE register")
            yield connection


def _filled(fill: Fill, connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    try:
        fill(connection, incoming)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:  # its message may quote the file
        raise PackRefused(
            "a pack whose tables can be read to their end",
            "one that is damaged, or was changed meanwhile",
            "Wait until its transfer is complete, or copy it again.",
        ) from None


def _stage_register(connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    # Of a number that comes twice, the row the run used: the latest registration, whatever the order of the file.
    order = ["registered_on DESC", *(name for name in TABLES["gp_register"].column_names if name != "lsoa_code")]
    _once_each(connection, "register", _accepted(incoming, "gp_register"), _REGISTER, order)
    connection.execute(
        "CREATE VIEW accepted_register AS"
        " SELECT nhs_number AS reg_number, date_of_birth AS reg_birth, date_of_death AS reg_death FROM register"
    )


def _once_each(
    connection: duckdb.DuckDBPyConnection, table: str, rows: str, columns: tuple[str, ...], order: list[str]
) -> None:
    """Make a table of those columns with one row for each value of the first: the first in that order."""
    key, listed = columns[0], ", ".join(columns)
    connection.execute(f"CREATE TABLE {table} AS SELECT {listed} FROM {rows}")
    if count(connection, f"SELECT count(*) - count(DISTINCT {key}) FROM {table}"):
        place = f"row_number() OVER (PARTITION BY {key} ORDER BY {', '.join(order)})"
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {listed} FROM {rows} QUALIFY {place} = 1")


def _stage_pseudonyms(connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    numbers = connection.execute("SELECT nhs_number FROM register").to_arrow_table()["nhs_number"]
    connection.execute("CREATE TABLE numbered (nhs_number VARCHAR, pseudonym VARCHAR)")
    for at in range(0, len(numbers), _NUMBERS):
        copy_in_arrow(connection, "numbered", _numbered(incoming.key, numbers.slice(at, _NUMBERS)))


def _numbered(key: Key, numbers: pa.ChunkedArray) -> pa.Table:
    named = pa.array(pseudonyms(key, numbers.to_pylist()), pa.string())
    return pa.table({"nhs_number": numbers, "pseudonym": named})


def _stage_scores(connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    schema = pa.schema([*(SCHEMA.field(name) for name in _SCORE), pa.field("rank", pa.int64())])
    reader = pa.RecordBatchReader.from_batches(schema, _ranked(incoming, schema))
    connection.register("score_file", reader)
    connection.execute(f"CREATE TABLE score AS {_KEPT_OF_A_SCORE}")
    connection.unregister("score_file")


def _ranked(incoming: Incoming, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of a score file are in rank order, best first."""
    rank = 1
    for batch in read_scores(incoming.scores.path, _SCORE):
        ranks = pa.array(range(rank, rank + batch.num_rows), pa.int64())
        yield pa.RecordBatch.from_arrays([*(batch[name] for name in _SCORE), ranks], schema=schema)
        rank += batch.num_rows


def _stage_people(connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    _once_each(connection, "practice", _accepted(incoming, "practices"), _PRACTICE, list(_PRACTICE))
    _once_each(connection, "named", _accepted(incoming, "demographics"), _NAMED, list(_NAMED))
    connection.execute(f"CREATE TABLE arriving AS {_ARRIVING}")
    _refuse_strangers(connection)
    connection.execute("DROP TABLE named")
    connection.execute("DROP TABLE numbered")


def _refuse_strangers(connection: duckdb.DuckDBPyConnection) -> None:
    strangers = count(connection, "SELECT count(*) FROM score ANTI JOIN arriving USING (pseudonym)")
    if strangers:
        raise RunRefused(
            "everybody the run scored to be on the pack's register, at a practice of the pack",
            f"{strangers:,} people who are not",
            "Give the pack and the key the run was made with.",
        )


def _stage_stays(connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    connection.execute(_NO_STAYS)
    since = incoming.index_date - _HISTORY
    for source, columns in _STAYS.items():
        if source in incoming.pack.tables:
            connection.execute(_stay_sql(source, columns, _accepted(incoming, source), since))


def _stay_sql(source: str, columns: tuple[str, ...], accepted: str, since: date) -> str:
    reference, kind, started, ended, diagnosis = columns
    return f"""
        INSERT INTO stay
        SELECT nhs_number, '{source}', CASE WHEN length({reference}) > 64 THEN md5({reference}) ELSE {reference} END,
            {kind}, {started}, {ended}, left(coalesce(provider_code, ''), 12), left(coalesce({diagnosis}, ''), 8)
        FROM {accepted} WHERE {started} >= DATE '{since.isoformat()}' AND reg_birth IS NOT NULL
    """


def _stage_objections(connection: duckdb.DuckDBPyConnection, incoming: Incoming) -> None:
    connection.execute("CREATE TABLE objection (nhs_number VARCHAR, kind VARCHAR, from_date DATE, to_date DATE)")
    if "objections" in incoming.pack.tables:
        connection.execute(
            "INSERT INTO objection SELECT nhs_number, kind, from_date, to_date"
            f" FROM {_accepted(incoming, 'objections')} WHERE from_date <= DATE '{incoming.extracted_on.isoformat()}'"
        )


def _accepted(incoming: Incoming, table: str) -> str:
    """The rows of a table the check of the pack accepted, which are those the run used."""
    return accepted_sql(incoming.pack.tables[table], incoming.facts, "accepted_register")


_REGISTER = (
    "nhs_number", "date_of_birth", "sex", "practice_code", "deregistered_on", "date_of_death", "residence",
    "lives_alone", "has_carer", "imd_decile",
)  # fmt: skip

# Of a reason, its contribution is left behind: it means something only beside the raw score and all the others.
_KEPT_OF_A_SCORE = """
    SELECT * REPLACE (
        left(segment, 40) AS segment, left(age_band, 20) AS age_band, CAST(to_json(cohorts) AS VARCHAR) AS cohorts,
        CAST(to_json([
            {'code': r.code, 'text': r.text, 'first_date': r.first_date, 'last_date': r.last_date, 'source': r.source}
            for r in reasons
        ]) AS VARCHAR) AS reasons)
    FROM score_file
"""

_PRACTICE = ("practice_code", "name", "network", "locality", "borough")

_NAMED = ("nhs_number", "family_name", "given_name", "date_of_birth", "postcode", "address_line", "phone")

# Texts are cut to what the case database keeps: PostgreSQL would refuse the whole load for one long address.
_ARRIVING = """
    SELECT r.nhs_number, n.pseudonym, s.pseudonym IS NOT NULL AS scored,
        left(coalesce(d.family_name, 'Name not recorded'), 100) AS family_name,
        left(coalesce(d.given_name, ''), 100) AS given_name,
        r.date_of_birth, r.sex, left(coalesce(d.address_line, ''), 300) AS address_line,
        left(upper(coalesce(d.postcode, '')), 10) AS postcode, left(coalesce(d.phone, ''), 40) AS phone,
        r.residence, CAST(r.lives_alone AS BOOLEAN) AS lives_alone, CAST(r.has_carer AS BOOLEAN) AS has_carer,
        CAST(r.imd_decile AS BIGINT) AS imd_decile,
        r.practice_code, r.deregistered_on, r.date_of_death,
        d.date_of_birth IS DISTINCT FROM r.date_of_birth AND d.nhs_number IS NOT NULL AS births_differ
    FROM register r
    JOIN numbered n USING (nhs_number)
    SEMI JOIN practice p ON p.practice_code = r.practice_code
    LEFT JOIN named d USING (nhs_number)
    LEFT JOIN score s USING (pseudonym)
"""

_NO_STAYS = """
    CREATE TABLE stay (nhs_number VARCHAR, source VARCHAR, source_ref VARCHAR, kind VARCHAR, started_on DATE,
        ended_on DATE, provider_code VARCHAR, diagnosis_code VARCHAR)
"""

_EMERGENCY = ", ".join(f"'{code}'" for code in EMERGENCY_METHODS)

_STAYS: dict[str, tuple[str, str, str, str, str]] = {
    "admissions": (
        "spell_id",
        f"CASE WHEN admission_method IN ({_EMERGENCY}) THEN 'emergency_admission' ELSE 'other_admission' END",
        "admitted_on",
        "discharged_on",
        "primary_diagnosis",
    ),
    "ed_attendances": ("attendance_id", "'ed_attendance'", "arrived_on", "CAST(NULL AS DATE)", "''"),
}
"""For each source: reference, kind, first day, last day and diagnosis, as SQL over its rows."""

_STAGES = (
    ("Reading the register", _stage_register),
    ("Making pseudonyms", _stage_pseudonyms),
    ("Reading the scores", _stage_scores),
    ("Joining names, practices and scores", _stage_people),
    ("Reading hospital stays", _stage_stays),
    ("Reading objections", _stage_objections),
)
