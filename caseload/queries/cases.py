"""The cases a viewer may open, as lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.filters import Chosen
from caseload.domain.lead_rule import sentence_for
from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, OrganisationKind, PrimaryNeed, Profession, Tier
from caseload.lead_rules import read_lead_rules
from caseload.queries.case_filters import (
    last_contact,
    narrowed,
    ordered,
    silence_names,
    waits_for_lead,
    without_lead_since,
)
from caseload.queries.kept_out import kept_out
from caseload.queries.objections import objects_to_scoring
from caseload.queries.related_cases import Reach, place_names, reach_of, related_by_name
from caseload.queries.risk_runs import RunShown, scored_newest, two_scores
from caseload.queries.visible import BY_NAME, Shape, names_for, openable_by_name, shape_of
from caseload.tables import Case, LeadAllocation, LeadProposal, Organisation, Person, RiskScore, User


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list. `tier` is None where no score is shown; `why` is what the rule last said of the lead, and
    `lead_kept_out` that the lead may no longer see the record."""

    case_id: int
    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    date_of_death: date | None
    deregistered_on: date | None
    nhs_number: str
    restricted: bool
    practice: str
    state: CaseState
    need: PrimaryNeed | None
    opened_at: datetime
    closed_at: datetime | None
    tier: Tier | None
    lead_id: int | None
    lead: str | None
    profession: Profession | None
    last_contact: datetime | None
    without_lead_since: datetime
    lead_kept_out: bool
    proposed: Profession | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some rows of a list, how many it has in all, and the case the next page begins after."""

    rows: tuple[CaseRow, ...]
    total: int
    next_after: int | None


@dataclass(frozen=True, slots=True)
class CaseList:
    """Which list: by which run's tiers (None: without any), how chosen, from where on; `unallocated`: waiting for a lead."""

    run: RunShown | None
    chosen: Chosen
    after: int | None = None
    rows: int = 50
    unallocated: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom and where the viewer's list can be narrowed to: names by id as the address writes it."""

    leads: Mapping[str, str]
    places: Mapping[str, str]


