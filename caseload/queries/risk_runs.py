"""Which run's scores a list shows."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.queries.objections import objects_to_scoring
from caseload.tables import Person, RiskRun, RiskScore


@dataclass(frozen=True, slots=True)
class RunShown:
    """The newest run, and the one before it where there is one."""

    run_id: int
    index_date: date
    demonstration: bool
    earlier_id: int | None
    earlier_on: date | None


_RECENT = 24  # runs looked through: nobody runs one month again so often


def newest_run(session: Session, now: datetime) -> RunShown | None:
    """The newest run that was made by today; None before the first was taken in."""
    wanted = (
        select(RiskRun.id, RiskRun.index_date, RiskRun.demonstration)
        .where(RiskRun.index_date <= local_day(now))
        .order_by(RiskRun.index_date.desc(), RiskRun.id.desc())
        .limit(_RECENT)
    )
    found = session.execute(wanted).all()
    if not found:
        return None
    # A month run again is not the month before: the earlier run has an earlier date.
    earlier = next((run for run in found if run.index_date < found[0].index_date), None)
    return RunShown(
        found[0].id, found[0].index_date, found[0].demonstration, earlier and earlier.id, earlier and earlier.index_date
    )


def latest_extract(session: Session) -> date | None:
    """The day of the newest register that was taken in; None before the first was."""
    return session.execute(select(func.max(RiskRun.extracted_on))).scalar_one_or_none()


def scored_newest(score: type[RiskScore], run: RunShown | None) -> ColumnElement[bool]:
    """How a person's score in the newest run is joined: never for somebody who objects to being scored."""
    return _scored_in(score, run.run_id if run else None)


def scored_earlier(score: type[RiskScore], run: RunShown | None) -> ColumnElement[bool]:
    """How the score in the run before is joined."""
    return _scored_in(score, run.earlier_id if run else None)


def two_scores() -> tuple[type[RiskScore], type[RiskScore]]:
    """The score of the newest run and of the one before, to be joined in one question."""
    return aliased(RiskScore, name="newest"), aliased(RiskScore, name="earlier")


def _scored_in(score: type[RiskScore], run_id: int | None) -> ColumnElement[bool]:
    return and_(score.person_id == Person.id, score.run_id == (run_id or 0), ~objects_to_scoring())
