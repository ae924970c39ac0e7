"""What the person says to a version, and what follows from each answer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.tasks import cancel_task
from caseload.domain.plan_words import AgreementMethod, Authority
from caseload.exceptions import NotNow
from caseload.tables import PlanAgreement, TaskEvent
from tests.support.case_app import NOW, audited
from tests.support.plan_work import PlanWork, notices, tasks_of


@pytest.fixture
def plans(store, town):
    return PlanWork(store, town)


@pytest.mark.parametrize("answer", [None, "does_not_agree", "could_not_answer"])
def test_without_agreement_nothing_is_active(plans, answer):
    version = plans.drafted()
    plans.ready(version)
    plans.sign(version)
    if answer:
        plans.answer(version, answer)
    with pytest.raises(NotNow, match="what the person says|has not agreed"):
        plans.activate(version)
    assert plans.state(version) == "ready"


def test_a_no_after_a_yes_counts(plans):
    version = plans.agreed()
    plans.answer(version, "does_not_agree")
    with pytest.raises(NotNow, match="has not agreed"):
        plans.activate(version)
    plans.answer(version)
    plans.activate(version)


@pytest.mark.parametrize(
    ("state", "told"), [("does_not_agree", True), ("could_not_answer", True), ("by_representative", False)]
)
def test_every_answer_but_a_yes_sets_a_task(plans, town, state, told):
    version = plans.drafted()
    plans.ready(version)
    plans.answer(version, state, "navigator")
    (task,) = tasks_of(plans, "plan_agreement")
    assert (task.due_on, task.owner_id) == (date(2026, 10, 10), town.users["navigator"])
    assert task.rule_ref.startswith(f"plan_agreement:{version}:")
    assert notices(plans, "plan_not_agreed") == ([town.users["ash.gp"]] if told else [])
    plans.answer(version)
    assert tasks_of(plans, "plan_agreement") == []
    (done,) = tasks_of(plans, "plan_agreement", "done")
    assert done.ended_note == "The person agreed to the plan."


def test_one_open_task_asks_again_and_says_what_the_latest_answer_asks_for(plans, town):
    version = plans.drafted()
    plans.ready(version)
    plans.answer(version, "could_not_answer", "navigator")
    (first,) = tasks_of(plans, "plan_agreement")
    plans.answer(version, "could_not_answer", "navigator", now=NOW + timedelta(days=2))
    (again,) = tasks_of(plans, "plan_agreement")
    assert (again.id, again.title, again.due_on) == (first.id, first.title, date(2026, 10, 12))
    plans.answer(version, "does_not_agree", "navigator", now=NOW + timedelta(days=2))
    (last,) = tasks_of(plans, "plan_agreement")
    assert (last.id, last.title) == (first.id, "Talk about the plan again: the person does not agree with it")
    assert [tasks_of(plans, "plan_agreement", state) for state in ("done", "cancelled")] == [[], []]
    with plans.store.reading() as session:
        wanted = select(TaskEvent).where(TaskEvent.task_id == first.id).order_by(TaskEvent.id)
        steps = [(one.kind, one.before, one.after) for one in session.execute(wanted).scalars()]
    assert steps[0][0] == "created"
    assert steps[1:] == [("changed", first.title, first.title), ("changed", first.title, last.title)]
    assert [action for action, _ in audited(plans.store)].count("task.changed") == 2
    plans.answer(version)
    assert [one.id for one in tasks_of(plans, "plan_agreement", "done")] == [first.id]


def test_a_task_that_was_ended_stays_so_and_the_next_answer_sets_another(plans):
    version = plans.drafted()
    plans.ready(version)
    plans.answer(version, "could_not_answer")
    (first,) = tasks_of(plans, "plan_agreement")
    plans.act(cancel_task, "navigator", task_id=first.id, row_version=first.row_version, note="She is in hospital")
    plans.answer(version, "does_not_agree")
    (second,) = tasks_of(plans, "plan_agreement")
    assert second.id != first.id
    assert [one.id for one in tasks_of(plans, "plan_agreement", "cancelled")] == [first.id]


@pytest.mark.parametrize(
    ("state", "options", "field"),
    [
        ("does_not_agree", {"reason": " "}, "reason"),
        ("by_representative", {"representative": ""}, "representative"),
        ("by_representative", {"authority": None}, "authority"),
        ("agreed", {"method": None}, "method"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(plans, state, options, field):
    version = plans.drafted()
    plans.ready(version)
    with pytest.raises(NotNow) as refused:
        plans.answer(version, state, **options)
    assert refused.value.field == field
    with plans.store.reading() as session:
        assert session.execute(select(PlanAgreement)).first() is None


def test_an_answer_keeps_everything_that_was_said(plans, town):
    version = plans.drafted()
    plans.ready(version)
    plans.answer(version, "by_representative", witness="Sam Example", copy_given=True)
    plans.answer(version, "agreed", representative="Nobody asked", authority=Authority.DEPUTY)
    with plans.store.reading() as session:
        first, second = session.execute(select(PlanAgreement).order_by(PlanAgreement.id)).scalars()
        assert (first.representative, first.authority, first.witness) == ("Pat Example", "attorney", "Sam Example")
        assert (first.method, first.copy_given, first.by) == (AgreementMethod.FACE_TO_FACE, True, town.users["ash.gp"])
        assert (second.representative, second.authority) == ("", None)


def test_a_draft_cannot_be_answered(plans):
    version = plans.drafted()
    with pytest.raises(NotNow, match="Mark the draft as ready"):
        plans.answer(version)


def test_a_representative_can_agree(plans):
    version = plans.drafted()
    plans.ready(version)
    plans.sign(version)
    plans.answer(version, "by_representative")
    plans.activate(version)
    assert plans.state(version) == "active"
