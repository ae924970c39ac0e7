"""A practice's proposals, as its review shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, RowMapping, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.filters import Chosen
from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import CONCERN_CODE
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, Decision, ProposalKind, ProposalState, Tier
from caseload.exceptions import NotThere
from caseload.queries.proposal_filters import narrowed, ordered, shown, staged
from caseload.queries.risk_runs import RunShown, scored_earlier, scored_newest, two_scores
from caseload.queries.visible import Shape, names_for, openable, openable_by_name, shape_of
from caseload.tables import Case, Contact, Person, Proposal, ProposalEvent, RiskScore, StagedDecision, User

_KEPT = 128
"""How many questions of a kind are kept: one for each list, as it is filtered, that is in use."""

_OF_PRACTICE = Proposal.practice_id == bindparam("practice_id", type_=Integer)


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """Somebody's score in the newest run beside the one before. `reasons` are the score file's."""

    tier: Tier
    previous_tier: Tier | None
    rank: int
    probability: float | None
    earlier_probability: float | None
    percentile: float
    short_history: bool
    not_known_to_services: bool
    rising: bool
    reasons: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class MarkShown:
    """A decision that is marked and not confirmed. `version` is what the form says it saw."""

    decision: Decision
    reason_code: str | None
    note: str
    deferred_until: date | None
    by_id: int
    by: str
    version: int


@dataclass(frozen=True, slots=True)
class Concern:
    """What somebody saw, in their words."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One person before their practice. `decided_note` goes with the decision that holds now."""

    proposal_id: int
    proposal_version: int
    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    nhs_number: str
    restricted: bool
    kind: ProposalKind
    state: ProposalState
    since: datetime
    deferred_until: date | None
    reason_code: str | None
    decided_at: datetime | None
    decided_by: str | None
    score: ScoreShown | None
    mark: MarkShown | None
    last_contact: datetime | None
    earlier_case: datetime | None
    concerns: tuple[Concern, ...] = ()
    decided_note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """Of the whole list, whatever page of it is shown: `marked` by decision, `awaiting` by tier.

    `marked` is everything the next confirmation confirms; `elsewhere` of it is not on the list as it is filtered.
    """

    shown: int
    awaiting: int
    marked: Mapping[Decision, int]
    tiers: Mapping[Tier | None, int]
    concerns: int
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Some rows of a list, in its order; `next_after` is the proposal the next page begins after."""

    rows: tuple[ReviewRow, ...]
    counts: ReviewCounts
    next_after: int | None


@dataclass(frozen=True, slots=True)
class ReviewList:
    """Which list: of a practice, by which run's scores (None: without any), how chosen, from where on."""

    practice_id: int
    run: RunShown | None
    chosen: Chosen
    after: int | None = None
    rows: int = 50


def review_page(session: Session, viewer: Viewer, now: datetime, wanted: ReviewList) -> ReviewPage:
    """One page of the list; NotThere for a practice whose list this viewer does not review."""
    if wanted.practice_id not in viewer.practices(Permission.REVIEW_LIST):
        raise NotThere
    named = {
        **names_for(viewer, now),
        "practice_id": wanted.practice_id,
        "after": wanted.after,
        "rows": wanted.rows + 1,
    }
    question, order = _listed(shape_of(viewer), wanted.run, wanted.chosen, local_day(now))
    if wanted.after is not None:
        place = session.execute(_place(shape_of(viewer), wanted.run, wanted.chosen), named).one_or_none()
        question = question if place is None else question.where(tuple_(*order) > tuple_(*place))
    found = session.execute(question, named).mappings().all()
    rows = _with_words(session, [review_row(row) for row in found[: wanted.rows]])
    more = len(found) > wanted.rows
    return ReviewPage(rows, _counts(session, viewer, now, wanted), rows[-1].proposal_id if more else None)


@lru_cache(maxsize=_KEPT)
def _listed(
    shape: Shape, run: RunShown | None, chosen: Chosen, today: date
) -> tuple[Select[*tuple[Any, ...]], tuple[ColumnElement[Any], ...]]:
    """The rows of a list and the columns of its order, for anybody of a shape: putting it together takes milliseconds."""
    newest, earlier = two_scores()
    order = tuple(ordered(chosen.one("order"), newest))
    listed = and_(shown(chosen.one("show"), today), narrowed(chosen, newest, today))
    question = _question(newest, earlier, run).where(_OF_PRACTICE, openable_by_name(shape), listed)
    return question.order_by(*order).limit(bindparam("rows", type_=Integer)), order


