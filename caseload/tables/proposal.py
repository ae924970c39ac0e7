"""People put before their practice: by the score, or by somebody's concern."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseload.domain.words import Decision, ProposalKind, ProposalState
from caseload.tables.base import Table, UtcMoment, Word, one_of, together
from caseload.tables.person import Person


class Proposal(Table):
    """One person awaiting the practice's decision; at most one undecided per person.

    `run_id` is the run that raised it (a concern has none). `decided_*` is the decision in force; every earlier one is
    a `ProposalEvent`.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        one_of("kind", ProposalKind),
        one_of("state", ProposalState),
        together("decided"),
        Index(
            "uq_proposal_person_undecided",
            "person_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'deferred')"),
            postgresql_where=text("state IN ('proposed', 'deferred')"),
        ),
        Index("ix_proposal_practice_id_state", "practice_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[ProposalKind] = mapped_column(Word(ProposalKind))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("risk_run.id"))
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(2000), default="")
    deferred_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": row_version}


class ProposalEvent(Table):
    """Every change of a proposal's state, append-only. `by` is empty where a load did it (leaver, death, move)."""

    __tablename__ = "proposal_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(2000), default="")
    deferred_until: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class StagedDecision(Table):
    """A decision marked in the review but not confirmed: it has no effect and can be taken back by anyone who may confirm it."""

    __tablename__ = "staged_decision"
    __table_args__ = (one_of("decision", Decision),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    decision: Mapped[Decision] = mapped_column(Word(Decision))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(2000), default="")
    deferred_until: Mapped[date | None]
    staged_at: Mapped[datetime] = mapped_column(UtcMoment)
    staged_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}
