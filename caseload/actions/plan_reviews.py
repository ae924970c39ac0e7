"""Somebody with a care plan came home from hospital: the plan is looked at again."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.rule_tasks import RuleTask, add_rule_tasks
from caseload.clock import local_day
from caseload.domain.discharge_rules import STAYS
from caseload.domain.hospital_effects import RULES
from caseload.domain.plan_words import PlanState
from caseload.domain.words import CaseState, TaskKind
from caseload.plan_rules import read_plan_rules
from caseload.tables import Case, Encounter, PlanVersion

RULE = RULES[TaskKind.PLAN_REVIEW]


def review_after_discharges(session: Session, now: datetime, *, encounter_id: int | None = None) -> int:
    """A task for every stay of at least a night that ended since the plan in force became active; answers how many are new.

    The same stay sets it once, however often it is sent and whoever sends it: a monthly pack, or the hospital at once, which
    asks for one stay by its `encounter_id`.
    """
    wanted = (
        select(Case.person_id, Case.id.label("case_id"), PlanVersion.id, PlanVersion.active_at, Encounter)
        .join(PlanVersion, PlanVersion.case_id == Case.id)
        .join(Encounter, Encounter.person_id == Case.person_id)
        .where(
            Case.state != CaseState.CLOSED,
            PlanVersion.state == PlanState.ACTIVE,
            Encounter.kind.in_(STAYS),
            Encounter.ended_on > Encounter.started_on,
        )
        .order_by(Case.id, Encounter.ended_on, Encounter.id)
    )
    if encounter_id is not None:
        wanted = wanted.where(Encounter.id == encounter_id)
    due_on = local_day(now) + timedelta(days=read_plan_rules().after_discharge_days)
    tasks = [
        RuleTask(
            person_id, case_id, TaskKind.PLAN_REVIEW, "Look at the care plan again after the hospital stay", due_on, RULE,
            f"plan_review:{version_id}:stay:{stay.id}",
        )
        for person_id, case_id, version_id, active_at, stay in session.execute(wanted)
        if stay.ended_on and active_at and stay.ended_on >= local_day(active_at)
    ]  # fmt: skip
    return len(add_rule_tasks(session, now=now, tasks=tasks, by=None)) if tasks else 0
