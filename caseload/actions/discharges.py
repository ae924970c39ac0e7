"""How somebody in hospital is to leave it: written down anew each time, so that what was planned before can be read."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.tasks import complete_kind
from caseload.clock import local_day
from caseload.domain.discharge_rules import STAYS, can_be_planned, why_not_expected_on
from caseload.domain.lead_rule import in_words
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import DischargePathway
from caseload.domain.viewer import Viewer
from caseload.domain.words import TaskKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.visible import person_to_change
from caseload.tables import DischargePlan, Encounter


def plan_discharge(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    encounter_id: int,
    seen_id: int,
    pathway: DischargePathway,
    expected_on: date | None,
    note: str = "",
) -> dict[str, int | list[int]]:
    """Write down pathway and day for a stay, and complete the task to plan it; answers `{"plan": id, "completed": ids}`.

    `seen_id` is the plan that the form showed as holding, 0 for none: Conflict where another holds by now.
    """
    if not by.may(Permission.WORK_CASE):
        raise NotThere
    stay = session.execute(select(Encounter).where(Encounter.id == encounter_id).with_for_update()).scalar_one_or_none()
    if stay is None:
        raise NotThere
    person = person_to_change(session, by, now, stay.person_id)
    if person.date_of_death is not None:
        raise NotNow("This person has died.")
    if not can_be_planned(stay.kind, stay.ended_on, local_day(now)):
        raise NotNow("The end of this stay cannot be planned any more: it is over.")
    refusal = why_not_expected_on(expected_on, stay.started_on, stay.ended_on, local_day(now))
    if refusal:
        raise NotNow(refusal, field="expected_on")
    _check_seen(session, stay.id, seen_id)
    plan = DischargePlan(
        encounter_id=stay.id, pathway=pathway, expected_on=expected_on, note=note, at=now, by=by.user_id
    )
    session.add(plan)
    session.flush()
    record(
        session, "discharge.plan", by=by.user_id, now=now, people=[person.id], encounter=stay.id, plan=plan.id,
        code=pathway.value,
    )  # fmt: skip
    return {"plan": plan.id, "completed": _complete_task(session, stay, by, now)}


def _check_seen(session: Session, encounter_id: int, seen_id: int) -> None:
    wanted = select(DischargePlan).where(DischargePlan.encounter_id == encounter_id)
    latest = session.execute(wanted.order_by(DischargePlan.id.desc()).limit(1)).scalar_one_or_none()
    if (latest.id if latest else 0) == seen_id:
        return
    sentence = "Somebody else planned this discharge while you were working on it."
    if latest is None:
        raise Conflict(sentence)
    change = change_by(session, latest.by, latest.at)
    theirs = {
        "Pathway": latest.pathway,
        "Expected to leave on": in_words(latest.expected_on) if latest.expected_on else "No day",
        "Note": latest.note or "None",
    }
    raise Conflict(sentence, theirs=theirs, by=change.by, at=change.at)


def _complete_task(session: Session, stay: Encounter, by: Viewer, now: datetime) -> list[int]:
    """Only of the stay they are in now, or were last: a task set for a later stay is not done by planning an earlier one."""
    later = select(Encounter.id).where(
        Encounter.person_id == stay.person_id, Encounter.kind.in_(STAYS), Encounter.started_on > stay.started_on
    )
    if session.execute(later.limit(1)).first() is not None:
        return []
    return complete_kind(
        session, by=by, now=now, person_id=stay.person_id, kind=TaskKind.DISCHARGE_PLANNING,
        note="By planning the discharge",
    )  # fmt: skip
