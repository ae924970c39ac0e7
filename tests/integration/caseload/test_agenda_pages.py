"""The pages of team meetings: from the rule to a locked agenda of thirty, redaction, refusals, what was typed."""

import re
from datetime import date
from html import unescape

import pytest

from caseload.actions.agenda import add_to_agenda
from caseload.actions.consent import NOTHING, record_consent
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.plan_words import AgendaReason, MeetingState
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables import AgendaItem, AgendaLeftOut, MdtMeeting, MdtRequest, MdtSeries, Person
from tests.support.agenda_work import add_cases, add_stay, make_agendas
from tests.support.case_app import audited
from tests.support.filled_forms import filled_form
from tests.support.led_cases import led, opened
from tests.support.statements import statements

SERIES = {
    "name": "East meeting", "weekday": "2", "starts": "9.30", "venue": "", "quorum": "2", "capacity": "30",
}  # fmt: skip


@pytest.fixture
def agendas(store, town):
    return make_agendas(store, town)


def text_of(html):
    main = html.partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def names_on(html):
    return sorted({int(number) for number in re.findall(r"FAMILY(\d+)", html)})


def rows_of(html):
    """The items of the agenda as text, in order."""
    table = html.partition('<h2 class="nhsuk-heading-m">Agenda</h2>')[2].partition("</table>")[0]
    return [text_of(f"<main>{row}") for row in re.findall(r"<tr[^>]*id=\"item-.*?</tr>", table, flags=re.S)]


def here(agendas, which=0):
    return f"/mdt/meetings/{agendas.meetings[which]}"


class Hand:
    """Somebody with a mouse: every link followed and every button pressed is a click; what they type is none."""

    def __init__(self, client, start):
        self.client, self.clicks = client, 0
        self.html = client.get(start, follow_redirects=True).text

    def follow(self, words):
        """Follow the link with these words."""
        links = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.html, flags=re.S)
        url = next(url for url, inside in links if words in re.sub(r"<[^>]+>", "", inside))
        self.clicks += 1
        self.html = self.client.get(unescape(url), follow_redirects=True).text

    def press(self, action):
        """Press the button of the form that goes there."""
        target, fields = filled_form(self.html, action, {})
        self.clicks += 1
        answer = self.client.post(target, data=fields, follow_redirects=True)
        assert answer.status_code == 200, text_of(answer.text)
        self.html = answer.text


def test_from_the_rule_to_a_locked_agenda_of_thirty_in_five_clicks(agendas, client_as, store, town):
    cases = add_cases(store, town, 34)
    hand = Hand(client_as("chair"), "/")
    hand.follow("MDT")
    hand.follow("7 October 2026")
    hand.press("*/build")
    assert "The agenda is built: 30 people, 30 of them new. 4 people did not fit." in text_of(hand.html)
    hand.press("*/lock")
    assert hand.clicks <= 5
    assert agendas.row(MdtMeeting, agendas.meetings[0]).state is MeetingState.LOCKED
    assert agendas.on() == cases[:30]
    assert len(rows_of(hand.html)) == 30
    assert "New at very high risk in the run of 1 October 2026" in rows_of(hand.html)[0]


def test_an_agenda_of_thirty_asks_twelve_questions_at_most(agendas, client_as, store, town):
    add_cases(store, town, 34)
    agendas.build()
    client = client_as("chair")
    client.get(here(agendas))
    with statements(store.engine) as sent:
        assert client.get(here(agendas)).status_code == 200
    assert len(sent) <= 12, "\n\n".join(sent)


def test_everybody_shown_is_a_look_and_nobody_else(agendas, client_as, get, store, town):
    add_cases(store, town, 3)
    agendas.build()
    get(client_as("chair"), here(agendas))
    action, people = audited(store)[-1]
    assert (action, sorted(people)) == ("view", sorted(town.people[number] for number in (300, 301, 302)))


def test_an_agenda_has_no_banner_of_a_person(agendas, client_as, get, store, town):
    add_cases(store, town, 2)
    agendas.build()
    assert 'class="app-banner' not in get(client_as("chair"), here(agendas))


def test_somebody_the_viewer_may_not_open_is_a_number_and_nothing_else(agendas, client_as, get, store, town):
    one, two = led(store, town, 1, "ash.gp", "medical"), opened(store, town, 6)
    for case_id in (one, two):
        agendas.act(add_to_agenda, meeting_id=agendas.meetings[0], case_id=case_id, why="Secret words")
    seen = {name: get(client_as(name), here(agendas)) for name in ("navigator", "ash.gp", "nurse", "birch.manager")}
    assert {name: names_on(html) for name, html in seen.items()} == {
        "navigator": [1, 6], "ash.gp": [1], "nurse": [], "birch.manager": [6],
    }  # fmt: skip
    for html in (seen["nurse"], seen["ash.gp"]):
        hidden = [row for row in rows_of(html) if "Not shown to you" in row]
        assert hidden
        assert not [row for row in hidden if "Secret" in row or "Requested" in row or "999" in row]
    assert rows_of(seen["ash.gp"])[1].split() == (
        "> Item 2 Person Not shown to you Why Not shown Consent Not shown Lead Not shown".split()
    )