def marked_rows(
    session: Session, viewer: Viewer, now: datetime, practice_id: int, run: RunShown | None
) -> tuple[ReviewRow, ...]:
    """Everybody of the practice's list who is marked, exceptions first, then by rank; NotThere as for the list."""
    if practice_id not in viewer.practices(Permission.REVIEW_LIST):
        raise NotThere
    named = {**names_for(viewer, now), "practice_id": practice_id}
    found = session.execute(_marked(shape_of(viewer), run), named).mappings().all()
    return _with_words(session, [review_row(row) for row in found])


@lru_cache(maxsize=_KEPT)
def _marked(shape: Shape, run: RunShown | None) -> Select[*tuple[Any, ...]]:
    newest, earlier = two_scores()
    question = _question(newest, earlier, run).where(_OF_PRACTICE, staged(), openable_by_name(shape))
    return question.order_by(*ordered("rank", newest))


def one_row(
    session: Session, viewer: Viewer, now: datetime, proposal_id: int, run: RunShown | None
) -> tuple[int, ReviewRow]:
    """The practice and the row of one proposal that can still be decided; NotThere for any other."""
    newest, earlier = two_scores()
    practices = sorted(viewer.practices(Permission.REVIEW_LIST))
    question = _question(newest, earlier, run).where(
        Proposal.id == proposal_id, Proposal.practice_id.in_(practices), openable(viewer, now), _undecided()
    )
    found = session.execute(question).mappings().one_or_none()
    if found is None:
        raise NotThere
    return found["practice_id"], _with_words(session, [review_row(found)])[0]


def _undecided() -> ColumnElement[bool]:
    return Proposal.state.in_([ProposalState.PROPOSED, ProposalState.DEFERRED])


