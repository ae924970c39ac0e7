"""The pages of handovers: asking, answering one or several, taking back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.tables import Handover
from tests.integration.caseload.conftest import form_fields
from tests.support.case_app import NOW, audited
from tests.support.led_cases import asked, leads_of, led, opened


def states(store):
    with store.reading() as session:
        return [state.value for state in session.execute(select(Handover.state).order_by(Handover.id)).scalars()]


def test_asking_by_the_form(store, town, client_as, get, post):
    case_id = led(store, town, 1, "ash.gp")
    client = client_as("ash.gp")
    html = get(client, f"/cases/{case_id}/handover")
    assert (
        "Ash Gp stays accountable until the receiver accepts. The receiver has 7 days to answer; then the request lapses."
        in html
    )
    assert "Ash Gp, GP" not in html  # the lead is not offered
    data = {"to_user_id": town.users["ash.partner"], "reason": "Leaving", "summary": "See the plan"}
    answer = post(client, f"/cases/{case_id}/handover", data)
    assert "The handover was asked for" in answer.text
    assert "A handover to Ash Partner was asked for on 5 October 2026 at 10:00am" in answer.text
    assert states(store) == ["requested"]
    assert "waiting for an answer already" in get(client, f"/cases/{case_id}/handover")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"reason": "Leaving"}, "Select who takes over"),
        ({"to_user_id": "ash.partner", "reason": " "}, "Enter why the case"),
    ],
)
def test_asking_with_a_mistake_says_what_is_wrong(store, town, client_as, post, data, error):
    case_id = led(store, town, 1, "ash.gp")
    sent = {name: town.users.get(value, value) for name, value in data.items()}
    answer = post(client_as("ash.gp"), f"/cases/{case_id}/handover", {"summary": "Kept words", **sent})
    assert answer.status_code == 422
    assert error in answer.text
    assert "Kept words" in answer.text
    assert states(store) == []


def test_a_case_without_a_lead_has_nothing_to_hand_over(store, town, client_as, get):
    case_id = opened(store, town, 1)
    assert "there is nothing to hand over" in get(client_as("ash.manager"), f"/cases/{case_id}/handover")


def test_the_receiver_sees_the_request_and_takes_over(store, town, client_as, get, post):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "therapist", by="ash.gp", summary="Likes mornings")
    client = client_as("therapist")
    html = get(client, "/handovers")
    assert "FAMILY1, Given1" in html
    html = get(client, f"/handovers/{request}")
    assert "Likes mornings" in html
    assert "This takes them from 0% to 10% of capacity" in html
    assert ("view", [town.people[1]]) in audited(store)
    answer = post(client, f"/handovers/{request}", {"decision": "accept", "note": ""})
    assert "You are the accountable lead now" in answer.text
    assert [user for user, _, until in leads_of(store, case_id) if until is None] == [town.users["therapist"]]


@pytest.mark.parametrize(
    ("data", "error"),
    [({}, "Select whether you take over"), ({"decision": "reject", "note": " "}, "Enter why you do not take over")],
)
def test_an_answer_with_a_mistake_says_what_is_wrong(store, town, client_as, post, data, error):
    request = asked(store, town, led(store, town, 1, "ash.gp"), "therapist", by="ash.gp")
    answer = post(client_as("therapist"), f"/handovers/{request}", data)
    assert answer.status_code == 422
    assert error in answer.text
    assert states(store) == ["requested"]


def test_turning_down_tells_the_sender_why(store, town, client_as, get, post):
    request = asked(store, town, led(store, town, 1, "ash.gp"), "therapist", by="ash.gp")
    answer = post(client_as("therapist"), f"/handovers/{request}", {"decision": "reject", "note": "No room this month"})
    assert answer.status_code == 200
    html = get(client_as("ash.gp"), "/handovers")
    assert "Turned down" in html
    assert "No room this month" in html
    assert client_as("therapist").get(f"/handovers/{request}").status_code == 404  # no relationship any more


def test_taking_back_by_the_form(store, town, client_as, get, post):
    request = asked(store, town, led(store, town, 1, "ash.gp"), "therapist", by="ash.gp")
    client = client_as("ash.gp")
    assert "Take the request back" in get(client, f"/handovers/{request}")
    post(client, f"/handovers/{request}/revoke", {"revoke_note": "Stays here"}, page=f"/handovers/{request}")
    assert states(store) == ["revoked"]
    assert "Stays here" in get(client, f"/handovers/{request}")


def test_a_receiver_who_may_name_leads_is_shown_the_answer_only(store, town, client_as, get):
    request = asked(store, town, led(store, town, 1, "ash.gp"), "chair", by="ash.gp")
    html = get(client_as("chair"), f"/handovers/{request}")
    assert "Your answer" in html
    assert "Take the request back" not in html
    assert "Take the request back" in get(client_as("ash.manager"), f"/handovers/{request}")


def test_several_cases_are_taken_over_with_one_button(store, town, client_as, get, post):
    cases = [led(store, town, number, "ash.gp", code="persons_choice") for number in (1, 2, 3)]
    requests = [asked(store, town, case_id, "ash.partner", by="ash.gp") for case_id in cases]
    client = client_as("ash.partner")
    assert "3 cases you are asked to take over" in get(client, "/handovers")
    answer = post(client, "/handovers", {"handover_ids": requests[:2]})
    assert "You took over 2 cases" in answer.text
    assert states(store) == ["accepted", "accepted", "requested"]
    answer = post(client, "/handovers", {})
    assert answer.status_code == 422
    assert "Select the cases you take over" in answer.text


def test_the_same_answer_sent_twice_has_one_effect(store, town, client_as):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    client = client_as("ash.partner")
    data = {**form_fields(client.get("/handovers").text, "/handovers"), "handover_ids": [request]}
    assert [client.post("/handovers", data=data).status_code for _ in range(2)] == [303, 303]
    assert len(leads_of(store, case_id)) == 2


def test_a_request_that_lapsed_is_shown_as_lapsed_and_cannot_be_answered(store, town, client_as, get, clock):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    clock.now = NOW + timedelta(days=8)
    html = get(client_as("ash.gp"), f"/handovers/{request}")
    assert "Lapsed" in html
    assert "Take the request back" not in html
    assert "Lapsed" in get(client_as("ash.gp"), "/handovers")
    assert "Hand over to somebody else" in get(client_as("ash.gp"), f"/cases/{case_id}/lead")


@pytest.mark.parametrize("username", ["birch.manager", "south.navigator", "nurse", "admin", "ig"])
def test_a_handover_does_not_exist_for_somebody_without_a_relationship(store, town, client_as, username):
    case_id = led(store, town, 1, "ash.gp")
    request = asked(store, town, case_id, "ash.partner", by="ash.gp")
    client = client_as(username)
    assert client.get(f"/handovers/{request}").status_code == 404
    assert client.get(f"/cases/{case_id}/handover").status_code == 404


def test_an_empty_page_of_handovers_says_so(client_as, get):
    html = get(client_as("nurse"), "/handovers")
    assert "Nobody has asked you to take over a case" in html
    assert "You wait for nobody’s answer" in html
