"""Back, and Save once more: the same contact or task is asked about before it is recorded a second time."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from caseload.actions.tasks import complete_task
from caseload.tables import Contact, Task
from tests.support.day_work import on_task

CONTACT = {
    "mode": "telephone", "outcome": "no_answer", "participants": ["person"], "next": "suggested", "note": "Rang twice",
    "happened_on-day": "5", "happened_on-month": "10", "happened_on-year": "2026",
}  # fmt: skip
TASK = {"title": "Bring the form", "kind": "follow_up", "due_on-day": "9", "due_on-month": "10", "due_on-year": "2026"}


def count(store, table, *conditions):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def tasks(store):
    return count(store, Task, Task.title == TASK["title"])


@pytest.fixture
def contact_url(town):
    return f"/people/{town.people[1]}/contacts/new"


@pytest.fixture
def task_url(town):
    return f"/people/{town.people[1]}/tasks/new"


def test_same_contact_is_asked_about_and_kept_only_if_there_were_two(client_as, store, contact_url, clock, get, post):
    client = client_as("ash.manager")
    assert "There were two" not in get(client, contact_url)
    post(client, contact_url, CONTACT)
    clock.now += timedelta(minutes=5)
    again = post(client, contact_url, {**CONTACT, "next_title": "Try at noon"})
    assert again.status_code == 422
    assert "You recorded the same contact at 10:00am. Save again only if there were two" in again.text
    assert ">Rang twice</textarea>" in again.text
    assert 'value="Try at noon"' in again.text
    assert re.search(r'<input[^>]*name="there_were_two"[^>]*type="checkbox"', again.text)
    assert (count(store, Contact), count(store, Task, Task.contact_id.is_not(None))) == (1, 1)
    assert post(client, contact_url, {**CONTACT, "there_were_two": "y"}, follow=False).status_code == 303
    assert (count(store, Contact), count(store, Task, Task.contact_id.is_not(None))) == (2, 2)


@pytest.mark.parametrize(
    "other",
    [
        {"mode": "home_visit"}, {"outcome": "no_change"}, {"participants": ["person", "carer"]}, {"note": "Rang once"},
        {"happened_on-day": "4"},
    ],
)  # fmt: skip
def test_contact_that_differs_is_another(client_as, store, contact_url, post, other):
    client = client_as("ash.manager")
    for entered in (CONTACT, {**CONTACT, **other}):
        assert post(client, contact_url, entered, follow=False).status_code == 303
    assert count(store, Contact) == 2


def test_contact_of_somebody_else_or_of_long_ago_or_with_another_person_is_another(
    client_as, store, town, contact_url, clock, post
):
    client = client_as("ash.manager")
    post(client, contact_url, CONTACT)
    assert post(client_as("ash.gp"), contact_url, CONTACT, follow=False).status_code == 303
    elsewhere = f"/people/{town.people[2]}/contacts/new"
    assert post(client, elsewhere, CONTACT, follow=False).status_code == 303
    clock.now += timedelta(minutes=61)
    assert post(client_as("ash.manager"), contact_url, CONTACT, follow=False).status_code == 303
    assert count(store, Contact) == 4


def test_same_task_is_asked_about_and_kept_only_if_there_are_two(client_as, store, task_url, get, post):
    client = client_as("ash.manager")
    assert "There are two" not in get(client, task_url)
    post(client, task_url, {**TASK, "detail": "The green one"})
    again = post(client, task_url, {**TASK, "detail": "The green one"})
    assert again.status_code == 422
    assert "You set the same task at 10:00am. Add it again only if there are two" in again.text
    assert "The green one</textarea>" in again.text
    assert tasks(store) == 1
    assert post(client, task_url, {**TASK, "there_are_two": "y"}, follow=False).status_code == 303
    assert tasks(store) == 2


def test_task_that_differs_or_follows_one_that_is_done_is_another(client_as, store, town, task_url, clock, post):
    client = client_as("ash.manager")
    post(client, task_url, TASK)
    on_list = f"user:{town.users['ash.gp']}"
    for other in ({"due_on-day": "12"}, {"on_list": on_list}, {"on_list": f"team:{town.team_id}"}):
        post(client, task_url, {**TASK, **other})
    post(client_as("ash.gp"), task_url, {**TASK, "on_list": on_list})
    with store.reading() as session:
        first = session.execute(select(func.min(Task.id)).where(Task.title == TASK["title"])).scalar_one()
    before = tasks(store)
    on_task(store, town, complete_task, first, by="ash.manager")
    assert post(client, task_url, TASK, follow=False).status_code == 303
    assert tasks(store) == before + 1
    clock.now += timedelta(minutes=61)
    assert post(client_as("ash.manager"), task_url, TASK, follow=False).status_code == 303
    assert tasks(store) == before + 2
