"""Contacts: recorded, corrected by a new row, each outcome setting the next task."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.contacts import NextStep, correct_contact
from caseload.domain.contact_outcomes import OUTCOMES, ContactOutcome, Participant
from caseload.domain.words import ContactMode
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import Contact, Task
from tests.support.case_app import NOW, audited
from tests.support.day_work import TODAY, act, contact_with, task_row
from tests.support.led_cases import opened

FILLED = {
    "mode": "telephone", "outcome": "no_answer", "participants": ["person"], "next": "suggested",
    "happened_on-day": "5", "happened_on-month": "10", "happened_on-year": "2026",
}  # fmt: skip


def contacts(store):
    with store.reading() as session:
        return [
            {column.name: getattr(row, column.name) for column in Contact.__table__.columns}
            for row in session.execute(select(Contact).order_by(Contact.id)).scalars()
        ]


def tasks_of_contacts(store):
    with store.reading() as session:
        wanted = select(Task.id).where(Task.contact_id.is_not(None)).order_by(Task.id)
        return list(session.execute(wanted).scalars())


@pytest.mark.parametrize("outcome", list(ContactOutcome))
def test_outcome_sets_its_own_next_task(store, town, outcome):
    made = contact_with(store, town, 1, by="ash.manager", outcome=outcome, participants=[Participant.CARER])
    following = OUTCOMES[outcome].next
    if following is None:
        assert made["task"] is None
        return
    row = task_row(store, made["task"])
    assert (row["kind"], row["title"]) == (following.kind, following.title)
    assert row["due_on"] == following.due_on(TODAY)
    assert 0 <= (row["due_on"] - TODAY).days - following.days <= 2
    assert (row["owner_id"], row["contact_id"]) == (town.users["ash.manager"], made["contact"])


def test_contact_is_kept_as_it_was_recorded(store, town):
    case_id = opened(store, town, 1)
    contact_with(
        store, town, 1, by="navigator", mode=ContactMode.HOME_VISIT, note="Door was open",
        participants=[Participant.FAMILY, Participant.PERSON], outcome=ContactOutcome.WORSE,
    )  # fmt: skip
    (row,) = contacts(store)
    assert (row["mode"], row["participants"], row["outcome_code"]) == ("home_visit", ["person", "family"], "worse")
    assert (row["case_id"], row["note"], row["happened_at"]) == (case_id, "Door was open", NOW)
    assert row["recorded_by"] == town.users["navigator"]
    assert ("contact.log", [town.people[1]]) in audited(store)


def test_contact_of_an_earlier_day_stands_at_its_noon(store, town):
    contact_with(store, town, 1, by="ash.manager", happened_on=date(2026, 1, 15))
    assert contacts(store)[0]["happened_at"].isoformat() == "2026-01-15T12:00:00+00:00"


def test_next_task_can_be_changed_or_left_out(store, town):
    step = NextStep("Take the scales along", TODAY + timedelta(days=40), owner_id=town.users["ash.gp"])
    row = task_row(store, contact_with(store, town, 1, by="ash.manager", next_step=step)["task"])
    assert (row["title"], row["due_on"]) == ("Take the scales along", TODAY + timedelta(days=40))
    assert row["owner_id"] == town.users["ash.gp"]
    assert contact_with(store, town, 1, by="ash.manager", next_step=False)["task"] is None


def test_outcome_without_a_task_gets_one_where_it_is_named(store, town):
    outcome = ContactOutcome.INFORMATION_PASSED_ON
    assert contact_with(store, town, 1, by="ash.manager", outcome=outcome)["task"] is None
    made = contact_with(store, town, 1, by="ash.manager", outcome=outcome, next_step=NextStep("Check it arrived"))
    assert task_row(store, made["task"])["title"] == "Check it arrived"


def test_next_task_for_who_may_not_open_the_person_keeps_no_contact_either(store, town):
    with pytest.raises(NotNow):
        contact_with(store, town, 1, by="ash.manager", next_step=NextStep(owner_id=town.users["cedar.manager"]))
    assert contacts(store) == []


@pytest.mark.parametrize(
    ("username", "number"), [("navigator", 1), ("cedar.manager", 1), ("integration", 1), ("ig", 1)]
)
def test_contact_cannot_be_recorded_by_who_may_not_open_the_person(store, town, username, number):
    with pytest.raises(NotThere):
        contact_with(store, town, number, by=username)
    assert contacts(store) == []


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), date(1941, 3, 1)])
def test_contact_on_an_impossible_day_is_refused(store, town, day):
    with pytest.raises(NotNow):
        contact_with(store, town, 1, by="ash.manager", happened_on=day)


def test_contact_after_a_death_is_with_others(store, town):
    with pytest.raises(NotNow, match="had died"):
        contact_with(store, town, 5, by="ash.manager")
    contact_with(store, town, 5, by="ash.manager", participants=[Participant.FAMILY])
    contact_with(store, town, 5, by="ash.manager", happened_on=date(2026, 9, 20))
    assert len(contacts(store)) == 2


def correct(store, town, contact_id, *, by="ash.manager", **changed):
    entry = {
        "mode": ContactMode.TELEPHONE, "participants": [Participant.PERSON], "outcome": ContactOutcome.NO_CHANGE,
        "happened_on": TODAY, **changed,
    }  # fmt: skip
    return act(store, town, correct_contact, by=by, contact_id=contact_id, **entry)


def test_correction_is_a_new_row_and_the_first_stays(store, town):
    made = contact_with(store, town, 1, by="ash.manager", note="Wrong person")
    second = correct(store, town, made["contact"], note="Right now")
    first, corrected = contacts(store)
    assert (first["note"], first["corrects_id"], first["outcome_code"]) == ("Wrong person", None, "no_answer")
    assert (corrected["id"], corrected["note"], corrected["corrects_id"]) == (second, "Right now", first["id"])
    assert tasks_of_contacts(store) == [made["task"]]
    assert audited(store)[-1] == ("contact.correct", [town.people[1]])


def test_contact_is_corrected_once_and_its_correction_again(store, town):
    made = contact_with(store, town, 1, by="ash.manager")
    second = correct(store, town, made["contact"])
    with pytest.raises(Conflict):
        correct(store, town, made["contact"])
    correct(store, town, second)
    assert len(contacts(store)) == 3


def test_correction_by_who_may_not_open_the_person_does_not_exist(store, town):
    made = contact_with(store, town, 1, by="ash.manager")
    for username in ("cedar.manager", "therapist", "ig"):
        with pytest.raises(NotThere):
            correct(store, town, made["contact"], by=username)


def test_form_records_the_contact_and_sets_the_task(client_as, post, store, town):
    page = post(client_as("ash.manager"), f"/people/{town.people[1]}/contacts/new", FILLED)
    assert page.status_code == 200
    assert "The contact is recorded and the next task is set." in page.text
    assert "Try again" in page.text
    assert len(contacts(store)) == len(tasks_of_contacts(store)) == 1


def test_form_takes_an_edited_suggestion(client_as, post, store, town):
    opened(store, town, 1)
    edited = {
        **FILLED, "next_title": "Try in the evening", "next_due-day": "20", "next_due-month": "10",
        "next_due-year": "2026", "next_list": f"team:{town.team_id}",
    }  # fmt: skip
    post(client_as("ash.manager"), f"/people/{town.people[1]}/contacts/new", edited)
    row = task_row(store, tasks_of_contacts(store)[0])
    assert (row["title"], row["due_on"], row["team_id"]) == ("Try in the evening", date(2026, 10, 20), town.team_id)


def test_form_without_a_next_task_sets_none(client_as, post, store, town):
    post(client_as("ash.manager"), f"/people/{town.people[1]}/contacts/new", {**FILLED, "next": "none"})
    assert (len(contacts(store)), tasks_of_contacts(store)) == (1, [])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"mode": ""}, "Select how the contact was made"),
        ({"outcome": "nothing"}, "Select what came of the contact"),
        ({"participants": []}, "Select who took part"),
        ({"happened_on-day": "6"}, "The date of the contact must be today or in the past"),
        ({"happened_on-day": "31", "happened_on-month": "2"}, "The date of the contact must be a real date"),
        ({"next_due-day": "1", "next_due-month": "10", "next_due-year": "2026"}, "The due date must be today"),
        ({"next_list": "user:999"}, "Select somebody from the list"),
    ],
)
def test_form_says_what_is_wrong_and_keeps_what_was_typed(client_as, post, store, town, wrong, sentence):
    page = post(
        client_as("ash.manager"), f"/people/{town.people[1]}/contacts/new", {**FILLED, "note": "Kept text", **wrong}
    )
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert page.text.count(sentence) >= 2
    assert "Kept text" in page.text
    assert contacts(store) == []


def test_form_sent_twice_records_once(client_as, store, town, post):
    client, url = client_as("ash.manager"), f"/people/{town.people[1]}/contacts/new"
    keys = {"form_key": "k" * 32}
    assert post(client, url, {**FILLED, **keys}).status_code == 200
    assert post(client, url, {**FILLED, **keys}).status_code == 200
    assert (len(contacts(store)), len(tasks_of_contacts(store))) == (1, 1)


def test_form_says_which_task_each_outcome_sets(client_as, get, town):
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}/contacts/new")
    assert "Sets: Try again, due 7 October 2026" in html
    assert "Sets no task" in html


def test_contact_and_next_task_take_four_clicks(client_as, get, post, store, town):
    """From the person's page: the link, how, what came of it, save. Everything else is filled in."""
    client = client_as("ash.manager")
    page = get(client, f"/people/{town.people[1]}")
    assert f'href="/people/{town.people[1]}/contacts/new"' in page  # 1
    chosen = {"mode": "telephone", "outcome": "next_step_agreed"}  # 2, 3
    form = get(client, f"/people/{town.people[1]}/contacts/new")
    filled = {"participants": "person", "next": "suggested", **FILLED_DAY}
    for name, value in filled.items():
        assert f'name="{name}"' in form
        assert f'value="{value}"' in form
    assert 'value="person" checked' in " ".join(form.split())
    saved = post(client, f"/people/{town.people[1]}/contacts/new", {**filled, **chosen})  # 4
    assert "Follow up what was agreed" in saved.text


