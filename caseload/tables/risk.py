"""Monthly runs and everybody's score in each: history, one row per person and run, never overwritten."""

from datetime import date, datetime

from sqlalchemy import JSON, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import Tier
from caseload.tables.base import Table, UtcMoment, Word, one_of


class RiskRun(Table):
    """One run that was taken in. `scores_sha256` makes taking in the same file twice do nothing."""

    __tablename__ = "risk_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_ref: Mapped[str] = mapped_column(String(64))
    scores_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    place: Mapped[str] = mapped_column(String(200))
    index_date: Mapped[date] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(String(80))
    score_kind: Mapped[str] = mapped_column(String(20))
    model_version: Mapped[str] = mapped_column(String(80))
    tier_method: Mapped[str] = mapped_column(String(20))
    key_id: Mapped[str] = mapped_column(String(8))
    demonstration: Mapped[bool]
    people: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(UtcMoment)
    extracted_on: Mapped[date]


class RiskScore(Table):
    """One person's score in one run. `reasons` is the score file's list: code, text, first_date, last_date, source."""

    __tablename__ = "risk_score"
    __table_args__ = (
        one_of("tier", Tier),
        Index("ix_risk_score_run_id_tier_percentile", "run_id", "tier", "percentile"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("risk_run.id"), primary_key=True)
    rank: Mapped[int]
    raw_score: Mapped[float] = mapped_column(Float)
    probability: Mapped[float | None] = mapped_column(Float)
    percentile: Mapped[float] = mapped_column(Float)
    tier: Mapped[Tier] = mapped_column(Word(Tier))
    previous_tier: Mapped[Tier | None] = mapped_column(Word(Tier))
    short_history: Mapped[bool]
    not_known_to_services: Mapped[bool]
    rising: Mapped[bool]
    segment: Mapped[str] = mapped_column(String(40))
    age_band: Mapped[str] = mapped_column(String(20))
    cohorts: Mapped[list[str]] = mapped_column(JSON)
    reasons: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    run: Mapped[RiskRun] = relationship()
