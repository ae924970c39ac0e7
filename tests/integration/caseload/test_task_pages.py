"""The pages of a task: what they show, what they refuse in words, and where they lead."""

import re
from datetime import date, timedelta

import pytest

from caseload.actions.tasks import complete_task, escalate_task, hold_task
from caseload.presenters.writing import day
from tests.support.case_app import NOW, audited
from tests.support.day_work import TODAY, on_task, steps_of, task_for, task_row
from tests.support.led_cases import opened

NEW = {"title": "Bring the form", "kind": "follow_up", "due_on-day": "9", "due_on-month": "10", "due_on-year": "2026"}


def main_of(html):
    return html.split("<main")[1]


def test_new_task_from_its_form(client_as, post, get, store, town):
    client = client_as("ash.manager")
    page = post(
        client, f"/people/{town.people[1]}/tasks/new",
        {**NEW, "on_list": f"user:{town.users['ash.gp']}", "detail": "The green one"},
    )  # fmt: skip
    assert "The task is set." in page.text
    assert "Bring the form" in page.text
    task_id = int(re.search(r'href="/tasks/(\d+)"', page.text).group(1))
    row = task_row(store, task_id)
    assert (row["due_on"], row["owner_id"], row["detail"]) == (date(2026, 10, 9), town.users["ash.gp"], "The green one")
    html = get(client, f"/tasks/{task_id}")
    assert "The green one" in html
    assert "By hand" in html


def test_new_task_offers_the_lists_it_can_go_on(client_as, get, store, town):
    opened(store, town, 1)
    html = main_of(get(client_as("ash.manager"), f"/people/{town.people[1]}/tasks/new"))
    offered = re.findall(r'<option value="([^"]*)"', html.split('name="on_list"')[1])
    users = {town.users[name] for name in ("ash.manager", "ash.gp", "navigator", "chair")}
    assert set(offered) == {f"user:{one}" for one in users} | {f"team:{town.team_id}"}
    assert offered[0] == f"user:{town.users['ash.manager']}"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "  "}, "Enter what has to be done"),
        ({"title": "x" * 201}, "“What has to be done?” must be 200 characters or fewer"),
        ({"due_on-day": "", "due_on-month": "", "due_on-year": ""}, "Enter when the task is due"),
        ({"due_on-day": "4"}, "The due date must be today or in the future"),
        ({"due_on-year": "2062"}, "The due date must be within two years"),
        ({"on_list": "user:99999"}, "Select somebody from the list"),
        ({"on_list": "nobody"}, "Select somebody from the list"),
    ],
)
def test_new_task_form_says_what_is_wrong(client_as, post, town, wrong, sentence):
    page = post(client_as("ash.manager"), f"/people/{town.people[1]}/tasks/new", {**NEW, "detail": "Kept", **wrong})
    assert page.status_code == 422
    assert page.text.count(sentence) >= 2
    assert "Kept" in page.text


def test_kinds_that_only_rules_make_are_not_offered(client_as, get, post, store, town):
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}/tasks/new")
    assert 'value="after_death"' not in html
    page = post(client_as("ash.manager"), f"/people/{town.people[1]}/tasks/new", {**NEW, "kind": "after_death"})
    assert page.status_code == 422


