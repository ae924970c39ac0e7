"""Stays that a hospital's messages told of before a monthly pack did: the pack's row takes the place of the live one.

The row of the list stays the same, with everything that was written about it. From then on the pack says what it says, and
messages what they tell anew; what one of them leaves open, the other fills.
"""

from collections.abc import Collection
from typing import Any

import duckdb
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from caseload.domain.border_words import StayState
from caseload.intake.copying import copy_in, copy_out, read_rows
from caseload.tables import DischargePlan, Encounter, HospitalStay

LIVE = "hl7:"
"""How the source of an encounter begins that only messages tell of."""

_VALUES = {
    "id": "BIGINT",
    "person_id": "BIGINT",
    "kind": "VARCHAR",
    "started_on": "DATE",
    "ended_on": "DATE",
    "provider_code": "VARCHAR",
    "diagnosis_code": "VARCHAR",
}
_LINKED = {"encounter_id": "BIGINT", "state": "VARCHAR"}
_ENCOUNTER: Any = Encounter.__table__
_STAY: Any = HospitalStay.__table__


def adopt_live_stays(session: Session, connection: duckdb.DuckDBPyConnection) -> int:
    """Give the live rows of stays that the pack brings the pack's reference; answers how many.

    Needs `wanted` and `kept` in the scratch database, and leaves them as if the rows had been the pack's before. The same
    stay is the same person's at the same trust from the same day; of several, the first is the first. An attendance that a
    pack has without its provider is at any.
    """
    # Read under the lock: a message may have told of one since the load compared what is here.
    columns = [getattr(Encounter, name) for name in _VALUES]
    told_of = select(HospitalStay.encounter_id).where(HospitalStay.encounter_id.is_not(None))
    copy_in(connection, "told_of", _VALUES, read_rows(session, columns, Encounter.id.in_(told_of)))
    links: list[Any] = [HospitalStay.encounter_id, HospitalStay.state]
    copy_in(connection, "linked", _LINKED, read_rows(session, links, HospitalStay.encounter_id.is_not(None)))
    live = read_rows(session, columns, Encounter.source.startswith(LIVE, autoescape=True))
    copy_in(connection, "live", _VALUES, live)
    for statement in (_SAME, _FILL_ADOPTED, _FILL_KNOWN):
        connection.execute(statement)
    adopted = [row for part in copy_out(connection, _ADOPTED) for row in part]
    for live_id, kept_id, *values in adopted:
        if kept_id is None:
            named = dict(zip(_TAKEN, values, strict=True))
            session.execute(update(_ENCOUNTER).where(_ENCOUNTER.c.id == live_id).values(named))
        else:
            _put_together(session, live_id, kept_id)
    connection.execute(_KEPT_NOW)
    return len(adopted)


def give_back_live_stays(session: Session, encounter_ids: Collection[int]) -> set[int]:
    """Of rows that a pack sends no more, those that a hospital still tells of: they are live again. Answers their ids."""
    wanted = select(HospitalStay.encounter_id, HospitalStay.feed, HospitalStay.visit_ref, HospitalStay.state).where(
        HospitalStay.encounter_id.in_(encounter_ids)
    )
    kept: set[int] = set()
    for encounter_id, feed, visit_ref, state in session.execute(wanted).all():
        if encounter_id is None:
            continue
        if state is StayState.CANCELLED and not _is_planned(session, encounter_id):
            session.execute(update(_STAY).where(_STAY.c.encounter_id == encounter_id).values(encounter_id=None))
            continue
        named = {"source": f"{LIVE}{feed}", "source_ref": visit_ref}
        session.execute(update(_ENCOUNTER).where(_ENCOUNTER.c.id == encounter_id).values(named))
        kept.add(encounter_id)
    return kept


def _put_together(session: Session, live_id: int, kept_id: int) -> None:
    """Both came at the same moment: the pack's row stays, unless somebody planned the discharge at the other."""
    if _is_planned(session, live_id):
        return
    session.execute(update(_STAY).where(_STAY.c.encounter_id == live_id).values(encounter_id=kept_id))
    session.execute(delete(_ENCOUNTER).where(_ENCOUNTER.c.id == live_id))


def _is_planned(session: Session, encounter_id: int) -> bool:
    return bool(session.execute(select(exists().where(DischargePlan.encounter_id == encounter_id))).scalar_one())


_TAKEN = ("source", "source_ref", "kind", "ended_on", "provider_code", "diagnosis_code")
_ATTENDED = "kind = 'ed_attendance'"
_PLACE = f"person_id, {_ATTENDED}, started_on, left(provider_code, 3)"
_SAME = f"""
    CREATE OR REPLACE TABLE same AS
    WITH told AS (SELECT *, row_number() OVER (PARTITION BY {_PLACE} ORDER BY id) AS n FROM live),
    unlinked AS (
        SELECT w.*, k.id AS kept_id FROM wanted w LEFT JOIN kept k USING (source, source_ref)
        WHERE k.id IS NULL OR k.id NOT IN (SELECT encounter_id FROM linked)
    ),
    sent AS (SELECT *, row_number() OVER (PARTITION BY {_PLACE} ORDER BY source_ref) AS n FROM unlinked)
    SELECT told.id AS live_id, sent.kept_id, sent.source, sent.source_ref, told.ended_on, told.provider_code,
        told.diagnosis_code
    FROM told JOIN sent ON told.person_id = sent.person_id AND told.started_on = sent.started_on AND told.n = sent.n
        AND (told.{_ATTENDED}) = (sent.{_ATTENDED})
        AND (sent.provider_code = '' OR left(told.provider_code, 3) = left(sent.provider_code, 3))
    QUALIFY row_number() OVER (PARTITION BY told.id ORDER BY sent.provider_code DESC, sent.source_ref) = 1
        AND row_number() OVER (PARTITION BY sent.source, sent.source_ref ORDER BY told.id) = 1
"""
_OPEN = (
    "ended_on = coalesce(wanted.ended_on, {0}.ended_on), "
    "provider_code = coalesce(nullif(wanted.provider_code, ''), {0}.provider_code), "
    "diagnosis_code = coalesce(nullif(wanted.diagnosis_code, ''), {0}.diagnosis_code)"
)
_FILL_ADOPTED = f"""
    UPDATE wanted SET {_OPEN.format("same")} FROM same
    WHERE wanted.source = same.source AND wanted.source_ref = same.source_ref
"""
_FILL_KNOWN = f"""
    UPDATE wanted SET {_OPEN.format("known")} FROM (
        SELECT k.source, k.source_ref, t.ended_on, t.provider_code, t.diagnosis_code
        FROM kept k JOIN told_of t ON t.id = k.id JOIN linked ON linked.encounter_id = k.id
        WHERE linked.state = 'finished'
    ) known
    WHERE wanted.source = known.source AND wanted.source_ref = known.source_ref
"""
_ADOPTED = """
    SELECT same.live_id, same.kept_id, w.source, w.source_ref, w.kind, w.ended_on, w.provider_code, w.diagnosis_code
    FROM same JOIN wanted w USING (source, source_ref) ORDER BY same.live_id
"""
_KEPT_NOW = """
    INSERT INTO kept
    SELECT same.live_id, w.source, w.source_ref, w.person_id, w.kind, w.started_on, w.ended_on, w.provider_code,
        w.diagnosis_code
    FROM same JOIN wanted w USING (source, source_ref) WHERE same.kept_id IS NULL
"""
