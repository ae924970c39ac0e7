"""How many people of a viewer's own practices there are by tier, with a case, with a lead. Never a name, never an id."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Result,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from caseload.domain.overview import Count, Row
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ConsentPurpose, Role, Tier
from caseload.queries.objections import objects_to_scoring
from caseload.queries.risk_runs import RunShown
from caseload.queries.visible import BY_NAME, Shape, names_for, openable_by_name, shape_of
from caseload.tables import Case, Consent, LeadAllocation, Person, RiskScore

_TIERS = (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE)


def own_counts(session: Session, viewer: Viewer, now: datetime, run: RunShown | None) -> tuple[Count, ...]:
    """The numbers of the viewer's own practices: of people registered there now whom they may open, by their tier in the run."""
    asked = {**names_for(viewer, now), "run_id": run.run_id if run else 0}
    return _counted(session.execute(_own(shape_of(viewer)), asked))


def _counted(found: Result[int, Tier | None, int, int, int, int]) -> tuple[Count, ...]:
    """A practice's people in no tier are those that are left of all of them."""
    numbers: dict[tuple[int, Row], list[int]] = {}
    for practice, tier, everyone, tiered, cases, led in found:
        row = Row(tier) if tier in _TIERS else Row.REST
        rest = numbers.setdefault((practice, Row.REST), [0, 0, 0])
        here = numbers.setdefault((practice, row), [0, 0, 0])
        rest[0] += everyone - tiered
        here[0] += tiered
        here[1] += cases
        here[2] += led
    return tuple(Count(practice, row, *three) for (practice, row), three in sorted(numbers.items()))


@cache
def _own(shape: Shape) -> Select[int, Tier | None, int, int, int, int]:
    theirs = Person.practice_id.in_(BY_NAME.places[Role.PRACTICE])
    return _numbers(and_(_registered(), theirs, openable_by_name(shape)))


def _numbers(counted: ColumnElement[bool]) -> Select[int, Tier | None, int, int, int, int]:
    """By practice and tier, in one question: everyone (without a tier), people in a tier, cases, and cases with a lead."""
    parts = union_all(_everyone(counted), _in_tiers(counted), _cases(counted)).subquery()
    # PostgreSQL adds whole numbers up to a decimal.
    sums = (cast(func.sum(parts.c[name]), Integer) for name in ("everyone", "tiered", "cases", "led"))
    return select(parts.c.practice_id, parts.c.tier, *sums).group_by(parts.c.practice_id, parts.c.tier)


def _may_be_scored() -> ColumnElement[bool]:
    """Nearly nobody ever said anything about being scored: only those who did are asked what they said last."""
    spoke = select(Consent.person_id).where(Consent.purpose == ConsentPurpose.RISK_STRATIFICATION)
    return or_(Person.id.not_in(spoke), ~objects_to_scoring())


def _registered() -> ColumnElement[bool]:
    return and_(Person.date_of_death.is_(None), Person.deregistered_on.is_(None), Person.merged_into_id.is_(None))


def _everyone(counted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.practice_id, cast(null(), String).label("tier"), func.count().label("everyone"),
            literal(0).label("tiered"), literal(0).label("cases"), literal(0).label("led"),
        )
        .where(counted)
        .group_by(Person.practice_id)
    )  # fmt: skip


def _in_tiers(counted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """From the tiers' side: seven in eight people are in none. The practice plus nothing: SQLite would go by its index."""
    return (
        select(
            Person.practice_id + literal_column("0"),
            cast(RiskScore.tier, String),
            literal(0),
            func.count(),
            literal(0),
            literal(0),
        )
        .join(Person, Person.id == RiskScore.person_id)
        .where(RiskScore.run_id == bindparam("run_id"), RiskScore.tier.in_(_TIERS), counted, _may_be_scored())
        .group_by(Person.practice_id + literal_column("0"), RiskScore.tier)
    )


def _cases(counted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    scored = and_(RiskScore.person_id == Person.id, RiskScore.run_id == bindparam("run_id"), _may_be_scored())
    return (
        select(
            Person.practice_id, cast(RiskScore.tier, String), literal(0), literal(0), func.count(),
            func.count(LeadAllocation.id),
        )
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(RiskScore, scored)
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .where(Case.state != CaseState.CLOSED, counted)
        .group_by(Person.practice_id, RiskScore.tier)
    )  # fmt: skip
