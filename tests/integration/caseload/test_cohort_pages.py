"""The pages of cohorts: preview and taking, board and list, redaction, report."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.cohorts import end_cohort
from caseload.actions.merges import merge_people
from caseload.domain.cohort_rules import CaseWish, CohortRule, Skipped
from caseload.domain.plan_words import AssessmentState, CohortColumn, PlanState
from caseload.domain.words import Sector, Tier
from caseload.exceptions import NotThere
from caseload.presenters.cohorts import passed_lines
from caseload.queries.cohort_candidates import Passed, Picked
from caseload.tables import (
    Assessment,
    Cohort,
    CohortMember,
    Draft,
    Encounter,
    Organisation,
    Person,
    PlanVersion,
    RiskRun,
    User,
)
from tests.integration.caseload.test_cohort_actions import EITHER, member_of, rows, take
from tests.support.case_app import NOW, audited
from tests.support.day_work import act, contact_with, said
from tests.support.led_cases import led, opened

RULE = "/cohorts/new?place={place}&size=25&tiers=very_high&tiers=high&tiers=moderate&cases=either"


@pytest.fixture
def block(store, town):
    return take(store, town, "ash.manager", "Y90001", EITHER, name="Ash, October")


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def names_on(html):
    return sorted({int(number) for number in re.findall(r"FAMILY(\d+)", html)})


def free(store, town):
    """Person 4's record is not restricted any more."""
    with store.writing() as session:
        session.get_one(Person, town.people[4]).restricted = False


def put(store, *new):
    with store.writing() as session:
        session.add_all(new)


def test_a_cohort_is_previewed_and_then_taken(client_as, get, post, store, town):
    client = client_as("ash.manager")
    assert 'value="25"' in get(client, "/cohorts/new")
    page = RULE.format(place=town.places["Y90001"])
    html = get(client, page)
    assert names_on(html) == [1, 2, 3]  # 4 is restricted
    assert "4 people : there are no more who fit these rules" in text_of(html)
    assert rows(store, Cohort) == []
    fields = {"tiers": ["very_high", "high", "moderate"], "name": " Ash, October "}
    answer = post(client, "/cohorts/new", fields, page=page)
    assert answer.status_code == 200
    assert "Nobody is accepted into care coordination by this" in answer.text
    (cohort,) = rows(store, Cohort)
    assert (cohort.name, cohort.size) == ("Ash, October", 25)
    assert "Ash, October" in get(client, "/cohorts")


def test_the_preview_writes_down_whom_it_showed(client_as, get, store, town):
    get(client_as("ash.manager"), RULE.format(place=town.places["Y90001"]))
    assert audited(store)[-1] == ("view", [town.people[number] for number in (1, 2, 3)])


def test_a_wrong_rule_is_said_at_its_fields(client_as, get, town):
    html = get(client_as("ash.manager"), f"/cohorts/new?place={town.places['Y90002']}&size=500", status=422)
    for said_there in ("Select the place", "between 1 and 100 people", "Select at least one tier"):
        assert said_there in html
    assert "There is a problem" in html
    assert "Enter how many people" in get(client_as("ash.manager"), "/cohorts/new?size=many", status=422)


def test_a_cohort_without_a_name_is_not_taken(client_as, post, store, town):
    page = RULE.format(place=town.places["Y90001"])
    answer = post(client_as("ash.manager"), "/cohorts/new", {"name": " ", "tiers": ["high"]}, page=page)
    assert answer.status_code == 422
    assert "Enter a name for the cohort" in answer.text
    assert rows(store, Cohort) == []


def test_a_preview_that_is_out_of_date_is_a_conflict(client_as, post, store, town):
    client, page = client_as("ash.manager"), RULE.format(place=town.places["Y90001"])
    fields = {"tiers": ["very_high", "high", "moderate"], "name": "Ash", "digest": "0" * 64}
    answer = post(client, "/cohorts/new", fields, page=page)
    assert answer.status_code == 409
    assert "The list has changed since you looked at it" in answer.text
    assert "Name of the cohort" in answer.text
    assert rows(store, Cohort) == []


def test_small_numbers_passed_over_are_for_those_who_may_open_them(client_as, get, store, town):
    opened(store, town, 1)  # whom the navigator may open, from then on
    query = "&size=25&tiers=very_high&tiers=high&cases=without"
    seen = get(client_as("navigator"), f"/cohorts/new?place={town.places['NORTH']}{query}")
    assert re.search(r"Have an open case\s*</dt>\s*<dd[^>]*>1<", seen)
    said(store, town, 2, "care_coordination", "refused")
    seen = get(client_as("navigator"), f"/cohorts/new?place={town.places['NORTH']}{query}")
    assert re.search(r"Said no to care coordination\s*</dt>\s*<dd[^>]*>Between 1 and 7<", seen)
    assert names_on(seen) == []
    assert "You may not open any of these 3 people: you are not shown who they are." in seen


