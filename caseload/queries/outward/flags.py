"""Flag: what urgent care should know of somebody, and whom to ring.

Whether a flag is active is asked at this moment: one past its review date is inactive, whatever a nightly run has written
down. Of a flag that is not in force urgent care is told that, and nothing of what it said.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.border_words import FlagCategory, FlagState
from caseload.domain.viewer import Viewer
from caseload.queries.flags import flag_in_force
from caseload.queries.outward.conditions import Condition, days, days_until, open_token, pointer, token, words_of
from caseload.queries.outward.listing import (
    Listing,
    patient,
    patient_id,
    rows_of,
    slice_of,
    updated,
    urgent_only,
)
from caseload.queries.outward.plan_rows import has_plan
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import CareFlag, Person
from interfaces.fhir.code_systems import HL7, our_codes
from interfaces.fhir.flag import CATEGORIES, FlagRecord
from interfaces.fhir.record import without_names
from interfaces.fhir.search_values import Filter

_STATUS = "http://hl7.org/fhir/flag-status"


def find_flags(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every flag there is or was."""
    in_force = func.coalesce(flag_in_force(now), False)
    question = (
        select(CareFlag, Person.pseudonym, in_force.label("in_force"), has_plan(CareFlag.case_id).label("planned"))
        .join(Person, Person.id == CareFlag.person_id)
        .where(reachable(viewer, now))
    )
    rows = rows_of(
        session, wanted, question, Listing((CareFlag.id,), CareFlag.changed_at, _conditions(viewer, in_force))
    )
    return slice_of(viewer, rows, [(_record(viewer, row), [row[0].person_id]) for row in rows.rows])


def _conditions(viewer: Viewer, in_force: Any) -> dict[str, Condition]:
    mistaken = CareFlag.state == FlagState.ENTERED_IN_ERROR
    statuses = {"active": in_force, "inactive": and_(~in_force, ~mistaken), "entered-in-error": mistaken}
    ours = words_of(CareFlag.category, {category.value: category for category in FlagCategory})
    theirs = words_of(CareFlag.category, {code: FlagCategory(word) for word, (code, _) in CATEGORIES.items()})
    return {
        **patient(viewer),
        "status": token({_STATUS: statuses}),
        "category": token({our_codes("flag-category"): ours, f"{HL7}flag-category": theirs}),
        "code": open_token(our_codes("flag"), CareFlag.code),
        "date": _dated,
        "author": pointer("Practitioner", CareFlag.set_by),
    }


def _dated(chosen: Filter) -> ColumnElement[bool]:
    """By its period: until the moment it was ended, else until the day it is to be reviewed."""
    going_on = and_(CareFlag.ended_at.is_(None), days(CareFlag.starts_on, CareFlag.review_on)(chosen))
    return or_(
        going_on, and_(CareFlag.ended_at.is_not(None), days_until(CareFlag.starts_on, CareFlag.ended_at)(chosen))
    )


def _record(viewer: Viewer, row: Any) -> FlagRecord:
    flag: CareFlag = row[0]
    record = FlagRecord(
        id=str(flag.id), updated_at=updated(row), patient=patient_id(viewer, flag.person_id, row.pseudonym),
        category=flag.category.value, code=flag.code, said=flag.said, ring_name=flag.ring_name,
        ring_phone=flag.ring_phone, ring_when=flag.ring_when, starts_on=flag.starts_on, review_on=flag.review_on,
        ended_on=local_day(flag.ended_at) if flag.ended_at else None, state=_state(flag, in_force=bool(row.in_force)),
        author=str(flag.set_by), care_plan=str(flag.case_id) if row.planned else "",
    )  # fmt: skip
    return without_names(record) if urgent_only(viewer) and not row.in_force else record


def _state(flag: CareFlag, *, in_force: bool) -> str:
    if flag.state is FlagState.ENTERED_IN_ERROR:
        return flag.state.value
    return FlagState.ACTIVE.value if in_force else FlagState.INACTIVE.value
