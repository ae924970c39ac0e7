"""What a new run does to the list: who is put before their practice, and whose proposal is closed. Never to a case."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from caseload.domain.list_changes import LISTED, ListChange, Standing, change_of, joins
from caseload.domain.proposal_rules import CONCERN_CODE, UNDECIDED
from caseload.domain.words import CaseState, ProposalKind, ProposalState, Tier
from caseload.intake.copying import parts
from caseload.tables import Case, Person, Proposal, ProposalEvent, RiskRun, RiskScore, StagedDecision

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ListTaken:
    """How the list changed: people put before their practice, by practice, and proposals closed or passed on, by cause."""

    joined: Mapping[int, int]
    changed: Mapping[ListChange, int]

    @property
    def new(self) -> int:
        """Everybody put before their practice."""
        return sum(self.joined.values())


def take_list(session: Session, run: RiskRun, objecting: set[int], now: datetime) -> ListTaken:
    """Close what nobody needs to decide any more, then put before their practice whoever joins the list."""
    changed = _change_undecided(session, run, objecting, now)
    return ListTaken(_propose(session, run, objecting, now), changed)


def _change_undecided(session: Session, run: RiskRun, objecting: set[int], now: datetime) -> Counter[ListChange]:
    changes = dict(_changes(session, run, objecting))
    for ids in parts(sorted(changes), _AT_ONCE):
        locked = (
            select(Proposal, Person.practice_id)
            .join(Person, Person.id == Proposal.person_id)
            .where(Proposal.id.in_(ids), Proposal.state.in_(UNDECIDED))
            .order_by(Proposal.id)
            .with_for_update(of=Proposal)
        )
        for proposal, practice_id in session.execute(locked).all():
            _apply(session, proposal, practice_id, changes[proposal.id], now)
        # What was marked and not confirmed goes too: it was marked on something that is no more. After the lock: a
        # review that is being confirmed locks a proposal first, then its mark.
        session.execute(delete(StagedDecision).where(StagedDecision.proposal_id.in_(ids)))
        session.flush()
    return Counter(changes.values())


def _changes(session: Session, run: RiskRun, objecting: set[int]) -> Iterator[tuple[int, ListChange]]:
    """What becomes of every undecided proposal that does not stay as it is."""
    concern = exists().where(ProposalEvent.proposal_id == Proposal.id, ProposalEvent.reason_code == CONCERN_CODE)
    wanted = (
        select(
            Proposal.id, Proposal.person_id, Person.date_of_death, Person.deregistered_on,
            (Person.practice_id != Proposal.practice_id).label("moved"),
            or_(Proposal.kind == ProposalKind.CONCERN, concern).label("concern"),
            RiskScore.tier,
        )
        .join(Person, Person.id == Proposal.person_id)
        .outerjoin(RiskScore, (RiskScore.person_id == Person.id) & (RiskScore.run_id == run.id))
        .where(Proposal.state.in_(UNDECIDED), Person.merged_into_id.is_(None))
    )  # fmt: skip
    for row in session.execute(wanted):
        change = change_of(
            Standing(
                died=row.date_of_death is not None,
                left=row.deregistered_on is not None,
                moved_practice=bool(row.moved),
                objects=row.person_id in objecting,
                concern=bool(row.concern),
                tier=row.tier,
            )
        )
        if change is not None:
            yield row.id, change


def _apply(session: Session, proposal: Proposal, practice_id: int, change: ListChange, now: datetime) -> None:
    passed_on = change is ListChange.MOVED_PRACTICE
    proposal.practice_id = practice_id
    proposal.state = ProposalState.PROPOSED if passed_on else ProposalState.CLOSED
    proposal.reason_code = None if passed_on else change.value
    proposal.deferred_until = proposal.decided_at = proposal.decided_by = None
    session.add(ProposalEvent(proposal_id=proposal.id, state=proposal.state, reason_code=change.value, at=now, by=None))


@dataclass(frozen=True, slots=True)
class _Candidate:
    person_id: int
    practice_id: int
    tier: Tier


def _propose(session: Session, run: RiskRun, objecting: set[int], now: datetime) -> dict[int, int]:
    before, last = _earlier_tiers(session, run), _last_states(session)
    joined: Counter[int] = Counter()
    for part in parts(_candidates(session, run), _AT_ONCE):
        new = [
            one
            for one in part
            if one.person_id not in objecting and joins(one.tier, before.get(one.person_id), last.get(one.person_id))
        ]
        _add(session, run, new, now)
        joined.update(one.practice_id for one in new)
    return dict(joined)


def _candidates(session: Session, run: RiskRun) -> Iterator[_Candidate]:
    """Listed people who are here, alive, undecided nowhere and without a current case, best rank first."""
    undecided = exists().where(Proposal.person_id == Person.id, Proposal.state.in_(UNDECIDED))
    current = exists().where(Case.person_id == Person.id, Case.state != CaseState.CLOSED)
    wanted = (
        select(Person.id, Person.practice_id, RiskScore.tier)
        .join(RiskScore, RiskScore.person_id == Person.id)
        .where(
            RiskScore.run_id == run.id,
            RiskScore.tier.in_(LISTED),
            Person.date_of_death.is_(None),
            Person.deregistered_on.is_(None),
            Person.merged_into_id.is_(None),
            ~undecided,
            ~current,
        )
        .order_by(RiskScore.rank)
    )
    return (_Candidate(*row) for row in session.execute(wanted).all())


def _earlier_tiers(session: Session, run: RiskRun) -> dict[int, Tier]:
    """Who was on the list before: by an earlier run of the same month, else by the latest of the month before."""
    earlier = session.execute(
        select(RiskRun.id)
        .where(RiskRun.id != run.id, RiskRun.index_date <= run.index_date)
        .order_by(RiskRun.index_date.desc(), RiskRun.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    wanted = select(RiskScore.person_id, RiskScore.tier).where(RiskScore.run_id == earlier, RiskScore.tier.in_(LISTED))
    return {row.person_id: row.tier for row in session.execute(wanted)}


def _last_states(session: Session) -> dict[int, ProposalState]:
    """How everybody's latest proposal stands."""
    latest = select(func.max(Proposal.id)).group_by(Proposal.person_id)
    wanted = select(Proposal.person_id, Proposal.state).where(Proposal.id.in_(latest))
    return {row.person_id: row.state for row in session.execute(wanted)}


def _add(session: Session, run: RiskRun, new: Iterable[_Candidate], now: datetime) -> None:
    rows = [
        {
            "person_id": one.person_id, "practice_id": one.practice_id, "kind": ProposalKind.SCORE, "run_id": run.id,
            "state": ProposalState.PROPOSED, "created_at": now, "created_by": None, "note": "", "row_version": 1,
        }
        for one in new
    ]  # fmt: skip
    if not rows:
        return
    session.execute(insert(Proposal), rows)
    wanted = select(Proposal.id).where(Proposal.person_id.in_([one["person_id"] for one in rows]))
    added = session.execute(wanted.where(Proposal.state == ProposalState.PROPOSED).order_by(Proposal.id)).scalars()
    session.execute(
        insert(ProposalEvent),
        [
            {"proposal_id": proposal_id, "state": ProposalState.PROPOSED, "at": now, "by": None, "note": ""}
            for proposal_id in added
        ],
    )
