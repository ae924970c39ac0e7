"""Nothing typed is lost: it is in the fields again, a mistake is said at its field, a refusal names things by their labels."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from caseload.domain.contact_outcomes import OUTCOMES, ContactOutcome
from caseload.domain.plan_words import Discipline
from caseload.domain.words import ContactMode
from caseload.exceptions import Conflict
from caseload.questionnaires import read_questionnaires
from caseload.settings import settings_with
from caseload.tables import Contact, Draft, Person, Task, User
from tests.integration.caseload.conftest import SECRET, form_fields
from tests.support.accounts import PASSWORD, give_password
from tests.support.assessing import started
from tests.support.led_cases import led
from tests.support.plan_work import PlanWork
from tests.support.sqlite import sqlite_url

WORDS = "She would rather be called after lunch."
OUTCOME = next(iter(ContactOutcome)).value


@pytest.fixture
def database_url(tmp_path):
    return sqlite_url(tmp_path)


@pytest.fixture
def settings():
    return settings_with(secret_key=SECRET, secure_cookies=False, require_second_factor=False)


@pytest.fixture
def url(town):
    return f"/people/{town.people[1]}/contacts/new"


def contact_form(on=date(2026, 10, 1), **changes):
    day = {"happened_on-day": str(on.day), "happened_on-month": str(on.month), "happened_on-year": f"{on.year:04d}"}
    entered = {"mode": ContactMode.TELEPHONE.value, "outcome": OUTCOME, "participants": ["person"], "next": "suggested"}
    return {**entered, **day, "note": WORDS, "next_title": "Take the scales along", **changes}


def count(store, table):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def summary(page):
    """The error summary: where each line leads, and what it says."""
    return re.findall(r'<a href="#([\w-]+)">\s*(.*?)\s*</a>', page.partition("There is a problem")[2], flags=re.S)


def assert_filled(page):
    """The contact form holds what `contact_form` typed."""
    assert f">{WORDS}</textarea>" in page
    for name, value in (("happened_on-day", "1"), ("happened_on-month", "10"), ("next_title", "Take the scales along")):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"', page), name
    for value in (ContactMode.TELEPHONE.value, OUTCOME):
        assert re.search(rf'<input[^>]*value="{value}"[^>]*checked', page), value


def test_contact_is_in_its_fields_after_the_session_expired(client_as, store, town, url, clock, get, post):
    client = client_as("ash.manager")
    fields = form_fields(get(client, url), url)
    clock.now += timedelta(minutes=16)
    answer = client.post(url, data={**fields, **contact_form()})
    give_password(store, town.users["ash.manager"], clock())
    back = post(client, answer.location, {"username": "ash.manager", "password": PASSWORD}, follow=False)
    assert back.location == url
    page = get(client, url)
    assert 'id="draft"' in page
    assert "Telephone" in page.partition('id="draft"')[2].partition("</details>")[0]
    assert_filled(page)
    post(client, url, contact_form())
    assert count(store, Draft) == 0
    assert WORDS not in get(client, url)


def test_contact_is_in_its_fields_after_a_conflict(client_as, url, get, post, monkeypatch):
    def overtaken(session, **_arguments):
        raise Conflict("Somebody else did this first.")

    monkeypatch.setattr("caseload.pages.contacts.log_contact", overtaken)
    client = client_as("ash.manager")
    refused = post(client, url, contact_form())
    assert refused.status_code == 409
    shown = refused.text.partition("What you entered")[2]
    assert "When was it?</dt>" in shown
    assert "1 October 2026" in shown
    assert "Happened on" not in shown
    page = get(client, url)
    assert 'id="draft"' in page
    assert_filled(page)


def test_correction_that_somebody_else_made_first_says_who_and_when(client_as, store, url, get, post):
    early, late = client_as("ash.manager"), client_as("ash.gp")
    post(early, url, contact_form())
    with store.reading() as session:
        contact_id = session.execute(select(Contact.id)).scalar_one()
    correct = f"/contacts/{contact_id}/correct"
    fields = form_fields(get(late, correct), correct)
    post(early, correct, contact_form(note="Another note."))
    refused = late.post(correct, data={**fields, **contact_form(note="The late note.")})
    assert refused.status_code == 409
    assert "It was last changed by Ash Manager on 5 October 2026 at 10:00am." in refused.text
    assert "The late note." in get(late, correct)


def test_task_is_in_its_fields_after_a_conflict_with_labels_and_without_ids(client_as, store, town, get, post):
    manager, late = client_as("ash.manager"), client_as("ash.gp")
    post(manager, f"/people/{town.people[1]}/tasks/new", {
        "title": "Call", "kind": "follow_up", "due_on-day": "9", "due_on-month": "10", "due_on-year": "2026",
        "on_list": f"user:{town.users['ash.manager']}",
    })  # fmt: skip
    with store.reading() as session:
        task_id = session.execute(select(Task.id).where(Task.title == "Call")).scalar_one()
    url = f"/tasks/{task_id}/reassign"
    fields = form_fields(get(late, url), url)
    post(manager, f"/tasks/{task_id}/hold", {"until-day": "20", "until-month": "10", "until-year": "2026"})
    to = f"user:{town.users['ash.gp']}"
    refused = late.post(url, data={**fields, "on_list": to, "note": WORDS})
    assert refused.status_code == 409
    assert "It was last changed by Ash Manager on" in refused.text
    shown = refused.text.partition("What you entered")[2]
    assert "Whose list?</dt>" in shown
    assert "Ash Gp" in shown
    assert WORDS in shown
    assert to not in shown
    page = get(late, url)
    assert f">{WORDS}</textarea>" in page
    assert re.search(rf'<option value="{to}"[^>]*selected', page)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (date(1801, 1, 1), "The date of the contact is before the person was born"),
        (date(2027, 1, 1), "The date of the contact must be today or in the past"),
    ],
)
def test_impossible_day_of_a_contact_is_said_at_its_field(client_as, store, url, post, on, sentence):
    answer = post(client_as("ash.manager"), url, contact_form(on))
    assert answer.status_code == 422
    assert "Error: " in answer.text.partition("</title>")[0]
    assert "This cannot be done now" not in answer.text
    assert ("happened_on-day", sentence) in summary(answer.text)
    assert f">{WORDS}</textarea>" in answer.text
    assert re.search(rf'name="happened_on-year"[^>]*value="{on.year}"', answer.text)
    assert count(store, Contact) == 0


def test_contact_refused_at_a_field_can_be_put_right_and_sent(client_as, store, url, post):
    client = client_as("ash.manager")
    refused = post(client, url, contact_form(date(1801, 1, 1)))
    taken = client.post(url, data={**form_fields(refused.text, url), **contact_form()})
    assert taken.status_code == 303
    assert count(store, Contact) == 1


def test_person_who_had_died_begins_with_nobody_ticked_and_a_draft_with_who_was(
    client_as, store, town, url, clock, get
):
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = date(2026, 9, 1)
    client = client_as("ash.manager")
    assert not re.search(r'name="participants"[^>]*checked', get(client, url))


def test_form_that_is_out_of_date_shows_what_was_typed_by_the_labels_of_its_form(client_as, store, town):
    answer = client_as("ash.manager").post(
        f"/cases/{led(store, town, 1, 'ash.gp')}/handover",
        data={"csrf_token": "stale", "to_user_id": "3", "reason": "She moves away", "summary": "Likes mornings"},
    )
    assert answer.status_code == 400
    assert "Why is the case handed over?" in answer.text
    assert "She moves away" in answer.text
    assert "What does the receiver need to know? (optional)" in answer.text
    assert "To user id" not in answer.text


def labels_and_words(page):
    """What the page says was entered: labels with what stands beside them."""
    lines = re.findall(r"__key\">(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page.partition("What you entered")[2], flags=re.S)
    return {unescape(label): " ".join(re.sub(r"<[^>]+>", " ", said).split()) for label, said in lines}


def test_part_of_a_plan_that_is_out_of_date_shows_what_was_typed_by_its_labels(client_as, store, town):
    version = PlanWork(store, town).start()
    sent = {
        "e0_key": "ab12", "e0_what": "Ring", "e0_who": "4", "e0_status": "in_progress",
        "e1_what": "Visit", "e1_when-day": "3", "e1_when-month": "11", "e1_when-year": "2026", "e1_remove": "y",
    }  # fmt: skip
    answer = client_as("ash.gp").post(f"/plans/{version}/sections/actions", data={**sent, "csrf_token": "stale"})
    assert answer.status_code == 400
    assert labels_and_words(answer.text) == {
        "Action 1: What will be done": "Ring", "Action 1: Who will do it": "Has to be chosen again",
        "Action 1: How it stands": "In progress", "Action 2: What will be done": "Visit",
        "Action 2: By when": "3 November 2026", "Take out action 2": "Yes",
    }  # fmt: skip
    answer = client_as("ash.gp").post(
        f"/plans/{version}/sections/about_me", data={"e0_please_do": "Knock", "csrf_token": "stale"}
    )
    assert labels_and_words(answer.text) == {"Please do": "Knock"}


def test_section_of_an_assessment_that_is_out_of_date_shows_its_questions(client_as, store, town):
    made = started(store, town, led(store, town, 1, "ash.gp"))
    sent = {"answer_pain": "yes", "answer_falls": "3", "still_memory": "no", "still_what_matters": "Her garden"}
    answer = client_as("ash.gp").post(
        f"/assessments/{made}/sections/health", data={**sent, "then": "complete", "csrf_token": "stale"}
    )
    assert answer.status_code == 400
    asked = {one.key: one for one in read_questionnaires().newest(Discipline.HEALTH).questions}
    assert labels_and_words(answer.text) == {
        asked["falls"].words: "3", f"{asked['pain'].words} (optional)": "Yes",
        f"Still right: {asked['memory'].words}": "No", f"Still right: {asked['what_matters'].words}": "Her garden",
    }  # fmt: skip


def test_form_that_is_out_of_date_shows_choices_and_days_in_words(client_as, url):
    form = contact_form(note="Rang twice", outcome="no_answer")
    answer = client_as("navigator").post(url, data={**form, "csrf_token": "stale"})
    assert answer.status_code == 400
    assert "1 October 2026" in answer.text
    assert "Rang twice" in answer.text
    assert "What came of it?</dt>" in answer.text
    assert OUTCOMES[ContactOutcome.NO_ANSWER].words in answer.text
    for raw in ("happened_on", "Happened on day", "no_answer"):
        assert raw not in answer.text


@pytest.mark.parametrize(
    ("page", "empty"),
    [
        ("contacts", {"participants": [], "happened_on-day": "", "happened_on-month": "", "happened_on-year": ""}),
        ("tasks", {"title": "", "kind": "follow_up", "on_list": "nobody", "detail": "x" * 2001}),
    ],
)
def test_mistakes_are_listed_in_the_order_of_the_page(client_as, town, post, page, empty):
    answer = post(client_as("ash.manager"), f"/people/{town.people[1]}/{page}/new", empty)
    leads = [name for name, _ in summary(answer.text.partition("<form method")[0])]
    assert len(leads) == 4
    below = answer.text.rpartition("There is a problem")[2]
    assert leads == sorted(leads, key=lambda name: below.index(f' id="{name}"'))


def test_username_that_is_taken_is_said_at_its_field(client_as, store, town, get, post):
    client = client_as("admin")
    page = get(client, "/users/new")
    place = re.search(r'name="place".*?<option value="(\d+)"', page, flags=re.S)[1]
    home = re.search(r'name="home".*?<option value="(\d+)"', page, flags=re.S)[1]
    before = count(store, User)
    answer = post(client, "/users/new", {
        "username": "Nurse", "display_name": "Another Nurse", "home": home, "place": place, "role": "navigator",
        "way": "local",
    })  # fmt: skip
    assert answer.status_code == 422
    assert ("username", "This username is taken") in summary(answer.text)
    assert re.search(r'name="display_name"[^>]*value="Another Nurse"', answer.text)
    assert count(store, User) == before
