"""What a person said of themselves, day by day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.plan_words import MeasureKind
from caseload.domain.viewer import Viewer
from caseload.queries.visible import may_open
from caseload.tables import PersonMeasure, User

_MOST = 1_000
"""Rows read at most: two years of all measures every week."""


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One answer on one day."""

    kind: MeasureKind
    value: int
    measured_on: date
    at: datetime
    by: str


def measures_of(session: Session, viewer: Viewer, now: datetime, person_id: int) -> dict[MeasureKind, list[MeasureRow]]:
    """The person's measures by kind, oldest first, one a day: where a day has several, the one recorded last.

    Kinds that were never answered are left out; nothing for who may not open the person.
    """
    if not may_open(session, viewer, now, person_id):
        return {}
    wanted = (
        select(
            PersonMeasure.kind, PersonMeasure.value, PersonMeasure.measured_on, PersonMeasure.at, User.display_name
        )
        .join(User, User.id == PersonMeasure.by)
        .where(PersonMeasure.person_id == person_id)
        .order_by(PersonMeasure.measured_on.desc(), PersonMeasure.id.desc())
        .limit(_MOST)
    )  # fmt: skip
    found: dict[MeasureKind, dict[date, MeasureRow]] = {}
    for row in (MeasureRow(*one) for one in session.execute(wanted)):
        found.setdefault(row.kind, {}).setdefault(row.measured_on, row)
    return {kind: list(found[kind].values())[::-1] for kind in MeasureKind if kind in found}
