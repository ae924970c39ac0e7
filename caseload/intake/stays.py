"""Hospital stays and attendances of people on the list or in care coordination: what is sent again replaces, never adds."""

from dataclasses import dataclass
from typing import Any, cast

import duckdb
from sqlalchemy import CursorResult, bindparam, delete, exists, or_, update
from sqlalchemy.orm import Session

from caseload.domain.words import CaseState
from caseload.intake.copying import copy_in, copy_out, parts, read_rows, write_rows
from caseload.intake.live_stays import adopt_live_stays, give_back_live_stays
from caseload.tables import Case, DischargePlan, Encounter
from interfaces.progress import Progress

SOURCES = ("admissions", "ed_attendances")
"""The sources of a pack; another feed's rows are left alone."""

_VALUES = ("person_id", "kind", "started_on", "ended_on", "provider_code", "diagnosis_code")
_TYPES = {"id": "BIGINT", "person_id": "BIGINT", "started_on": "DATE", "ended_on": "DATE"}
_KEPT = {name: _TYPES.get(name, "VARCHAR") for name in ("id", "source", "source_ref", *_VALUES)}
_CASED = {"person_id": "BIGINT"}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StaysTaken:
    """How many rows were added, replaced and removed."""

    new: int
    replaced: int
    removed: int


def note_kept(session: Session, connection: duckdb.DuckDBPyConnection) -> None:
    """Leave in the scratch database what the case database has, before it is locked: `kept`, and who has a case."""
    columns = [getattr(Encounter, name) for name in _KEPT]
    copy_in(connection, "kept", _KEPT, read_rows(session, columns, Encounter.source.in_(SOURCES)))
    copy_in(connection, "cased", _CASED, read_rows(session, [Case.person_id], Case.state != CaseState.CLOSED))


def take_stays(session: Session, connection: duckdb.DuckDBPyConnection, progress: Progress) -> StaysTaken:
    """Bring the stays of everybody in a tier or with a case in line with the pack.

    Needs `stay`, `score`, `member`, `arriving`, `kept` and `cased` in the scratch database. A stay the source no longer
    sends is removed where it lies in the time its feed covers and its person is still followed. One whose discharge was
    planned here is neither removed nor given to somebody else: what was written about a person stays with that person.
    One that a hospital's messages told of already becomes the pack's.
    """
    progress("Taking in hospital stays")
    connection.execute(_FOLLOWED)
    connection.execute(_WANTED)
    adopt_live_stays(session, connection)
    return StaysTaken(
        removed=_remove(session, connection), replaced=_replace(session, connection), new=_add(session, connection)
    )


def _remove(session: Session, connection: duckdb.DuckDBPyConnection) -> int:
    gone = [kept_id for part in copy_out(connection, _GONE) for (kept_id,) in part]
    done = 0
    for some in parts(gone, _AT_ONCE):
        live_again = give_back_live_stays(session, some)
        ids = [kept_id for kept_id in some if kept_id not in live_again]
        removed = session.execute(delete(Encounter).where(Encounter.id.in_(ids), ~_PLANNED))
        done += cast(CursorResult[Any], removed).rowcount
    return done


def _replace(session: Session, connection: duckdb.DuckDBPyConnection) -> int:
    done = 0
    names = ("kept_id", *(f"new_{name}" for name in _VALUES))
    for part in copy_out(connection, _CHANGED):
        session.connection().execute(_REPLACE, [dict(zip(names, row, strict=True)) for row in part])
        done += len(part)
    return done


def _add(session: Session, connection: duckdb.DuckDBPyConnection) -> int:
    done = 0
    for part in copy_out(connection, _NEW):
        write_rows(session, Encounter, _ADDED, part)
        done += len(part)
    return done


_TABLE: Any = Encounter.__table__
_PLANNED = exists().where(DischargePlan.encounter_id == _TABLE.c.id).correlate(_TABLE)
_REPLACE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("kept_id"), or_(_TABLE.c.person_id == bindparam("new_person_id"), ~_PLANNED))
    .values({name: bindparam(f"new_{name}") for name in _VALUES})
)

_FOLLOWED = """
    CREATE OR REPLACE TABLE followed AS
    WITH shown AS (
        SELECT current_id FROM member JOIN score USING (pseudonym) WHERE tier <> 'none'
        UNION SELECT person_id FROM cased
    )
    SELECT m.current_id AS person_id, a.nhs_number
    FROM member m JOIN arriving a USING (pseudonym) SEMI JOIN shown ON shown.current_id = m.current_id
"""
_WANTED = """
    CREATE OR REPLACE TABLE wanted AS
    SELECT f.person_id, s.* EXCLUDE (nhs_number) FROM stay s JOIN followed f USING (nhs_number)
    QUALIFY row_number() OVER (PARTITION BY source, source_ref ORDER BY started_on, ended_on, f.person_id) = 1
"""
_ADDED = ("source", "source_ref", *_VALUES)
_DAYS = ("started_on", "ended_on")
_NEW = f"""
    SELECT {", ".join(f"CAST({name} AS VARCHAR) AS {name}" if name in _DAYS else name for name in _ADDED)}
    FROM wanted ANTI JOIN kept USING (source, source_ref) ORDER BY person_id, started_on, source_ref
"""
_CHANGED = f"""
    SELECT k.id AS kept_id, {", ".join(f"w.{name} AS new_{name}" for name in _VALUES)}
    FROM wanted w JOIN kept k USING (source, source_ref)
    WHERE {" OR ".join(f"w.{name} IS DISTINCT FROM k.{name}" for name in _VALUES)} ORDER BY k.id
"""
_GONE = """
    SELECT k.id FROM kept k SEMI JOIN followed f ON f.person_id = k.person_id
    JOIN (SELECT source, min(started_on) AS since FROM stay GROUP BY source) sent ON sent.source = k.source
    ANTI JOIN wanted w ON w.source = k.source AND w.source_ref = k.source_ref
    WHERE k.started_on >= sent.since ORDER BY k.id
"""
