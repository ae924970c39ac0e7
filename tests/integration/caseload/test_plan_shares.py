"""Who is given a copy of a care plan: what the person said decides at that moment, and every answer is written down."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from caseload.actions.consent import record_consent
from caseload.actions.plan_shares import share_plan
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.plan_words import ShareFormat
from caseload.domain.sharing_rules import RecipientKind
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import NotNow
from caseload.presenters.plan_phrases import NO_LONGER
from caseload.tables import Person, PlanShare
from tests.support.case_app import NOW, audited
from tests.support.led_cases import led
from tests.support.pdf_pages import words
from tests.support.shared_plans import ended, versioned

TO_NURSE = {"kind": "health", "name": "Kim Nurse", "organisation": "East Community Trust", "share_format": "pdf"}
TO_PERSON = {"kind": "person", "share_format": "pdf"}
TO_111 = {"kind": "urgent_care", "organisation": "NHS 111", "share_format": "urgent_summary"}


@pytest.fixture
def plan(store, town):
    """The id of an active version of person 1's plan."""
    return versioned(store, town, led(store, town, 1, "ash.gp"))


@pytest.fixture
def shared(client_as, post):
    """A function: send the form for a copy; the answer, not followed."""

    def send(version_id, data, *, by="ash.gp", client=None):
        return post(client or client_as(by), f"/plans/{version_id}/share", data, follow=False)

    return send


@pytest.fixture
def said(store, town):
    """A function: what person 1 says about a purpose, as a row of its own."""

    def say(purpose, *states, now=NOW, seen=0):
        for state in states:
            with store.writing() as session:
                seen = record_consent(
                    session, by=town.viewer(session, "ash.manager"), now=now, person_id=town.people[1],
                    purpose=ConsentPurpose(purpose), state=ConsentState(state), how=ConsentHow.SAID, seen_id=seen,
                )  # fmt: skip

    return say


def shares(store):
    with store.reading() as session:
        rows = session.execute(select(PlanShare).order_by(PlanShare.id)).scalars()
        return [(row.share_format.value, row.recipient, row.sector and row.sector.value, row.refused) for row in rows]


def acts(store, beginning):
    return [(action, people) for action, people in audited(store) if action.startswith(beginning)]


# Who may be given one


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        ("sharing_health", "health"),
        ("sharing_social_care", "social_care"),
        ("sharing_voluntary", "voluntary"),
        ("care_coordination", "health"),
        ("care_coordination", "voluntary"),
    ],
)
@pytest.mark.parametrize("states", [("refused",), ("given", "withdrawn")])
def test_copy_is_refused_where_the_person_said_no_and_that_is_recorded(
    store, town, get, client_as, plan, shared, said, purpose, kind, states
):
    said(purpose, *states)
    client = client_as("ash.gp")
    answer = shared(plan, {**TO_NURSE, "kind": kind}, client=client)
    assert (answer.status_code, answer.location) == (303, f"/plans/{plan}/shares")
    html = get(client, answer.location)
    assert "Not shared: the person does not" in html
    assert "Refused" in html
    assert [row[2:] for row in shares(store)] == [(kind, True)]
    assert acts(store, "plan.") == [("plan.share_refused", [town.people[1]])]


def test_copy_for_a_sector_nothing_was_said_against_is_given(store, plan, shared, said):
    said("sharing_voluntary", "refused")
    assert "copy=" in shared(plan, {**TO_NURSE, "kind": "social_care"}).location
    said("sharing_social_care", "refused", "given")
    assert "copy=" in shared(plan, {**TO_NURSE, "kind": "social_care"}).location
    assert [row[3] for row in shares(store)] == [False, False]


def test_urgent_care_is_told_only_where_the_person_has_agreed(store, plan, shared, said):
    assert shared(plan, TO_111).location.endswith("/shares")
    said("sharing_urgent_care", "given")
    assert "urgent.pdf?copy=" in shared(plan, TO_111).location
    assert [row[3] for row in shares(store)] == [True, False]


