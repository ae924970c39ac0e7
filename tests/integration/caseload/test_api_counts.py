"""A bare number about somebody is a look at them, like the page that it stands for."""

import pytest

from caseload.tables import Person
from tests.support.case_app import audited
from tests.support.statements import statements


def views(store):
    return [people for action, people in audited(store) if action == "view"]


@pytest.mark.parametrize("bare", ["_summary=count", "_count=0"])
@pytest.mark.parametrize(
    "query",
    [
        "/Flag?patient={person}",
        "/Flag?subject=Patient/{person}",
        "/Flag?patient={person}&status=active",
        "/Flag?_id={flag}",
        "/Patient?_id={person}",
    ],
)
def test_a_number_about_one_person_is_a_look(store, urgent, work, query, bare):
    told = urgent.get(f"{query.format(person=work.person_id, flag=work.flag_id)}&{bare}").json
    assert (told["total"], told.get("entry")) == (1, None)
    assert views(store) == [[work.person_id]]


def test_a_number_by_what_is_somebodys_own_is_a_look(store, town, urgent, work):
    with store.reading() as session:
        name = session.get_one(Person, work.person_id).family_name
    told = urgent.send("POST", "/Patient/_search", data={"family": name, "_summary": "count"}).json
    assert (told["total"], views(store)) == (1, [[work.person_id]])


def test_a_number_about_nobody_in_particular_is_none(store, urgent, work):
    assert urgent.get("/Flag?status=active&_summary=count").json["total"] == 1
    assert urgent.get("/Flag?patient=999999&_summary=count").json["total"] == 0
    assert views(store) == []


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("/Flag", 1),
        ("/Flag?_include=Flag:patient&_include=Flag:author", 1),
        ("/Flag/{flag}", 0),
        ("/Patient/{person}/$everything", 0),
        ("/Flag/_history", 0),
        ("/CarePlan/{case}/_history", 0),
    ],
)
def test_all_there_is_is_counted_for_a_search_only(store, urgent, work, path, counts):
    with statements(store.engine) as sent:
        answer = urgent.get(path.format(person=work.person_id, flag=work.flag_id, case=work.case_id))
    assert answer.status_code == 200
    assert sum(one.lstrip().lower().startswith("select count(*)") for one in sent) == counts
