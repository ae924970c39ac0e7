"""The overview: a practice's own people, counted right and shown as they are; nobody else's, and never a name."""

import re
from datetime import timedelta
from html import unescape

import pytest

from caseload.domain.overview import Measure, Row, overview_of
from caseload.domain.permissions import Permission
from caseload.domain.words import ConsentPurpose, ConsentState, Role, Sex, Tier
from caseload.queries.overview import own_counts
from caseload.queries.place_tree import places, visible_places
from caseload.queries.risk_runs import newest_run
from caseload.tables import Consent, Person, RestrictedAccess, RiskScore, User, UserRole
from tests.support.case_app import NOW, RUNS, audited
from tests.support.led_cases import led, opened
from tests.support.packs import nhs


def grown(store, town, practice, tier, number, first):
    """So many more people of a tier at a practice."""
    with store.writing() as session:
        for at in range(first, first + number):
            person = Person(
                nhs_number=nhs(at), pseudonym=f"{at:032x}", family_name=f"Family{at}", given_name=f"Given{at}",
                name_key=f"family{at} given{at}", date_of_birth=NOW.date().replace(year=1950), sex=Sex.FEMALE,
                practice_id=town.places[practice], updated_at=NOW,
            )  # fmt: skip
            session.add(person)
            session.flush()
            session.add(
                RiskScore(
                    person_id=person.id, run_id=town.runs[RUNS[1]], rank=at, raw_score=0, probability=0.1,
                    percentile=50, tier=tier, short_history=False, not_known_to_services=False, rising=False,
                    segment="x", age_band="x", cohorts=[], reasons=[],
                )
            )  # fmt: skip


def made(store, town, username="whole"):
    """The numbers of everything within a practice role's place; `whole` reviews every practice and may open everybody."""
    with store.writing() as session:
        if username not in town.users:
            user = User(
                username=username, display_name="W", job_title="", home_id=town.places["Y90001"], created_at=NOW
            )
            session.add(user)
            session.flush()
            town.users[username] = user.id
            session.add(UserRole(user_id=user.id, role=Role.PRACTICE, place_id=town.places["TESTHAM"], from_at=NOW))
            for person in session.query(Person).filter_by(restricted=True):
                session.add(RestrictedAccess(person_id=person.id, user_id=user.id, given_at=NOW, given_by=user.id))
    with store.reading() as session:
        viewer = town.viewer(session, username)
        return overview_of(places(session), own_counts(session, viewer, NOW, newest_run(session, NOW)))


def three(overview, place, row):
    return tuple(overview.number(place, row, one) for one in (Measure.PEOPLE, Measure.CASES, Measure.LEADS))


def test_people_cases_and_leads_are_counted_by_place_and_tier(store, town):
    led(store, town, 1, "ash.gp")
    opened(store, town, 2)
    led(store, town, 6, "birch.gp", code="knows_person", note="x")
    overview = made(store, town)
    ash, north, borough = (town.places[code] for code in ("Y90001", "NORTH", "TESTHAM"))
    assert three(overview, ash, Row.VERY_HIGH) == (1, 1, 1)
    assert three(overview, ash, Row.HIGH) == (2, 1, 0)
    assert three(overview, ash, Row.MODERATE) == (1, 0, 0)
    assert three(overview, ash, Row.ALL) == (4, 2, 1)  # person 5 has died
    assert three(overview, north, Row.VERY_HIGH) == (2, 2, 2)
    assert three(overview, north, Row.ALL) == (7, 3, 2)  # person 9 has left
    assert three(overview, borough, Row.HIGH) == (4, 1, 0)
    assert three(overview, borough, Row.ALL) == (10, 3, 2)
    assert three(overview, town.places["Y90003"], Row.REST) == (2, 0, 0)


def test_who_objects_to_scoring_is_counted_without_a_tier(store, town):
    with store.writing() as session:
        session.add(
            Consent(
                person_id=town.people[1], purpose=ConsentPurpose.RISK_STRATIFICATION, state=ConsentState.WITHDRAWN,
                how="letter", at=NOW, by=None,
            )
        )  # fmt: skip
    overview = made(store, town)
    assert three(overview, town.places["Y90001"], Row.VERY_HIGH) == (0, 0, 0)
    assert three(overview, town.places["Y90001"], Row.ALL) == (4, 0, 0)


def test_no_name_is_on_the_page_and_nobody_is_looked_at(store, town, client_as, get):
    grown(store, town, "Y90001", Tier.HIGH, 30, 100)
    client = client_as("ash.manager")
    for tier in ("very_high", "high", "moderate", "rest", "all"):
        html = get(client, f"/overview?place={town.places['Y90001']}&tier={tier}")
        assert not re.search(r"Family|Given|Surgery.*999", html)
    assert "view" not in {action for action, _ in audited(store)}