def test_list_of_copies_says_that_a_copy_was_for_urgent_care(client_as, get, store, plan, shared, said):
    client = client_as("ash.gp")
    page = get(client, shared(plan, TO_111, client=client).location)
    (row,) = re.findall(r"<tr.*?</tr>", page.partition("<tbody")[2], flags=re.S)
    assert "NHS 111, urgent care" in row
    assert "Refused" in row
    said("sharing_urgent_care", "given")
    sent = {**TO_111, "name": "Sam Example", "organisation": "London Urgent Care Centre"}
    data = client.get(shared(plan, sent, client=client).location).data
    assert "Copy for: Sam Example, London Urgent Care Centre" in words(data)  # it says so itself
    assert [row[1] for row in shares(store)] == ["NHS 111, urgent care", "Sam Example, London Urgent Care Centre"]


def test_recipient_that_is_too_long_for_the_list_is_refused_at_its_field(store, plan, shared, said):
    said("sharing_urgent_care", "given")
    answer = shared(plan, {**TO_111, "name": "W" * 90, "organisation": "M" * 100})
    assert answer.status_code == 422
    assert 'href="#organisation"' in answer.text
    assert shares(store) == []


def test_urgent_care_is_given_no_other_format(store, plan, shared, said):
    said("sharing_urgent_care", "given")
    answer = shared(plan, {**TO_111, "share_format": "pdf"})
    assert answer.status_code == 422
    assert "Urgent care is given the urgent summary" in answer.text
    assert shares(store) == []


def test_person_is_given_their_own_copy_whatever_they_said_about_others(store, plan, shared, said):
    said("care_coordination", "refused")
    assert "copy=" in shared(plan, TO_PERSON).location
    assert shares(store) == [("pdf", "The person", None, False)]


def test_no_that_comes_between_recording_and_opening_stops_the_copy(client_as, get, plan, shared, said):
    client = client_as("ash.gp")
    address = shared(plan, TO_NURSE, client=client).location
    said("sharing_health", "refused")
    assert "Not shared: the person does not want" in get(client, address, status=422)


def test_no_to_urgent_care_that_comes_between_stops_its_copy_though_others_in_health_may_have_one(
    client_as, get, plan, shared, said
):
    client = client_as("ash.gp")
    said("sharing_urgent_care", "given")
    address = shared(plan, TO_111, client=client).location
    said("sharing_urgent_care", "withdrawn", now=NOW + timedelta(seconds=1), seen=1)
    assert "does not want urgent care to be told" in get(client, address, status=422)


@pytest.mark.parametrize(("state", "why"), [
    ("draft", "still being written"), ("superseded", "A later version has replaced"), ("withdrawn", "was withdrawn"),
])  # fmt: skip
def test_copies_of_a_version_that_does_not_hold_are_not_given(store, town, client_as, get, state, why):
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), state)
    client = client_as("ash.gp")
    html = get(client, f"/plans/{version_id}/share")
    assert why in html
    assert f'action="/plans/{version_id}/share"' not in html
    data = {**TO_NURSE, "form_key": "k" * 32, "csrf_token": _token(client)}
    assert client.post(f"/plans/{version_id}/share", data=data).status_code == 422
    assert shares(store) == []


def test_ready_version_can_be_given_and_says_that_it_is_not_in_force(store, town, client_as, shared):
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), "ready", answer=None)
    client = client_as("ash.gp")
    text = words(client.get(shared(version_id, TO_PERSON, client=client).location).data)
    assert "This plan is not in force yet." in text
    assert "Agreement: Not agreed yet" in text
    assert NO_LONGER not in text


def test_draft_is_not_made_into_a_document(store, town, client_as, get):
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), "draft")
    for path in ("print", "urgent", "copy.pdf"):
        assert "still being written" in get(client_as("ash.gp"), f"/plans/{version_id}/{path}", status=422)


def test_nothing_more_is_given_after_a_death(store, town, plan, shared):
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = NOW.date()
    assert shared(plan, TO_NURSE).status_code == 422
    assert shares(store) == []


# The form and the addresses


