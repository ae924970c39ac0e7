"""Care plans in the made-up place with work under way, made by the actions, beside those of `tests.support.shared_plans`.

case of person 1   an active version, agreed and joint; a draft based on it; a plan it replaced and one it will
case of person 5   (who has died) a draft from before
case of person 6   a version that is ready, signed off and agreed: it can be made active
"""

from datetime import timedelta

from caseload.actions.plans import Basis
from caseload.actions.replaced_plans import list_plan
from caseload.tables import Person
from tests.support.case_app import NOW
from tests.support.plan_work import PlanWork

YESTERDAY = {"now": NOW - timedelta(days=1)}


def plans_at_work(work):
    """Make them; their ids are `plan_active`, `plan_draft`, `plan_agreed` and `plan_deceased`."""
    _of_person_1(work)
    _of_person_5(work)
    _of_person_6(work)


def _of_person_1(work):
    plans = PlanWork(work.store, work.town, work.cases[1])
    plans.act(
        list_plan, case_id=plans.case_id, name="COPD self-management plan", holder="Respiratory nurse", **YESTERDAY
    )
    action = plans.action("Ask for pulmonary rehabilitation", when="2026-10-30")
    work.ids["plan_active"] = _agreed(plans, "ash.gp", _written(plans, "ash.gp", action))
    plans.activate(work.ids["plan_active"], **YESTERDAY)
    work.ids["plan_draft"] = plans.start(basis=Basis.ACTIVE, **YESTERDAY)
    plans.write(
        work.ids["plan_draft"],
        "about_me",
        [{"most_important": "To stay at home.", "written_on": "2026-10-01"}],
        **YESTERDAY,
    )
    plans.act(list_plan, case_id=plans.case_id, name="Falls plan", **YESTERDAY)


def _of_person_5(work):
    with work.store.writing() as session:
        person = session.get_one(Person, work.town.people[5])
        died, person.date_of_death = person.date_of_death, None
    plans = PlanWork(work.store, work.town, work.cases[5], joined=False)
    work.ids["plan_deceased"] = plans.start("ash.manager", **YESTERDAY)
    plans.write(work.ids["plan_deceased"], "needs", [{"need": "Tired all day"}], "ash.manager", **YESTERDAY)
    with work.store.writing() as session:
        session.get_one(Person, work.town.people[5]).date_of_death = died


def _of_person_6(work):
    """Based on the version that is active there already, with an action for the lead."""
    plans = PlanWork(work.store, work.town, work.cases[6], joined=False)
    version = plans.start("birch.gp", basis=Basis.ACTIVE, **YESTERDAY)
    plans.write(version, "actions", [plans.action(who="birch.gp")], "birch.gp", **YESTERDAY)
    work.ids["plan_agreed"] = _agreed(plans, "birch.gp", version)


def _written(plans, username, action):
    version = plans.start(username, **YESTERDAY)
    plans.write(version, "needs", [{"need": "Short of breath on the stairs"}], username, **YESTERDAY)
    plans.write(version, "goals", [{"goal": "To walk to the market", "importance": "9"}], "social.worker", **YESTERDAY)
    plans.write(version, "actions", [action], username, **YESTERDAY)
    change = {"trigger": "Cannot finish a sentence", "what": "Blue inhaler, then 999"}
    plans.write(version, "contingency", [change], username, **YESTERDAY)
    return version


def _agreed(plans, username, version):
    plans.ready(version, username, **YESTERDAY)
    plans.sign(version, username, **YESTERDAY)
    plans.answer(version, "agreed", username, copy_given=True, **YESTERDAY)
    return version
