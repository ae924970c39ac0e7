"""The people of a register: who is new, who changed and how, who is on it no more.

Compared by NHS number in the scratch database, so that only differences pass through memory. New people are numbered in
the order of their pseudonyms: an id, which is in every address, then says nothing about anybody.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from caseload.actions.aftermath import Change
from caseload.actions.hospital_details import told_by_hospital
from caseload.domain.names import name_key
from caseload.domain.person_changes import FIELDS, PersonChange, changes, written
from caseload.domain.words import OrganisationKind, Residence, Sex
from caseload.intake.copying import copy_in, copy_out, count, moment_text, parts, read_rows, write_rows
from caseload.tables import Organisation, Person, PersonEvent
from interfaces.progress import Progress
from interfaces.pseudonyms import Key, pseudonyms

_AT_ONCE = 500  # people whose rows are changed together
_NAME_KEY = 210
_DEATH = "date_of_death"
_TYPES = {
    "id": "BIGINT",
    "merged_into_id": "BIGINT",
    "practice_id": "BIGINT",
    "date_of_birth": "DATE",
    "deregistered_on": "DATE",
    "date_of_death": "DATE",
    "lives_alone": "BOOLEAN",
    "has_carer": "BOOLEAN",
    "imd_decile": "BIGINT",
}
_KNOWN = {name: _TYPES.get(name, "VARCHAR") for name in ("id", "nhs_number", "merged_into_id", *FIELDS)}
_JOINED = {"person_id": "BIGINT", "nhs_number": "VARCHAR"}
_PLACE = {"practice_code": "VARCHAR", "practice_id": "BIGINT"}
_DAYS = tuple(name for name, kind in _TYPES.items() if kind == "DATE")


@dataclass(frozen=True, slots=True)
class Taken:
    """One load as its rows say it: which run, when, and the day its register was extracted."""

    run_id: int
    now: datetime
    extracted_on: date


@dataclass(frozen=True, slots=True)
class PeopleTaken:
    """How many people are new, and what happened to those known before; `counts` has every kind."""

    new: int
    changes: tuple[Change, ...]
    counts: Mapping[PersonChange, int]


def note_known(session: Session, connection: duckdb.DuckDBPyConnection) -> None:
    """Compare the register with the case database before that is locked; needs `arriving` in the scratch database.

    Leaves `known`, `member` (see `take_members`), and who is `joining`, `changing` and `leaving`. Only a load adds people, so
    who is new is decided from this; what changed about somebody is looked at again under the lock.
    """
    copy_in(connection, "known", _KNOWN, read_rows(session, [getattr(Person, name) for name in _KNOWN]))
    practices = read_rows(session, [Organisation.code, Organisation.id], Organisation.kind == OrganisationKind.PRACTICE)
    copy_in(connection, "known_place", _PLACE, practices)
    for statement in (_JOINING, _CHANGING, _LEAVING, _MEMBERS):
        connection.execute(statement)


def renew_merges(session: Session, connection: duckdb.DuckDBPyConnection) -> bool:
    """Look again, under the lock, at which records are merged, and make `member` anew; whether anything was different.

    Somebody may have merged two records while the files were read: what comes would be written to the one nobody sees.
    """
    columns = [Person.id, Person.merged_into_id]
    copy_in(connection, "merge_now", _MERGE, read_rows(session, columns, Person.merged_into_id.is_not(None)))
    if not count(connection, _MERGED_MEANWHILE):
        return False
    connection.execute(_RENEW_MERGES)
    connection.execute(_MEMBERS)
    return True


def take_people(
    session: Session, connection: duckdb.DuckDBPyConnection, taken: Taken, progress: Progress
) -> PeopleTaken:
    """Write new and changed people; needs `place` and what `note_known` leaves in the scratch database.

    Whoever is registered here now, or was scored, is taken in; whoever is known and on the register no more has left on
    the day it was extracted. A change of details is counted; what concerns a case is told one by one.
    """
    found = _take_changes(session, connection, taken, progress)
    total = count(connection, "SELECT count(*) FROM joining")
    now = moment_text(session, taken.now)
    new = 0
    for part in copy_out(connection, f"{_NEW} ORDER BY pseudonym"):
        write_rows(session, Person, _COLUMNS, [_new_person(row, now) for row in part])
        new += len(part)
        progress("Taking in people", new, total)
    return PeopleTaken(new, tuple(found.changes), found.counts)


def take_members(session: Session, connection: duckdb.DuckDBPyConnection) -> None:
    """Complete `member` with who was just added: person_id, current_id and pseudonym of everybody on the register.

    `current_id` is who they are now: another person where their record was merged.
    """
    last = count(connection, "SELECT coalesce(max(id), 0) FROM known")
    copy_in(connection, "joined", _JOINED, read_rows(session, [Person.id, Person.nhs_number], Person.id > last))
    connection.execute("""
        INSERT INTO member SELECT j.person_id, j.person_id, a.pseudonym FROM joined j JOIN arriving a USING (nhs_number)
    """)


def renew_pseudonyms(session: Session, connection: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Give everybody known the pseudonym of another key; needs `known` in the scratch database.

    Nobody ever sees or edits one, so no row gets a new version by it.
    """
    for part in copy_out(connection, "SELECT id, nhs_number FROM known ORDER BY id"):
        names = pseudonyms(key, [number for _, number in part])
        renewed = [{"known_id": person_id, "new": name} for (person_id, _), name in zip(part, names, strict=True)]
        session.connection().execute(_RENEW, renewed)