FILLED_DAY = {"happened_on-day": "5", "happened_on-month": "10", "happened_on-year": "2026"}


def test_correction_form_begins_with_the_first_entry(client_as, get, post, store, town):
    made = contact_with(store, town, 1, by="ash.gp", note="First words", next_step=False)
    client = client_as("ash.manager")
    html = get(client, f"/contacts/{made['contact']}/correct")
    assert "First words" in html
    assert "Recorded by Ash Gp" in html
    assert 'name="next"' not in html
    page = post(
        client, f"/contacts/{made['contact']}/correct",
        {**FILLED, "outcome": "no_change", "note": "Better words", "happened_on-day": "4"},
    )  # fmt: skip
    assert "Corrected by a later entry." in page.text
    assert "This corrects an earlier entry" in page.text
    assert [row["note"] for row in contacts(store)] == ["First words", "Better words"]
    again = get(client, f"/contacts/{made['contact']}/correct")
    assert "has been corrected already" in again


def test_contact_form_of_somebody_who_died_starts_without_them(client_as, get, post, town):
    url = f"/people/{town.people[5]}/contacts/new"
    html = get(client_as("ash.manager"), url)
    assert 'value="person" checked' not in " ".join(html.split())
    page = post(client_as("ash.manager"), url, FILLED)
    assert page.status_code == 422
    assert "The person had died by then" in page.text