def test_an_objection_to_sharing_redacts_the_item_at_once(agendas, client_as, get, store, town):
    case_id = led(store, town, 1, "social.worker", "social", code="persons_choice", note="She asked for her")
    agendas.act(add_to_agenda, meeting_id=agendas.meetings[0], case_id=case_id, why="Secret words")
    worker = client_as("social.worker")
    assert names_on(get(worker, here(agendas))) == [1]
    agendas.act(
        record_consent, "ash.manager", person_id=town.people[1], purpose=ConsentPurpose.SHARING_SOCIAL_CARE,
        state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=NOTHING,
    )  # fmt: skip
    html = get(worker, here(agendas))
    assert (names_on(html), "Secret words" in html) == ([], False)
    assert "Not to be shared with: social care" in text_of(get(client_as("navigator"), here(agendas)))


def test_consent_to_care_coordination_stands_on_the_agenda(agendas, client_as, get, store, town):
    case_id = led(store, town, 1, "ash.gp", "medical")
    agendas.act(add_to_agenda, meeting_id=agendas.meetings[0], case_id=case_id, why="x")
    assert "Care coordination: nothing recorded" in text_of(get(client_as("navigator"), here(agendas)))
    agendas.act(
        record_consent, "ash.manager", person_id=town.people[1], purpose=ConsentPurpose.CARE_COORDINATION,
        state=ConsentState.GIVEN, how=ConsentHow.SAID, seen_id=NOTHING,
    )  # fmt: skip
    assert "Care coordination: agreed" in text_of(get(client_as("navigator"), here(agendas))).replace("given", "agreed")


def test_a_reason_that_tells_of_a_score_is_hidden_from_who_may_not_see_it(agendas, client_as, get, store, town):
    led(store, town, 1, "volunteer", "functional", code="persons_choice", note="She asked for her")
    agendas.build()
    volunteer = text_of(get(client_as("volunteer"), here(agendas)))
    assert "very high" not in volunteer.lower()
    assert "a risk score, which you are not shown" in volunteer
    agendas.act(
        record_consent, "ash.manager", person_id=town.people[1], purpose=ConsentPurpose.RISK_STRATIFICATION,
        state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=NOTHING,
    )  # fmt: skip
    chair = text_of(get(client_as("chair"), here(agendas)))
    assert "very high" not in chair.lower()
    assert "the person objects to risk scores" in chair


def test_left_out_people_are_counted_where_they_may_not_be_named(store, town, client_as, get):
    agendas = make_agendas(store, town, capacity=1)
    cases = add_cases(store, town, 3)
    agendas.build()
    chair = get(client_as("chair"), here(agendas))
    assert (names_on(chair), "Did not fit" in chair) == ([300, 301, 302], True)
    assert f"/add?case={cases[1]}" not in chair  # it is full
    nurse = get(client_as("nurse"), here(agendas))
    assert names_on(nurse) == []
    assert "2 people not on the agenda are not shown to you." in text_of(nurse)


