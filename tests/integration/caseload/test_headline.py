"""The headline on page and in files: the same numbers, none of them small, never a name, each viewer their own places."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from caseload.domain.headline import Row
from caseload.domain.joint_plan import DEFINITION
from caseload.domain.words import ConsentPurpose, ConsentState, Sex, Tier
from caseload.presenters.headline_files import json_of
from caseload.queries.headline import headline_on
from caseload.tables import (
    Case,
    Consent,
    Organisation,
    Person,
    PersonEvent,
    PlanAgreement,
    PlanSection,
    PlanVersion,
    RiskScore,
)
from tests.support.case_app import NOW, RUNS, audited
from tests.support.led_cases import led, opened
from tests.support.packs import nhs

TODAY = NOW.date()


def grown(store, town, practice, tier, number, first):
    """So many more people of a tier at a practice, scored in both runs."""
    with store.writing() as session:
        for at in range(first, first + number):
            person = Person(
                nhs_number=nhs(at), pseudonym=f"{at:032x}", family_name=f"Family{at}", given_name=f"Given{at}",
                name_key=f"family{at} given{at}", date_of_birth=TODAY.replace(year=1950), sex=Sex.FEMALE,
                practice_id=town.places[practice], updated_at=NOW,
            )  # fmt: skip
            session.add(person)
            session.flush()
            for day in RUNS:
                session.add(
                    RiskScore(
                        person_id=person.id, run_id=town.runs[day], rank=at, raw_score=0, probability=0.1,
                        percentile=50, tier=tier, short_history=False, not_known_to_services=False, rising=False,
                        segment="x", age_band="x", cohorts=[], reasons=[],
                    )
                )  # fmt: skip


def planned(store, town, number, at=NOW, state="agreed", sectors=("health", "social_care")):
    """An active plan of a person's case; answers the version."""
    user = town.users["ash.gp"]
    with store.writing() as session:
        case = session.query(Case).filter_by(person_id=town.people[number]).one()
        version = PlanVersion(
            case_id=case.id, number=1, state="active", created_at=at, created_by=user, ready_at=at, ready_by=user,
            signed_at=at, signed_by=user, active_at=at, active_by=user,
        )  # fmt: skip
        session.add(version)
        session.flush()
        for heading, sector in zip(("needs", "goals"), sectors, strict=False):
            session.add(
                PlanSection(
                    version_id=version.id, heading=heading, content=[], contributed=[sector], author_id=user,
                    organisation_id=town.places["TRUST"], saved_at=at,
                )
            )  # fmt: skip
        answered(session, version.id, user, state, at)
        return version.id


def answered(session, version_id, user, state, at):
    session.add(PlanAgreement(version_id=version_id, state=state, copy_given=True, at=at, by=user))


def found(store, day=TODAY, bound=1):
    with store.reading() as session:
        return headline_on(session, day, bound)


def numbers(headline, place, row):
    return tuple(headline.number(place, row, one) for one in ("people", "cases", "led", "joint"))


def cells_of(html):
    return re.findall(r'nhsuk-table__cell--numeric">.*?<span class="app-cell">(.*?)</span>', html, flags=re.S)


def rows_of(text):
    return [row for row in csv.DictReader(io.StringIO(text)) if row["record"] == "figure"]


def test_adults_leads_and_joint_plans_are_counted(store, town):
    for number in (1, 2):
        led(store, town, number, "ash.gp", code="knows_person", note="x")
    opened(store, town, 7)
    planned(store, town, 1)
    planned(store, town, 2, sectors=("health", "health"))
    headline = found(store)
    borough, ash = town.places["TESTHAM"], town.places["Y90001"]
    assert numbers(headline, ash, Row.VERY_HIGH) == (1, 1, 1, 1)
    assert numbers(headline, ash, Row.HIGH) == (2, 1, 1, 0)
    assert numbers(headline, borough, Row.AT_RISK) == (8, 3, 2, 1)
    assert headline.number(borough, Row.ALL) == 9  # 5 has died, 9 has left, 12 is a child


def test_an_open_case_counts_from_its_opening_to_its_closing(store, town):
    opened(store, town, 1)
    with store.writing() as session:
        case = session.query(Case).filter_by(person_id=town.people[1]).one()
        case.opened_at = NOW - timedelta(days=10)
        case.state, case.closed_at, case.closed_by = "closed", NOW - timedelta(days=2), town.users["ash.gp"]
    by_day = {
        days: numbers(found(store, TODAY - timedelta(days=days)), town.places["Y90001"], Row.VERY_HIGH)
        for days in (0, 3)
    }
    assert by_day == {0: (1, 0, 0, 0), 3: (1, 1, 0, 0)}


