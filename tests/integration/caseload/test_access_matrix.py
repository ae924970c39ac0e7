"""Who may open whom, address by address: every role and combination against an oracle written from what was asked for."""

import re
from itertools import cycle, islice
from shutil import copyfile

import pytest

from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.store import Store
from tests.support.access_oracle import ASKED_FOR, IN_CARE, RELATIONSHIPS, ROLES, Combination, may_open
from tests.support.access_place import AccessPlace
from tests.support.access_requests import SECRET, LaidOut, Visits
from tests.support.access_routes import (
    ABOUT_NOBODY,
    ABOUT_SOMEBODY,
    EVERY_ROUTE,
    EVERYONE,
    OF_A_PLACE,
    RULES,
    SHOWS_NOBODY,
    SOMEBODY_ELSES,
    TO_PROGRAMS,
    own_practice_without_emergency,
)
from tests.support.case_app import NOW
from tests.support.once_in_a_run import once_in_a_run
from tests.support.quick_apps import COMPILED, engine_at
from tests.support.sqlite import sqlite_url

OTHERS = [
    Combination("case in place", "yes"),
    Combination("case in place", "yes and named"),
    Combination("case in place", "no", "refused"),
    Combination("own practice", "yes"),
    Combination("own practice", "yes and named"),
    Combination("own practice", "no", "refused"),
    Combination("own practice", "yes", "none", "in force"),
    Combination("lead", "yes"),
    Combination("lead", "yes", "refused"),
    Combination("care team", "yes"),
    Combination("care team", "yes and named", "refused"),
    Combination("handover addressed", "no", "refused"),
    Combination("none", "no", "none", "in force"),
    Combination("other place", "yes", "refused", "in force"),
    Combination("other place", "no", "none", "expired"),
]
"""What is asked of every address besides the seven relationships, a few of them at each address in turn."""
MISSING = 9_999_999
GIVEN = {
    "code": "has_care_plan",
    "discipline": "health",
    "heading": "carers",
    "purpose": "care_coordination",
    "provider": "nobody",
    "filename": "nothing.css",
}


PARTS = 8
"""Into how many tests a question of every address is cut, so that several processes can ask it."""


@pytest.fixture(scope="module")
def visits(tmp_path_factory, worker_id):
    """The app over the whole place, every request of which is forgotten again."""
    place = AccessPlace(None, NOW)
    for role in ROLES:
        place.probe(role, role, ASKED_FOR)
    kept = once_in_a_run(tmp_path_factory, worker_id, "access", lambda folder: _write(place, sqlite_url(folder)))
    folder = tmp_path_factory.mktemp("visits")
    copyfile(kept / "case.sqlite", folder / "case.sqlite")
    engine = engine_at(f"sqlite:///{folder}/case.sqlite")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("weasyprint.HTML", LaidOut)
        visits = Visits(Store(engine, Secrets.of(SECRET)), place)
        visits.app.jinja_env.bytecode_cache = COMPILED
        yield visits
    engine.dispose()


def _write(place, url):
    store = Store(open_database(url), Secrets.of(SECRET))
    with store.writing() as place.session:
        place.write()
    store.engine.dispose()


def routes_of(app):
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    return {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods & methods}


def path_of(rule, ids):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(ids[part[1]]), rule)


@pytest.fixture
def faults():
    """Everything that is wrong, so that one run tells all of it; empty at the end of every test that uses it."""
    found = []
    yield found
    if found:
        pytest.fail("\n".join(found))


def check(faults, visitor, method, path, answer):
    """What holds for every answer to everybody: nobody is shown whom they may not see, nor unseen, nor in an address."""
    what = f"{method} {path} for {visitor.probe.role if visitor.probe else 'nobody'}"
    if answer.status >= 500:
        faults.append(f"{what}: {answer.status}")
    if answer.shown - visitor.allowed:
        faults.append(f"{what} shows somebody it must not")
    if answer.shown - answer.seen:
        faults.append(f"{what} shows somebody without a look being written ({answer.status})")
    if visitor.visits.nhs_numbers_in("\0".join([path, *answer.addresses])):
        faults.append(f"{what} carries an NHS number in an address")


