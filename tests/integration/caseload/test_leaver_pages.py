"""The pages of a leaver's journey."""

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from caseload.actions.care_team import add_member
from caseload.actions.leavers import start_leaver
from caseload.domain.words import CareTeamRole
from caseload.tables import LeaverJourney, Practitioner, User, UserRole
from tests.support import journeys
from tests.support.case_app import audited
from tests.support.journeys import act, requests, sent, staged, started
from tests.support.led_cases import led

three_cases = journeys.three_cases


def test_the_journey_by_its_pages(store, town, client_as, get, post, three_cases):
    client = client_as("ash.manager")
    assert "Nobody’s cases are being handed over" in get(client, "/leavers")
    html = get(client, "/leavers/new")
    assert "Ash Gp, practice, leads 3 cases" in html
    answer = post(client, "/leavers/new", {"user_id": town.users["ash.gp"]})
    assert "A receiver is proposed for every case" in answer.text
    [journey_id] = [row.id for row in _journeys(store)]
    html = get(client, f"/leavers/{journey_id}")
    assert "3 cases as accountable lead" in html
    assert html.count("Ready to send.") == 3
    assert ("view", [town.people[number] for number in (1, 2, 3)]) in audited(store)
    changed = {f"receiver-{three_cases[1]}": str(town.users["therapist"])}
    kept = {f"receiver-{case}": str(staged(store)[case]) for case in three_cases if case != three_cases[1]}
    answer = post(client, f"/leavers/{journey_id}", {**changed, **kept, "preview": "1"})
    assert "1 receiver changed." in answer.text
    assert "<title>Send handovers" in answer.text
    pairs = [f"{case}-{user}" for case, user in staged(store).items()]
    answer = post(client, f"/leavers/{journey_id}/send", {"pair": pairs[:2], "reason": "Leaving", "summary": ""})
    assert "2 handovers asked for." in answer.text
    resumed = get(client_as("navigator"), f"/leavers/{journey_id}")
    assert resumed.count("has been asked, to answer by 12 October 2026.") == 2
    assert resumed.count("Ready to send.") == 1


def test_workload_stays_what_it_was_once_the_requests_are_sent(store, town, client_as, get, three_cases):
    journey_id = started(store, town)
    page, client = f"/leavers/{journey_id}", client_as("ash.manager")
    assert staged(store)[three_cases[1]] == staged(store)[three_cases[0]] == town.users["ash.partner"]

    def offered(case_id):
        list_of_case = get(client, page).split(f'id="receiver-{case_id}"')[1].split("</select>")[0]
        return next(one for one in re.findall(r"<option[^>]*>([^<]*)", list_of_case) if "Partner" in one)

    assert offered(three_cases[1]).endswith(", 10% to 13%")  # the other two cases are meant for them: 6 of 60
    sent(store, town, journey_id, [three_cases[0]])
    assert offered(three_cases[1]).endswith(", 10% to 13%, including 1 request waiting")


def test_the_only_one_who_can_take_a_case_is_said_to_be(store, town, client_as, get, three_cases):
    journey_id = started(store, town)
    said = "The only one the rule proposes who can take this case."
    assert get(client_as("ash.manager"), f"/leavers/{journey_id}").count(said) == 1  # very high: a GP of the practice
    with store.writing() as session:
        session.get_one(User, town.users["birch.gp"]).home_id = town.places["Y90001"]
        session.get_one(Practitioner, town.users["birch.gp"]).capacity = 10
        session.execute(
            update(UserRole).where(UserRole.user_id == town.users["birch.gp"]).values(place_id=town.places["Y90001"])
        )
    assert said not in get(client_as("ash.manager"), f"/leavers/{journey_id}")


def _journeys(store):
    with store.reading() as session:
        rows = session.execute(select(LeaverJourney)).scalars().all()
        session.expunge_all()
        return rows


@pytest.mark.parametrize(
    ("data", "error"),
    [({"pair": [], "reason": "Leaving"}, "Select at least one case to send"), ({"reason": " "}, "Enter why the cases")],
)
def test_sending_with_a_mistake_says_what_is_wrong(store, town, client_as, post, three_cases, data, error):
    journey_id = started(store, town)
    pairs = {"pair": [f"{case}-{user}" for case, user in staged(store).items()]}
    answer = post(client_as("ash.manager"), f"/leavers/{journey_id}/send", pairs | data)
    assert answer.status_code == 422
    assert error in answer.text
    assert requests(store) == []


def test_choosing_nobody_who_leaves_is_an_error(store, town, client_as, post, three_cases):
    answer = post(client_as("ash.manager"), "/leavers/new", {"user_id": ""})
    assert answer.status_code == 422
    assert "Select who is leaving" in answer.text


def test_finishing_and_stopping_by_their_buttons(store, town, client_as, get, post, three_cases):
    journey_id = started(store, town)
    client = client_as("ash.manager")
    html = get(client, f"/leavers/{journey_id}")
    assert "can be finished when Ash Gp holds nothing any more" in html
    answer = post(client, f"/leavers/{journey_id}/stop", page=f"/leavers/{journey_id}")
    assert "The journey is stopped" in answer.text
    assert "It ended on 5 October 2026" in get(client, f"/leavers/{journey_id}")


def test_care_teams_and_tasks_by_the_form(store, town, client_as, post):
    case_id = led(store, town, 1, "ash.gp")
    act(store, town, add_member, case_id=case_id, role=CareTeamRole.CARE_NAVIGATOR, from_on=date(2026, 10, 1),
        user_id=town.users["navigator"])  # fmt: skip
    journey_id = act(store, town, start_leaver, user_id=town.users["navigator"])
    client, page = client_as("ash.manager"), f"/leavers/{journey_id}"
    answer = post(client, f"{page}/rest", {"successor_id": ""}, page=page)
    assert answer.status_code == 422
    assert "Select who takes over" in answer.text
    answer = post(client, f"{page}/rest", {"successor_id": town.users["nurse"]}, page=page)
    assert "1 place on care teams and 0 tasks handed over." in answer.text
    answer = post(client, f"{page}/finish", page=page)
    assert "Everything is handed over" in answer.text


@pytest.mark.parametrize("path", ["", "/send"])
def test_a_journey_does_not_exist_for_somebody_of_another_place(store, town, client_as, three_cases, path):
    journey_id = started(store, town)
    for username in ("cedar.manager", "south.navigator", "ash.partner", "therapist", "admin"):
        assert client_as(username).get(f"/leavers/{journey_id}{path}").status_code == 404
    assert client_as("ash.manager").get(f"/leavers/{journey_id + 99}{path}").status_code == 404