@pytest.mark.parametrize("broken", ["no lead", "one sector", "not agreed", "refused since", "ended", "not active yet"])
def test_a_plan_is_joint_only_where_everything_is_so(store, town, broken):
    user = town.users["ash.gp"]
    (opened if broken == "no lead" else led)(store, town, 1, *(() if broken == "no lead" else ("ash.gp",)))
    version_id = planned(
        store, town, 1, state="could_not_answer" if broken == "not agreed" else "by_representative",
        sectors=("social_care", "voluntary") if broken == "one sector" else ("health", "social_care"),
        at=NOW + timedelta(days=1) if broken == "not active yet" else NOW - timedelta(minutes=5),
    )  # fmt: skip
    with store.writing() as session:
        version = session.get_one(PlanVersion, version_id)
        if broken == "refused since":
            answered(session, version_id, user, "does_not_agree", NOW)
        if broken == "ended":
            version.state, version.ended_at, version.ended_by = "withdrawn", NOW, user
    assert numbers(found(store), town.places["Y90001"], Row.VERY_HIGH)[3] == 0


def test_what_is_recorded_after_a_day_does_not_change_it(store, town):
    borough = town.places["TESTHAM"]
    before = json_of(found(store, RUNS[1] - timedelta(days=1)), 1)
    with store.writing() as session:
        person = session.get_one(Person, town.people[1])
        person.date_of_death = RUNS[0] + timedelta(days=10)
        session.add(
            PersonEvent(
                person_id=person.id, kind="died", at=NOW, before={"date_of_death": None},
                after={"date_of_death": person.date_of_death.isoformat()},
            )
        )  # fmt: skip
        session.add(
            Consent(
                person_id=town.people[2], purpose=ConsentPurpose.RISK_STRATIFICATION, state=ConsentState.REFUSED,
                how="letter", at=NOW, by=None,
            )
        )  # fmt: skip
    assert json_of(found(store, RUNS[1] - timedelta(days=1)), 1) == before
    today = found(store)
    assert numbers(today, borough, Row.AT_RISK) == (6, 0, 0, 0)
    assert (today.number(borough, "died"), today.number(borough, "objects")) == (1, 1)


def large(store, town):
    for place, (practice, size) in enumerate({"Y90001": 30, "Y90002": 40, "Y90003": 50}.items()):
        for step, tier in enumerate(Tier):
            grown(store, town, practice, tier, size, 1000 + 400 * place + 60 * step)
    led(store, town, 2, "ash.gp", code="knows_person", note="x")


def test_no_small_number_is_on_any_page_or_in_any_file_nor_a_name(store, town, client_as, get):
    large(store, town)
    client = client_as("integration")
    for place in ("TESTHAM", "EAST", "NORTH", "Y90001"):
        for query in ("", "&tier=high", "&tier=very_high&month=2026-09"):
            html = get(client, f"/headline?place={town.places[place]}{query}")
            assert not re.search(r"Family|Given|999 ?\d{3}", html)
            cells = [cell for cell in cells_of(html) if "." not in cell.split()[0]]
            shown = [int(cell.split()[0].replace(",", "")) for cell in cells if cell not in ("Withheld", "–")]
            assert shown
            assert all(number == 0 or number >= 8 for number in shown), (place, query, shown)
        text = client.get(f"/headline.csv?place={town.places[place]}").get_data(as_text=True)
        assert "Family" not in text
        for row in rows_of(text):
            for name in (
                "adults_at_risk",
                "adults_registered",
                "with_open_case",
                "with_lead",
                "with_joint_plan",
                "not_counted_died",
            ):
                assert row[name] == "withheld" or row[name] == "0" or int(row[name]) >= 8
    assert "view" not in {action for action, _ in audited(store)}