def test_numbers_are_shown_with_their_shares_and_the_age_of_the_scores(store, town, client_as, get):
    for step, tier in enumerate(Tier):
        grown(store, town, "Y90001", tier, 20, 100 + 20 * step)
    html = get(client_as("ash.manager"), "/overview?tier=high")
    words = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))
    assert "High People 22" in words
    assert "The scores are of 1 October 2026, 4 days old" in words


@pytest.mark.parametrize(
    ("username", "top", "seen"),
    [
        ("ash.manager", "Ash Surgery", {"Y90001"}),
        ("birch.manager", "Birch Surgery", {"Y90002"}),
    ],
)
def test_a_practice_sees_its_own_page_and_no_other(store, town, client_as, get, username, top, seen):
    with store.reading() as session:
        visible = visible_places(town.viewer(session, username), places(session), Permission.SEE_OVERVIEW)
    assert visible == {town.places[code] for code in seen}
    client = client_as(username)
    assert top in get(client, "/overview")
    for code in ("TESTHAM", "EAST", "NORTH", "SOUTH", "Y90001", "Y90002", "Y90003"):
        status = client.get(f"/overview?place={town.places[code]}").status_code
        assert (code, status) == (code, 200 if code in seen else 404)
    assert client.get("/overview?place=nonsense").status_code == 404


@pytest.mark.parametrize("username", ["integration", "chair", "navigator", "therapist", "ig", "admin"])
def test_the_overview_does_not_exist_for_others(town, client_as, username):
    assert client_as(username).get("/overview").status_code == 404


def test_old_scores_are_not_counted_by(store, town, client_as, get, clock):
    clock.now = NOW.replace(month=12, day=20)
    html = get(client_as("ash.manager"), "/overview")
    assert "are not shown" in html
    assert "Very high" not in html
    assert "Everyone registered" in html


def cells_of(html):
    return re.findall(r'nhsuk-table__cell--numeric">.*?<span class="app-cell">(.*?)</span>', html, flags=re.S)


def table_of(html, words):
    """The three numbers of a line of the table by tier."""
    line = next(row for row in re.findall(r"<tr role.*?</tr>", html, flags=re.S) if f">{words}</span>" in row)
    return cells_of(line)


def also(store, town, username, role, place):
    with store.writing() as session:
        session.add(
            UserRole(
                user_id=town.users[username], role=role, place_id=town.places[place], from_at=NOW - timedelta(days=1)
            )
        )


def test_a_practice_sees_the_true_numbers_of_its_own_people(store, town, client_as, get):
    led(store, town, 1, "ash.gp")
    opened(store, town, 2)
    html = get(client_as("ash.manager"), "/overview")
    assert table_of(html, "Very high") == ["1", "1 (100%)", "1 (100%)"]
    assert table_of(html, "High") == ["2", "1 (50.0%)", "0 (0%)"]
    assert "Withheld" not in html
    assert "No number is withheld: you may open the records of everybody counted here." in html


def test_whom_the_practice_s_viewer_may_not_open_is_not_counted_for_them(store, town, client_as, get):
    """Person 4 is restricted, to nobody: a true number beside the list of the others would give away their tier."""
    html = get(client_as("ash.manager"), "/overview")
    assert table_of(html, "Moderate")[0] == "0"
    assert table_of(html, "Everyone registered")[0] == "3"
    assert "A restricted record that you may not open is not counted" in html
    with store.writing() as session:
        session.add(
            RestrictedAccess(
                person_id=town.people[4], user_id=town.users["ash.manager"], given_at=NOW, given_by=town.users["ash.gp"]
            )
        )
    html = get(client_as("ash.manager"), "/overview")
    assert table_of(html, "Moderate")[0] == "1"
    assert table_of(html, "Everyone registered")[0] == "4"


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.INTEGRATION_LEAD, "TESTHAM"), (Role.MDT_CHAIR, "NORTH"), (Role.INTEGRATION_LEAD, "Y90003")],
)
def test_another_role_adds_no_place_to_the_overview(store, town, client_as, get, role, place):
    also(store, town, "ash.manager", role, place)
    client = client_as("ash.manager")
    assert "Withheld" not in get(client, "/overview")
    for code in ("TESTHAM", "NORTH", "Y90002", "Y90003"):
        assert client.get(f"/overview?place={town.places[code]}").status_code == 404


def test_the_practices_of_one_network_are_true_together_for_who_reviews_them_all(store, town, client_as, get):
    also(store, town, "ash.manager", Role.PRACTICE, "NORTH")
    client = client_as("ash.manager")
    html = get(client, "/overview?tier=very_high")
    assert "North network" in html
    assert table_of(html, "Very high")[0] == "2"
    assert len(cells_of(html)) == 3 * (len(Row) + 2)
    assert "Withheld" not in html


def test_the_page_says_that_its_numbers_are_not_for_publication(town, client_as, get):
    html = get(client_as("ash.manager"), "/overview")
    assert "Do not publish its numbers or pass them on" in html
    assert 'href="/headline"' in html
