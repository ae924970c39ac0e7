"""Finding a person from any page: one step by NHS number, or by name and date of birth."""

from datetime import date

import pytest

from caseload.domain.names import name_key
from caseload.queries.search import people_named, person_with_number
from caseload.tables import Person
from tests.support.case_app import NOW, audited
from tests.support.packs import nhs

BORN = {"born-day": "15", "born-month": "7", "born-year": "1958"}


def rename(store, person_id, family, given):
    with store.writing() as session:
        person = session.get_one(Person, person_id)
        person.family_name, person.given_name, person.name_key = family, given, name_key(family, given)


def shown(number):
    return f"{number[:3]}\u00a0{number[3:6]}\u2013{number[6:]}"


def test_search_by_nhs_number_from_any_page_opens_the_person_in_one_step(client_as, town, post, store):
    client = client_as("ash.manager")
    response = post(client, "/search", {"nhs_number": shown(nhs(2))}, page="/notices", follow=False)
    assert (response.status_code, response.location) == (303, f"/people/{town.people[2]}")
    assert ("person.search", []) in audited(store)


def test_search_for_missing_and_forbidden_answers_the_same(client_as, post, town):
    client = client_as("ash.manager")
    missing = post(client, "/search", {"nhs_number": nhs(77)})
    forbidden = post(client, "/search", {"nhs_number": nhs(10)})
    assert missing.status_code == forbidden.status_code == 200
    assert "No record that you can open" in missing.text
    assert "/emergency-access" in missing.text
    without = [page.text.replace(nhs(number), "") for page, number in ((missing, 77), (forbidden, 10))]
    assert [len(text) for text in without] == [len(without[0])] * 2
    assert "Family10" not in forbidden.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an NHS number"),
        ("123", "Enter an NHS number of 10 digits"),
        ("999 000 0017", "This is not an NHS number"),
    ],
)
def test_search_by_something_else_than_an_nhs_number_says_what_is_wrong(client_as, post, typed, sentence):
    response = post(client_as("ash.manager"), "/search", {"nhs_number": typed})
    assert response.status_code == 422
    assert sentence in response.text
    assert "<title>Error: " in response.text


def test_search_by_a_name_in_the_box_for_numbers_asks_for_the_date_of_birth(client_as, post):
    response = post(client_as("ash.manager"), "/search", {"nhs_number": "Smith"})
    assert response.status_code == 422
    assert 'value="Smith"' in response.text
    assert "Enter the date of birth" in response.text


def test_search_by_name_and_birthday_opens_the_only_one(client_as, post, town, store):
    rename(store, town.people[2], "O’Brien-Łukasz", "Zoë")
    response = post(
        client_as("ash.manager"), "/search", {"family": "obrien lukasz", "given": "ZOE", **BORN}, follow=False
    )
    assert (response.status_code, response.location) == (303, f"/people/{town.people[2]}")


def test_search_by_name_lists_several_and_each_is_a_look(client_as, post, town, store):
    with store.writing() as session:
        session.get_one(Person, town.people[3]).date_of_birth = date(1958, 7, 15)
    response = post(client_as("ash.manager"), "/search", {"family": "family", **BORN})
    assert response.status_code == 200
    assert "2 people found" in response.text
    assert ("view", [town.people[2], town.people[3]]) in audited(store)


def test_search_by_name_never_finds_whom_the_viewer_may_not_open(store, town):
    with store.reading() as session:
        manager = town.viewer(session, "birch.manager")
        found = people_named(session, manager, NOW, family="Family2", given="", born=date(1958, 7, 15))
        assert found == []
        assert person_with_number(session, manager, NOW, nhs(2)) is None


def test_search_without_permission_is_not_there(client_as):
    for username in ("integration", "ig", "admin"):
        assert client_as(username).get("/search").status_code == 404


def test_search_page_is_well_made(client_as, get):
    assert "By name and date of birth" in get(client_as("navigator"), "/search")