def test_a_series_is_set_up_by_its_form(client_as, post, get, store, town):
    client = client_as("navigator")
    html = get(client, "/mdt/series/new")
    assert 'value="30"' in html
    fields = {
        **SERIES, "team_id": str(town.team_id), "chair_id": str(town.users["chair"]),
        "coordinator_id": str(town.users["navigator"]),
    }  # fmt: skip
    answer = post(client, "/mdt/series/new", fields)
    assert "the next 6 are planned" in text_of(answer.text)
    with store.reading() as session:
        series = session.query(MdtSeries).one()
        assert (series.starts, series.weekday, series.capacity) == ("09:30", 2, 30)
        assert session.query(MdtMeeting).count() == 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Enter the name of the meeting"),
        ({"starts": "25:00"}, "Enter a start time like 12:30"),
        ({"team_id": ""}, "Choose the team"),
        ({"chair_id": "999"}, "Choose who chairs the meeting"),
        ({"capacity": "101"}, "How many people fit into one meeting must be between 1 and 100"),
        ({"quorum": "many"}, "Enter how many have to be there, as a whole number"),
    ],
)
def test_what_is_wrong_with_a_series_is_said_at_its_field(client_as, post, store, town, wrong, sentence):
    fields = {
        **SERIES, "team_id": str(town.team_id), "chair_id": str(town.users["chair"]),
        "coordinator_id": str(town.users["navigator"]), **wrong,
    }  # fmt: skip
    answer = post(client_as("navigator"), "/mdt/series/new", fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error:" in answer.text.replace("\n", "")
    with store.reading() as session:
        assert session.query(MdtSeries).count() == 0


def test_a_change_of_a_series_that_was_overtaken_keeps_what_was_typed(agendas, client_as, get, store):
    first, second = client_as("navigator"), client_as("chair")
    url = f"/mdt/series/{agendas.series_id}/change"
    forms = [filled_form(get(client, url), url, {"name": name}) for client, name in ((first, "Mine"), (second, "Hers"))]
    assert first.post(url, data=forms[0][1]).status_code == 303
    answer = second.post(url, data=forms[1][1])
    assert answer.status_code == 409
    assert "Hers" in answer.text
    assert agendas.row(MdtSeries, agendas.series_id).name == "Mine"


def test_a_lock_of_an_agenda_that_changed_meanwhile_is_a_conflict_page(agendas, client_as, get, store, town):
    cases = add_cases(store, town, 2)
    agendas.build()
    chair = client_as("chair")
    _, fields = filled_form(get(chair, here(agendas)), f"{here(agendas)}/lock", {})
    agendas.remove(cases[0])
    answer = chair.post(f"{here(agendas)}/lock", data=fields)
    assert answer.status_code == 409
    assert agendas.row(MdtMeeting, agendas.meetings[0]).state is MeetingState.PLANNED


def test_somebody_is_added_by_their_nhs_number(agendas, client_as, post, store, town):
    case_id = opened(store, town, 2)
    client = client_as("navigator")
    number = town.nhs_numbers[2]
    url = f"{here(agendas)}/add"
    answer = post(client, url, {"nhs_number": f"{number[:3]} {number[3:6]} {number[6:]}", "why": "Two falls"})
    assert "at the end" in text_of(answer.text)
    (item,) = agendas.items()
    assert (item.case_id, item.reason, item.reason_text) == (
        case_id, AgendaReason.REQUESTED, "Asked for by Navigator: Two falls",
    )  # fmt: skip


@pytest.mark.parametrize("number", [10, 3])
def test_a_number_that_cannot_be_added_is_the_same_answer_whoever_it_is_of(
    agendas, client_as, post, store, town, number
):
    """Person 10 is of another place, person 3 has no case: neither is told apart from a number nobody has."""
    opened(store, town, 10)
    url = f"{here(agendas)}/add"
    answer = post(client_as("navigator"), url, {"nhs_number": town.nhs_numbers[number], "why": "Two falls"})
    assert answer.status_code == 422
    assert "Nobody with this NHS number can be put on the agenda" in answer.text
    assert "Two falls" in answer.text
    assert agendas.items() == []


def test_somebody_left_out_is_added_from_the_list(store, town, client_as, get, post):
    agendas = make_agendas(store, town, capacity=2)
    cases = add_cases(store, town, 3)
    agendas.build()
    agendas.remove(cases[0])
    client = client_as("navigator")
    html = get(client, here(agendas))
    assert "Taken off by hand" in html
    url = f"{here(agendas)}/add?case={cases[0]}"
    assert url in unescape(html)
    assert names_on(get(client, url)) == [300]
    post(client, url, {"why": "It is not settled"}, form="")
    assert agendas.on() == [cases[1], cases[0]]
    assert agendas.rows(AgendaLeftOut, AgendaLeftOut.removed_at.is_not(None)) == []


@pytest.mark.parametrize("case", ["x", "-1", "99999999999999", "4"])
def test_a_link_that_names_no_case_of_ones_own_is_not_there(agendas, client_as, case):
    assert client_as("navigator").get(f"{here(agendas)}/add?case={case}").status_code == 404


def test_items_go_up_and_down_and_off_by_their_buttons(agendas, client_as, get, store, town):
    cases = add_cases(store, town, 3)
    agendas.build()
    hand = Hand(client_as("navigator"), here(agendas))
    hand.press(f"/mdt/items/{agendas.item(cases[2]).id}/up")
    hand.press(f"/mdt/items/{agendas.item(cases[0]).id}/down")
    assert agendas.on() == [cases[2], cases[0], cases[1]]
    hand.follow("Take off")
    assert "FAMILY302" in hand.html
    url = f"/mdt/items/{agendas.item(cases[2]).id}/remove"
    _, fields = filled_form(hand.html, url, {"why": "Settled"})
    assert hand.client.post(url, data={**fields, "why": " "}).status_code == 422
    assert hand.client.post(url, data=fields).status_code == 303
    assert agendas.on() == [cases[0], cases[1]]


def test_the_agenda_is_unlocked_with_a_reason(agendas, client_as, get, post, store, town):
    add_cases(store, town, 1)
    agendas.build()
    agendas.lock()
    chair = client_as("chair")
    html = get(chair, here(agendas))
    assert "Build the agenda" not in html
    assert "Prepare the meeting" in html
    assert "/up" not in html
    url = f"{here(agendas)}/unlock"
    assert post(chair, url, {}).status_code == 422
    assert "can be changed again" in post(chair, url, {"reason": "locked_by_mistake"}).text
    assert client_as("navigator").get(url).status_code == 422


def test_a_meeting_is_moved_and_cancelled_by_its_forms(agendas, client_as, get, post):
    client = client_as("navigator")
    url = f"{here(agendas)}/move-day"
    day = {"held_on-day": "14", "held_on-month": "10", "held_on-year": "2026"}
    taken = post(client, url, day)
    assert taken.status_code == 422
    assert "This series has a meeting on that day" in taken.text
    assert "The meeting is on 9 October 2026." in post(client, url, {**day, "held_on-day": "9"}).text
    assert agendas.row(MdtMeeting, agendas.meetings[0]).held_on == date(2026, 10, 9)
    answer = post(client, f"{here(agendas)}/cancel", {})
    assert "The meeting is cancelled" in answer.text
    assert agendas.row(MdtMeeting, agendas.meetings[0]) is None


def test_a_discussion_is_asked_for_from_the_persons_page_and_taken_back(agendas, client_as, get, post, store, town):
    case_id = led(store, town, 1, "ash.gp", "medical")
    client = client_as("ash.gp")
    url = f"/cases/{case_id}/mdt-request"
    assert url in get(client, f"/people/{town.people[1]}")
    assert post(client, url, {"why": ""}).status_code == 422
    answer = post(client, url, {"why": "Two falls", "series_id": str(agendas.series_id)})
    assert "The next agenda takes this person up." in answer.text
    (request,) = agendas.rows(MdtRequest)
    assert (request.case_id, request.why, request.by) == (case_id, "Two falls", town.users["ash.gp"])
    home = get(client, "/mdt")
    assert "Two falls" in home
    assert "Two falls" not in get(client_as("nurse"), "/mdt")
    hand = Hand(client, "/mdt")
    hand.press(f"/mdt/requests/{request.id}/take-back")
    assert agendas.rows(MdtRequest)[0].ended_at is not None


def test_asking_twice_is_a_conflict_that_keeps_the_words(agendas, client_as, post, store, town):
    case_id = led(store, town, 1, "ash.gp", "medical")
    url = f"/cases/{case_id}/mdt-request"
    fields = {"why": "Two falls", "series_id": str(agendas.series_id)}
    post(client_as("ash.gp"), url, fields)
    answer = post(client_as("navigator"), url, {**fields, "why": "His wife rang"})
    assert answer.status_code == 409
    assert "His wife rang" in answer.text
    assert "Ash Gp" in answer.text


def test_pages_of_meetings_are_of_the_place_and_of_care(agendas, client_as):
    south, outside = client_as("south.navigator"), client_as("integration")
    for url in (here(agendas), f"/mdt/series/{agendas.series_id}"):
        assert south.get(url).status_code == outside.get(url).status_code == 404
    assert outside.get("/mdt").status_code == 404
    assert "North team meeting" not in south.get("/mdt").text


def test_who_has_died_or_is_restricted_says_so_on_the_agenda(agendas, client_as, get, store, town):
    case_id = led(store, town, 1, "ash.gp", "medical")
    add_stay(store, town.people[1], date(2026, 10, 3))
    agendas.act(add_to_agenda, meeting_id=agendas.meetings[0], case_id=case_id, why="x")
    with store.writing() as session:
        session.get_one(Person, town.people[1]).restricted = True
        session.get_one(Person, town.people[1]).date_of_death = date(2026, 10, 4)
    said = text_of(get(client_as("ash.gp"), here(agendas)))
    assert "Died on 4 October 2026" in said
    assert "Restricted record" in said
    assert names_on(get(client_as("navigator"), here(agendas))) == []
    assert len(agendas.rows(AgendaItem)) == 1


def test_of_many_who_did_not_fit_the_first_fifty_are_shown(store, town, client_as, get):
    agendas = make_agendas(store, town, capacity=1)
    add_cases(store, town, 54)
    agendas.build()
    html = get(client_as("chair"), here(agendas))
    assert names_on(html) == list(range(300, 351))
    assert "the first 50 of 53" in text_of(html)
    assert len(audited(store)[-1][1]) == 51
