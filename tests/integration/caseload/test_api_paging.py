"""Pages of a search go on while others write: nothing twice, nothing left out, and few statements for each."""

import pytest
from sqlalchemy import select

from caseload.domain.plan_words import PlanHeading
from caseload.domain.words import Role
from caseload.queries.outward import goals
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Wanted
from caseload.queries.viewers import viewer_of
from caseload.tables import Person, PlanVersion
from interfaces.fhir.search_values import ParamKind, parse_filter
from tests.support.api_at_work import BASE, Api
from tests.support.api_programs import let_in_program, northern_system, rsa_key
from tests.support.case_app import NOW, audited
from tests.support.fhir_search_oracle import LONDON
from tests.support.flag_work import flagged
from tests.support.led_cases import opened
from tests.support.shared_plans import ended, versioned
from tests.support.statements import statements


@pytest.fixture
def northern(store, town):
    """A trust's program that navigates in the northern network."""
    return northern_system(store, town, key=rsa_key(), name="Trust")


@pytest.fixture
def partner(app, northern):
    return Api(app, northern)


@pytest.fixture
def practice(store, town, app):
    """The system of Birch Surgery, with its four people (6 to 9)."""
    program = let_in_program(
        store, home_id=town.places["Y90002"], roles=[(Role.PRACTICE, town.places["Y90002"])], key=rsa_key(), name="GP"
    )
    return Api(app, program)


@pytest.fixture
def cases(store, town):
    """Six cases in the north with a plan of two goals each, by person; the last one's are met."""
    return {
        number: with_goals(store, town, number, "met" if number == 8 else "active") for number in (1, 2, 3, 6, 7, 8)
    }


def with_goals(store, town, number, status="active"):
    case = opened(store, town, number)
    versioned(store, town, case, contents=goals_of(number, 1, 2, status=status), by="ash.gp")
    return case


def goals_of(number, *places, status="active"):
    said = [{"key": f"g{number}x{place}", "goal": "To walk to the shop", "status": status} for place in places]
    return {PlanHeading.GOALS: said}


def said_anew(store, town, number, case, *places):
    """A version with these of its goals takes the place of the one before."""
    with store.reading() as session:
        before = session.execute(select(PlanVersion.id).where(PlanVersion.case_id == case)).scalar_one()
    ended(store, before, "superseded")
    versioned(store, town, case, contents=goals_of(number, *places), number=2, by="ash.gp")


def pages_of(api, path):
    """The ids on each page; a test may write between them."""
    while path:
        page = api.get(path)
        assert page.status_code == 200, page.text
        yield [entry["resource"]["id"] for entry in page.json.get("entry", ())]
        path = next((one["url"].partition(BASE)[2] for one in page.json["link"] if one["relation"] == "next"), None)


def views(store):
    return [people for action, people in audited(store) if action == "view"]


def test_pages_go_on_without_shifting_and_hold_nothing_of_the_question(store, town, practice):
    first = practice.send("POST", "/Patient/_search", data={"family": "Family", "_count": "2"}).json
    assert (first["total"], [entry["resource"]["id"] for entry in first["entry"]]) == (
        4,
        [str(town.people[n]) for n in (6, 7)],
    )
    address = next(link["url"] for link in first["link"] if link["relation"] == "next")
    assert "Family" not in address
    with store.writing() as session:
        session.get_one(Person, town.people[6]).name_key = "other given6"  # it would not be found any more
    second = practice.get(address.removeprefix(f"http://localhost{BASE}")).json
    assert [entry["resource"]["id"] for entry in second["entry"]] == [str(town.people[n]) for n in (8, 9)]
    assert [link["relation"] for link in second["link"]] == ["self"]


def test_everything_of_somebody_page_by_page(partner, store, town):
    work = flagged(store, town)
    whole = partner.get(f"/Patient/{work.person_id}/$everything?_count=500").json
    every = [(entry["resource"]["resourceType"], entry["resource"]["id"]) for entry in whole["entry"]]
    assert {"Patient", "CarePlan", "Flag", "EpisodeOfCare", "CareTeam", "Task"} <= {kind for kind, _ in every}
    found, address = [], f"/Patient/{work.person_id}/$everything?_count=2"
    for _ in range(100):
        page = partner.get(address).json
        assert len(page.get("entry", ())) <= 2
        found += [(entry["resource"]["resourceType"], entry["resource"]["id"]) for entry in page.get("entry", ())]
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            break
        address = following[0].removeprefix(f"http://localhost{BASE}")
    assert [one for one in found if one[0] != "AuditEvent"] == [one for one in every if one[0] != "AuditEvent"]
    assert {person for people in views(store) for person in people} == {town.people[1]}


def test_goals_go_on_while_plans_lose_and_gain_some(store, town, partner, cases):
    """The goal a page ended with is taken out, and a plan is added: what stays is told once, what came is told as well."""
    every = {f"{case}-g{number}x{n}" for number, case in cases.items() for n in (1, 2)}
    pages = pages_of(partner, "/Goal?_count=4")
    seen = next(pages)
    assert len(seen) == 4
    said_anew(store, town, 2, cases[2], 1)
    said_anew(store, town, 3, cases[3], 2)
    added = with_goals(store, town, 9)
    seen += [one for page in pages for one in page]
    gone = {f"{cases[3]}-g3x1"}
    assert len(seen) == len(set(seen))
    assert set(seen) == every - gone | {f"{added}-g9x1", f"{added}-g9x2"}


@pytest.mark.parametrize(("kind", "least"), [("Goal", 1), ("CarePlan", 2)])
def test_a_page_of_plans_or_goals_is_few_statements_and_reads_no_more_than_it_shows(
    store, northern, cases, kind, least
):
    """A total is one more statement, and without one nothing that is not on the page is read."""
    for count in (1, 500):
        for total in (False, True):
            page, asked = searched(store, northern, kind, Wanted(count=count, total=total))
            assert len(asked) == least + total
            assert " LIMIT " in asked[int(total)].rpartition("ORDER BY plan_version.case_id")[2].replace("\n", " ")
            assert page.total == ((12 if kind == "Goal" else 6) if total else None)


def test_goals_that_few_plans_have_are_found_in_few_statements(store, northern, cases, monkeypatch):
    """Twice as many plans are read each time: six of them are one, two and three."""
    monkeypatch.setattr(goals, "_LEAST", 1)
    monkeypatch.setattr(goals, "_MORE", 2)
    last = (f"{cases[8]}-g8x2",)
    page, asked = searched(store, northern, "Goal", Wanted(count=0))
    assert (page.total, len(asked)) == (12, 1)
    page, asked = searched(store, northern, "Goal", Wanted(ids=last, count=1))
    assert ([one.record.id for one in page.found], page.total) == (list(last), 1)
    chosen = {"lifecycle-status": (parse_filter(ParamKind.TOKEN, "", "completed", LONDON),)}
    page, asked = searched(store, northern, "Goal", Wanted(filters=chosen, count=1, total=False))
    assert [one.record.id for one in page.found] == [f"{cases[8]}-g8x1"]
    assert len(asked) <= 3
    assert searched(store, northern, "Goal", Wanted(filters=chosen))[0].total == 2


def searched(store, program, kind, wanted):
    with store.reading() as session:
        viewer = viewer_of(session, program.user_id, NOW)
        with statements(store.engine) as asked:
            page = RESOURCES[kind].search(session, viewer, NOW, wanted)
    return page, asked