@pytest.mark.parametrize("view", ["", "?view=list"])
def test_board_and_list_show_the_same(client_as, get, store, town, block, view):
    led(store, town, 1, "ash.gp")
    contact_with(store, town, 1, by="ash.manager")
    html = get(client_as("ash.manager"), f"/cohorts/{block}{view}")
    assert names_on(html) == [1, 2, 3]
    text = text_of(html)
    for said_there in ("Ash Gp", "5 Oct 2026", "Not in care coordination", "Very high", "To contact"):
        assert said_there in text
    assert "You may not open 1 of these 4 people: you are not shown who they are." in text
    assert audited(store)[-1] == ("view", [town.people[number] for number in (1, 2, 3)])
    assert 'class="app-banner' not in html


def test_a_restricted_member_is_shown_to_who_may_open_them_only(client_as, get, store, town, block):
    assert names_on(get(client_as("ash.manager"), f"/cohorts/{block}")) == [1, 2, 3]
    answer = client_as("ash.manager").get(f"/cohorts/members/{member_of(store, town, 4).id}/leave")
    assert answer.status_code == 404
    free(store, town)
    assert names_on(get(client_as("ash.manager"), f"/cohorts/{block}")) == [1, 2, 3, 4]


def test_who_works_another_practice_of_the_place_sees_their_own_people(client_as, get, store, town):
    cohort = take(store, town, "chair", "NORTH", EITHER)
    assert names_on(get(client_as("birch.manager"), f"/cohorts/{cohort}")) == [6, 7, 8]
    assert names_on(get(client_as("navigator"), f"/cohorts/{cohort}")) == []
    opened(store, town, 6)
    assert names_on(get(client_as("navigator"), f"/cohorts/{cohort}")) == [6]
    assert f"/cohorts/{cohort}/end" not in get(client_as("birch.manager"), f"/cohorts/{cohort}")
    assert f"/cohorts/{cohort}/end" in get(client_as("chair"), f"/cohorts/{cohort}")
    for username in ("cedar.manager", "south.navigator", "nurse", "ig"):
        assert client_as(username).get(f"/cohorts/{cohort}").status_code == 404
        assert client_as(username).get(f"/cohorts/{cohort}/report").status_code == 404


def test_the_tier_of_somebody_who_objects_since_is_not_shown(client_as, get, store, town, block):
    said(store, town, 1, "risk_stratification", "refused")
    assert "Very high" not in get(client_as("ash.manager"), f"/cohorts/{block}").split("</details>")[1]


def planned(case_id, town, state):
    now, by = NOW - timedelta(days=1), town.users["ash.gp"]
    version = PlanVersion(case_id=case_id, number=1, state=state, created_at=now, created_by=by)
    if state is PlanState.ACTIVE:
        version.active_at, version.active_by = now, by
    return version


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (
            PlanState.DRAFT,
            "The record says that a care plan is being written: consider moving to “Plan being written”.",
        ),
        (PlanState.ACTIVE, "The record says that a care plan is active: consider moving to “Plan active”."),
        (AssessmentState.OPEN, "an assessment is under way: consider moving to “Being assessed”."),
    ],
)
def test_the_board_proposes_what_the_record_says_and_moves_nobody(client_as, get, store, town, block, fact, says):
    case_id = opened(store, town, 1)
    if isinstance(fact, PlanState):
        put(store, planned(case_id, town, fact))
    else:
        by = {"started_at": NOW, "started_by": town.users["ash.gp"]}
        put(store, Assessment(case_id=case_id, questionnaires="1", state=fact, **by))
    html = get(client_as("ash.manager"), f"/cohorts/{block}")
    assert says in html
    assert html.count("consider moving") == 1
    assert member_of(store, town, 1).board_column is CohortColumn.TO_CONTACT


@pytest.mark.parametrize("purpose", ["risk_stratification", "care_coordination"])
def test_who_said_no_since_is_proposed_to_leave(client_as, get, store, town, block, purpose):
    said(store, town, 1, purpose, "refused")
    html = get(client_as("ash.manager"), f"/cohorts/{block}")
    assert html.count("Said no to care coordination or to risk scores: consider leaving the cohort.") == 1


