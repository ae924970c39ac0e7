"""The list of the monthly review: who sees whom, with what, in which order, filtered how, from which scores."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from caseload.actions.proposals import raise_concern
from caseload.domain.words import ConsentPurpose, ConsentState, Decision
from caseload.tables import Case, Consent, Contact, Person, RiskScore
from tests.support.case_app import NOW, RUNS, audited, propose
from tests.support.day_work import act
from tests.support.review_work import decided, names_on, row_of, staged


@pytest.fixture
def ash(town):
    return town.places["Y90001"]


@pytest.fixture
def url(ash):
    return f"/review/{ash}"


@pytest.fixture
def manager(client_as):
    return client_as("ash.manager")


def test_the_list_shows_name_age_tier_probability_percentile_movement_and_reasons(store, town, manager, get, url):
    propose(store, town, [1])
    row = row_of(get(manager, url), 1)
    assert "FAMILY1, Given1" in row
    assert "85 years" in row
    assert "999\xa0000\xa0001" in row or "999 000" in row
    assert "Very high" in row
    assert "56% risk, percentile 99.0" in row
    assert "Up from moderate, 56% last month" in row
    assert "2 emergency admissions in the last 12 months, latest 14 August 2026" in row
    assert "Hospital admissions, 1 Feb 2026 to 14 Aug 2026" in row
    assert "Risk rising" in row
    assert "None recorded" in row


def test_movement_of_somebody_new_and_of_somebody_who_stayed(store, town, manager, get, url):
    propose(store, town, [2, 3])
    html = get(manager, url)
    assert "New: not scored last month" in row_of(html, 3)
    assert "Same tier as last month" in row_of(html, 2)


def test_flags_of_the_score_and_of_an_earlier_case(store, town, client_as, get):
    propose(store, town, [7, 10])
    with store.writing() as session:
        session.add(
            Case(
                person_id=town.people[10], state="closed", opened_at=NOW - timedelta(days=90), closed_reason="other",
                opened_by=town.users["cedar.manager"], closed_at=datetime(2026, 8, 3, 9, tzinfo=NOW.tzinfo),
                closed_by=town.users["cedar.manager"],
            )
        )  # fmt: skip
        known = session.get_one(RiskScore, (town.people[10], town.runs[RUNS[1]]))
        known.reasons = [{"code": "social_care", "text": "Receiving adult social care", "source": "adult social care"}]
    birch = row_of(get(client_as("birch.manager"), f"/review/{town.places['Y90002']}"), 7)
    assert "Not known to services" in birch
    cedar = row_of(get(client_as("cedar.manager"), f"/review/{town.places['Y90003']}"), 10)
    assert "Short history" in cedar
    assert "Known to adult social care" in cedar
    assert "Had a case until 3 Aug 2026" in cedar


def test_last_contact_is_the_last_of_all(store, town, manager, get, url):
    propose(store, town, [1])
    with store.writing() as session:
        for days in (3, 30):
            session.add(
                Contact(
                    person_id=town.people[1], mode="telephone", participants=[], outcome_code="spoke",
                    happened_at=NOW - timedelta(days=days), recorded_at=NOW, recorded_by=town.users["ash.gp"],
                )
            )  # fmt: skip
    assert "2 Oct 2026" in row_of(get(manager, url), 1)


def test_concerns_come_first_with_whose_they_are(store, town, manager, get, url):
    propose(store, town, [1, 3])
    act(store, town, raise_concern, by="ash.gp", person_id=town.people[2], note="Not eating since the weekend")
    html = get(manager, url)
    assert names_on(html) == ["FAMILY2, Given2", "FAMILY1, Given1", "FAMILY3, Given3"]
    assert "Not eating since the weekend" in row_of(html, 2)
    assert "Concern of Ash Gp, 5 October 2026" in row_of(html, 2)


def test_a_restricted_person_is_on_the_list_of_who_is_named_only(store, town, manager, get, url):
    propose(store, town, [1, 4])
    assert names_on(get(manager, url)) == ["FAMILY1, Given1"]
    assert "1 person to decide about" in get(manager, url)


def test_looking_at_the_list_is_audited_with_everybody_on_it(store, town, manager, get, url):
    propose(store, town, [1, 2, 4])
    get(manager, url)
    assert audited(store)[-1] == ("view", [town.people[1], town.people[2]])


@pytest.mark.parametrize("username", ["birch.manager", "navigator", "therapist", "chair", "integration", "ig", "admin"])
def test_the_list_does_not_exist_for_others(store, town, client_as, url, username):
    propose(store, town, [1])
    assert client_as(username).get(url).status_code == 404
    assert client_as(username).get(f"{url}/preview").status_code == 404


def test_somebody_who_objects_to_scoring_is_listed_without_a_score(store, town, manager, get, url):
    act(store, town, raise_concern, by="ash.gp", person_id=town.people[1], note="Falling")
    with store.writing() as session:
        session.add(
            Consent(
                person_id=town.people[1], purpose=ConsentPurpose.RISK_STRATIFICATION, state=ConsentState.REFUSED,
                how="letter", at=NOW, by=town.users["ash.gp"],
            )
        )  # fmt: skip
    row = row_of(get(manager, url), 1)
    assert "No score shown" in row
    assert "Very high" not in row
    assert "emergency admissions" not in row


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3]),
        ("?tier=very_high", [1]),
        ("?tier=high", [2, 3]),
        ("?tier=very_high&tier=high", [1, 2, 3]),
        ("?flag=rising", [1]),
        ("?flag=not_known", []),
        ("?movement=up", [1]),
        ("?movement=new", [3]),
        ("?movement=same", [2]),
        ("?movement=down", []),
        ("?age=85", [1]),
        ("?age=18-64", [3]),
        ("?age=65-74", [2]),
        ("?kind=concern", []),
        ("?kind=score", [1, 2, 3]),
        ("?mark=none", [1, 3]),
        ("?mark=decline", [2]),
        ("?mark=none&mark=decline", [1, 2, 3]),
        ("?tier=high&mark=none", [3]),
        ("?tier=nonsense&unknown=1", [1, 2, 3]),
        ("?show=deferred", []),
        ("?order=name", [1, 2, 3]),
        ("?order=waiting", [1, 2, 3]),
    ],
)
def test_filters_of_the_address(store, town, manager, get, ash, url, query, numbers):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, [ids[2]], Decision.DECLINE, reason_code="needs_met")
    html = get(manager, url + query)
    assert names_on(html) == [f"FAMILY{number}, Given{number}" for number in numbers]
    narrows = query not in ("", "?tier=nonsense&unknown=1", "?order=name", "?order=waiting")
    assert ("This list is filtered." in html) is narrows
    assert ("Filtered by" in html) is narrows


def test_a_chip_takes_its_own_filter_away_and_keeps_the_others(store, town, manager, get, url):
    propose(store, town, [1, 2])
    html = get(manager, f"{url}?flag=rising&tier=high&tier=very_high&order=name")
    chips = {
        re.sub(r"<[^>]+>|×", "", inside).strip(): unescape(href)
        for href, inside in re.findall(r'<a class="app-chip" href="([^"]+)">(.*?)</a>', html, flags=re.S)
    }
    assert chips == {
        "Remove filter: Tier: Very high": f"{url}?tier=high&flag=rising&order=name",
        "Remove filter: Tier: High": f"{url}?tier=very_high&flag=rising&order=name",
        "Remove filter: Flag: Risk rising": f"{url}?tier=very_high&tier=high&order=name",
    }
    assert f'href="{url}?order=name">Remove all filters' in html


def test_decided_people_are_found_again_by_the_filter(store, town, manager, get, ash, url):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    staged(store, town, ash, [ids[2]], Decision.DECLINE, reason_code="end_of_life")
    staged(store, town, ash, [ids[3]], Decision.DEFER, deferred_until=date(2026, 11, 2))
    decided(store, town, ash)
    assert names_on(get(manager, url)) == []
    declined = row_of(get(manager, f"{url}?show=declined"), 2)
    assert "Declined by Ash Manager, 5 Oct 2026. They are on an end-of-life pathway" in declined
    assert "tick-" not in declined
    assert names_on(get(manager, f"{url}?show=accepted")) == ["FAMILY1, Given1"]
    assert "Note:" not in declined
    assert "Deferred until 2 Nov 2026 by Ash Manager" in row_of(get(manager, f"{url}?show=deferred"), 3)


def test_the_note_of_a_decision_is_in_its_row_and_not_that_of_an_earlier_one(store, town, manager, get, ash, url):
    ids = propose(store, town, [1, 2, 3])
    later = date(2026, 11, 2)
    staged(store, town, ash, [ids[1]], Decision.DECLINE, reason_code="other", note="Abroad <until> spring")
    staged(store, town, ash, [ids[2]], Decision.DEFER, deferred_until=later, note="After the operation")
    staged(store, town, ash, [ids[3]], Decision.DEFER, deferred_until=later, note="Waits for a letter")
    decided(store, town, ash)
    staged(store, town, ash, [ids[3]], Decision.DECLINE, reason_code="needs_met")
    decided(store, town, ash)
    declined, deferred = (get(manager, f"{url}?show={show}") for show in ("declined", "deferred"))
    assert "Another reason Note: Abroad <until> spring" in row_of(declined, 1)
    assert "Note: After the operation" in row_of(deferred, 2)
    assert "Note:" not in row_of(declined, 3)


def test_somebody_deferred_is_back_on_the_list_on_the_day(store, town, client_as, get, ash, url, clock):
    ids = propose(store, town, [2])
    staged(store, town, ash, [ids[2]], Decision.DEFER, deferred_until=date(2026, 10, 20))
    decided(store, town, ash)
    clock.now = datetime(2026, 10, 19, 21, 0, tzinfo=NOW.tzinfo)
    assert names_on(get(client_as("ash.manager"), url)) == []
    clock.now = datetime(2026, 10, 19, 23, 30, tzinfo=NOW.tzinfo)  # half past midnight in London
    assert names_on(get(client_as("ash.manager"), url)) == ["FAMILY2, Given2"]


def test_paging_shows_everybody_once_in_one_order(store, town, app, client_as, get, ash):
    with store.writing() as session:
        for number in range(1, 13):
            session.get_one(Person, town.people[number]).practice_id = ash
            session.get_one(Person, town.people[number]).restricted = False
    propose(store, town, range(1, 13))
    running = app.extensions["caseload"]
    app.extensions["caseload"] = replace(running, settings=running.settings.model_copy(update={"page_rows": 5}))
    for order in ("", "?order=name", "?order=waiting"):
        client, seen, at = client_as("ash.manager"), [], f"/review/{ash}{order}"
        while at:
            html = get(client, at)
            seen += names_on(html)
            further = re.search(r'href="([^"]+)">Next page', html)
            at = unescape(further.group(1)) if further else None
            assert "FAMILY" not in (at or "").upper()
        assert len(seen) == len(set(seen)) == 12


def test_a_page_behind_somebody_decided_meanwhile_goes_on_where_they_were(store, town, manager, get, ash, url):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, [ids[2]], Decision.ACCEPT)
    decided(store, town, ash)
    assert names_on(get(manager, f"{url}?after={ids[2]}")) == ["FAMILY3, Given3"]


def test_a_place_one_may_not_see_says_nothing_of_who_is_there(store, town, manager, get, url):
    """Person 4 is restricted; the order by name must not tell between whom they stand."""
    ids = propose(store, town, [1, 2, 3, 4])
    everybody = names_on(get(manager, url))
    for elsewhere in (ids[4], 9999):
        assert names_on(get(manager, f"{url}?order=name&after={elsewhere}")) == everybody


@pytest.mark.parametrize("after", ["x", "-1", "99999999999999999999"])
def test_an_address_with_a_strange_place_to_begin_is_the_first_page(store, town, manager, get, url, after):
    propose(store, town, [1])
    assert names_on(get(manager, f"{url}?after={after}")) == ["FAMILY1, Given1"]


@pytest.mark.parametrize(
    ("day", "tag", "words"),
    [
        (date(2026, 11, 5), "nhsuk-tag--red", "35 days old"),
        (date(2026, 11, 6), "(old)", "36 days old: older than 35 days"),
        (date(2026, 12, 2), "(old)", "62 days old: older than 35 days"),
        (date(2026, 12, 3), "No score shown", "63 days old. Scores older than 62 days are not shown"),
    ],
)
def test_a_tier_is_greyed_and_then_hidden_as_it_ages(store, town, client_as, get, url, clock, day, tag, words):
    propose(store, town, [1])
    clock.now = datetime(day.year, day.month, day.day, 12, tzinfo=NOW.tzinfo)
    html = get(client_as("ash.manager"), url)
    assert tag in row_of(html, 1, raw=True)
    assert words in html
    hidden = tag == "No score shown"
    assert ("Very high" not in row_of(html, 1)) is hidden
    assert ('name="tier"' not in html) is hidden
    assert ("emergency admissions" not in row_of(html, 1)) is hidden