def case_page(session: Session, viewer: Viewer, now: datetime, wanted: CaseList) -> CasePage:
    """One page of the cases this viewer may open.

    The whole list is found once, as ids in its order with their number; only the rows of the page are read in full.
    """
    kind = _Kind(
        shape_of(viewer), reach_of(viewer), wanted.run, wanted.chosen.bare(), wanted.unallocated, local_day(now)
    )
    named = {
        **names_for(viewer, now), **place_names(viewer), **silence_names(now), "rows": wanted.rows + 1,
        "after": wanted.after,
    }  # fmt: skip
    place = None if wanted.after is None else session.execute(_place(kind), named).one_or_none()
    behind = {} if place is None else {f"place_{at}": value for at, value in enumerate(place)}
    found = session.execute(_page(kind, behind=place is not None), {**named, **behind}).mappings().all()
    rows = [_row(row) for row in found[: wanted.rows]]
    more = len(found) > wanted.rows
    rows = _with_proposals(session, viewer, rows) if wanted.unallocated else rows
    return CasePage(tuple(rows), found[0]["total"] if found else 0, rows[-1].case_id if more else None)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What decides how a list is put together, whoever asks for it."""

    shape: Shape
    reach: Reach
    run: RunShown | None
    chosen: Chosen
    unallocated: bool
    today: date


@lru_cache(maxsize=128)
def _page(kind: _Kind, *, behind: bool) -> Select[*tuple[Any, ...]]:
    """One page of a list, the first or one behind a place. Kept: putting it together takes milliseconds."""
    score, _ = two_scores()
    order, falls = ordered(kind.chosen.one("order"))
    listed = _listed(kind, order, score)
    on_page = _on_page(listed, _named_place(order) if behind else None, falls=falls)
    ends = [column.desc() if falls else column for column in on_page.c if column.key != "total"]
    question = _joined([*_columns(score), on_page.c.total], score, kind.run)
    return question.join(on_page, on_page.c.case_id == Case.id).order_by(*ends)


def _listed(kind: _Kind, order: Sequence[ColumnElement[Any]], score: type[RiskScore]) -> CTE:
    """The whole list: what it is ordered by (the case's id last), and how many it has."""
    keys = [column.label(f"key_{at}") for at, column in enumerate(order[:-1])]
    condition = and_(
        related_by_name(kind.reach), openable_by_name(kind.shape), narrowed(kind.chosen, score, kind.today)
    )
    if kind.unallocated:
        condition = and_(condition, waits_for_lead(), LeadAllocation.id.is_(None))
    columns = [*keys, Case.id.label("case_id"), func.count().over().label("total")]
    return _joined(columns, score, kind.run).where(condition).cte("listed")


def _on_page(listed: CTE, place: Sequence[ColumnElement[Any]] | None, *, falls: bool) -> Subquery:
    """The rows of one page, and one more where there are more: the first ones, or those behind a place."""
    keys = [column for column in listed.c if column.key != "total"]
    page = select(listed)
    if place is not None:
        here, there = tuple_(*keys), tuple_(*place)
        page = page.where(here < there if falls else here > there)
    page = page.order_by(*(key.desc() if falls else key for key in keys))
    return page.limit(bindparam("rows", type_=Integer)).subquery("on_page")


def _named_place(order: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [bindparam(f"place_{at}", type_=column.type) for at, column in enumerate(order)]


def choices(session: Session, viewer: Viewer) -> Choices:
    """Everybody who leads a case now, and the places of the viewer's own practices."""
    leading = exists().where(LeadAllocation.user_id == User.id, LeadAllocation.until_at.is_(None))
    leads = select(User.id, User.display_name).where(leading).order_by(User.display_name, User.id)
    names = {str(row.id): row.display_name for row in session.execute(leads)}
    return Choices(names, _places(session, sorted(viewer.practices(Permission.SEE_CASES))))


def _places(session: Session, practices: Sequence[int]) -> dict[str, str]:
    """The networks of these practices, then the practices themselves."""
    networks = select(Organisation.parent_id).where(Organisation.id.in_(practices))
    wanted = (
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.id.in_(practices)
            | (Organisation.id.in_(networks) & (Organisation.kind == OrganisationKind.NETWORK))
        )
        .order_by(Organisation.kind, Organisation.name, Organisation.id)
    )
    return {str(row.id): row.name for row in session.execute(wanted)}


def _columns(score: type[RiskScore]) -> list[ColumnElement[Any]]:
    practice = aliased(Organisation, name="practice")
    name = select(practice.name).where(practice.id == Person.practice_id).correlate(Person).scalar_subquery()
    columns: list[Any] = [
        Case.id, Case.person_id, Person.family_name, Person.given_name, Person.date_of_birth, Person.date_of_death,
        Person.deregistered_on, Person.nhs_number, Person.restricted, name.label("practice"), Case.state,
        Case.primary_need, Case.opened_at, Case.closed_at, score.tier, LeadAllocation.user_id.label("lead_id"),
        User.display_name.label("lead"), LeadAllocation.profession, last_contact().label("last_contact"),
        without_lead_since().label("without_lead_since"), kept_out(User, BY_NAME.now).label("lead_kept_out"),
    ]  # fmt: skip
    return columns


def _joined(
    columns: Sequence[ColumnElement[Any]], score: type[RiskScore], run: RunShown | None
) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(LeadAllocation, and_(LeadAllocation.case_id == Case.id, LeadAllocation.until_at.is_(None)))
        .outerjoin(User, User.id == LeadAllocation.user_id)
        .outerjoin(score, scored_newest(score, run))
    )


@lru_cache(maxsize=128)
def _place(kind: _Kind) -> Select[*tuple[Any, ...]]:
    """Where the case that the last page ended with stands in the order now; nowhere, for one not to be opened."""
    order, _ = ordered(kind.chosen.one("order"))
    place = select(*order).select_from(Case).join(Person, Person.id == Case.person_id)
    return place.where(Case.id == bindparam("after", type_=Integer), openable_by_name(kind.shape))


def _row(row: RowMapping) -> CaseRow:
    return CaseRow(
        row["id"], row["person_id"], row["family_name"], row["given_name"], row["date_of_birth"],
        row["date_of_death"], row["deregistered_on"], row["nhs_number"], row["restricted"], row["practice"],
        row["state"], row["primary_need"], row["opened_at"], row["closed_at"], row["tier"], row["lead_id"],
        row["lead"], row["profession"], row["last_contact"], row["without_lead_since"],
        bool(row["lead_kept_out"]),
    )  # fmt: skip


def _with_proposals(session: Session, viewer: Viewer, rows: list[CaseRow]) -> list[CaseRow]:
    """The same rows with what the rule last said of each: without a tier to who may not see one, or who objects to it."""
    last = (
        select(func.max(LeadProposal.id))
        .where(LeadProposal.case_id.in_([row.case_id for row in rows]))
        .group_by(LeadProposal.case_id)
    )
    wanted = (
        select(LeadProposal, objects_to_scoring())
        .join(Case, Case.id == LeadProposal.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(LeadProposal.id.in_(last))
    )
    sees, rules = viewer.may(Permission.SEE_SCORE), read_lead_rules()
    said = {
        found.case_id: (
            found.profession,
            sentence_for(found.sentence, found.rule_code, rules, may_see_score=sees and not objects),
        )
        for found, objects in (session.execute(wanted) if rows else ())
    }
    return [
        replace(row, proposed=said[row.case_id][0], why=said[row.case_id][1]) if row.case_id in said else row
        for row in rows
    ]
