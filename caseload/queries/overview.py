"""How many people there are by place and tier, with a case, with a lead. Never a name, never an id of a person."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from caseload.domain.overview import Count, Place, Row
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, ConsentPurpose, OrganisationKind, Tier
from caseload.queries.objections import objects_to_scoring
from caseload.queries.risk_runs import RunShown
from caseload.tables import Case, Consent, LeadAllocation, Organisation, Person, RiskScore

_KINDS = (OrganisationKind.BOROUGH, OrganisationKind.LOCALITY, OrganisationKind.NETWORK, OrganisationKind.PRACTICE)
_TIERS = (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE)


def places(session: Session) -> tuple[Place, ...]:
    """The whole place tree. What is withheld is settled for all of it, whoever asks."""
    wanted = (
        select(Organisation.id, Organisation.name, Organisation.kind, Organisation.parent_id)
        .where(Organisation.kind.in_(_KINDS))
        .order_by(Organisation.id)
    )
    return tuple(Place(row.id, row.name, row.kind, row.parent_id) for row in session.execute(wanted))


def visible_places(viewer: Viewer, tree: tuple[Place, ...]) -> frozenset[int]:
    """The places all of whose practices the viewer may see the overview of."""
    allowed = viewer.practices(Permission.SEE_OVERVIEW)
    parents = {place.place_id: place.parent_id for place in tree}
    some: set[int] = set()
    barred: set[int] = set()
    for place in tree:
        if place.kind is OrganisationKind.PRACTICE:
            around = set(_around(place.place_id, parents))
            some |= around
            barred |= around if place.place_id not in allowed else set()
    return frozenset(some - barred)


def counts(session: Session, run: RunShown | None) -> tuple[Count, ...]:
    """The numbers of every practice: of people alive and registered there now, by their tier in the run."""
    everyone = {row[0]: row[1] for row in session.execute(_everyone())}
    tiers: dict[int, dict[Row, int]] = {practice: {} for practice in everyone}
    for practice, tier, number in session.execute(_in_tiers(run)):
        tiers[practice][Row(tier)] = number
    cases: dict[tuple[int, Row], tuple[int, int]] = {}
    for practice, tier, number, led in session.execute(_cases(run)):
        row = _row(tier)
        before = cases.get((practice, row), (0, 0))
        cases[practice, row] = (before[0] + number, before[1] + led)
    return tuple(
        Count(practice, row, number, *cases.get((practice, row), (0, 0)))
        for practice, total in sorted(everyone.items())
        for row, number in {**tiers[practice], Row.REST: total - sum(tiers[practice].values())}.items()
    )


def _row(tier: Tier | None) -> Row:
    return Row(tier) if tier in _TIERS else Row.REST


def _may_be_scored() -> ColumnElement[bool]:
    """Nearly nobody ever said anything about being scored: only those who did are asked what they said last."""
    spoke = select(Consent.person_id).where(Consent.purpose == ConsentPurpose.RISK_STRATIFICATION)
    return or_(Person.id.not_in(spoke), ~objects_to_scoring())


def _registered() -> ColumnElement[bool]:
    return and_(Person.date_of_death.is_(None), Person.deregistered_on.is_(None), Person.merged_into_id.is_(None))


def _everyone() -> Select[int, int]:
    return select(Person.practice_id, func.count()).where(_registered()).group_by(Person.practice_id)


def _in_tiers(run: RunShown | None) -> Select[int, Tier, int]:
    """From the tiers' side: seven in eight people are in none."""
    return (
        select(Person.practice_id, RiskScore.tier, func.count())
        .join(Person, Person.id == RiskScore.person_id)
        .where(
            RiskScore.run_id == (run.run_id if run else 0), RiskScore.tier.in_(_TIERS), _registered(),
            _may_be_scored(),
        )
        .group_by(Person.practice_id, RiskScore.tier)
    )  # fmt: skip


def _cases(run: RunShown | None) -> Select[int, Tier, int, int]:
    scored = and_(RiskScore.person_id == Person.id, RiskScore.run_id == (run.run_id if run else 0), _may_be_scored())
    return (
        select(Person.practice_id, RiskScore.tier, func.count(), func.count(LeadAllocation.id))
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(RiskScore, scored)
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .where(Case.state != CaseState.CLOSED, _registered())
        .group_by(Person.practice_id, RiskScore.tier)
    )


def _around(place_id: int, parents: dict[int, int | None]) -> Iterator[int]:
    at: int | None = place_id
    while at in parents:
        yield at
        at = parents[at]