def refused(faults, visitor, method, path, missing):
    """The same answer as for something that is not there, to the byte but for tokens; nobody is in it."""
    answer = visitor.ask(method, path)
    check(faults, visitor, method, path, answer)
    if (answer.status, answer.same) != (missing.status, missing.same) or answer.shown:
        faults.append(f"{method} {path} for {visitor.probe.role}: {answer.status}, not as missing ({missing.status})")


def given(faults, visitor, method, path):
    """An answer that is not "not there", with everything that holds for every answer."""
    answer = visitor.ask(method, path)
    check(faults, visitor, method, path, answer)
    if answer.status not in (200, 302, 303, 400, 409, 422):
        faults.append(f"{method} {path} for {visitor.probe.role}: {answer.status}")
    if (
        answer.status == 200
        and answer.is_page
        and "<h1" in answer.text
        and ('action="/search"' in answer.text) != (visitor.probe.role in IN_CARE)
    ):
        faults.append(f"{method} {path} for {visitor.probe.role}: the box to search for a person")
    return answer


def test_every_address_of_the_app_is_in_the_table(visits):
    found = routes_of(visits.app)
    known = EVERY_ROUTE.keys() | TO_PROGRAMS
    assert found - known == set(), "not in tests/support/access_routes.py"
    assert known - found == set(), "not in the app"
    assert EVERY_ROUTE.keys() & TO_PROGRAMS == set()


@pytest.mark.slow
def test_what_is_answered_to_programs_is_answered_to_no_session(visits, faults):
    """Nobody who is signed in, nor anybody who is not, is shown somebody there, or is told more than that a token is needed."""
    one = visits.everybody[0].ids["person_id"]
    for method, rule in sorted(TO_PROGRAMS):
        path = path_of(
            rule,
            GIVEN
            | {
                "resource": "Patient",
                "logical": one,
                "version_name": 1,
                "file_name": "x",
                "export_id": 1,
                "anything": "x",
            },
        )
        answers = {visitor.ask(method, path).text for visitor in (*visits.visitors, visits.signed_out)}
        answer = visits.visitors[0].ask(method, path)
        if len(answers) != 1 or answer.shown or answer.seen or answer.status in (301, 302, 303):
            faults.append(f"{method} {path}: {len(answers)} answers, {answer.status}")


PERSON = "/people/<int:person_id>"


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_the_page_of_a_person_for_every_role_and_combination(visits, faults, role):
    visitor = visits.visitors[ROLES.index(role)]
    assert visitor.probe.role == role
    missing = visitor.ask("GET", path_of(PERSON, {"person_id": MISSING}))
    assert missing.status == 404
    for one in visitor.probe.people[:: 1 if role in IN_CARE else 5]:
        path = path_of(PERSON, one.ids)
        if may_open(role, one.stands):
            answer = given(faults, visitor, "GET", path)
            assert (answer.status, answer.shown) == (200, {one.number})
        else:
            refused(faults, visitor, "GET", path, missing)


def test_an_old_address_of_a_merged_person_for_every_role(visits, faults):
    for visitor in visits.visitors:
        missing = visitor.ask("GET", f"/people/{MISSING}")
        for one in visitor.probe.people[::18]:
            path = f"/people/{one.ids['merged_id']}"
            if may_open(visitor.probe.role, one.stands):
                assert given(faults, visitor, "GET", path).location == f"/people/{one.ids['person_id']}"
            else:
                refused(faults, visitor, "GET", path, missing)