def merged_astray(connection: duckdb.DuckDBPyConnection) -> int:
    """How many are on the register under a number whose record was merged into one that is on it no more."""
    return count(connection, _ASTRAY)


@dataclass
class _Found:
    changes: list[Change]
    counts: Counter[PersonChange]

    def tell(self, told: list[tuple[PersonChange, PersonEvent]]) -> None:
        """Keep what happened; a changed detail is only counted."""
        self.counts.update(kind for kind, _ in told)
        self.changes.extend(
            Change(event.person_id, kind, event.id) for kind, event in told if kind is not PersonChange.DETAILS_CHANGED
        )


def _new_person(row: tuple[Any, ...], now: str) -> tuple[Any, ...]:
    family, given = row[_FAMILY], row[_GIVEN]
    return (*row, name_key(family, given)[:_NAME_KEY], False, now, 1)


def _take_changes(session: Session, connection: duckdb.DuckDBPyConnection, taken: Taken, progress: Progress) -> _Found:
    found = _Found([], Counter())
    total = count(connection, "SELECT count(*) FROM changing")
    done = 0
    for part in copy_out(connection, f"{_CHANGED} ORDER BY id"):
        for some in parts(part, _AT_ONCE):
            _change(session, {row[0]: _parsed(row[1:]) for row in some}, taken, found)
            done += len(some)
            progress("Changing people", done, total)
    gone = [person_id for part in copy_out(connection, "SELECT id FROM leaving ORDER BY id") for (person_id,) in part]
    for ids in parts(gone, _AT_ONCE):
        _change(session, {person_id: {"deregistered_on": taken.extracted_on} for person_id in ids}, taken, found)
    return found


def _parsed(values: tuple[Any, ...]) -> dict[str, Any]:
    row = dict(zip(FIELDS, values, strict=True))
    row["sex"] = Sex(row["sex"])
    row["residence"] = None if row["residence"] is None else Residence(row["residence"])
    return row


def _change(session: Session, wanted: dict[int, dict[str, Any]], taken: Taken, found: _Found) -> None:
    # Locked, so that nobody restricts or merges one of them between reading and writing. Rows that only name them are
    # written meanwhile: a look holds the audit log's head, which this load needs at its end.
    locked = select(Person).where(Person.id.in_(wanted)).order_by(Person.id).with_for_update(key_share=True)
    people = session.execute(locked).scalars().all()
    by_hospital = told_by_hospital(session, list(wanted), taken.extracted_on)
    told: list[tuple[PersonChange, PersonEvent]] = []
    for person in people:
        before = {name: getattr(person, name) for name in FIELDS}
        after = before | _without(wanted[person.id], by_hospital.get(person.id, set()))
        for kind, fields in changes(before, after).items():
            told.append((kind, _event(person.id, kind, written(before, fields), written(after, fields), taken)))
        _set(person, after, taken.now)
    session.add_all(event for _, event in told)
    session.flush()
    found.tell(told)
    for row in (*people, *(event for _, event in told)):
        session.expunge(row)


