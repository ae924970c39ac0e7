"""One person's scores, for who may see them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import Tier
from caseload.queries.objections import objects_to_scoring
from caseload.queries.visible import may_open
from caseload.tables import Person, RiskRun, RiskScore

MONTHS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a score, in the words of the run; days as ISO text, empty where the source has none."""

    text: str
    first_date: str
    last_date: str
    source: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One person's score in one run. `probability` is None where the run's scores are of an index."""

    index_date: date
    extracted_on: date
    tier: Tier
    previous_tier: Tier | None
    probability: float | None
    percentile: float
    rising: bool
    not_known_to_services: bool
    short_history: bool
    score_kind: str
    model_version: str
    demonstration: bool
    reasons: tuple[Reason, ...]


def scores_of(session: Session, viewer: Viewer, now: datetime, person_id: int) -> list[ScoreRow]:
    """The person's scores of the last 24 runs, latest first; none for who may not see scores or where the person objects."""
    if not viewer.may(Permission.SEE_SCORE) or not may_open(session, viewer, now, person_id):
        return []
    return [_row(score, run) for score, run in session.execute(_scores(), {"person_id": person_id})]


@cache
def _scores() -> Select[RiskScore, RiskRun]:
    return (
        select(RiskScore, RiskRun)
        .join(RiskRun, RiskRun.id == RiskScore.run_id)
        .join(Person, Person.id == RiskScore.person_id)
        .where(Person.id == bindparam("person_id"), ~objects_to_scoring())
        .order_by(RiskRun.index_date.desc(), RiskRun.id.desc())
        .limit(MONTHS_SHOWN)
    )


def _row(score: RiskScore, run: RiskRun) -> ScoreRow:
    return ScoreRow(
        index_date=run.index_date,
        extracted_on=run.extracted_on,
        tier=score.tier,
        previous_tier=score.previous_tier,
        probability=score.probability,
        percentile=score.percentile,
        rising=score.rising,
        not_known_to_services=score.not_known_to_services,
        short_history=score.short_history,
        score_kind=run.score_kind,
        model_version=run.model_version,
        demonstration=run.demonstration,
        reasons=tuple(_reason(reason) for reason in score.reasons),
    )


def _reason(reason: dict[str, object]) -> Reason:
    return Reason(*(str(reason.get(name) or "") for name in ("text", "first_date", "last_date", "source")))
