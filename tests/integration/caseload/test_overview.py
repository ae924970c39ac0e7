"""The overview: counts that are right, small ones withheld, never a name, each viewer their own places."""

import re
from datetime import timedelta
from html import unescape

import pytest

from caseload.domain.overview import Measure, Row, overview_of
from caseload.domain.words import ConsentPurpose, ConsentState, Role, Sex, Tier
from caseload.queries.overview import counts, own_counts, places, visible_places
from caseload.queries.risk_runs import newest_run
from caseload.tables import Consent, Person, RestrictedAccess, RiskScore, UserRole
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


def made(store, bound=1):
    with store.reading() as session:
        return overview_of(places(session), counts(session, newest_run(session, NOW)), bound)


def three(overview, place, row):
    return tuple(overview.number(place, row, one) for one in (Measure.PEOPLE, Measure.CASES, Measure.LEADS))


def test_people_cases_and_leads_are_counted_by_place_and_tier(store, town):
    led(store, town, 1, "ash.gp")
    opened(store, town, 2)
    led(store, town, 6, "birch.gp", code="knows_person", note="x")
    overview = made(store)
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
    overview = made(store)
    assert three(overview, town.places["Y90001"], Row.VERY_HIGH) == (0, 0, 0)
    assert three(overview, town.places["Y90001"], Row.ALL) == (4, 0, 0)


def test_no_small_number_is_on_the_page_nor_a_name(store, town, client_as, get):
    grown(store, town, "Y90001", Tier.HIGH, 30, 100)
    grown(store, town, "Y90002", Tier.HIGH, 40, 200)
    grown(store, town, "Y90003", Tier.HIGH, 50, 300)
    led(store, town, 2, "ash.gp", code="knows_person", note="x")
    client = client_as("integration")
    for place in ("TESTHAM", "NORTH", "Y90001"):
        for tier in ("very_high", "high", "moderate", "rest", "all"):
            html = get(client, f"/overview?place={town.places[place]}&tier={tier}")
            assert not re.search(r"Family|Given|Surgery.*999", html)
            cells = re.findall(r'nhsuk-table__cell--numeric">.*?<span class="app-cell">(.*?)</span>', html, flags=re.S)
            shown = [int(cell.split()[0].replace(",", "")) for cell in cells if cell != "Withheld"]
            assert all(number == 0 or number >= 5 for number in shown), (place, tier, shown)
            assert "Withheld" in cells
    assert "view" not in {action for action, _ in audited(store)}


def test_numbers_that_are_large_enough_are_shown_with_their_shares(store, town, client_as, get):
    for practice, first in (("Y90001", 100), ("Y90002", 200), ("Y90003", 300)):
        for step, tier in enumerate(Tier):
            grown(store, town, practice, tier, 20, first + 20 * step)
    html = get(client_as("integration"), "/overview?tier=high")
    words = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))
    assert "High People 64" in words
    assert "Places in Testham: High" in words
    assert "The scores are of 1 October 2026, 4 days old" in words


@pytest.mark.parametrize(
    ("username", "top", "seen"),
    [
        ("integration", "Testham", {"TESTHAM", "EAST", "NORTH", "SOUTH", "Y90001", "Y90002", "Y90003"}),
        ("chair", "North network", {"NORTH", "Y90001", "Y90002"}),
        ("ash.manager", "Ash Surgery", {"Y90001"}),
    ],
)
def test_everyone_sees_the_places_that_are_wholly_theirs(store, town, client_as, get, username, top, seen):
    with store.reading() as session:
        visible = visible_places(town.viewer(session, username), places(session))
    assert visible == {town.places[code] for code in seen}
    client = client_as(username)
    assert top in get(client, "/overview")
    for code in ("TESTHAM", "EAST", "NORTH", "SOUTH", "Y90001", "Y90002", "Y90003"):
        status = client.get(f"/overview?place={town.places[code]}").status_code
        assert (code, status) == (code, 200 if code in seen else 404)
    assert client.get("/overview?place=nonsense").status_code == 404


@pytest.mark.parametrize("username", ["navigator", "therapist", "ig", "admin"])
def test_the_overview_does_not_exist_for_others(town, client_as, username):
    assert client_as(username).get("/overview").status_code == 404


def test_old_scores_are_not_counted_by(store, town, client_as, get, clock):
    clock.now = NOW.replace(month=12, day=20)
    html = get(client_as("integration"), "/overview")
    assert "are not shown" in html
    assert "Very high" not in html
    assert "Everyone registered" in html


def test_one_run_for_everybody_however_the_page_is_asked(store, town, client_as):
    """The same number is withheld on whichever page it would stand, so that two pages never give it away together."""
    grown(store, town, "Y90001", Tier.HIGH, 30, 100)
    overview = made(store, 5)
    small = {
        number
        for number, value in overview.numbers.items()
        if number[2] in (Measure.PEOPLE, Measure.CASES) and 0 < value < 5
    }
    assert small
    assert small <= overview.hidden


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
def test_who_sees_places_besides_their_own_is_shown_what_everybody_is(store, town, client_as, get, role, place):
    """Were their own practice's small numbers shown, the sums around it would give the other practices' away."""
    also(store, town, "ash.manager", role, place)
    ash = f"/overview?place={town.places['Y90001']}"
    html = get(client_as("ash.manager"), ash)
    assert "Withheld" in html
    assert "yours are withheld in the same way" in html
    assert cells_of(html) == cells_of(get(client_as("integration"), ash))


def test_the_practices_of_one_network_are_true_together_for_who_reviews_them_all(store, town, client_as, get):
    also(store, town, "ash.manager", Role.PRACTICE, "NORTH")
    client = client_as("ash.manager")
    html = get(client, "/overview?tier=very_high")
    assert "North network" in html
    assert table_of(html, "Very high")[0] == "2"
    assert len(cells_of(html)) == 3 * (len(Row) + 2)
    assert "Withheld" not in html


def test_who_may_not_open_the_people_is_shown_no_small_number_as_before(store, town, client_as, get):
    for username in ("integration", "chair"):
        html = get(client_as(username), f"/overview?place={town.places['Y90001']}")
        assert "Withheld" in html
        assert "No number is withheld" not in html
        assert "yours are withheld" not in html


def test_own_numbers_are_those_of_everywhere_without_whom_one_may_not_open(store, town):
    led(store, town, 1, "ash.gp")
    opened(store, town, 6)
    with store.reading() as session:
        run = newest_run(session, NOW)
        everywhere = {count for count in counts(session, run) if count.practice_id == town.places["Y90002"]}
        assert set(own_counts(session, town.viewer(session, "birch.manager"), NOW, run)) == everywhere
