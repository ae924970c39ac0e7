"""Who may open whom: every combination against an oracle written from what was asked for, by question and by page."""

import re
from itertools import cycle, islice

import pytest
from sqlalchemy import select

from caseload.database import open_database
from caseload.migrations.running import upgrade
from caseload.queries.assignees import may_be_given
from caseload.queries.viewers import viewer_of
from caseload.queries.visible import openable, related
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import (
    CareTeamMember,
    Case,
    Consent,
    EmergencyAccess,
    Handover,
    LeadAllocation,
    Person,
    RestrictedAccess,
)
from tests.support.access_oracle import ASKED_FOR, EVERY, IN_CARE, RELATIONSHIPS, ROLES, Combination, may_open
from tests.support.access_place import AccessPlace
from tests.support.access_requests import SECRET, Visits
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

SECTORS = [
    *((role, "health") for role in ROLES),
    ("lead", "social_care"),
    ("lead", "voluntary"),
    ("navigator", "social_care"),
    ("practice", "voluntary"),
]


def opened_by(session, probe, condition):
    """The numbers of the people in one user's part of the place for whom the condition holds."""
    viewer = viewer_of(session, probe.user_id, NOW)
    ids = set(session.execute(select(Person.id).where(condition(viewer, NOW))).scalars())
    return {one.number for one in probe.people if one.ids["person_id"] in ids}


def wrong(probe, found, **options):
    """Every combination whose answer is not the oracle's, with the answer that was given."""
    return [
        (probe.role, probe.sector, one.stands, one.number in found)
        for one in probe.people
        if (one.number in found) != may_open(probe.role, one.stands, probe.sector, **options)
    ]


@pytest.mark.slow
def test_every_combination_is_answered_as_the_oracle_says(store):
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for number, (role, sector) in enumerate(SECTORS):
            place.probe(f"user.{number}", role, EVERY if sector == "health" else ASKED_FOR, sector)
        place.write()
    answers = 0
    with store.reading() as session:
        for probe in place.probes:
            assert wrong(probe, opened_by(session, probe, openable)) == []
            assert wrong(probe, opened_by(session, probe, related), in_emergency=False) == []
            answers += len(probe.people)
    assert answers == 8 * 315 + 4 * 126


def test_the_answer_is_the_same_in_a_question_about_cases_leads_and_consent(store):
    """A condition whose parts were tied to the rows of the question around it would open everybody's people."""
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for role in IN_CARE:
            place.probe(role, role, EVERY[::4])
        place.write()
    with store.reading() as session:
        for probe in place.probes:
            viewer = viewer_of(session, probe.user_id, NOW)
            wanted = select(Person.id).where(openable(viewer, NOW))
            for table in (CareTeamMember, Handover, LeadAllocation):
                joined = wanted.join(Case, Case.person_id == Person.id).join(table, table.case_id == Case.id)
                joined = joined.outerjoin(Consent, Consent.person_id == Person.id)
                joined = joined.outerjoin(RestrictedAccess, RestrictedAccess.person_id == Person.id)
                joined = joined.outerjoin(EmergencyAccess, EmergencyAccess.person_id == Person.id)
                ids = set(session.execute(joined).scalars())
                assert wrong(probe, {one.number for one in probe.people if one.ids["person_id"] in ids}) == []


def test_links_of_one_user_open_nothing_for_another(store):
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for name in ("one", "other"):
            place.probe(name, "lead", EVERY)
        place.write()
    with store.reading() as session:
        one, other = place.probes
        viewer = viewer_of(session, one.user_id, NOW)
        ids = set(session.execute(select(Person.id).where(openable(viewer, NOW))).scalars())
        assert not ids & {person.ids["person_id"] for person in other.people}


def test_a_merged_record_is_opened_by_nobody(store):
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for role in IN_CARE:
            place.probe(role, role, ASKED_FOR[::9])
        place.write()
    with store.reading() as session:
        merged = [one.ids["merged_id"] for probe in place.probes for one in probe.people]
        for probe in place.probes:
            viewer = viewer_of(session, probe.user_id, NOW)
            for condition in (openable, related):
                wanted = select(Person.id).where(condition(viewer, NOW), Person.id.in_(merged))
                assert session.execute(wanted).all() == []


def _far(one):
    return one.emergency == "in force" and one.relationship in ("none", "other place")


@pytest.mark.slow
def test_whoever_may_be_given_work_is_whoever_may_open_the_record(store):
    """But for one to whom a case is only offered: they may look before they answer, and are given nothing yet."""
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for number, (role, sector) in enumerate(SECTORS):
            place.probe(
                f"user.{number}", role, [one for one in ASKED_FOR if one.emergency == "no" or _far(one)], sector
            )
        place.write()
    with store.reading() as session:
        for probe in place.probes:
            given = {
                one.number
                for one in probe.people
                if may_be_given(session, NOW, one.ids["person_id"], owner_id=probe.user_id, team_id=None)
            }
            probe.people = [one for one in probe.people if one.stands.relationship != "handover addressed"]
            assert wrong(probe, given, in_emergency=False) == []


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


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """The app over the whole place, every request of which is forgotten again."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('access')}/case.sqlite")
    upgrade(engine)
    store = Store(engine, Secrets.of(SECRET))
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for role in ROLES:
            place.probe(role, role, ASKED_FOR)
        place.write()
    yield Visits(store, place)
    engine.dispose()


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
    if any(visitor.visits.nhs_numbers_in(address) for address in [path, *answer.addresses]):
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


@pytest.mark.slow
def test_the_page_of_a_person_for_every_role_and_combination(visits, faults):
    for visitor in visits.visitors:
        missing = visitor.ask("GET", f"/people/{MISSING}")
        for one in visitor.probe.people[:: 1 if visitor.probe.role in IN_CARE else 5]:
            path = f"/people/{one.ids['person_id']}"
            if may_open(visitor.probe.role, one.stands):
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


@pytest.mark.slow
def test_every_address_about_somebody_for_every_role(visits, faults):
    """Every relationship at every address with two roles in care, by turns; further combinations by turns with each.

    An address of some roles only is asked for in every combination: whom it is given for are few.
    """
    turn = cycle(OTHERS)
    for number, ((method, rule), row) in enumerate(ABOUT_SOMEBODY.items()):
        others = [*islice(turn, 4)]
        answers = []
        for place, visitor in enumerate(visits.visitors):
            role = visitor.probe.role
            every = role in row.roles and row.roles != IN_CARE
            standing = RELATIONSHIPS if every else RELATIONSHIPS[(number + place) % 2 :: 2]
            asked = [*map(Combination, standing), *(OTHERS if every else others[: None if role in IN_CARE else 1])]
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
def test_what_belongs_to_a_place_or_to_somebody_else(visits, faults):
    for (method, rule), row in (OF_A_PLACE | SOMEBODY_ELSES).items():
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
