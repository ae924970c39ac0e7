"""A run's scores: one row per person, added and never changed."""

import duckdb
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.intake.copying import copy_in, copy_out, count, write_rows
from caseload.tables import Consent, RiskScore
from interfaces.progress import Progress

_OBJECTING = {"person_id": "BIGINT"}
_COLUMNS = (
    "person_id", "run_id", "rank", "raw_score", "probability", "percentile", "tier", "previous_tier", "short_history",
    "not_known_to_services", "rising", "segment", "age_band", "cohorts", "reasons",
)  # fmt: skip


def take_scores(
    session: Session, connection: duckdb.DuckDBPyConnection, run_id: int, objecting: set[int], progress: Progress
) -> int:
    """Write the scores of everybody known, in the order of their ids; answers how many.

    Needs `score` and `member` in the scratch database. Nothing is kept about who objects to being risk-stratified.
    """
    copy_in(connection, "objecting", _OBJECTING, ((person_id,) for person_id in sorted(objecting)))
    known = _KNOWN.format(columns=", ".join(_COLUMNS), run_id=run_id)
    total = count(connection, f"SELECT count(*) FROM ({known})")
    done = 0
    for part in copy_out(connection, f"{known} ORDER BY person_id"):
        write_rows(session, RiskScore, _COLUMNS, part)
        done += len(part)
        progress("Taking in scores", done, total)
    return done


def who_objects(session: Session) -> set[int]:
    """The ids of everybody who refuses, or withdrew consent, to be risk-stratified; their last word counts."""
    latest = (
        select(func.max(Consent.id))
        .where(Consent.purpose == ConsentPurpose.RISK_STRATIFICATION)
        .group_by(Consent.person_id)
    )
    refused = select(Consent.person_id).where(
        Consent.id.in_(latest), Consent.state.in_([ConsentState.REFUSED, ConsentState.WITHDRAWN])
    )
    return set(session.execute(refused).scalars())


_KNOWN = """
    SELECT {columns} FROM (SELECT *, {run_id} AS run_id FROM score) JOIN member USING (pseudonym)
    ANTI JOIN objecting ON objecting.person_id = member.current_id
"""
