"""The cases of a leaver's journey: whom each is meant for, who could take it, what was asked and answered."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.candidates import Candidate, in_order, split_leaving, suggested
from caseload.domain.handover_rules import answer_by, state_at
from caseload.domain.lead_rule import LeadOutcome, LeadRules, lead_outcome
from caseload.domain.sharing_out import CaseToShare, loaded
from caseload.domain.viewer import Viewer
from caseload.domain.words import CaseState, HandoverState, Tier
from caseload.lead_rules import read_lead_rules
from caseload.queries.lead_cases import LeadCase, latest_run, lead_cases
from caseload.queries.leavers import JourneyRow, in_reach, journey_row
from caseload.queries.objections import objects_to_scoring
from caseload.queries.practitioners import compared
from caseload.tables import (
    Case,
    Handover,
    LeadAllocation,
    Person,
    RiskScore,
    StagedHandover,
    User,
)

OFFERED = 10
"""How many receivers a case's list of choices has, besides the one chosen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The last request of a case: waiting, or how it ended."""

    handover_id: int
    receiver: str
    state: HandoverState
    expires_at: datetime
    note: str

    @property
    def answer_by(self) -> date:
        """The last day on which the receiver can answer."""
        return answer_by(self.expires_at)


@dataclass(frozen=True, slots=True)
class JourneyCase:
    """A case the leaver leads. `receiver_id` is whom it is meant for; `last` the last request, where there was one.

    `turned_down` names those who said no to it and are not among the candidates any more; `only` is whoever is the only
    one that can take it without a reason being given."""

    case: LeadCase
    receiver_id: int | None
    last: Answer | None
    candidates: tuple[Candidate, ...]
    turned_down: tuple[str, ...]
    only: int | None

    @property
    def waits(self) -> bool:
        """Whether somebody has been asked and has not answered."""
        return self.last is not None and self.last.state is HandoverState.REQUESTED


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """One journey, a page of its cases. The counts are over all of the leaver's cases the viewer may hand over.

    `leaving` names others who are no candidates because they leave too."""

    journey: JourneyRow
    cases: tuple[JourneyCase, ...]
    reach: int
    waiting: int
    staged: int
    next_after: int | None
    leaving: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One case that would be sent, and to whom."""

    case_id: int
    person_id: int
    family_name: str
    given_name: str
    date_of_birth: date
    nhs_number: str
    receiver_id: int
    receiver: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent now: at most so many rows of `staged` cases."""

    journey: JourneyRow
    rows: tuple[PreviewRow, ...]
    staged: int


def journey_page(
    session: Session, viewer: Viewer, now: datetime, journey_id: int, *, after: int, most: int
) -> JourneyPage:
    """One journey with a page of its cases in the order of their ids, behind the id given."""
    journey = journey_row(session, viewer, now, journey_id)
    everything = held_cases(session, viewer, now, journey_id, journey.user_id)
    rows = [row for row in everything if row.case_id > after][: most + 1]
    shown, more = rows[:most], len(rows) > most
    waiting = sum(_waits(row, now) for row in everything)
    staged = sum(row.receiver_id is not None and not _waits(row, now) for row in everything)
    cases, leaving = _cases(session, viewer, now, journey, shown, everything)
    return JourneyPage(
        journey, cases, len(everything), waiting, staged, shown[-1].case_id if more else None, leaving
    )  # fmt: skip


def preview(session: Session, viewer: Viewer, now: datetime, journey_id: int, *, most: int) -> Preview:
    """The cases with a receiver that nobody has been asked about yet, by family name."""
    journey = journey_row(session, viewer, now, journey_id)
    held = {row.case_id: row for row in held_cases(session, viewer, now, journey_id, journey.user_id)}
    staged = [case_id for case_id, row in held.items() if row.receiver_id is not None and not _waits(row, now)]
    rows = session.execute(
        select(
            StagedHandover.case_id, Person.id, Person.family_name, Person.given_name, Person.date_of_birth,
            Person.nhs_number, StagedHandover.to_user_id, User.display_name,
        )
        .join(Case, Case.id == StagedHandover.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == StagedHandover.to_user_id)
        .where(StagedHandover.journey_id == journey_id, StagedHandover.case_id.in_(staged))
        .order_by(Person.family_name, Person.given_name, StagedHandover.case_id)
        .limit(most)
    )  # fmt: skip
    return Preview(journey, tuple(PreviewRow(*row) for row in rows), len(staged))


def to_share(session: Session, viewer: Viewer, now: datetime, user_id: int, rows: Collection[Any]) -> list[CaseToShare]:
    """The cases of these rows of `held_cases` with everybody who could take them over: not the leaver, nor who leaves too or
    has turned the case down."""
    cases = lead_cases(session, viewer, now, [row.case_id for row in rows])
    refused = turned_down(rows)
    return [
        replace(one, candidates=_left(split_leaving(one.candidates)[0], refused[one.case_id]))
        for one in _offers(session, now, user_id, cases)
    ]


def turned_down(rows: Iterable[Any]) -> dict[int, frozenset[int]]:
    """For each of these rows of `held_cases`, by case: the users who said no when the leaver asked them to take it over."""
    return {row.case_id: frozenset(int(one) for one in (row.turned_down or "").split(",") if one) for row in rows}


def _offers(session: Session, now: datetime, user_id: int, cases: Mapping[int, LeadCase]) -> list[CaseToShare]:
    """Everybody but the leaver, those who are leaving too and are offered nothing among them."""
    rules, day = read_lead_rules(), local_day(now)
    found = compared(session, now, list(cases.values()), rules, to_receive=True, with_leaving=True) if cases else {}
    return [
        CaseToShare(
            case_id, lead_outcome(rules, case.facts, day), [one for one in found[case_id] if one.user_id != user_id]
        )
        for case_id, case in cases.items()
    ]


