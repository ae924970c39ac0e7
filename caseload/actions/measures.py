"""A person's own measures, as they said them on a day. A row is never changed: for one day, the last recorded holds."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.clock import local_day
from caseload.domain.measures import is_value
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import MeasureKind
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.visible import person_to_change
from caseload.tables import Person, PersonMeasure


def record_measures(
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    person_id: int,
    measured_on: date,
    values: Mapping[MeasureKind, int],
) -> list[int]:
    """Record what the person said of themselves on a day; answers the new rows' ids, in the order of the kinds.

    NotNow for no answer at all, one that cannot be, a day in the future, before their birth or after their death.
    """
    if not by.may(Permission.ASSESS):
        raise NotThere
    person = person_to_change(session, by, now, person_id)
    _check_day(person, measured_on, local_day(now))
    if not values:
        raise NotNow("Select at least one answer.", field=MeasureKind.ACTIVATION.value)
    wrong = next((kind for kind, value in values.items() if not is_value(kind, value)), None)
    if wrong is not None:
        raise NotNow("Select one of the answers.", field=wrong.value)
    rows = [
        PersonMeasure(
            person_id=person.id, kind=kind, value=values[kind], measured_on=measured_on, at=now, by=by.user_id
        )
        for kind in MeasureKind
        if kind in values
    ]
    session.add_all(rows)
    session.flush()
    record(
        session, "measure.record", by=by.user_id, now=now, people=[person.id],
        kinds=[row.kind.value for row in rows],
    )  # fmt: skip
    return [row.id for row in rows]


def _check_day(person: Person, on: date, today: date) -> None:
    if on > today:
        raise NotNow("The day must be today or in the past.", field="measured_on")
    if on < person.date_of_birth:
        raise NotNow("The day is before the person was born.", field="measured_on")
    if person.date_of_death is not None and on > person.date_of_death:
        raise NotNow("The person had died by then.", field="measured_on")
