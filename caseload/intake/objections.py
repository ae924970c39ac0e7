"""Objections in the GP record as rows of consent: in force from the load on, and never given twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from caseload.actions.consent import follow_answer
from caseload.domain.objections import ENDS_BY_ITSELF, HOW, PURPOSES, ended_note, refusal_note
from caseload.domain.words import CaseState, ConsentPurpose, ConsentState
from caseload.intake.copying import copy_out
from caseload.outward_changes import tell_people
from caseload.tables import Case, Consent


@dataclass(frozen=True, slots=True)
class ObjectionsTaken:
    """How many rows of consent were added: refusals, and ends of refusals."""

    refused: int
    ended: int


@dataclass(frozen=True, slots=True)
class _Objection:
    person_id: int
    kind: str
    from_date: date
    in_force: bool


def take_objections(
    session: Session, connection: duckdb.DuckDBPyConnection, now: datetime, extracted_on: date
) -> ObjectionsTaken:
    """Write what is new among the objections; needs `objection`, `arriving` and `member` in the scratch database.

    One to risk stratification that has a last day is ended after it; one to sharing then waits until somebody asks the
    person, for its end is no agreement. One that is merely missing from the extract stays in force: a feed that broke must
    not lift anybody's objection. One whose end was taken back is in force again. What staff recorded since then is left
    as it is.
    """
    objections = list(_objections(connection, extracted_on))
    told, lifted = _told(session), _latest_by_load(session, ConsentState.GIVEN)
    refusals = [
        row for objection in objections if objection.in_force for row in _refusals(objection, told, lifted, now)
    ]
    ends = list(_ends(session, objections, told, now))
    cased = set(session.execute(select(Case.person_id).where(Case.state != CaseState.CLOSED)).scalars())
    quiet = [row for row in (*refusals, *ends) if row["person_id"] not in cased]
    if quiet:
        session.execute(insert(Consent), quiet)
        for gone, state in ((False, ConsentState.GIVEN), (True, ConsentState.REFUSED)):
            whose = [int(str(row["person_id"])) for row in quiet if row["state"] is state]
            tell_people(session, whose, at=now, gone=gone)
    for row in (*refusals, *ends):
        if row["person_id"] in cased:
            _say(session, row, now)
    return ObjectionsTaken(len(refusals), len(ends))


def _say(session: Session, row: dict[str, object], now: datetime) -> None:
    """Where there is a case, more follows from a no than that it holds."""
    said = Consent(**row)
    session.add(said)
    session.flush()
    follow_answer(session, said=said, by=None, now=now)


def _objections(connection: duckdb.DuckDBPyConnection, extracted_on: date) -> Iterable[_Objection]:
    query = f"""
        SELECT m.current_id, o.kind, o.from_date,
            bool_or(o.to_date IS NULL OR o.to_date > DATE '{extracted_on.isoformat()}') AS in_force
        FROM objection o JOIN arriving a USING (nhs_number) JOIN member m USING (pseudonym)
        GROUP BY ALL ORDER BY ALL
    """
    for part in copy_out(connection, query):
        yield from (objection for objection in (_Objection(*row) for row in part) if PURPOSES[objection.kind])


def _told(session: Session) -> set[tuple[int, ConsentPurpose, str]]:
    """What earlier loads wrote. The note is what tells one objection from the next: there is no other mark of it."""
    wanted = select(Consent.person_id, Consent.purpose, Consent.note).where(Consent.how == HOW)
    return {(person_id, purpose, note) for person_id, purpose, note in session.execute(wanted)}


def _refusals(
    objection: _Objection,
    told: set[tuple[int, ConsentPurpose, str]],
    lifted: set[tuple[int, ConsentPurpose]],
    now: datetime,
) -> Iterable[dict[str, object]]:
    note = refusal_note(objection.kind, objection.from_date)
    for purpose in PURPOSES[objection.kind]:
        if (objection.person_id, purpose, note) not in told or (objection.person_id, purpose) in lifted:
            yield _row(objection, purpose, ConsentState.REFUSED, note, now)


def _ends(
    session: Session, objections: list[_Objection], told: set[tuple[int, ConsentPurpose, str]], now: datetime
) -> Iterable[dict[str, object]]:
    """An end is told once, where the objection was taken in, none like it is in force and nobody has asked since."""
    held = {(one.person_id, purpose) for one in objections if one.in_force for purpose in PURPOSES[one.kind]}
    latest = _latest_by_load(session, ConsentState.REFUSED)
    for one in objections:
        for purpose in () if one.in_force else ENDS_BY_ITSELF.intersection(PURPOSES[one.kind]):
            refused = (one.person_id, purpose, refusal_note(one.kind, one.from_date))
            ended = (one.person_id, purpose, ended_note(one.kind, one.from_date))
            if refused in told and ended not in told and ended[:2] in latest and ended[:2] not in held:
                yield _row(one, purpose, ConsentState.GIVEN, ended[2], now)


def _latest_by_load(session: Session, state: ConsentState) -> set[tuple[int, ConsentPurpose]]:
    """Persons and purposes whose last word is this one, by the GP record."""
    latest = select(func.max(Consent.id)).group_by(Consent.person_id, Consent.purpose)
    wanted = select(Consent.person_id, Consent.purpose).where(
        Consent.id.in_(latest), Consent.how == HOW, Consent.state == state
    )
    return {(person_id, purpose) for person_id, purpose in session.execute(wanted)}


def _row(
    objection: _Objection, purpose: ConsentPurpose, state: ConsentState, note: str, now: datetime
) -> dict[str, object]:
    return {
        "person_id": objection.person_id, "purpose": purpose, "state": state, "how": HOW, "representative": "",
        "note": note, "at": now, "by": None,
    }  # fmt: skip
