"""Who has looked at a record: every event about the person, to whoever may open them, quickly."""

import json
import re
from datetime import timedelta
from time import thread_time

import pytest
from sqlalchemy import insert, select, update

from caseload.app import PAGES
from caseload.presenters.deeds import ACTIONS, JOURNEYS, deed_words
from caseload.presenters.deeds import PAGES as PAGE_WORDS
from caseload.queries.access_log import LookRow, looks_at
from caseload.tables import AuditEvent, AuditHead, AuditSubject, Person, UserRole
from tests.architecture.source import ROOT
from tests.support.case_app import NOW, audited
from tests.support.day_work import contact_with, said, task_for
from tests.support.led_cases import opened


def rows_of(html):
    """The rows of the table: who, role and organisation, what, when, without markup."""
    body = html.split("<tbody")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("<tr")[1:]]


def test_looks_and_changes_are_listed_newest_first(client_as, get, store, town):
    opened(store, town, 1)
    contact_with(store, town, 1, by="navigator")
    get(client_as("ash.gp"), f"/people/{town.people[1]}")
    said(store, town, 1, "sharing_health", "given")
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}/looks")
    rows = rows_of(html)
    assert "Ash Manager" in rows[0]
    assert "Change Recorded what the person agreed to" in rows[0]
    assert "Ash Gp" in rows[1]
    assert "Practice" in rows[1]
    assert "Ash Surgery" in rows[1]
    assert "Opened the person’s page" in rows[1]
    assert "5 October 2026 at 10:00am" in rows[1]
    assert any("Navigator" in row and "East Community Trust" in row and "Recorded a contact" in row for row in rows)
    assert any("Opened a case" in row for row in rows)


def test_every_event_that_names_the_person_is_listed_and_no_other(client_as, get, store, town):
    opened(store, town, 1)
    task_for(store, town, 2, by="ash.manager")
    for url in (f"/people/{town.people[1]}", f"/people/{town.people[2]}", "/"):
        get(client_as("ash.manager"), url)
    about = [people for _, people in audited(store) if town.people[1] in people]
    with store.reading() as session:
        rows = looks_at(session, town.viewer(session, "ash.manager"), NOW, town.people[1], before=None, most=500)
        subjects = session.execute(
            select(AuditSubject.number).where(AuditSubject.person_id == town.people[1]).order_by(AuditSubject.number)
        ).scalars()
        assert [row.number for row in rows] == sorted(subjects, reverse=True)
    assert len(rows) == len(about) > 3


def test_list_that_showed_several_people_is_a_look_at_each(client_as, get, store, town):
    for number in (1, 2):
        task_for(store, town, number, by="ash.manager")
    get(client_as("ash.manager"), "/")
    for number in (1, 2):
        rows = rows_of(get(client_as("ash.gp"), f"/people/{town.people[number]}/looks"))
        assert any("Today’s work, with 1 other person" in row for row in rows)


def test_looking_at_the_looks_is_a_look(client_as, get, store, town):
    client = client_as("ash.manager")
    get(client, f"/people/{town.people[1]}/looks")
    assert "Looked up who has looked at the record" in rows_of(get(client, f"/people/{town.people[1]}/looks"))[0]


def test_role_is_the_one_held_at_that_moment(client_as, get, store, town):
    get(client_as("ash.manager"), f"/people/{town.people[1]}")
    with store.writing() as session:
        role = session.execute(select(UserRole).where(UserRole.user_id == town.users["ash.manager"])).scalar_one()
        role.until_at = NOW + timedelta(minutes=1)
    rows = rows_of(get(client_as("ash.gp"), f"/people/{town.people[1]}/looks"))
    assert "Practice" in rows[0]


def test_looks_of_a_merged_record_are_looks_at_this_person(client_as, get, store, town):
    get(client_as("ash.gp"), f"/people/{town.people[2]}")
    with store.writing() as session:
        session.get_one(Person, town.people[2]).merged_into_id = town.people[1]
    rows = rows_of(get(client_as("ash.manager"), f"/people/{town.people[1]}/looks"))
    assert any("Ash Gp" in row for row in rows)


