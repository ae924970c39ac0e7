"""Care plans: who may do what to which version, and what follows from it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.cases import close_case
from caseload.actions.handovers import accept_handover
from caseload.actions.plan_tasks import cancel_plan_tasks
from caseload.actions.plans import Basis, sign_plan, withdraw_plan
from caseload.actions.replaced_plans import list_plan
from caseload.actions.tasks import complete_task
from caseload.domain.case_rules import ClosingReason
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_words import PlanHeading
from caseload.domain.words import TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.plans import active_plan, plan_of_case, two_versions, whole_plan
from caseload.tables import (
    Assessment,
    Case,
    PlanAction,
    PlanVersion,
    ReplacedPlan,
    Task,
    TaskEvent,
)
from tests.support.case_app import NOW, audited
from tests.support.led_cases import asked, decided
from tests.support.plan_work import NEED, PlanWork, notices, tasks_of


@pytest.fixture
def plans(store, town):
    return PlanWork(store, town)


def test_a_plan_from_draft_to_active(plans, town):
    version = plans.active()
    with plans.row(version) as (row, _):
        assert (row.state, row.number, row.signed_by, row.active_at) == ("active", 1, town.users["ash.gp"], NOW)
        assert row.content_hash == plans.seen(version)
        assert row.review_on == date(2027, 1, 4)  # 91 days: person 1 is at very high risk
    person = [town.people[1]]
    done = [what for what, people in audited(plans.store) if what.startswith("plan.") and people == person]
    assert done == ["plan.start", *["plan.write"] * 3, "plan.ready", "plan.sign", "plan.agreement", "plan.activate"]


def test_only_the_accountable_lead_signs_off(plans):
    version = plans.drafted()
    with pytest.raises(NotNow, match="Mark the draft as ready"):
        plans.sign(version)
    plans.ready(version)
    with pytest.raises(NotNow, match="Only the accountable lead"):
        plans.sign(version, "social.worker")
    plans.sign(version)
    with pytest.raises(NotNow, match="already"):
        plans.sign(version)


def test_a_lead_who_took_over_signs_again(plans, town):
    version = plans.agreed()
    later = NOW + timedelta(hours=1)
    handover = asked(plans.store, town, plans.case_id, "ash.partner", by="ash.gp", now=later)
    decided(plans.store, town, accept_handover, handover, by="ash.partner", now=later)
    with pytest.raises(NotNow, match="has not signed off"):
        plans.activate(version, now=later)
    plans.sign(version, "ash.partner", now=later)
    plans.activate(version, "ash.partner", now=later)
    assert plans.state(version) == "active"


def test_activation_puts_actions_on_lists_and_the_review_on_the_leads(plans, town):
    version = plans.active(
        plans.action("Ask for rehabilitation", when="2026-10-20"),
        plans.action("Visit on Fridays", "social.worker"),
        plans.action("Walk every day", None, who_name="The person"),
        {**plans.action("Order an inhaler"), "status": "done"},
    )
    made = tasks_of(plans, "plan_action")
    assert [(task.title, task.owner_id, task.due_on) for task in made] == [
        ("Ask for rehabilitation", town.users["navigator"], date(2026, 10, 20)),
        ("Visit on Fridays", town.users["social.worker"], date(2026, 10, 19)),
    ]
    (review,) = tasks_of(plans, "plan_review")
    assert (review.owner_id, review.due_on) == (town.users["ash.gp"], date(2027, 1, 4))
    assert notices(plans, "plan_active") == [town.users["navigator"]]
    with plans.store.reading() as session:
        keys = session.execute(select(PlanAction.action_key).where(PlanAction.version_id == version)).scalars().all()
        assert len(keys) == len(made)


def test_the_next_version_supersedes_the_former_in_the_same_moment(plans):
    first = plans.active(plans.action("Stays"), plans.action("Changes"), plans.action("Goes"))
    kept, changed, given_up = tasks_of(plans, "plan_action")
    later = NOW + timedelta(days=30)
    second = plans.start(basis=Basis.ACTIVE, now=later)
    _, actions, sectors = plans.section(second, "actions")
    assert sectors == ["health"]
    rest = [actions[0], {**actions[1], "what": "Changed"}]
    plans.write(second, "actions", rest, now=later)
    for step in (plans.ready, plans.sign, plans.answer, plans.activate):
        assert plans.state(first) == "active"
        step(second, now=later)
    with plans.row(first) as (row, session):
        new = session.get_one(PlanVersion, second)
        assert (row.state, row.ended_at) == ("superseded", later)
        assert (new.state, new.active_at, new.number, new.based_on_id) == ("active", later, 2, first)
    open_now = tasks_of(plans, "plan_action")
    assert [task.title for task in open_now] == ["Stays", "Changed"]
    assert open_now[0].id == kept.id
    cancelled = tasks_of(plans, "plan_action", "cancelled")
    assert [task.id for task in cancelled] == [changed.id, given_up.id]
    assert len(tasks_of(plans, "plan_review")) == 1
    with plans.store.reading() as session:
        linked = session.execute(select(PlanAction.task_id).where(PlanAction.version_id == second)).scalars()
        assert sorted(linked) == sorted(task.id for task in open_now)
        kinds = session.execute(select(TaskEvent.kind).where(TaskEvent.task_id == given_up.id)).scalars().all()
        assert kinds == ["created", "cancelled"]


def test_a_draft_based_on_the_active_version_knows_what_was_carried_out(plans):
    plans.active(plans.action("Done by then"), plans.action("Still open"))
    first, _ = tasks_of(plans, "plan_action")
    plans.act(complete_task, "navigator", task_id=first.id, row_version=first.row_version)
    second = plans.start(basis=Basis.ACTIVE)
    _, actions, _ = plans.section(second, "actions")
    assert [entry["status"] for entry in actions] == ["done", "to_do"]


def test_a_version_that_was_refused_and_withdrawn_can_be_gone_on_with(plans):
    with pytest.raises(NotNow, match="No version of this plan was withdrawn"):
        plans.start(basis=Basis.WITHDRAWN)
    first = plans.start()
    plans.write(first, "goals", [{"goal": "Walk to the shops again"}])
    plans.withdraw(first, reason="She wants it shorter")
    second = plans.start(basis=Basis.WITHDRAWN)
    _, (goal,), sectors = plans.section(second, "goals")
    assert (goal["goal"], sectors) == ("Walk to the shops again", ["health"])
    with plans.row(second) as (row, _session):
        assert row.based_on_id == first


def test_what_was_carried_out_while_the_next_version_was_written_is_not_asked_for_again(plans):
    plans.active(plans.action("Done meanwhile"), plans.action("Done before, to do again"))
    meanwhile, before = tasks_of(plans, "plan_action")
    plans.act(complete_task, "navigator", task_id=before.id, row_version=before.row_version)
    later = NOW + timedelta(days=1)
    second = plans.start(basis=Basis.ACTIVE, now=later)
    _, actions, _ = plans.section(second, "actions")
    plans.write(second, "actions", [actions[0], {**actions[1], "status": "to_do"}], now=later)
    plans.act(complete_task, "navigator", task_id=meanwhile.id, row_version=meanwhile.row_version, now=later)
    for step in (plans.ready, plans.sign, plans.answer, plans.activate):
        step(second, now=later)
    assert [task.title for task in tasks_of(plans, "plan_action")] == ["Done before, to do again"]
    with plans.store.reading() as session:
        wanted = select(PlanAction.task_id).where(PlanAction.version_id == second).order_by(PlanAction.task_id)
        linked = session.execute(wanted).scalars().all()
    assert linked[0] == meanwhile.id
    assert len(linked) == 2


def test_one_version_is_on_its_way_at_a_time(plans):
    plans.start()
    with pytest.raises(NotNow, match="on its way already"):
        plans.start()


def test_there_is_no_draft_of_what_is_not_there(plans):
    for basis in (Basis.ACTIVE, Basis.ASSESSMENT):
        with pytest.raises(NotNow, match="Start with an empty draft"):
            plans.start(basis=basis)


def test_a_draft_begins_with_what_the_assessment_found(plans, town):
    with plans.store.writing() as session:
        session.add(
            Assessment(
                case_id=plans.case_id, questionnaires="1", state="completed", needs="Breathless\n\nLonely\n",
                risks="Falls at night", review_on=date(2026, 12, 1), started_at=NOW, started_by=town.users["ash.gp"],
                ended_at=NOW, ended_by=town.users["ash.gp"],
            )
        )  # fmt: skip
    version = plans.start("social.worker", basis=Basis.ASSESSMENT)
    _, needs, sectors = plans.section(version, "needs")
    assert ([entry["need"] for entry in needs], sectors) == (["Breathless", "Lonely"], ["social_care"])
    assert plans.section(version, "contingency")[1] == [{"trigger": "Falls at night"}]
    with plans.row(version) as (row, _):
        assert row.review_on == date(2026, 12, 1)


def test_withdrawing_takes_what_was_set_off_lists(plans):
    version = plans.active()
    plans.answer(version, "does_not_agree")
    plans.withdraw(version)
    assert plans.state(version) == "withdrawn"
    assert [tasks_of(plans, kind) for kind in ("plan_action", "plan_review", "plan_agreement")] == [[], [], []]
    with pytest.raises(NotNow, match="withdrawn"):
        plans.withdraw(version)
    plans.start()


def test_withdrawing_needs_a_reason(plans):
    version = plans.start()
    with pytest.raises(NotNow) as refused:
        plans.withdraw(version, reason=" ")
    assert refused.value.field == "reason"


def test_closing_the_case_ends_its_plan_and_its_tasks(plans):
    active = plans.active()
    written = plans.start(basis=Basis.ACTIVE)
    with plans.store.reading() as session:
        row_version = session.get_one(Case, plans.case_id).row_version
    plans.act(close_case, "ash.manager", case_id=plans.case_id, row_version=row_version, reason=ClosingReason.GOALS_MET)
    assert (plans.state(active), plans.state(written)) == ("withdrawn", "withdrawn")
    with plans.store.reading() as session:
        assert session.execute(select(Task.id).where(Task.state == TaskState.OPEN)).all() == []
    with pytest.raises(NotNow, match="closed"):
        plans.act(list_plan, "ash.manager", case_id=plans.case_id, name="COPD plan")


def test_listed_plans_are_replaced_when_a_version_is_active(plans):
    plans.act(list_plan, case_id=plans.case_id, name="COPD  plan", holder="Respiratory team")
    with pytest.raises(NotNow, match="already"):
        plans.act(list_plan, case_id=plans.case_id, name="copd plan")
    plans.active()
    with plans.store.reading() as session:
        (row,) = session.execute(select(ReplacedPlan)).scalars()
        assert (row.name, row.replaced_at) == ("COPD plan", NOW)


def test_who_may_not_open_the_person_is_told_nothing(plans):
    version = plans.drafted()
    for attempt in (
        lambda: plans.start("cedar.manager"),
        lambda: plans.write(version, "needs", [NEED], "cedar.manager"),
        lambda: plans.ready(version, "cedar.manager"),
        lambda: plans.answer(version, username="ig"),
        lambda: plans.withdraw(version, "south.navigator"),
        lambda: plans.act(list_plan, "ig", case_id=plans.case_id, name="COPD plan"),
        lambda: plans.act(sign_plan, version_id=99_999, row_version=1),
    ):
        with pytest.raises(NotThere):
            attempt()


def test_a_form_that_was_overtaken_is_a_conflict(plans):
    version = plans.drafted()
    shown = plans.version_of(version)
    plans.ready(version)
    with pytest.raises(Conflict) as refused:
        plans.act(withdraw_plan, version_id=version, row_version=shown, reason="x")
    assert refused.value.by == "Ash Gp"


def test_what_pages_are_told_of_a_plan(plans, town):
    first = plans.active()
    second = plans.start(basis=Basis.ACTIVE)
    plans.write(second, "strengths", [{"strength": "Her sister"}])
    with plans.store.reading() as session:
        viewer = town.viewer(session, "navigator")
        page = plan_of_case(session, viewer, NOW, plans.case_id)
        assert [version.version_id for version in page.versions] == [second, first]
        assert page.case.joint
        assert {sector.value for sector in page.sectors} == {"health", "social_care"}
        whole = whole_plan(session, viewer, NOW, first)
        assert (whole.version.answer.state, len(whole.tasks)) == ("agreed", 1)
        assert content_hash(whole.contents) == whole.version.content_hash
        assert active_plan(session, viewer, NOW, plans.case_id) == whole
        _, one, other = two_versions(session, viewer, NOW, first, second)
        assert (PlanHeading.STRENGTHS in one[1], PlanHeading.STRENGTHS in other[1]) == (False, True)
        for asked_for in ((first, 99_999), (99_999, 99_998)):
            with pytest.raises(NotThere):
                two_versions(session, viewer, NOW, *asked_for)
        with pytest.raises(NotThere):
            whole_plan(session, town.viewer(session, "cedar.manager"), NOW, first)


def test_cancelling_what_has_no_tasks_changes_nothing(plans):
    version = plans.drafted()
    with plans.store.writing() as session:
        cancel_plan_tasks(session, session.get_one(PlanVersion, version), "x", by=1, now=NOW)
    assert tasks_of(plans, "plan_action", "cancelled") == []
