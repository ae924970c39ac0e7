"""One number of marked decisions, wherever it is said: Today, the choice of practices, the list, the preview, the deed."""

import re
from datetime import date
from html import unescape

import pytest

from caseload.domain.words import Decision, ProposalState
from caseload.queries.review_practices import review_practices
from caseload.tables import Proposal
from tests.support.case_app import NOW, propose
from tests.support.review_work import decided, names_on, staged


@pytest.fixture
def marked(store, town):
    """Two people marked to accept: one awaits a decision, one is deferred to next year."""
    ids = propose(store, town, [1, 2])
    ash = town.places["Y90001"]
    staged(store, town, ash, [ids[2]], Decision.DEFER, deferred_until=date(2027, 2, 1))
    decided(store, town, ash)
    staged(store, town, ash, ids.values(), Decision.ACCEPT)
    return ash


def words(html):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_marked_decisions_are_one_number_everywhere(store, town, client_as, get, marked):
    manager, url = client_as("ash.manager"), f"/review/{marked}"
    assert "2 decisions marked and not confirmed" in words(get(manager, "/"))
    with store.reading() as session:
        (practice,) = review_practices(session, town.viewer(session, "ash.manager"), NOW)
    assert (practice.awaiting, practice.marked) == (1, 2)
    assert "2 people marked: 2 to accept" in words(get(manager, url))
    preview = get(manager, f"{url}/preview")
    assert "Confirm 2 decisions" in preview
    assert names_on(preview) == ["FAMILY1, Given1", "FAMILY2, Given2"]
    assert decided(store, town, marked) == {"accept": 2, "decline": 0, "defer": 0}


def test_a_practice_with_nothing_but_a_marked_deferral_is_still_on_today(store, town, client_as, get, marked):
    with store.writing() as session:
        session.query(Proposal).filter_by(person_id=town.people[1]).one().state = ProposalState.DECLINED
    assert "0 people to decide about ; 1 decision marked and not confirmed" in words(get(client_as("ash.manager"), "/"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "1 marked decision is not in this list."),
        ("?tier=high", "2 marked decisions are not in this filtered list."),
        ("?show=deferred", "1 marked decision is not in this filtered list."),
        ("?show=deferred&tier=very_high", "2 marked decisions are not in this filtered list."),
    ],
)
def test_the_list_says_how_many_marked_decisions_it_does_not_show(town, client_as, get, marked, query, said):
    assert said in words(get(client_as("ash.manager"), f"/review/{marked}{query}"))


def test_a_list_that_shows_every_marked_decision_does_not_speak_of_others(store, town, client_as, get):
    ids = propose(store, town, [1, 2])
    staged(store, town, town.places["Y90001"], ids.values(), Decision.ACCEPT)
    html = get(client_as("ash.manager"), f"/review/{town.places['Y90001']}")
    assert "2 people marked" in html
    assert "not in this" not in html


@pytest.mark.parametrize(
    ("sent", "decision"),
    [
        ({"decision": "decline", "reason": "needs_met", "until-day": "31"}, "decline"),
        ({"decision": "accept", "until-day": "31", "until-month": "x"}, "accept"),
        ({"decision": "accept", "note": "n" * 2_001}, "accept"),
    ],
)
def test_only_what_the_pressed_button_asks_for_has_to_be_right(store, town, client_as, post, sent, decision):
    ids = propose(store, town, [2])
    url = f"/review/{town.places['Y90001']}"
    answer = post(client_as("ash.manager"), f"{url}/stage", {**sent, "proposal": ids[2]}, page=url)
    assert answer.status_code == 200
    assert f"1 person is marked to {decision}" in answer.text


def test_half_a_date_is_not_coloured_where_the_reason_is_missing(store, town, client_as, post):
    ids = propose(store, town, [2])
    url = f"/review/{town.places['Y90001']}"
    sent = {"decision": "decline", "proposal": ids[2], "until-day": "31"}
    answer = post(client_as("ash.manager"), f"{url}/stage", sent, page=url)
    assert answer.status_code == 422
    assert "Select why they are not taken into care coordination" in answer.text
    assert "The date to come back" not in answer.text
    assert not re.search(r'id="until-(month|year)"[^>]*error|nhsuk-input--error[^>]*id="until', answer.text)
    assert re.search(r'id="until-day"[^>]*value="31"', answer.text)