def test_task_done_with_a_note_and_undone(client_as, post, store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    client = client_as("ash.manager")
    page = post(client, f"/tasks/{task_id}/done", {"note": "All well"}, page=f"/tasks/{task_id}")
    assert "The task is done." in page.text
    assert "All well" in page.text
    page = post(client, f"/tasks/{task_id}/reopen", page=f"/tasks/{task_id}")
    assert "The task is open again." in page.text
    assert "Undone: open again" in page.text
    assert task_row(store, task_id)["state"] == "open"


def test_task_held_and_released(client_as, post, store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    client = client_as("ash.manager")
    day = TODAY + timedelta(days=20)
    page = post(
        client, f"/tasks/{task_id}/hold",
        {"until-day": day.day, "until-month": day.month, "until-year": day.year, "note": "On holiday"},
    )  # fmt: skip
    assert "On hold until 25 October 2026" in page.text
    assert "On holiday" in page.text
    page = post(client, f"/tasks/{task_id}/hold", page=f"/tasks/{task_id}")
    assert "The hold has ended." in page.text
    assert task_row(store, task_id)["hold_until"] is None


@pytest.mark.parametrize(
    ("day", "sentence"), [(5, "must be in the future"), (None, "Enter the date the task comes back")]
)
def test_hold_form_says_what_is_wrong(client_as, post, store, town, day, sentence):
    task_id = task_for(store, town, 1, by="ash.manager")
    until = {} if day is None else {"until-day": day, "until-month": 10, "until-year": 2026}
    page = post(client_as("ash.manager"), f"/tasks/{task_id}/hold", until)
    assert page.status_code == 422
    assert page.text.count(sentence) >= 2
    assert len(steps_of(store, task_id)) == 1


def test_task_moved_to_a_team(client_as, post, store, town):
    opened(store, town, 1)
    task_id = task_for(store, town, 1, by="ash.manager")
    page = post(client_as("ash.manager"), f"/tasks/{task_id}/reassign", {"on_list": f"team:{town.team_id}"})
    assert "Moved from Ash Manager to North care navigators" in page.text
    assert task_row(store, task_id)["team_id"] == town.team_id


def test_task_escalated_needs_somebody_and_why(client_as, get, post, store, town):
    opened(store, town, 1)
    task_id = task_for(store, town, 1, by="navigator")
    client = client_as("navigator")
    assert "Navigator" not in main_of(get(client, f"/tasks/{task_id}/escalate")).split("<select")[1]
    page = post(client, f"/tasks/{task_id}/escalate", {})
    assert page.status_code == 422
    assert "Select who has to decide" in page.text
    assert "Enter what they have to decide" in page.text
    page = post(client, f"/tasks/{task_id}/escalate", {"to": f"user:{town.users['ash.gp']}", "note": "Visit or not?"})
    assert "Escalated to Ash Gp" in page.text
    assert task_row(store, task_id)["escalated_to_id"] == town.users["ash.gp"]
    assert "Visit or not?" in get(client_as("ash.gp"), f"/tasks/{task_id}")


def test_task_cancelled_needs_a_reason(client_as, post, store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    client = client_as("ash.manager")
    assert post(client, f"/tasks/{task_id}/cancel", {"note": ""}).status_code == 422
    assert "The task is cancelled." in post(client, f"/tasks/{task_id}/cancel", {"note": "Set twice"}).text
    assert task_row(store, task_id)["ended_note"] == "Set twice"


def test_task_changed_meanwhile_shows_a_conflict_with_what_was_typed(client_as, get, store, town, post):
    task_id = task_for(store, town, 1, by="ash.manager")
    client = client_as("ash.manager")
    version = task_row(store, task_id)["row_version"]
    on_task(store, town, hold_task, task_id, by="ash.gp", until=TODAY + timedelta(days=2))
    page = post(
        client, f"/tasks/{task_id}/done", {"note": "Typed words", "row_version": version}, page=f"/tasks/{task_id}"
    )
    assert page.status_code == 409
    assert "Typed words" in page.text
    assert "On hold until" in page.text
    assert "7 October 2026" in page.text
    assert task_row(store, task_id)["state"] == "open"


def test_form_without_a_version_is_refused(client_as, get, store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    client = client_as("ash.manager")
    html = get(client, f"/tasks/{task_id}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)
    answer = client.post(f"/tasks/{task_id}/done", data={"csrf_token": token, "form_key": "k" * 32})
    assert answer.status_code == 400
    assert task_row(store, task_id)["state"] == "open"


@pytest.mark.parametrize("page", ["", "/hold", "/reassign", "/escalate", "/cancel"])
def test_task_pages_look_at_their_person_and_do_not_exist_for_others(client_as, get, store, town, page):
    task_id = task_for(store, town, 1, by="ash.manager")
    before = len(audited(store))
    get(client_as("ash.gp"), f"/tasks/{task_id}{page}")
    assert audited(store)[before:] == [("view", [town.people[1]])]
    for username in ("cedar.manager", "therapist", "ig"):
        assert client_as(username).get(f"/tasks/{task_id}{page}").status_code == 404


@pytest.mark.parametrize("page", ["hold", "reassign", "escalate", "cancel"])
def test_pages_of_an_ended_task_offer_no_form(client_as, get, store, town, page):
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, complete_task, task_id, by="ash.manager")
    html = main_of(get(client_as("ash.manager"), f"/tasks/{task_id}/{page}"))
    assert "Undo that first" in html
    assert "<form" not in html


def test_all_tasks_of_a_person_with_those_that_ended(client_as, get, store, town):
    open_id, done_id = (
        task_for(store, town, 1, by="ash.manager", title=title) for title in ("Still open", "Has ended")
    )
    on_task(store, town, complete_task, done_id, by="ash.manager")
    on_task(store, town, escalate_task, open_id, by="ash.manager", to_id=town.users["ash.gp"], note="?")
    html = get(client_as("ash.gp"), f"/people/{town.people[1]}/tasks")
    first, second = html.split("Done and cancelled", 1)
    assert "Still open" in first
    assert "Escalated to Ash Gp" in first
    assert "Has ended" in second


def test_today_of_a_new_user_is_empty_in_words(client_as, get, town):
    html = get(client_as("ash.gp"), "/")
    for words in ("Nothing is overdue.", "Nothing is due today.", "Nobody waits for a decision", "No handover waits"):
        assert words in html


def test_unknown_list_leads_back_to_today(client_as, town):
    answer = client_as("navigator").get("/tasks?list=everything")
    assert (answer.status_code, answer.location) == (302, "/")


def test_moving_a_task_to_its_own_list_is_an_error_of_the_form(client_as, post, store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    where = {"on_list": f"user:{town.users['ash.manager']}", "note": "Kept words"}
    page = post(client_as("ash.manager"), f"/tasks/{task_id}/reassign", where)
    assert page.status_code == 422
    assert page.text.count("The task is on this list already. Choose another list") == 2
    assert "Kept words" in page.text


@pytest.mark.parametrize(
    ("due", "until", "later", "said"),
    [
        (10, 20, 0, "On hold until 25 October 2026"),
        (-3, 2, 0, "On hold until 7 October 2026"),
        (3, 1, 2, ""),
        (1, 4, 8, "Was on hold until 9 October 2026"),
    ],
)
def test_hold_stands_beside_the_due_date(client_as, clock, get, store, town, due, until, later, said):
    task_id = task_for(store, town, 1, by="ash.manager", due=due)
    on_task(store, town, hold_task, task_id, by="ash.manager", until=TODAY + timedelta(days=until))
    clock.now = NOW + timedelta(days=later)
    client, when = client_as("ash.manager"), day(TODAY + timedelta(days=due))
    for url in (f"/tasks/{task_id}", f"/people/{town.people[1]}/tasks", f"/tasks/{task_id}/hold"):
        html = get(client, url).split("What happened")[0]
        assert when in html, url
        assert (said in html) if said else ("hold until" not in html), url