@pytest.mark.parametrize(
    "change", [{"kind": ""}, {"kind": "anybody"}, {"organisation": " "}, {"name": ""}, {"share_format": ""}]
)
def test_form_with_something_missing_comes_back_with_what_was_typed(store, client_as, plan, shared, change):
    answer = shared(plan, {**TO_NURSE, "organisation": "East Community Trust", **change})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Kim Nurse" in answer.text or change.get("name") == ""
    assert shares(store) == []


def test_same_form_sent_twice_is_one_copy(store, client_as, plan):
    client = client_as("ash.gp")
    data = {**TO_NURSE, "form_key": "k" * 32, "csrf_token": _token(client)}
    first, again = (client.post(f"/plans/{plan}/share", data=data) for _ in range(2))
    assert first.location == again.location
    assert len(shares(store)) == 1


@pytest.mark.parametrize("name", ["copy.pdf", "large.pdf", "copy.txt", "urgent.pdf"])
def test_file_without_a_recorded_copy_leads_to_the_form(store, town, client_as, plan, shared, name):
    client = client_as("ash.gp")
    assert client.get(f"/plans/{plan}/{name}").location == f"/plans/{plan}/share"
    assert client.get(f"/plans/{plan}/{name}?copy=99").location == f"/plans/{plan}/share"
    number = parse_qs(urlsplit(shared(plan, TO_NURSE, by="ash.manager").location).query)["copy"][0]
    assert client.get(f"/plans/{plan}/{name}?copy={number}").location == f"/plans/{plan}/share"  # somebody else's


def test_copy_is_opened_in_its_own_format_and_on_its_own_day_only(client_as, plan, shared, clock):
    client = client_as("ash.gp")
    address = shared(plan, TO_NURSE, client=client).location
    assert client.get(address).status_code == 200
    assert client.get(address.replace("copy.pdf", "copy.txt")).status_code == 302
    clock.now = NOW + timedelta(days=1)
    assert client_as("ash.gp").get(address).status_code == 302


def test_emergency_access_reads_and_gives_no_copies(store, town, client_as, get, post, plan):
    client = client_as("nurse")
    assert client.get(f"/plans/{plan}/print").status_code == 404
    data = {"nhs_number": town.nhs_numbers[1], "reason": "She is in the ambulance", "reason_code": "urgent_care"}
    post(client, "/emergency-access", data)
    get(client, f"/plans/{plan}/urgent")
    get(client, f"/plans/{plan}/share", 422)
    with pytest.raises(NotNow, match="emergency"), store.writing() as session:
        share_plan(
            session, by=town.viewer(session, "nurse"), now=NOW, version_id=plan, kind=RecipientKind.HEALTH,
            recipient="Kim Nurse", share_format=ShareFormat.PDF,
        )  # fmt: skip
    assert shares(store) == []


@pytest.mark.parametrize(
    "name", ["print", "urgent", "copy.pdf", "large.pdf", "copy.txt", "urgent.pdf", "share", "shares"]
)
def test_pages_of_a_plan_do_not_exist_for_somebody_without_a_relationship(client_as, plan, name):
    for username in ("birch.manager", "south.navigator", "nurse", "integration", "ig", "admin"):
        assert client_as(username).get(f"/plans/{plan}/{name}").status_code == 404
    assert client_as("ash.manager").get(f"/plans/{plan + 999}/{name}").status_code == 404


def test_list_of_copies_has_every_version_newest_first(store, town, client_as, get, shared):
    case_id = led(store, town, 1, "ash.gp")
    old = versioned(store, town, case_id)
    shared(old, TO_PERSON)
    ended(store, old, "superseded")
    new = versioned(store, town, case_id, number=2)
    shared(new, TO_NURSE)
    html = get(client_as("ash.manager"), f"/plans/{new}/shares")
    assert html.index("Kim Nurse, East Community Trust") < html.index("The person")
    other = versioned(store, town, led(store, town, 2, "ash.gp", "medical"))
    assert "Nobody has been given a copy yet" in get(client_as("ash.manager"), f"/plans/{other}/shares")


def _token(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)[1]