def test_page_file_and_command_withhold_the_same(store, town, client_as, get):
    large(store, town)
    client = client_as("integration")
    rows = rows_of(client.get("/headline.csv").get_data(as_text=True))
    today = [row for row in rows if row["reporting_date"] == TODAY.isoformat()]
    assert {row["place_code"] for row in today} == {"TESTHAM", "EAST", "NORTH", "SOUTH", "Y90001", "Y90002", "Y90003"}
    assert {row["reporting_date"] for row in rows} == {TODAY.isoformat(), "2026-09-30"}
    told = json_of(found(store, bound=8), 8)
    for place in told["places"]:
        for tier, figures in place["tiers"].items():
            row = next(one for one in today if (one["place_code"], one["tier"]) == (place["code"], tier))
            assert row["adults_at_risk"] == str(figures["adults"]["number"])
            assert row["with_open_case"] == str(figures["with_open_case"]["number"])
            assert row["with_joint_plan"] == str(figures["with_joint_plan"]["number"])
            html = get(client, f"/headline?place={town.places[place['code']]}&tier={tier}")
            at = ["very_high", "high", "moderate", "at_risk"].index(tier)
            adults = figures["adults"]["number"]
            assert cells_of(html)[5 * at].split()[0] == ("Withheld" if adults == "withheld" else f"{adults:,}")


def test_the_definition_and_who_is_not_counted_stand_with_the_figures(store, town, client_as, get):
    html = get(client_as("integration"), "/headline")
    text = client_as("integration").get("/headline.csv").get_data(as_text=True)
    for words in (DEFINITION, "National proportions are the shares of the national tiers"):
        assert words in html
        assert words in text
    for words in ("Died since the run", "Under 18", "Adults who object", "October 2026, until 5 October"):
        assert words in html
    assert "Tiers are of the run of 1 October 2026" in html
    assert "Tiers are of the run of 1 September 2026" in get(client_as("integration"), "/headline?month=2026-09")


def test_no_cell_of_the_file_begins_as_a_formula(store, town, client_as):
    with store.writing() as session:
        session.get_one(Organisation, town.places["Y90001"]).name = '=HYPERLINK("x")'
        session.get_one(Organisation, town.places["Y90002"]).name = "@Birch"
    text = client_as("integration").get("/headline.csv").get_data(as_text=True)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert '\'=HYPERLINK("x")' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("username", "top", "seen"),
    [
        ("integration", "Testham", {"TESTHAM", "EAST", "NORTH", "SOUTH", "Y90001", "Y90002", "Y90003"}),
        ("chair", "North network", {"NORTH", "Y90001", "Y90002"}),
        ("ash.manager", "Ash Surgery", {"Y90001"}),
    ],
)
def test_everyone_sees_the_places_that_are_wholly_theirs(town, client_as, get, username, top, seen):
    client = client_as(username)
    assert top in get(client, "/headline")
    for code in ("TESTHAM", "EAST", "NORTH", "SOUTH", "Y90001", "Y90002", "Y90003"):
        for path in ("/headline", "/headline.csv"):
            status = client.get(f"{path}?place={town.places[code]}").status_code
            assert (code, path, status) == (code, path, 200 if code in seen else 404)
    rows = rows_of(client.get("/headline.csv").get_data(as_text=True))
    assert {row["place_code"] for row in rows} == seen


@pytest.mark.parametrize("username", ["navigator", "therapist", "ig", "admin"])
def test_the_headline_does_not_exist_for_others(town, client_as, username):
    for path in ("/headline", "/headline.csv"):
        assert client_as(username).get(path).status_code == 404


def test_a_practice_s_own_small_numbers_are_withheld_from_it_too(store, town, client_as, get):
    """What it publishes is what everybody publishes."""
    html = get(client_as("ash.manager"), "/headline")
    assert "Withheld" in html
    assert cells_of(html) == cells_of(get(client_as("integration"), f"/headline?place={town.places['Y90001']}"))


def test_months_are_drawn_beside_their_table(store, town, client_as, get):
    large(store, town)
    html = get(client_as("integration"), "/headline")
    assert html.count("app-chart__point--plan") == 2
    assert 'aria-label="Adults at risk with an accountable lead: ' in html
    assert "<svg" not in get(client_as("integration"), "/headline?month=2026-09")


@pytest.mark.parametrize("query", ["month=2020-01", "month=nonsense", "place=nonsense", "place=999999"])
def test_a_month_or_place_that_is_not_there_is_not_found(town, client_as, query):
    for path in ("/headline", "/headline.csv"):
        assert client_as("integration").get(f"{path}?{query}").status_code == 404


def test_the_same_page_again_is_the_same_when_months_are_kept(store, town, client_as, get):
    client = client_as("integration")
    first = cells_of(get(client, "/headline?month=2026-09"))
    assert cells_of(get(client, "/headline?month=2026-09")) == first
    assert json.dumps(json_of(found(store, RUNS[1] - timedelta(days=1), 8), 8))
