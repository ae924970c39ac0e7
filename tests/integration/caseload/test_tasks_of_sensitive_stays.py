"""A task that a sensitive stay has set tells of the stay: no program is told of it, by whatever address."""

import json

import pytest

from caseload.api.bulk import maker
from caseload.app import create_app
from caseload.domain.words import Role
from caseload.queries.outward.resources import RESOURCES
from caseload.settings import settings_with
from interfaces.fhir.search_parameters import includes_of
from tests.support.api_at_work import BASE, Api, outcome_of
from tests.support.api_programs import let_in_program, northern_system, rsa_key
from tests.support.case_app import NOW
from tests.support.outward_work import HIDDEN_TASK, SECRET, outside_on
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

HIDDEN, TOLD = (1, 7), 8
"""People whose stay is sensitive, and one who has none: a hospital's message set a task of each."""


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """The place, once for all tests here: they only ask."""
    with outside_on("sqlite", tmp_path_factory.mktemp("tasks")) as made:
        yield made


@pytest.fixture(scope="module")
def app(outside, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("exports"))
    given = settings_with(secret_key=SECRET, secure_cookies=False, exports_folder=folder)
    return create_app(given, store=outside.store, now=lambda: NOW)


@pytest.fixture(scope="module")
def programs(outside, app):
    """One of a care team, one of the practice that holds the record, one of a warehouse: each reaches some of the people."""
    places = outside.work.town.places
    warehouse = [(Role.WAREHOUSE, places["TESTHAM"])]
    birch = [(Role.PRACTICE, places["Y90002"])]
    return {
        "navigator": Api(app, northern_system(outside.store, outside.work.town, key=rsa_key(), name="Trust")),
        "practice": Api(app, let_in_program(outside.store, home_id=places["Y90002"], roles=birch)),
        "warehouse": Api(app, let_in_program(outside.store, home_id=places["COUNCIL"], roles=warehouse), "system/*.rs"),
    }


@pytest.fixture(params=["navigator", "practice", "warehouse"])
def program(request, programs):
    return programs[request.param]


def every_page(api, path):
    """All resources of a bundle and its further pages."""
    while path:
        page = api.get(path)
        assert page.status_code == 200, page.text
        yield from (entry["resource"] for entry in page.json.get("entry", ()))
        path = next((one["url"].partition(BASE)[2] for one in page.json["link"] if one["relation"] == "next"), None)


def ids_of(resources):
    return {one["id"] for one in resources if one["resourceType"] == "Task"}


def test_it_is_found_and_read_by_no_program(outside, program):
    """A task of the same rule is, where no stay is sensitive."""
    found = ids_of(every_page(program, "/Task?_count=20"))
    assert str(outside.stay_tasks[TOLD]) in found or program.get(f"/Task/{outside.stay_tasks[TOLD]}").status_code == 404
    missing = program.get("/Task/999999")
    assert outcome_of(missing) == (404, "RESOURCE_NOT_FOUND")
    for number in HIDDEN:
        task = outside.stay_tasks[number]
        assert str(task) not in found
        assert program.get(f"/Task/{task}").data == missing.data
        assert program.get(f"/Task?_id={task}").json["total"] == 0


def test_those_of_the_same_rule_are_told_of_others(outside, programs):
    """Or nothing here would be a test."""
    for name in ("practice", "warehouse"):
        assert programs[name].get(f"/Task/{outside.stay_tasks[TOLD]}").status_code == 200
    people = {name: {one["id"] for one in every_page(api, "/Patient?_count=50")} for name, api in programs.items()}
    assert str(outside.person(1)) in people["navigator"]
    assert str(outside.person(7)) in people["practice"]
    assert f"{7:032x}" in people["warehouse"]


def test_it_is_included_with_nothing(outside, program):
    hidden = {str(outside.stay_tasks[number]) for number in HIDDEN}
    for kind in RESOURCES:
        wanted = "&".join(f"_include={one}" for one in includes_of(kind))
        path = (
            f"/{kind}?_count=50&{wanted}"
            if kind != "AuditEvent"
            else f"/AuditEvent?patient={outside.person(1)}&{wanted}"
        )
        if program.get(path).status_code == 403:
            continue
        found = list(every_page(program, path))
        assert not hidden & ids_of(found), kind
        assert not [one for one in hidden if f'"Task/{one}"' in json.dumps(found)], kind
        assert HIDDEN_TASK not in json.dumps(found), kind


def test_it_is_not_among_everything_of_the_person(outside, programs):
    for name, number in (("navigator", 1), ("practice", 7)):
        found = list(every_page(programs[name], f"/Patient/{outside.person(number)}/$everything?_count=50"))
        assert {"Patient"} <= {one["resourceType"] for one in found}
        assert str(outside.stay_tasks[number]) not in ids_of(found)
        assert HIDDEN_TASK not in json.dumps(found)
    of_another = every_page(programs["practice"], f"/Patient/{outside.person(TOLD)}/$everything?_count=50")
    assert str(outside.stay_tasks[TOLD]) in ids_of(of_another)


def test_it_has_no_history_that_could_be_asked_for(outside, program):
    for path in ("/Task/_history", *(f"/Task/{outside.stay_tasks[number]}/_history" for number in HIDDEN)):
        assert outcome_of(program.get(path)) == (405, "UNSUPPORTED_INTERACTION")


def test_it_is_in_no_export(outside, app, programs):
    answer = programs["warehouse"].get("/$export?_type=Task", Prefer="respond-async")
    with app.app_context():
        maker().wait(PATIENCE)
    where = answer.headers["Content-Location"].partition(BASE)[2]
    lines = programs["warehouse"].get(f"{where}/Task.ndjson").text.splitlines()
    found = ids_of(json.loads(line) for line in lines)
    assert str(outside.stay_tasks[TOLD]) in found
    assert not {str(outside.stay_tasks[number]) for number in HIDDEN} & found
