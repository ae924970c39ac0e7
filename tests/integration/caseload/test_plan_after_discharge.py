"""A hospital stay that ends after a plan became active sets a task to look at the plan again, once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.plan_reviews import review_after_discharges
from caseload.actions.plans import Basis
from caseload.domain.words import EncounterKind
from caseload.tables import Encounter, Task
from tests.support.case_app import NOW
from tests.support.plan_work import PlanWork

LATER = NOW + timedelta(days=40)


@pytest.fixture
def plans(store, town):
    return PlanWork(store, town)


def stay(plans, ended_on, started_on=date(2026, 11, 1), kind=EncounterKind.EMERGENCY_ADMISSION):
    with plans.store.writing() as session:
        made = Encounter(
            person_id=plans.town.people[1], source="made up", source_ref=f"{kind} {started_on}", kind=kind,
            started_on=started_on, ended_on=ended_on,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def reviews(plans, now=LATER):
    """How many tasks are new, and what is open."""
    with plans.store.writing() as session:
        made = review_after_discharges(session, now)
    with plans.store.reading() as session:
        wanted = select(Task.due_on, Task.owner_id).where(
            Task.rule_code == "plan_after_discharge", Task.state == "open"
        )
        return made, [tuple(row) for row in session.execute(wanted)]


def test_a_discharge_sets_a_review_once(plans, town):
    plans.active()
    stay(plans, date(2026, 11, 9))
    expected = [(date(2026, 11, 21), town.users["navigator"])]
    assert reviews(plans) == (1, expected)
    assert reviews(plans) == (0, expected)


@pytest.mark.parametrize(
    ("ended_on", "started_on", "kind"),
    [
        (None, date(2026, 11, 1), EncounterKind.EMERGENCY_ADMISSION),
        (date(2026, 11, 1), date(2026, 11, 1), EncounterKind.OTHER_ADMISSION),
        (date(2026, 11, 2), date(2026, 11, 1), EncounterKind.ED_ATTENDANCE),
        (date(2026, 10, 4), date(2026, 10, 1), EncounterKind.EMERGENCY_ADMISSION),
    ],
)
def test_what_is_no_discharge_since_the_plan_sets_nothing(plans, ended_on, started_on, kind):
    plans.active()
    stay(plans, ended_on, started_on, kind)
    assert reviews(plans) == (0, [])


def test_a_draft_is_not_reviewed(plans):
    plans.drafted()
    stay(plans, date(2026, 11, 9))
    assert reviews(plans) == (0, [])


def test_a_new_version_is_the_review(plans):
    first = plans.active()
    stay(plans, date(2026, 11, 9))
    assert reviews(plans)[0] == 1
    second = plans.start(basis=Basis.ACTIVE, now=LATER)
    for step in (plans.ready, plans.sign, plans.answer, plans.activate):
        step(second, now=LATER)
    assert (plans.state(first), reviews(plans)) == ("superseded", (0, []))
