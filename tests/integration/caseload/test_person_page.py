"""A person's page: who they are, their case, their score by age and permission, their timeline."""

import re
from datetime import timedelta

import pytest

from caseload.tables import EmergencyAccess, Encounter, HospitalStay, Organisation, Person
from tests.support.case_app import NOW, audited
from tests.support.day_work import contact_with, said, task_for
from tests.support.led_cases import led, opened
from tests.support.statements import statements


def test_person_page_shows_who_they_are(client_as, get, town):
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}")
    assert "FAMILY1, Given1" in html
    assert "2 March 1941 (85 years)" in html
    assert "Female" in html
    number = town.nhs_numbers[1]
    assert f"{number[:3]}\N{NO-BREAK SPACE}{number[3:6]}\N{NO-BREAK SPACE}{number[6:]}" in html
    assert "Restricted record" not in html


def test_person_page_writes_one_look_at_that_person(client_as, get, store, town):
    client = client_as("ash.manager")
    before = len(audited(store))
    get(client, f"/people/{town.people[1]}")
    assert audited(store)[before:] == [("view", [town.people[1]])]


def test_person_page_of_somebody_who_died_says_so_in_words(client_as, get, town):
    html = get(client_as("ash.manager"), f"/people/{town.people[5]}")
    assert "Died on 20 September 2026" in html
    assert "died aged 87 years" in html
    assert "/concern" not in html


def test_person_page_of_somebody_who_moved_says_so(client_as, get, town):
    html = get(client_as("birch.manager"), f"/people/{town.people[9]}")
    assert "Left the practice list on 25 September 2026" in html
    assert "no longer registered" in html


@pytest.mark.parametrize("page", ["", "/looks", "/contacts/new", "/tasks", "/tasks/new", "/consent"])
@pytest.mark.parametrize("username", ["navigator", "cedar.manager", "integration"])
def test_person_pages_do_not_exist_for_who_may_not_open_them(client_as, town, username, page):
    client = client_as(username)
    forbidden = client.get(f"/people/{town.people[1]}{page}")
    missing = client.get(f"/people/987654{page}")
    assert (forbidden.status_code, missing.status_code) == (404, 404)
    assert without_keys(forbidden.text) == without_keys(missing.text)


def without_keys(html):
    """A page without what differs from one answer to the next by chance."""
    return re.sub(r'name="(csrf_token|form_key)" value="[^"]*"|nonce="[^"]*"', "", html)


def test_person_page_shows_case_lead_and_team(client_as, get, store, town):
    led(store, town, 1, "ash.gp")
    html = get(client_as("navigator"), f"/people/{town.people[1]}")
    assert "Ash Gp, GP, since" in html
    assert "The person has not been told yet." in html
    assert "Make the first contact" in html


def test_person_page_shows_the_score_with_its_reasons_and_history(client_as, get, town):
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}")
    assert "Very high" in html
    assert "Up from moderate" in html
    assert "2 emergency admissions in the last 12 months" in html
    assert html.count("14 August 2026") == 1
    assert "latest 14 August 2026 (since 1 February 2026, Hospital admissions)" in html
    assert "<svg" in html
    assert "The scores are of 1 October 2026, 4 days old" in html


def test_person_page_hides_the_score_from_a_voluntary_worker(client_as, get, store, town):
    led(store, town, 2, "volunteer", need="functional", code="persons_choice")
    html = get(client_as("volunteer"), f"/people/{town.people[2]}")
    assert "Scores are not shown to you" in html
    assert '<svg class="app-chart"' not in html
    assert "emergency admissions in the last 12 months" not in html


@pytest.mark.parametrize(
    ("days", "grey", "shown"), [(35, False, True), (36, True, True), (62, True, True), (63, False, False)]
)
def test_person_page_greys_and_then_hides_an_old_score(client_as, clock, get, town, days, grey, shown):
    clock.now = NOW - timedelta(days=4) + timedelta(days=days)
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}")
    assert f"{days} days old" in html
    assert ('class="app-old"' in html.split("How they live")[0].split("Risk of an")[1].split("Consent and")[0]) is grey
    assert ('<svg class="app-chart"' in html) is shown
    assert ("Percentile" in html) is shown
    assert ("greyed" in html) is grey


