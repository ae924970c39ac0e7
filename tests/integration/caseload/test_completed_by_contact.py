"""Contacts that do what an open task asks for: the task is completed with them, said before and after; a failed attempt completes nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.tasks import hold_task
from caseload.domain.contact_outcomes import COMPLETES, OUTCOMES, ContactOutcome, Participant
from caseload.domain.words import TaskKind
from caseload.tables import Task, TaskEvent
from tests.support.case_app import NOW, audited
from tests.support.day_work import TODAY, contact_with, on_task, rule_task, steps_of, task_for, task_row
from tests.support.led_cases import opened

FAILED = [outcome for outcome in ContactOutcome if not OUTCOMES[outcome].reached]
FILLED = {
    "mode": "telephone", "outcome": "first_contact_made", "participants": ["person"], "next": "none",
    "happened_on-day": "5", "happened_on-month": "10", "happened_on-year": "2026",
}  # fmt: skip


def first_contact(store, town, number=1):
    """The id of the task that opening the case made."""
    opened(store, town, number)
    with store.reading() as session:
        wanted = select(Task.id).where(Task.person_id == town.people[number], Task.kind == TaskKind.FIRST_CONTACT)
        return session.execute(wanted).scalar_one()


@pytest.mark.parametrize("outcome", [one for one in ContactOutcome if OUTCOMES[one].reached])
def test_contact_that_reached_them_completes_the_first_contact(store, town, outcome):
    task_id = first_contact(store, town)
    made = contact_with(store, town, 1, by="navigator", outcome=outcome)
    row = task_row(store, task_id)
    assert made["completed"] == [task_id]
    assert (row["state"], row["ended_at"], row["ended_by"]) == ("done", NOW, town.users["navigator"])
    assert steps_of(store, task_id)[-1] == ("done", "open", "done")
    assert ("task.done", [town.people[1]]) in audited(store)
    with store.reading() as session:
        note = session.execute(select(TaskEvent.note).where(TaskEvent.task_id == task_id, TaskEvent.kind == "done"))
        assert note.scalar_one() == f"By the contact: {OUTCOMES[outcome].words}"


@pytest.mark.parametrize("outcome", FAILED)
def test_attempt_that_reached_nobody_completes_nothing(store, town, outcome):
    task_id = first_contact(store, town)
    assert contact_with(store, town, 1, by="navigator", outcome=outcome)["completed"] == []
    assert task_row(store, task_id)["state"] == "open"


def test_only_outcomes_that_reached_somebody_complete_anything():
    assert set(COMPLETES) == set(ContactOutcome)
    assert [one for one in ContactOutcome if COMPLETES[one]] == [one for one in ContactOutcome if OUTCOMES[one].reached]


def test_talk_between_professionals_is_no_first_contact(store, town):
    task_id = first_contact(store, town)
    made = contact_with(
        store, town, 1, by="navigator", outcome=ContactOutcome.NEXT_STEP_AGREED,
        participants=[Participant.GP, Participant.NURSE],
    )  # fmt: skip
    assert made["completed"] == []
    assert task_row(store, task_id)["state"] == "open"


def test_contact_of_before_the_task_was_set_does_not_complete_it(store, town):
    task_id = first_contact(store, town)
    earlier = TODAY - timedelta(days=60)
    made = contact_with(store, town, 1, by="navigator", outcome=ContactOutcome.NO_CHANGE, happened_on=earlier)
    assert (made["completed"], task_row(store, task_id)["state"]) == ([], "open")


def test_contact_after_discharge_completes_its_task_and_never_the_one_it_sets(store, town):
    opened(store, town, 1)
    waiting = rule_task(store, town, 1, "d", kind=TaskKind.DISCHARGE_CONTACT, due=2)
    made = contact_with(store, town, 1, by="navigator", outcome=ContactOutcome.DISCHARGED)
    assert waiting in made["completed"]
    assert made["task"] not in made["completed"]
    assert task_row(store, made["task"])["state"] == "open"


def test_contact_leaves_other_tasks_and_other_people_alone(store, town):
    task_id = first_contact(store, town)
    other, elsewhere = task_for(store, town, 1, by="ash.manager"), first_contact(store, town, 2)
    assert contact_with(store, town, 1, by="navigator", outcome=ContactOutcome.NO_CHANGE)["completed"] == [task_id]
    assert [task_row(store, one)["state"] for one in (other, elsewhere)] == ["open", "open"]


def test_task_on_hold_is_completed_as_well(store, town):
    task_id = first_contact(store, town)
    on_task(store, town, hold_task, task_id, by="navigator", until=TODAY + timedelta(days=9))
    assert contact_with(store, town, 1, by="navigator", outcome=ContactOutcome.WORSE)["completed"] == [task_id]


def test_form_says_before_and_after_what_a_contact_completes(client_as, get, post, store, town):
    task_id = first_contact(store, town)
    client, url = client_as("navigator"), f"/people/{town.people[1]}/contacts/new"
    html = " ".join(get(client, url).split())
    hints = dict(re.findall(r'value="(\w+)"[^>]*>.{0,200}?-item-hint">(.*?)</div>', html))
    for outcome in ContactOutcome:
        said = "This completes: Make the first contact." in hints[outcome.value]
        assert said is OUTCOMES[outcome].reached, outcome
    assert "A task is completed only where the person, their carer" in html
    page = post(client, url, FILLED)
    assert "The contact is recorded. Completed: Make the first contact." in page.text
    assert task_row(store, task_id)["state"] == "done"
    assert "This completes" not in get(client, url)
    assert "A task is completed only" not in get(client, url)