def _without(wanted: dict[str, Any], told: set[str]) -> dict[str, Any]:
    """What the register says, without what a hospital has told since: it cannot know yet, and its silence undoes no death."""
    return {name: value for name, value in wanted.items() if name not in told or (name == _DEATH and value is not None)}


def _set(person: Person, after: dict[str, Any], now: datetime) -> None:
    for name, value in after.items():
        setattr(person, name, value)
    person.name_key = name_key(person.family_name, person.given_name)[:_NAME_KEY]
    person.updated_at = now


def _event(
    person_id: int, kind: PersonChange, before: dict[str, object], after: dict[str, object], taken: Taken
) -> PersonEvent:
    return PersonEvent(
        person_id=person_id, kind=kind.value, at=taken.now, by=None, run_id=taken.run_id, before=before, after=after
    )


_TABLE: Any = Person.__table__
_RENEW = update(_TABLE).where(_TABLE.c.id == bindparam("known_id")).values(pseudonym=bindparam("new"))

_BROUGHT = ("nhs_number", "pseudonym", *FIELDS)
_COLUMNS = (*_BROUGHT, "name_key", "restricted", "updated_at", "row_version")
_FAMILY, _GIVEN = _BROUGHT.index("family_name"), _BROUGHT.index("given_name")
_TEXTS = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" if name in _DAYS else name for name in _BROUGHT)
_JOINING = """
    CREATE OR REPLACE TABLE joining AS SELECT nhs_number FROM arriving ANTI JOIN known USING (nhs_number)
    WHERE scored OR (date_of_death IS NULL AND deregistered_on IS NULL)
"""
_CHANGING = f"""
    CREATE OR REPLACE TABLE changing AS SELECT k.id, a.nhs_number
    FROM (SELECT * FROM arriving LEFT JOIN known_place USING (practice_code)) a JOIN known k USING (nhs_number)
    WHERE {" OR ".join(f"a.{name} IS DISTINCT FROM k.{name}" for name in FIELDS)}
"""
_LEAVING = """
    CREATE OR REPLACE TABLE leaving AS SELECT k.id FROM known k ANTI JOIN arriving a USING (nhs_number)
    WHERE k.deregistered_on IS NULL AND k.date_of_death IS NULL
"""
_MEMBERS = """
    CREATE OR REPLACE TABLE member AS
    WITH RECURSIVE step AS (
        SELECT id, merged_into_id AS current_id FROM known WHERE merged_into_id IS NOT NULL
        UNION ALL
        SELECT step.id, k.merged_into_id FROM step JOIN known k ON k.id = step.current_id
        WHERE k.merged_into_id IS NOT NULL
    ),
    merged AS (
        SELECT step.id, step.current_id FROM step JOIN known k ON k.id = step.current_id WHERE k.merged_into_id IS NULL
    )
    SELECT k.id AS person_id, coalesce(m.current_id, k.id) AS current_id, a.pseudonym
    FROM known k JOIN arriving a USING (nhs_number) LEFT JOIN merged m ON m.id = k.id
"""
_MERGE = {"id": "BIGINT", "merged_into_id": "BIGINT"}
_MERGED_MEANWHILE = """
    SELECT count(*) FROM known k LEFT JOIN merge_now m USING (id)
    WHERE k.merged_into_id IS DISTINCT FROM m.merged_into_id
"""
_RENEW_MERGES = """
    UPDATE known SET merged_into_id = (SELECT m.merged_into_id FROM merge_now m WHERE m.id = known.id)
"""
_NEW = f"SELECT {_TEXTS} FROM joining JOIN arriving USING (nhs_number) JOIN place USING (practice_code)"
_CHANGED = f"""
    SELECT id, {", ".join(FIELDS)}
    FROM changing JOIN arriving USING (nhs_number) JOIN place USING (practice_code)
"""
_ASTRAY = """
    SELECT count(*) FROM member m JOIN arriving a USING (pseudonym)
    ANTI JOIN (
        SELECT person_id FROM member JOIN arriving USING (pseudonym)
        WHERE date_of_death IS NULL AND deregistered_on IS NULL
    ) here ON here.person_id = m.current_id
    WHERE m.person_id <> m.current_id AND a.date_of_death IS NULL AND a.deregistered_on IS NULL
"""
