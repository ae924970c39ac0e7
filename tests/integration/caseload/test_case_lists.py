"""The lists of cases: whose they are, how they are filtered and ordered, who waits for a lead and why."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from caseload.actions.cases import close_case, hold_case
from caseload.actions.emergency import open_in_emergency
from caseload.domain.case_filters import case_filters
from caseload.domain.case_rules import ClosingReason
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.filters import read_chosen
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.queries.cases import CaseList, _page, case_page
from caseload.queries.next_cases import left_without_lead, next_without_lead
from caseload.queries.visible import openable
from caseload.tables import CareTeamMember, Case, Consent, Contact, LeadAllocation, Person, RestrictedAccess
from tests.support.case_app import NOW, audited, make_town
from tests.support.copied_places import copied
from tests.support.day_work import TODAY, act
from tests.support.led_cases import asked, led, named, opened
from tests.support.review_work import names_on, row_of
from tests.support.statements import statements

EVERYBODY = [
    "ash.manager", "ash.gp", "ash.partner", "birch.manager", "birch.gp", "cedar.manager", "navigator",
    "south.navigator", "therapist", "nurse", "social.worker", "mental.health", "consultant", "volunteer", "chair",
    "integration", "ig", "admin",
]  # fmt: skip


def family(number):
    return f"FAMILY{number}, Given{number}"


@pytest.fixture
def cases(store, town):
    """The cases by the numbers of their people."""
    return copied(store, make_cases, town, after=make_town)


def make_cases(store, town):
    """Cases in every relationship: led, on a care team, handed over, refused sharing, restricted, on hold, closed."""
    made = {
        1: led(store, town, 1, "ash.gp"),
        2: led(store, town, 2, "therapist", need="functional"),
        3: opened(store, town, 3, now=NOW - timedelta(days=20)),
        6: led(store, town, 6, "birch.gp", code="knows_person", note="Known since 2019"),
        7: led(store, town, 7, "nurse", need="nursing"),
        8: opened(store, town, 8),
        10: led(store, town, 10, "social.worker", need="social"),
    }
    asked(store, town, made[7], "therapist", by="nurse")
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=made[8], user_id=town.users["mental.health"], role="nurse", from_on=TODAY, added_at=NOW,
                added_by=town.users["birch.manager"],
            )
        )  # fmt: skip
        session.add(
            CareTeamMember(
                case_id=made[1], user_id=town.users["volunteer"], role="voluntary_worker", from_on=TODAY, added_at=NOW,
                added_by=town.users["ash.manager"],
            )
        )  # fmt: skip
        refused = Consent(
            person_id=town.people[1], purpose=ConsentPurpose.SHARING_VOLUNTARY, state=ConsentState.REFUSED,
            how="in_person", at=NOW, by=town.users["ash.gp"],
        )  # fmt: skip
        session.add(refused)
        session.get_one(Person, town.people[8]).restricted = True
        session.add(
            RestrictedAccess(
                person_id=town.people[8],
                user_id=town.users["chair"],
                given_at=NOW,
                given_by=town.users["birch.manager"],
            )
        )
    return made


def version(store, case_id):
    with store.reading() as session:
        return session.get_one(Case, case_id).row_version


def lists_of(store, town, username, query=(), now=NOW):
    """The people of the list, by number, straight from the query."""
    with store.reading() as session:
        viewer = town.viewer(session, username, now)
        chosen = read_chosen(case_filters({}, {}, scored=False), query)
        page = case_page(session, viewer, now, CaseList(None, chosen))
        numbers = {person: number for number, person in town.people.items()}
        return sorted(numbers[row.person_id] for row in page.rows)


def test_the_list_is_exactly_the_cases_whose_people_one_may_open(store, town, cases):
    act(
        store, town, open_in_emergency, by="consultant", nhs_number=town.nhs_numbers[6], reason_code=EmergencyReason.URGENT_CARE,
        reason="Brought in unconscious", minutes=60,
    )  # fmt: skip
    for username in EVERYBODY:
        with store.reading() as session:
            viewer = town.viewer(session, username)
            wanted = select(Case.id).join(Person, Person.id == Case.person_id).where(openable(viewer, NOW))
            may_open = set(session.execute(wanted).scalars())
        expected = sorted(number for number, case in cases.items() if case in may_open)
        assert (username, lists_of(store, town, username)) == (username, expected)
    assert lists_of(store, town, "consultant") == [6]


def test_whose_list_has_whom(store, town, cases):
    """Written out, so that the test above cannot pass by both being empty."""
    assert lists_of(store, town, "ash.manager") == [1, 2, 3]
    assert lists_of(store, town, "navigator") == [1, 2, 3, 6, 7]
    assert lists_of(store, town, "chair") == [1, 2, 3, 6, 7, 8]
    assert lists_of(store, town, "therapist") == [2, 7]
    assert lists_of(store, town, "social.worker") == [10]
    assert lists_of(store, town, "volunteer") == []
    assert lists_of(store, town, "integration") == []


def test_the_page_shows_lead_need_state_and_last_contact(store, town, cases, client_as, get):
    with store.writing() as session:
        session.add(
            Contact(
                person_id=town.people[2], mode="home_visit", participants=[], outcome_code="spoke",
                happened_at=NOW - timedelta(days=1), recorded_at=NOW, recorded_by=town.users["therapist"],
            )
        )  # fmt: skip
    html = get(client_as("ash.manager"), "/cases")
    row = row_of(html, 2)
    for words in ("Open", "High risk", "Functional", "Therapist", "4 Oct 2026", "Ash Surgery", "Opened 2 Oct 2026"):
        assert words in row, words
    assert "Nobody: name a lead" in row_of(html, 3)
    assert "3 cases" in html
    assert audited(store)[-1] == ("view", sorted(town.people[number] for number in (1, 2, 3)))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 6, 7]),
        ("?lead=none", [3]),
        ("?lead={therapist}", [2]),
        ("?need=functional", [2]),
        ("?need=none", [1, 3, 6]),
        ("?tier=very_high", [1, 6]),
        ("?tier=very_high&tier=high", [1, 2, 3, 6, 7]),
        ("?state=on_hold", [7]),
        ("?state=open", [1, 2, 3, 6]),
        ("?state=closed", []),
        ("?place={Y90002}", [6, 7]),
        ("?place={NORTH}", [1, 2, 3, 6, 7]),
        ("?place={SOUTH}", [1, 2, 3, 6, 7]),  # not a place of theirs: passed over
        ("?age=85", [1]),
        ("?contact=never", [1, 3, 6, 7]),
        ("?contact=30", [1, 3, 6, 7]),
        ("?lead=none&tier=very_high", []),
    ],
)
def test_filters_of_the_case_list(store, town, cases, client_as, get, query, numbers):
    act(store, town, hold_case, by="birch.manager", case_id=cases[7], row_version=version(store, cases[7]), note="Away")
    with store.writing() as session:
        session.add(
            Contact(
                person_id=town.people[2], mode="home_visit", participants=[], outcome_code="spoke",
                happened_at=NOW - timedelta(days=1), recorded_at=NOW, recorded_by=town.users["therapist"],
            )
        )  # fmt: skip
    html = get(client_as("navigator"), "/cases" + query.format(**town.users, **town.places))
    assert sorted(names_on(html)) == [family(number) for number in numbers]


def test_the_leads_own_cases(store, town, cases, client_as, get):
    assert names_on(get(client_as("therapist"), "/cases?lead=me")) == [family(2)]


def test_a_closed_case_is_on_the_practices_list_only_when_asked_for(store, town, cases, client_as, get):
    act(
        store, town, close_case, by="ash.manager", case_id=cases[2], row_version=version(store, cases[2]),
        reason=ClosingReason.GOALS_MET,
    )  # fmt: skip
    manager = client_as("ash.manager")
    assert family(2) not in get(manager, "/cases")
    assert "None: closed" in row_of(get(manager, "/cases?state=closed"), 2)
    assert names_on(get(client_as("navigator"), "/cases?state=closed")) == []


@pytest.mark.parametrize("order", ["newest", "oldest", "contact", "name"])
def test_paging_the_cases_shows_everybody_once_in_the_order(store, town, cases, order):
    with store.reading() as session:
        viewer = town.viewer(session, "navigator")
        chosen = read_chosen(case_filters({}, {}, scored=False), [("order", order)])
        whole = [row.case_id for row in case_page(session, viewer, NOW, CaseList(None, chosen)).rows]
        paged, after = [], None
        while True:
            page = case_page(session, viewer, NOW, CaseList(None, chosen, after, rows=2))
            paged += [row.case_id for row in page.rows]
            assert page.total == 5 or not page.rows
            after = page.next_after
            if after is None:
                break
    assert paged == whole
    assert len(set(paged)) == 5


def test_a_place_one_may_not_see_says_nothing_of_who_is_there(store, town, cases, client_as, get):
    """The navigator may not open person 8, who is restricted, nor person 10, who lives elsewhere."""
    everybody = names_on(get(client_as("navigator"), "/cases?order=name"))
    for elsewhere in (cases[8], cases[10], 9999):
        assert names_on(get(client_as("navigator"), f"/cases?order=name&after={elsewhere}")) == everybody
    assert names_on(get(client_as("navigator"), f"/cases?order=name&after={cases[6]}")) == everybody[-1:]


def test_the_orders_differ_as_they_say(store, town, cases):
    def ordered(order):
        with store.reading() as session:
            viewer = town.viewer(session, "navigator")
            chosen = read_chosen(case_filters({}, {}, scored=False), [("order", order)])
            numbers = {person: number for number, person in town.people.items()}
            return [numbers[row.person_id] for row in case_page(session, viewer, NOW, CaseList(None, chosen)).rows]

    with store.writing() as session:
        for number, days in ((1, 1), (2, 40), (3, 2), (7, 3)):
            session.add(
                Contact(
                    person_id=town.people[number], mode="telephone", participants=[], outcome_code="spoke",
                    happened_at=NOW - timedelta(days=days), recorded_at=NOW, recorded_by=town.users["nurse"],
                )
            )  # fmt: skip
    assert ordered("oldest")[0] == 3
    assert ordered("newest")[-1] == 3
    assert ordered("contact") == [6, 2, 7, 3, 1]
    assert ordered("name") == [1, 2, 3, 6, 7]


def test_cases_without_a_lead_say_how_long_they_wait_and_why(store, town, cases, client_as, get):
    html = get(client_as("ash.manager"), "/cases/unallocated")
    assert names_on(html) == [family(3)]
    row = row_of(html, 3)
    assert "20 days" in row
    assert "primary need decides, and it is not recorded" in row
    assert "Record the need" in row
    assert "1 case" in html
    assert audited(store)[-1] == ("view", [town.people[3]])


def test_the_longest_waiting_is_first_and_naming_a_lead_takes_them_off(store, town, client_as, get):
    opened(store, town, 1, now=NOW - timedelta(days=2))
    second = opened(store, town, 2, now=NOW - timedelta(days=9))
    manager = client_as("ash.manager")
    assert names_on(get(manager, "/cases/unallocated")) == [family(2), family(1)]
    assert "The rule proposes the registered GP: nobody has confirmed a name yet" in row_of(
        get(manager, "/cases/unallocated"), 1
    )
    named(store, town, second, "ash.gp", by="ash.manager", code="knows_person", note="x")
    assert names_on(get(manager, "/cases/unallocated")) == [family(1)]


def test_why_nobody_leads_does_not_name_the_tier_to_who_may_not_see_scores(store, town, client_as, get):
    """The sentence of the rule says "very high risk"; a volunteer is shown that the rule proposes, not why."""
    case_id = opened(store, town, 1)
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id, user_id=town.users["volunteer"], role="voluntary_worker", from_on=TODAY, added_at=NOW,
                added_by=town.users["ash.manager"],
            )
        )  # fmt: skip
    for page in ("/cases", "/cases/unallocated"):
        html = get(client_as("volunteer"), page)
        assert names_on(html) == [family(1)]
        assert "Scores are not shown to you" in html
        assert "ery high" not in html
        assert 'name="tier"' not in html
    assert "ery high" in row_of(get(client_as("ash.manager"), "/cases/unallocated"), 1)


def test_notes_on_people_who_died_or_left_are_words(store, town, cases, client_as, get):
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = TODAY
        session.get_one(Person, town.people[2]).deregistered_on = TODAY
    html = get(client_as("ash.manager"), "/cases")
    assert "Died 5 Oct 2026" in row_of(html, 1)
    assert "Left the practice list 5 Oct 2026" in row_of(html, 2)


def test_nobody_is_asked_to_name_a_lead_for_somebody_who_has_died(store, town, client_as, get):
    ids = [opened(store, town, number) for number in (1, 2, 3)]
    with store.writing() as session:
        session.get_one(Person, town.people[2]).date_of_death = TODAY
    manager = client_as("ash.manager")
    html = get(manager, "/cases/unallocated")
    assert sorted(names_on(html)) == [family(1), family(3)]
    assert "2 cases" in html
    assert "2 cases without an accountable lead" in get(manager, "/")
    with store.reading() as session:
        viewer = town.viewer(session, "ash.manager", NOW)
        left = left_without_lead(session, viewer, NOW, town.places["Y90001"])
        assert (left.total, left.first_id in {ids[0], ids[2]}) == (2, True)
        assert [next_without_lead(session, viewer, NOW, one) for one in ids] == [ids[2], ids[2], ids[0]]
    everybody = get(manager, "/cases")
    assert f"/cases/{ids[1]}/lead" not in everybody
    assert f"/cases/{ids[0]}/lead" in everybody


def test_the_lists_are_empty_in_words(town, client_as, get):
    assert "There are no cases that you may open." in get(client_as("therapist"), "/cases")
    assert "No case fits these filters." in get(client_as("therapist"), "/cases?need=social")
    assert "Every case has an accountable lead." in get(client_as("ash.manager"), "/cases/unallocated")


@pytest.mark.parametrize("page", ["/cases", "/cases?order=contact&tier=high", "/cases/unallocated", "/review/{Y90001}"])
def test_a_list_asks_the_database_few_things_however_long_it_is(store, town, cases, client_as, page):
    client = client_as("ash.manager")
    client.get(page.format(**town.places))
    with statements(store.engine) as sent:
        assert client.get(page.format(**town.places)).status_code == 200
    reading = [one for one in sent if one.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(reading) <= 12, reading


def test_the_case_of_the_cursor_need_not_be_on_the_list_any_more(store, town, cases, client_as, get):
    with store.reading() as session:
        leads = session.execute(select(LeadAllocation.case_id)).scalars().all()
    assert cases[1] in leads
    html = get(client_as("ash.manager"), f"/cases?order=oldest&lead=none&after={cases[1]}")
    assert names_on(html) == []
    assert (
        unescape(re.search(r'href="([^"]+)">Back to the first page', html).group(1)) == "/cases?lead=none&order=oldest"
    )


def test_a_list_is_put_together_once_for_everybody_who_sees_it_alike(store, town, client_as):
    """Two managers, later moments, another page: the values go with the question, which stays as it is."""
    before = _page.cache_info().misses
    for username in ("ash.manager", "birch.manager", "ash.manager"):
        assert client_as(username).get("/cases?order=name&contact=30").status_code == 200
    assert _page.cache_info().misses - before <= 1