def _left(candidates: Iterable[Candidate], refused: frozenset[int]) -> list[Candidate]:
    return [one for one in candidates if one.user_id not in refused]


def held_cases(session: Session, viewer: Viewer, now: datetime, journey_id: int, user_id: int) -> list[Any]:
    """Every case the leaver leads and the viewer may hand over: its tier, its receiver so far, its last request, and
    who turned it down (their ids, with commas)."""
    receiver, last = aliased(User), aliased(Handover)
    newest = (
        select(func.max(Handover.id))
        .where(Handover.case_id == Case.id, Handover.from_user_id == user_id)
        .correlate(Case)
        .scalar_subquery()
    )
    said_no = aliased(Handover)
    refused = (
        select(func.aggregate_strings(cast(said_no.to_user_id, String), ","))
        .where(said_no.case_id == Case.id, said_no.from_user_id == user_id, said_no.state == HandoverState.REJECTED)
        .correlate(Case)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(
                Case.id.label("case_id"), StagedHandover.to_user_id.label("receiver_id"), last.id.label("handover_id"),
                last.state, last.expires_at, last.decision_note, receiver.display_name, RiskScore.tier,
                refused.label("turned_down"),
            )
            .join(Person, Person.id == Case.person_id)
            .join(LeadAllocation, LeadAllocation.case_id == Case.id)
            .outerjoin(
                StagedHandover,
                and_(StagedHandover.case_id == Case.id, StagedHandover.journey_id == journey_id),
            )
            .outerjoin(
                RiskScore,
                and_(
                    RiskScore.person_id == Person.id, RiskScore.run_id == latest_run(now), ~objects_to_scoring()
                ),
            )
            .outerjoin(last, last.id == newest)
            .outerjoin(receiver, receiver.id == last.to_user_id)
            .where(
                LeadAllocation.user_id == user_id,
                LeadAllocation.until_at.is_(None),
                Case.state != CaseState.CLOSED,
                in_reach(viewer, now),
            )
            .order_by(Case.id)
        )
    )  # fmt: skip


def cases_beyond(session: Session, viewer: Viewer, now: datetime, journey_id: int, user_id: int) -> int:
    """How many cases of the journey, staged or waiting for an answer, are of people the viewer may not hand over."""
    ours = select(Case.id).join(Person, Person.id == Case.person_id).where(in_reach(viewer, now))
    staged = exists().where(StagedHandover.journey_id == journey_id, StagedHandover.case_id == Case.id)
    waiting = exists().where(
        Handover.journey_id == journey_id, Handover.case_id == Case.id, Handover.state == HandoverState.REQUESTED,
        Handover.expires_at > now,
    )  # fmt: skip
    led = exists().where(
        LeadAllocation.case_id == Case.id, LeadAllocation.user_id == user_id, LeadAllocation.until_at.is_(None)
    )
    wanted = select(func.count(Case.id)).where(
        Case.state != CaseState.CLOSED, led, or_(staged, waiting), Case.id.not_in(ours)
    )
    return session.execute(wanted).scalar_one()


def _waits(row: Any, now: datetime) -> bool:
    return bool(row.state is HandoverState.REQUESTED and row.expires_at > now)


def _cases(
    session: Session,
    viewer: Viewer,
    now: datetime,
    journey: JourneyRow,
    shown: list[Any],
    everything: list[Any],
) -> tuple[tuple[JourneyCase, ...], tuple[str, ...]]:
    """The cases shown, and who is a candidate for none of them because they leave too."""
    rules = read_lead_rules()
    details = lead_cases(session, viewer, now, [row.case_id for row in shown])
    refused = turned_down(shown)
    offers = {one.case_id: one for one in _offers(session, now, journey.user_id, details)}
    given = points_given(rules, [row for row in everything if not _waits(row, now)])
    found, leaving = [], set[str]()
    for row in shown:
        offer, own = offers[row.case_id], points_given(rules, [row])
        staying, names = split_leaving(offer.candidates)
        leaving.update(names)
        left = _left(staying, refused[row.case_id])
        others = [loaded(one, given[one.user_id] - own[one.user_id]) for one in left]
        ordered = in_order(rules, offer.outcome, others)
        chosen = [one for one in ordered[OFFERED:] if one.user_id == row.receiver_id]
        said_no = tuple(sorted(one.name for one in staying if one not in left))
        found.append(
            JourneyCase(
                details[row.case_id],
                row.receiver_id,
                _answer(row, now),
                (*ordered[:OFFERED], *chosen),
                said_no,
                _only(rules, offer.outcome, ordered),
            )  # fmt: skip
        )
    return tuple(found), tuple(sorted(leaving))


def _only(rules: LeadRules, outcome: LeadOutcome, candidates: Iterable[Candidate]) -> int | None:
    """Whoever is the only one of them that the rule proposes and who is working."""
    such = [one.user_id for one in candidates if suggested(rules, outcome, one)]
    return such[0] if len(such) == 1 else None


def points_given(rules: LeadRules, rows: Collection[Any]) -> Counter[int]:
    """The points that the receivers of these rows of `held_cases` are meant to be given."""
    points: Counter[int] = Counter()
    for row in rows:
        if row.receiver_id is not None:
            points[row.receiver_id] += rules.weights[row.tier or Tier.NONE]
    return points


def _answer(row: Any, now: datetime) -> Answer | None:
    if row.handover_id is None:
        return None
    return Answer(
        row.handover_id, row.display_name, state_at(row.state, row.expires_at, now), row.expires_at, row.decision_note
    )