def _question(newest: type[RiskScore], earlier: type[RiskScore], run: RunShown | None) -> Select[*tuple[Any, ...]]:
    marker, decider = aliased(User, name="marker"), aliased(User, name="decider")
    return (
        select(
            Proposal.id, Proposal.row_version, Proposal.person_id, Proposal.practice_id, Person.family_name,
            Person.given_name, Person.date_of_birth, Person.nhs_number, Person.restricted, Proposal.kind,
            Proposal.state, Proposal.created_at, Proposal.deferred_until, Proposal.reason_code, Proposal.decided_at,
            decider.display_name.label("decided_by"), _last_contact().label("last_contact"),
            _earlier_case().label("earlier_case"),
            newest.rank, newest.tier, newest.previous_tier, newest.probability, newest.percentile,
            newest.short_history, newest.not_known_to_services, newest.rising, newest.reasons,
            earlier.probability.label("earlier_probability"),
            StagedDecision.decision, StagedDecision.reason_code.label("mark_code"),
            StagedDecision.note.label("mark_note"), StagedDecision.deferred_until.label("mark_until"),
            StagedDecision.staged_by, StagedDecision.row_version.label("mark_version"),
            marker.display_name.label("marked_by"),
        )
        .select_from(Proposal)
        .join(Person, Person.id == Proposal.person_id)
        .outerjoin(newest, scored_newest(newest, run))
        .outerjoin(earlier, scored_earlier(earlier, run))
        .outerjoin(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        .outerjoin(marker, marker.id == StagedDecision.staged_by)
        .outerjoin(decider, decider.id == Proposal.decided_by)
    )  # fmt: skip


def _last_contact() -> ColumnElement[datetime]:
    spoke = select(func.max(Contact.happened_at)).where(Contact.person_id == Person.id)
    return spoke.correlate(Person).scalar_subquery()


def _earlier_case() -> ColumnElement[datetime | None]:
    """When the last case they had was closed."""
    closed = select(func.max(Case.closed_at)).where(Case.person_id == Person.id, Case.state == CaseState.CLOSED)
    return closed.correlate(Person).scalar_subquery()


@lru_cache(maxsize=_KEPT)
def _place(shape: Shape, run: RunShown | None, chosen: Chosen) -> Select[*tuple[Any, ...]]:
    """Where the proposal that the last page ended with stands in the order now; nowhere, for one not to be seen."""
    newest, _ = two_scores()
    return (
        select(*ordered(chosen.one("order"), newest))
        .select_from(Proposal)
        .join(Person, Person.id == Proposal.person_id)
        .outerjoin(newest, scored_newest(newest, run))
        .where(Proposal.id == bindparam("after", type_=Integer), _OF_PRACTICE, openable_by_name(shape))
    )


def _counts(session: Session, viewer: Viewer, now: datetime, wanted: ReviewList) -> ReviewCounts:
    """How many there are in all, in one question over the practice's list."""
    question = _numbers(shape_of(viewer), wanted.run, wanted.chosen, local_day(now))
    named = {**names_for(viewer, now), "practice_id": wanted.practice_id}
    groups = session.execute(question, named).all()
    marked = {decision: sum(getattr(group, decision.value) for group in groups) for decision in Decision}
    return ReviewCounts(
        sum(group.shown for group in groups),
        sum(group.awaiting for group in groups),
        marked,
        {group.tier: group.awaiting for group in groups if group.awaiting},
        sum(group.concerns for group in groups),
        sum(marked.values()) - sum(group.marked_here for group in groups),
    )


@lru_cache(maxsize=_KEPT)
def _numbers(shape: Shape, run: RunShown | None, chosen: Chosen, today: date) -> Select[*tuple[Any, ...]]:
    newest, _ = two_scores()
    listed = and_(shown(chosen.one("show"), today), narrowed(chosen, newest, today))
    awaiting = shown("awaiting", today)
    return (
        select(
            newest.tier,
            func.count().filter(listed).label("shown"),
            func.count().filter(awaiting).label("awaiting"),
            func.count().filter(awaiting, Proposal.kind == ProposalKind.CONCERN).label("concerns"),
            *(
                func.count().filter(staged(), StagedDecision.decision == decision).label(decision.value)
                for decision in Decision
            ),
            func.count().filter(staged(), listed).label("marked_here"),
        )
        .select_from(Proposal)
        .join(Person, Person.id == Proposal.person_id)
        .outerjoin(newest, scored_newest(newest, run))
        .outerjoin(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        .where(_OF_PRACTICE, openable_by_name(shape))
        .group_by(newest.tier)
    )


def review_row(row: RowMapping) -> ReviewRow:
    """One joined row as plain values."""
    return ReviewRow(
        row["id"], row["row_version"], row["person_id"], row["family_name"], row["given_name"], row["date_of_birth"],
        row["nhs_number"], row["restricted"], row["kind"], row["state"], row["created_at"], row["deferred_until"],
        row["reason_code"], row["decided_at"], row["decided_by"], _score(row), _mark(row), row["last_contact"],
        row["earlier_case"],
    )  # fmt: skip


def _score(row: RowMapping) -> ScoreShown | None:
    if row["rank"] is None:
        return None
    return ScoreShown(
        row["tier"], row["previous_tier"], row["rank"], row["probability"], row["earlier_probability"],
        row["percentile"], row["short_history"], row["not_known_to_services"], row["rising"], tuple(row["reasons"]),
    )  # fmt: skip


def _mark(row: RowMapping) -> MarkShown | None:
    if row["decision"] is None:
        return None
    return MarkShown(
        row["decision"], row["mark_code"], row["mark_note"], row["mark_until"], row["staged_by"], row["marked_by"],
        row["mark_version"],
    )  # fmt: skip


def _with_words(session: Session, rows: list[ReviewRow]) -> tuple[ReviewRow, ...]:
    if not rows:
        return ()
    concerns: dict[int, list[Concern]] = {}
    notes: dict[tuple[int, ProposalState], str] = {}
    of_rows = {"proposal_ids": [row.proposal_id for row in rows]}
    for proposal_id, state, code, by, at, note in session.execute(_said(), of_rows):
        if code == CONCERN_CODE:
            concerns.setdefault(proposal_id, []).append(Concern(by, at, note))
        else:
            notes[proposal_id, state] = note
    return tuple(
        replace(
            row, concerns=tuple(concerns.get(row.proposal_id, ())),
            decided_note=notes.get((row.proposal_id, row.state), ""),
        )
        for row in rows
    )  # fmt: skip


@cache
def _said() -> Select[int, ProposalState, str | None, str, datetime, str]:
    """What somebody wrote of these proposals, oldest first: concerns, and the notes of decisions."""
    of_rows = ProposalEvent.proposal_id.in_(bindparam("proposal_ids", expanding=True, type_=Integer))
    noted = ProposalEvent.state.in_([ProposalState.DECLINED, ProposalState.DEFERRED])
    return (
        select(
            ProposalEvent.proposal_id, ProposalEvent.state, ProposalEvent.reason_code, User.display_name,
            ProposalEvent.at, ProposalEvent.note,
        )
        .join(User, User.id == ProposalEvent.by)
        .where(of_rows, or_(ProposalEvent.reason_code == CONCERN_CODE, noted))
        .order_by(ProposalEvent.id)
    )  # fmt: skip