def test_who_is_shown_no_scores_takes_nobody_and_is_not_told_the_tiers(client_as, get, store, town, block):
    with store.writing() as session:
        home = session.get_one(Organisation, session.get_one(User, town.users["ash.manager"]).home_id)
        home.sector = Sector.VOLUNTARY
    client = client_as("ash.manager")
    for path in (f"/cohorts/{block}", f"/cohorts/{block}/report"):
        html = get(client, path)
        assert "Very high" not in html
        assert "In care coordination" in html
    assert "People are taken by their scores" in get(client, "/cohorts/new")
    assert client.get(RULE.format(place=town.places["Y90001"])).status_code == 422
    with pytest.raises(NotThere):
        take(store, town, "ash.manager", "Y90001", EITHER, digest="whatever")


@pytest.mark.parametrize(
    ("number", "openable", "said_there"),
    [(3, 3, "3"), (9, 1, "9"), (9, 2, "Between 3 and 9"), (1, 0, "Between 1 and 7")],
)
def test_a_number_passed_over_never_tells_of_a_few_unseen(number, openable, said_there):
    found = Picked((), (), {Skipped.DIED: Passed(number, openable)})
    assert passed_lines(found, 8) == [("Died", said_there)]


@pytest.mark.parametrize("view", ["board", "list"])
def test_a_card_is_moved_without_a_script(client_as, get, post, store, town, block, view):
    client, member = client_as("ash.manager"), member_of(store, town, 2)
    page = f"/cohorts/{block}?view={view}"
    answer = post(
        client, f"/cohorts/members/{member.id}/move", {"to": "assessing", "view": view}, page=page, follow=False
    )
    assert answer.status_code == 303
    assert ("view=list" in answer.location) == (view == "list")
    assert answer.location.endswith(f"#member-{member.id}")
    assert member_of(store, town, 2).board_column is CohortColumn.ASSESSING


def test_a_card_moved_from_an_old_board_is_a_conflict_that_says_so(client_as, get, post, store, town, block):
    client, member = client_as("ash.manager"), member_of(store, town, 2)
    action = f"/cohorts/members/{member.id}/move"
    post(client, action, {"to": "assessing"}, page=f"/cohorts/{block}")
    answer = post(client, action, {"to": "planning", "row_version": "1"}, page=f"/cohorts/{block}")
    assert answer.status_code == 409
    assert "Assessing" not in answer.text
    for said_there in ("Being assessed", "Ash Manager", "Plan being written"):
        assert said_there in answer.text
    with store.reading() as session:
        assert session.execute(select(Draft.id)).all() == []  # nothing was typed
    assert "was kept for you" not in get(client, f"/cohorts/{block}")


def test_a_column_the_board_does_not_offer_is_no_request(client_as, post, store, town, block):
    member = member_of(store, town, 2)
    for column in ("left", "elsewhere", ""):
        answer = post(
            client_as("ash.manager"), f"/cohorts/members/{member.id}/move", {"to": column}, page=f"/cohorts/{block}"
        )
        assert answer.status_code == 400
    assert member_of(store, town, 2).row_version == 1


def test_leaving_asks_why(client_as, get, post, store, town, block):
    client, path = client_as("ash.manager"), f"/cohorts/members/{member_of(store, town, 2).id}/leave"
    assert "FAMILY2" in get(client, path)
    answer = post(client, path, {"reason": "other", "note": ""})
    assert answer.status_code == 422
    assert "Enter why they leave the cohort" in answer.text
    assert "Select why they leave the cohort" in post(client, path, {}).text
    assert post(client, path, {"reason": "no_contact"}).status_code == 200
    assert "Could not be reached" in get(client, f"/cohorts/{block}")
    assert "has left the cohort already" in get(client, path)


def test_a_cohort_is_ended_after_a_question(client_as, get, post, store, town, block):
    client = client_as("ash.manager")
    post(client, f"/cohorts/{block}/end", {})
    (cohort,) = rows(store, Cohort)
    assert (cohort.ended_at, cohort.ended_by) == (NOW, town.users["ash.manager"])
    html = get(client, f"/cohorts/{block}")
    assert "The board stays as it was" in html
    assert "/move" not in html
    assert client.get(f"/cohorts/{block}/end").status_code == 404


def admitted(town, number, day, kind="emergency_admission"):
    return Encounter(
        person_id=town.people[number], source="made up", source_ref=f"{number} {day} {kind}", kind=kind, started_on=day,
        ended_on=day,
    )  # fmt: skip


def measure(html, words):
    found = re.search(rf">{words}</span></th>\s*<td.*?app-cell\">([^<]*)<", html, re.S)
    assert found is not None, words
    return found[1]


