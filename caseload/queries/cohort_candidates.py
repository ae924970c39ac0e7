"""Whom a rule takes from the ranked list, and how many it passes over and why.

The rule goes by rank alone, whoever asks: it takes people whom the viewer may not open as well. Who they are is answered
only where the viewer may open them. Somebody who objects to risk scores is on no ranked list: they are not counted either.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from caseload.domain.cohort_rules import CohortRule, Skipped
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ConsentPurpose, Tier
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.queries.visible import openable
from caseload.tables import Case, Cohort, CohortMember, Organisation, Person, RiskScore


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who would be taken, for somebody who may open them. `tier` is None for who may not see scores."""

    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    nhs_number: str
    restricted: bool
    practice: str
    tier: Tier | None
    has_case: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """How many are passed over for one reason, and how many of them the viewer may open."""

    number: int
    openable: int


@dataclass(frozen=True, slots=True)
class Picked:
    """Everybody taken, by id and rank in order; `shown` are those whom the viewer may open."""

    people: tuple[tuple[int, int], ...]
    shown: tuple[Candidate, ...]
    passed: Mapping[Skipped, Passed]

    @property
    def unseen(self) -> int:
        """How many would be taken whom the viewer may not open."""
        return len(self.people) - len(self.shown)


def picked(
    session: Session, viewer: Viewer, now: datetime, run_id: int, practices: Collection[int], rule: CohortRule
) -> Picked:
    """What the rule takes from these practices' people in a run: the first so many in the order of their rank."""
    listed = _listed(run_id, practices, rule)
    rows = session.execute(_taken(viewer, now, listed, rule)).mappings().all()
    last = rows[-1]["rank"] if len(rows) == rule.size else None
    return Picked(
        tuple((row["id"], row["rank"]) for row in rows),
        tuple(_candidate(row, viewer) for row in rows if row["may_open"]),
        _passed(session, viewer, now, listed, rule, last),
    )


def _listed(run_id: int, practices: Collection[int], rule: CohortRule) -> ColumnElement[bool]:
    """Everybody of these tiers there, whether they can be taken or not."""
    return and_(
        RiskScore.run_id == run_id,
        RiskScore.tier.in_(rule.tiers),
        Person.practice_id.in_(sorted(practices)),
        Person.merged_into_id.is_(None),
        ~objects_to_scoring(),
    )


def _taken(viewer: Viewer, now: datetime, listed: ColumnElement[bool], rule: CohortRule) -> Any:
    columns = (
        Person.id, RiskScore.rank, RiskScore.tier, Person.family_name, Person.given_name, Person.date_of_birth,
        Person.nhs_number, Person.restricted, Organisation.name.label("practice"),
        _has_case().label("has_case"), openable(viewer, now).label("may_open"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(RiskScore, RiskScore.person_id == Person.id)
        .join(Organisation, Organisation.id == Person.practice_id)
        .where(listed, not_(or_(*(_reasons()[reason] for reason in rule.skips()))))
        .order_by(RiskScore.rank, Person.id)
        .limit(rule.size)
    )


def _passed(
    session: Session, viewer: Viewer, now: datetime, listed: ColumnElement[bool], rule: CohortRule, last: int | None
) -> dict[Skipped, Passed]:
    """Those passed over who rank before the last one taken; everybody passed over where the cohort is not full."""
    reasons = {reason: _reasons()[reason] for reason in rule.skips()}
    why = case(*((condition, reason.value) for reason, condition in reasons.items()))
    one_each = (
        select(why.label("why"), openable(viewer, now).label("may_open"))
        .select_from(Person)
        .join(RiskScore, RiskScore.person_id == Person.id)
        .where(listed, or_(*reasons.values()))
    )
    if last is not None:
        one_each = one_each.where(RiskScore.rank < last)
    each = one_each.subquery()
    wanted = select(each.c.why, func.count(), func.count().filter(each.c.may_open)).group_by(each.c.why)
    found = {Skipped(reason): Passed(number, seen) for reason, number, seen in session.execute(wanted)}
    return {reason: found[reason] for reason in rule.skips() if reason in found}


def _reasons() -> dict[Skipped, ColumnElement[bool]]:
    running = exists().where(
        CohortMember.person_id == Person.id, Cohort.id == CohortMember.cohort_id, Cohort.ended_at.is_(None)
    )
    return {
        Skipped.DIED: Person.date_of_death.is_not(None),
        Skipped.LEFT: Person.deregistered_on.is_not(None),
        Skipped.OBJECTS: said_no(ConsentPurpose.CARE_COORDINATION),
        Skipped.IN_COHORT: running.correlate(Person),
        Skipped.WITH_CASE: _has_case(),
        Skipped.WITHOUT_CASE: ~_has_case(),
    }


def _has_case() -> ColumnElement[bool]:
    return exists().where(Case.person_id == Person.id, Case.state != CaseState.CLOSED).correlate(Person)


def _candidate(row: RowMapping, viewer: Viewer) -> Candidate:
    return Candidate(
        row["id"], row["family_name"], row["given_name"], row["date_of_birth"], row["nhs_number"], row["restricted"],
        row["practice"], row["tier"] if viewer.may(Permission.SEE_SCORE) else None, row["has_case"],
    )  # fmt: skip