def _by_turns():
    """Every address about somebody, with its number and its turn of the further combinations."""
    turn = cycle(OTHERS)
    return [(number, route, row, [*islice(turn, 4)]) for number, (route, row) in enumerate(ABOUT_SOMEBODY.items())]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_about_somebody_for_every_role(visits, faults, part):
    """Every relationship at every address with two roles in care, by turns; further combinations by turns with each.

    An address of some roles only is asked for in every combination: whom it is given for are few. The page of a person is
    not asked for here: it has a test of its own, in every combination there is.
    """
    for number, (method, rule), row, others in _by_turns()[part::PARTS]:
        if (method, rule) == ("GET", PERSON):
            continue
        answers = []
        for place, visitor in enumerate(visits.visitors):
            role = visitor.probe.role
            every = role in row.roles and row.roles != IN_CARE
            standing = RELATIONSHIPS if every else RELATIONSHIPS[(number + place) % 2 :: 2]
            asked = {*map(Combination, standing), *(OTHERS if every else others[: None if role in IN_CARE else 1])}
            missing = visitor.ask(method, path_of(rule, dict.fromkeys(re.findall(r":(\w+)>", rule), MISSING) | GIVEN))
            if missing.status != 404:
                faults.append(f"{method} {rule} for {role}: {missing.status} where there is nothing")
            for one in (one for one in visitor.probe.people if one.stands in asked):
                path = path_of(rule, _ids_for(visitor.probe, one) | GIVEN)
                if role in row.roles and RULES[row.rule](role, one.stands):
                    answers.append(one.number in given(faults, visitor, method, path).shown)
                else:
                    refused(faults, visitor, method, path, missing)
        if not answers or any(answers) == ((method, rule) in SHOWS_NOBODY):
            faults.append(f"{method} {rule}: {len(answers)} times given, {sum(answers)} times with the person")


def _ids_for(probe, one):
    """Two records are compared: this one and another that the user may merge, where there is one."""
    practice = [
        two for two in probe.people if two is not one and own_practice_without_emergency(probe.role, two.stands)
    ]
    other = next((two for two in practice if two.stands.restriction == one.stands.restriction), one)
    return {**one.ids, "second_id": other.ids["person_id"]}


@pytest.mark.slow
def test_every_other_address_for_every_role(visits, faults):
    for (method, rule), row in ABOUT_NOBODY.items():
        for visitor in visits.visitors:
            path = path_of(rule, GIVEN)
            missing = visitor.ask(method, "/no-such-page")
            if row.roles == EVERYONE:
                check(faults, visitor, method, path, visitor.ask(method, path))
            elif visitor.probe.role in row.roles:
                given(faults, visitor, method, path)
            else:
                refused(faults, visitor, method, path, missing)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_what_belongs_to_a_place_or_to_somebody_else(visits, faults, part):
    for (method, rule), row in [*(OF_A_PLACE | SOMEBODY_ELSES).items()][part::PARTS]:
        for visitor in visits.visitors:
            missing = visitor.ask(method, path_of(rule, dict.fromkeys(visits.place.here, MISSING)))
            here, elsewhere = path_of(rule, visits.place.here), path_of(rule, visits.place.elsewhere)
            if visitor.probe.role in row.roles and (method, rule) in OF_A_PLACE:
                given(faults, visitor, method, here)
            else:
                refused(faults, visitor, method, here, missing)
            refused(faults, visitor, method, elsewhere, missing)


def test_signed_out_nobody_is_given_anything(visits, faults):
    ids = {**visits.everybody[0].ids, **visits.place.here, **GIVEN}
    for (method, rule), row in EVERY_ROUTE.items():
        path = path_of(rule, ids)
        answer = visits.signed_out.ask(method, path)
        check(faults, visits.signed_out, method, path, answer)
        if row.roles != EVERYONE and (answer.status, answer.location.split("?")[0]) != (302, "/sign-in"):
            faults.append(f"{method} {rule}: {answer.status}")


def test_addresses_that_are_not_there_look_the_same_as_those_of_others(visits):
    for visitor in visits.visitors:
        unknown = visitor.ask("GET", "/no-such-page")
        assert (unknown.status, unknown.same) == (404, visitor.ask("GET", f"/people/{MISSING}").same)


def test_no_address_has_a_place_for_a_name_or_a_number(visits):
    pages = routes_of(visits.app) - TO_PROGRAMS
    arguments = {name for _, rule in pages for name in re.findall(r"<(?!int:)(?:\w+:)?(\w+)>", rule)}
    assert arguments == set(GIVEN)
