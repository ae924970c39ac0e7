"""CarePlan: the plan of a case by its versions. Its id is that of the case; the versions are its history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from caseload.domain.plan_headings import Contents
from caseload.domain.plan_words import PlanHeading, PlanState
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.joint_plan import case_has_joint_plan
from caseload.queries.outward.conditions import NOWHERE, Condition, period, pointer, row_id_of, token
from caseload.queries.outward.listing import (
    Listing,
    Rows,
    nameless,
    patient,
    patient_id,
    rows_of,
    slice_of,
    updated,
    urgent_only,
)
from caseload.queries.outward.plan_rows import holds, plan_changed, plan_rows, version_id
from caseload.queries.outward.plan_words import activities_of, goal_id, goals_of, sections_of, urgent_sections_of
from caseload.queries.outward.wanted import MOST, Found, Slice, Wanted
from caseload.tables import PlanSection, PlanVersion
from interfaces.fhir.care_plan import STATUSES, CarePlanRecord
from interfaces.fhir.code_systems import our_codes
from interfaces.fhir.search_values import Filter, Pointer

_STATUS = "http://hl7.org/fhir/request-status"


def find_care_plans(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Of every case with a plan the version that holds."""
    question = plan_rows(viewer, now).where(holds())
    listing = Listing((PlanVersion.case_id,), plan_changed(), _conditions(viewer, now))
    rows = rows_of(session, wanted, question, listing)
    return slice_of(viewer, rows, _records(session, viewer, rows.rows))


def care_plan_versions(session: Session, viewer: Viewer, now: datetime, logical_id: str) -> tuple[Found, ...]:
    """Every version of a case's plan, the one that holds first, then the latest; NotThere where none is for the viewer."""
    case_id = row_id_of(logical_id)
    if case_id is None:
        raise NotThere
    question = plan_rows(viewer, now).where(PlanVersion.case_id == case_id)
    asked = question.add_columns(holds().label("holds"), plan_changed().label("updated_at")).limit(MOST)
    found = session.execute(asked.order_by(PlanVersion.number.desc(), PlanVersion.id.desc())).all()
    if not found:
        raise NotThere
    rows = sorted(found, key=lambda row: not row.holds)
    return slice_of(viewer, Rows(rows, None, len(rows)), _records(session, viewer, rows)).found


def _conditions(viewer: Viewer, now: datetime) -> dict[str, Condition]:
    states = {STATUSES[state.value]: PlanVersion.state == state for state in PlanState if state.value in STATUSES}
    joint = and_(PlanVersion.state == PlanState.ACTIVE, case_has_joint_plan(now))
    categories = {"personalised_care_and_support_plan": PlanVersion.id.is_not(None), "joint": joint}
    return {
        **patient(viewer),
        "status": token({_STATUS: states}),
        "category": token({our_codes("care-plan"): categories}),
        "date": period(PlanVersion.active_at, PlanVersion.ended_at),
        "care-team": pointer("CareTeam", PlanVersion.case_id),
        "goal": _with_goal,
    }


def _with_goal(chosen: Filter) -> ColumnElement[bool]:
    """Plans with one of these goals: the key stands in the text of the part, in its quotes."""
    of_goals = [one for one in map(_goal, chosen.values) if one is not None]
    whole = exists().where(PlanSection.version_id == PlanVersion.id, PlanSection.heading == PlanHeading.GOALS)
    if not chosen.values:
        there = whole.where(cast(PlanSection.content, String) != "[]").correlate(PlanVersion)
        return ~there if chosen.missing else there
    found = [
        and_(
            PlanVersion.case_id == case_id,
            whole.where(cast(PlanSection.content, String).contains(f'"{key}"', autoescape=True)).correlate(PlanVersion),
        )
        for case_id, key in of_goals
    ]
    return or_(NOWHERE, *found)


def _goal(value: Any) -> tuple[int, str] | None:
    if not isinstance(value, Pointer) or value.resource not in ("", "Goal"):
        return None
    case_id, _, key = value.id.partition("-")
    number = row_id_of(case_id)
    return None if number is None or not key else (number, key)


def _records(session: Session, viewer: Viewer, rows: Sequence[Any]) -> list[tuple[CarePlanRecord, Sequence[int]]]:
    parts = _sections(session, [row[0].id for row in rows])
    return [(_record(viewer, row, parts[row[0].id]), [row[1].person_id]) for row in rows]


def _record(viewer: Viewer, row: Any, parts: Mapping[PlanHeading, PlanSection]) -> CarePlanRecord:
    version, case, _, pseudonym, joint = row[:5]
    contents: Contents = {heading: part.content for heading, part in parts.items()}
    urgent = urgent_only(viewer)
    few = urgent or nameless(viewer)  # neither is served goals, so neither is pointed to them
    writers = dict.fromkeys(str(part.author_id) for _, part in sorted(parts.items()) if part.content)
    return CarePlanRecord(
        id=str(case.id), updated_at=updated(row), version=version_id(version, joint=bool(joint)),
        patient=patient_id(viewer, case.person_id, pseudonym), case_id=str(case.id), number=version.number,
        state=version.state.value, joint=bool(joint), created_at=version.created_at, active_at=version.active_at,
        ended_at=version.ended_at, review_on=version.review_on, signed_by=str(version.signed_by or ""),
        contributors=() if urgent else tuple(writers),
        sections=urgent_sections_of(contents) if urgent else () if nameless(viewer) else sections_of(contents),
        goals=() if few else tuple(goal_id(case.id, entry) for entry in goals_of(contents)),
        activities=() if urgent else tuple(activities_of(case.id, contents, to_goals=not few)),
    )  # fmt: skip


def _sections(session: Session, version_ids: Sequence[int]) -> dict[int, dict[PlanHeading, PlanSection]]:
    """What these versions say, in one statement."""
    found: dict[int, dict[PlanHeading, PlanSection]] = defaultdict(dict)
    wanted = select(PlanSection).where(PlanSection.version_id.in_(version_ids)).order_by(PlanSection.id)
    for section in session.execute(wanted).scalars() if version_ids else ():
        found[section.version_id][section.heading] = section
    return found