@pytest.fixture
def worked(store, town, block, clock):
    """Ten days on: one lead, one active plan, contacts, admissions on either side of the start, hospital use known for six days."""
    case_id = led(store, town, 1, "ash.gp")
    contact_with(store, town, 1, by="ash.manager")
    contact_with(store, town, 2, by="ash.manager")
    contact_with(store, town, 2, by="ash.manager", now=NOW + timedelta(days=2), happened_on=date(2026, 10, 7))
    put(
        store, planned(case_id, town, PlanState.ACTIVE),
        admitted(town, 1, date(2026, 9, 29)), admitted(town, 1, date(2026, 10, 4)), admitted(town, 2, date(2026, 9, 28)),
        admitted(town, 2, date(2026, 10, 5)), admitted(town, 3, date(2026, 10, 11)),
        admitted(town, 3, date(2026, 10, 2), "ed_attendance"),
    )  # fmt: skip
    with store.writing() as session:
        session.get_one(RiskRun, max(town.runs.values())).extracted_on = date(2026, 10, 10)
    clock.now = NOW + timedelta(days=10)
    return block


def test_the_report_counts_the_block(client_as, get, store, town, worked):
    free(store, town)  # so that the manager may open everybody
    led(store, town, 4, "ash.partner", code="persons_choice")
    html = get(client_as("ash.manager"), f"/cohorts/{worked}/report")
    assert measure(html, "People taken") == "4"
    assert measure(html, "With an accountable lead") == "2"
    assert measure(html, "With an active care plan") == "1"
    assert measure(html, "With a joint care plan") == "0"
    assert measure(html, "Contacted since the start") == "2"
    assert measure(html, "Contacts since the start") == "3"
    text = text_of(html)
    assert "6 days before the start beside 6 days from the start on" in text
    assert "Before Days 29 September 2026 to 4 October 2026 Admissions 2" in text
    assert "Since the start Days 5 October 2026 to 10 October 2026 Admissions 1" in text
    assert "Before and after is not evidence of effect" in text
    assert "regression to the mean" in text
    assert names_on(html) == []


def test_the_report_withholds_small_numbers_from_who_may_not_open_everybody(client_as, get, town, worked):
    for username in ("ash.manager", "navigator"):  # person 4 is restricted; only person 1 has a case
        html = get(client_as(username), f"/cohorts/{worked}/report")
        assert measure(html, "People taken") == "4"
        assert html.count(">Withheld<") == 8


def test_two_members_found_to_be_one_person_are_one_member(client_as, get, store, town, worked):
    free(store, town)
    ids = {number: town.people[number] for number in (2, 3)}
    with store.reading() as session:
        versions = {str(one): session.get_one(Person, one).row_version for one in ids.values()}
    act(
        store, town, merge_people, by="ash.manager", kept_id=ids[2], merged_id=ids[3], row_versions=versions,
        reason="Registered twice",
    )  # fmt: skip
    client = client_as("ash.manager")
    assert "You may not open" not in get(client, f"/cohorts/{worked}")
    html = get(client, f"/cohorts/{worked}/report")
    assert measure(html, "People taken") == "3"
    assert measure(html, "Contacts since the start") == "3"
    assert ">Withheld<" not in html


def test_the_report_says_where_no_hospital_use_is_known_yet(client_as, get, town, block):
    html = get(client_as("ash.manager"), f"/cohorts/{block}/report")
    assert "No hospital use since the start has been taken in yet." in html
    assert "regression" not in html


def test_the_report_of_a_cohort_that_ended_is_of_its_end(client_as, get, store, town, worked):
    end = NOW + timedelta(days=1)
    act(store, town, end_cohort, by="ash.manager", now=end, cohort_id=worked, row_version=1)
    free(store, town)
    html = get(client_as("ash.manager"), f"/cohorts/{worked}/report")
    assert measure(html, "Contacts since the start") == "2"
    assert "2 days before the start beside 2 days" in text_of(html)


def test_the_menu_leads_to_cohorts_for_who_works_them(client_as, get):
    assert 'href="/cohorts"' in get(client_as("navigator"), "/")
    assert 'href="/cohorts"' not in get(client_as("nurse"), "/")


def test_cohorts_are_paged_newest_first(client_as, get, store, town, app):
    made = []
    for number in range(3):
        rule = CohortRule(1, (Tier.HIGH, Tier.MODERATE, Tier.VERY_HIGH), CaseWish.EITHER)
        made.append(take(store, town, "ash.manager", "Y90001", rule, name=f"Block {number}"))
    with store.reading() as session:
        assert len(session.execute(select(CohortMember)).all()) == 3
    html = get(client_as("ash.manager"), "/cohorts")
    assert [int(one) for one in re.findall(r"Block (\d)", html)] == [2, 1, 0]
    html = get(client_as("ash.manager"), f"/cohorts?before={made[1]}")
    assert [int(one) for one in re.findall(r"Block (\d)", html)] == [0]
    assert "Back to the first page" in html