def test_timeline_has_everything_newest_first(client_as, get, store, town):
    case_id = led(store, town, 1, "ash.gp")
    with store.writing() as session:
        session.add(
            Encounter(
                person_id=town.people[1], source="sus", source_ref="a1", kind="emergency_admission",
                started_on=(NOW - timedelta(days=60)).date(), ended_on=(NOW - timedelta(days=55)).date(),
                provider_code="RXX01", diagnosis_code="J181",
            )
        )  # fmt: skip
    contact_with(store, town, 1, by="navigator", note="Has a new stick")
    said(store, town, 1, "sharing_health", "given", now=NOW + timedelta(minutes=5))
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}").split('id="timeline"')[1]
    order = [
        "Sharing with health services: given", "Contact, telephone: No answer", "became the accountable lead",
        "Case opened", "Emergency admission",
    ]  # fmt: skip
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert "Has a new stick" in html
    assert "5 nights" in html
    assert case_id


def test_timeline_pages_show_every_entry_once(client_as, get, store, town):
    opened(store, town, 1)
    for number in range(30):
        contact_with(
            store, town, 1, by="navigator", note=f"Entry {number:02d} end", now=NOW - timedelta(hours=number // 3)
        )
    with store.writing() as session:
        session.add_all(
            Encounter(
                person_id=town.people[1], source="sus", source_ref=f"e{number}", kind="ed_attendance",
                started_on=(NOW - timedelta(days=number // 4)).date(), provider_code=f"P{number:02d}X",
            )
            for number in range(14)
        )  # fmt: skip
    client, url, pages = client_as("ash.manager"), f"/people/{town.people[1]}", []
    while url:
        html = get(client, url)
        pages.append(html.split('id="timeline"')[1])
        links = [part.split('"')[0] for part in html.split('href="')[1:] if "?before=" in part.split('"')[0]]
        url = links[0].split("#")[0] if links else None
    everything = "".join(pages)
    assert len(pages) == 3
    assert all(everything.count(f"Entry {number:02d} end") == 1 for number in range(30))
    assert all(everything.count(f"(ODS P{number:02d}X)") == 1 for number in range(14))
    assert everything.count("Case opened") == 1


def test_person_page_links_lead_somewhere(app, client_as, get, store, town):
    led(store, town, 1, "ash.gp")
    task_for(store, town, 1, by="ash.manager")
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}")
    main = html.split("<main")[1]
    paths = {part.split('"')[0].split("?")[0].split("#")[0] for part in main.split('href="/')[1:]}
    routes = app.url_map.bind("localhost")
    assert len(paths) > 8
    for path in sorted(paths - {""}):
        routes.match(f"/{path}", method="GET")


def test_person_opened_in_an_emergency_offers_nothing_that_lasts(client_as, get, store, town):
    led(store, town, 1, "ash.gp")
    with store.writing() as session:
        session.add(
            EmergencyAccess(
                user_id=town.users["nurse"], person_id=town.people[1], reason_code="r", reason="fell",
                opened_at=NOW, expires_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
    client = client_as("nurse")
    html = get(client, f"/people/{town.people[1]}")
    assert "You opened this record in an emergency. Your access ends on 5 October 2026 at 11:00am" in html
    for offered in ("/contacts/new", "/tasks/new", "/looks"):
        assert offered in html
    for withheld in ("/handover", "/team", "/close", "/hold", "/need", "/restriction"):
        assert f'{withheld}"' not in html.split("<main")[1], withheld
    assert "Record an answer" not in get(client, f"/people/{town.people[1]}/consent")


def test_concern_can_be_raised_in_an_emergency_and_opens_nothing_for_good(client_as, clock, get, post, store, town):
    with store.writing() as session:
        session.add(
            EmergencyAccess(
                user_id=town.users["nurse"], person_id=town.people[2], reason_code="r", reason="fell",
                opened_at=NOW, expires_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
    client, here = client_as("nurse"), f"/people/{town.people[2]}"
    assert f'href="{here}/concern">Raise a concern</a>' in get(client, here)
    page = post(client, f"{here}/concern", {"note": "Found on the floor"})
    assert "The practice has your concern on its list." in page.text
    assert ("proposal.concern", [town.people[2]]) in audited(store)
    clock.now = NOW + timedelta(hours=2)
    assert client_as("nurse").get(here).status_code == 404


def test_telephone_and_address_stand_before_everything_else(client_as, get, store, town):
    with store.writing() as session:
        session.get_one(Person, town.people[1]).phone = "020 7946 0000"
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}")
    assert html.count("020 7946 0000") == 1
    assert html.index("app-banner__name") < html.index("020 7946 0000") < html.index("<main")
    assert "app-reach" not in get(client_as("ash.manager"), f"/people/{town.people[1]}/tasks")


def test_timeline_says_hospitals_and_diagnoses_in_words(client_as, get, store, town):
    with store.writing() as session:
        session.add(Organisation(code="RZZ01", name="Testham General", kind="trust", sector="health"))
        session.add_all(
            Encounter(
                person_id=town.people[1], source="sus", source_ref=code, kind="emergency_admission",
                started_on=NOW.date(), provider_code=provider, diagnosis_code=code,
            )
            for code, provider in (("I500", "RZZ01"), ("R074", "RQ9"), ("F100", ""))
        )  # fmt: skip
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}").split('id="timeline"')[1]
    assert "Main diagnosis group: Congestive heart failure" in html
    assert "At Testham General" in html
    assert "I500" not in html
    assert "RZZ01" not in html
    assert "Main diagnosis: in none of our code lists (ICD-10 R074)" in html
    assert "(ICD-10 F100)" in html  # a list has it, but its group is sensitive
    assert "At a provider whose name is not held here (ODS RQ9)" in html


def test_timeline_says_neither_ward_nor_diagnosis_of_a_sensitive_stay(client_as, get, store, town):
    with store.writing() as session:
        for code, ward, sensitive in (("R074", "Ward One", False), ("F100", "Ward Two", True)):
            encounter = Encounter(
                person_id=town.people[1], source="hl7:royal", source_ref=code, kind="emergency_admission",
                started_on=NOW.date(), provider_code="RQ9", diagnosis_code=code,
            )  # fmt: skip
            session.add(encounter)
            session.flush()
            session.add(
                HospitalStay(
                    person_id=town.people[1], encounter_id=encounter.id, feed="royal", visit_ref=code, state="in-progress",
                    patient_class="I", location=ward, sensitive=sensitive, updated_at=NOW,
                )
            )  # fmt: skip
    html = get(client_as("ash.manager"), f"/people/{town.people[1]}").split('id="timeline"')[1]
    assert "(ICD-10 R074)" in html
    assert "Ward One" in html
    assert "F100" not in html
    assert "Ward Two" not in html


def test_task_done_on_the_persons_page_leads_back_to_it(client_as, post, store, town):
    task_id = task_for(store, town, 1, by="ash.manager", title="Ring the shop")
    page = post(client_as("ash.manager"), f"/tasks/{task_id}/done", page=f"/people/{town.people[1]}")
    assert "The task is done." in page.text
    assert "Person’s record" in page.text
    assert "Ring the shop" not in page.text


def test_person_page_asks_the_database_at_most_12_questions(client_as, get, store, town):
    led(store, town, 1, "ash.gp")
    client = client_as("ash.manager")
    get(client, f"/people/{town.people[1]}")
    with statements(store.engine) as sent:
        get(client, f"/people/{town.people[1]}")
    assert len(sent) <= 12, sent