def test_merged_record_leads_to_the_one_that_was_kept(client_as, get, store, town):
    with store.writing() as session:
        session.get_one(Person, town.people[2]).merged_into_id = town.people[1]
    answer = client_as("ash.manager").get(f"/people/{town.people[2]}")
    assert (answer.status_code, answer.location) == (302, f"/people/{town.people[1]}")
    assert client_as("cedar.manager").get(f"/people/{town.people[2]}").status_code == 404


def add_events(store, town, count):
    """Many views by many users, written past the chain: only reading is measured here."""
    users, people = list(town.users.values()), [town.people[1], *list(town.people.values())[2:]]
    with store.engine.begin() as connection:
        first = 1 + (connection.execute(select(AuditEvent.number).order_by(AuditEvent.number.desc())).scalar() or 0)
        detail = json.dumps({"page": "review.show", "people": people})
        events = [
            {
                "number": first + n, "at": NOW - timedelta(minutes=count - n), "user_id": users[n % len(users)],
                "action": "view", "case_id": None, "detail": detail, "previous_hash": "", "hash": "",
            }
            for n in range(count)
        ]  # fmt: skip
        connection.execute(insert(AuditEvent), events)
        subjects = [
            {"person_id": one, "number": first + n} for n in range(count) for one in (people[0], people[1 + n % 9])
        ]
        connection.execute(insert(AuditSubject), subjects)
        connection.execute(update(AuditHead).values(number=first + count - 1))


@pytest.mark.slow
def test_looks_of_a_person_with_many_events_come_within_a_second(client_as, get, store, town):
    add_events(store, town, 50_000)
    client, url = client_as("ash.manager"), f"/people/{town.people[1]}/looks"
    get(client, url)
    for page in (url, f"{url}?before=25000"):
        begun = thread_time()  # SQLite works in it too
        response = client.get(page)
        took = thread_time() - begun
        assert response.status_code == 200
        assert "50 events shown" in response.text
        assert took < 1, f"{took:.2f} s"


def test_pages_show_every_event_once(client_as, get, store, town):
    add_events(store, town, 120)
    client, url, seen, pages = client_as("ash.manager"), f"/people/{town.people[1]}/looks", 0, 0
    while url:
        html = get(client, url)
        seen += len(rows_of(html))
        following = re.search(r'href="([^"]+)">Next page', html)
        url, pages = (following.group(1) if following else None), pages + 1
    assert pages == 3
    assert 120 <= seen <= 123  # and the looks this test itself took


def test_every_change_there_is_has_words():
    """Every act the actions write, read from their source, has words of its own or reads well as it is."""
    said_by_code = set()
    for path in (*(ROOT / "caseload" / "actions").glob("*.py"), *(ROOT / "caseload" / "intake").glob("*.py")):
        said_by_code |= set(re.findall(r'record\(\s*session, "([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    about_people = {one for one in said_by_code if one.split(".")[0] in NOUNS}
    assert len(about_people) > 8
    assert about_people - set(ACTIONS) == set()


NOUNS = {
    "care_team", "case", "consent", "contact", "emergency", "handover", "lead", "leaver", "letter", "person", "proposal",
    "review", "task",
}  # fmt: skip


def test_every_journey_has_words_for_its_looks():
    journeys = {page.pages.name for page in PAGES} - {
        "account",
        "clients",
        "health",
        "let_in",
        "sign_in",
        "users",
        "saved_views",
    }
    assert journeys - set(JOURNEYS) == set()


def test_pages_with_words_exist(app):
    assert set(PAGE_WORDS) - set(app.view_functions) == set()


def test_words_of_what_nobody_has_written_words_for():
    look = LookRow(1, NOW, "something.was_done", "", 0, None, "", "", ())
    assert deed_words(look) == "Something was done"
