"""Programs at the API: role × relationship × restriction × consent × resource × scope, against a table written on its own.

Who acts with a role of the care teams is held to the same oracle as at pages (tests.support.access_oracle). What 111 and a
warehouse are told is said here once more, from what was asked for and from nothing in the product.
"""

from itertools import product

import pytest

from caseload.app import create_app
from caseload.database import open_database
from caseload.domain.token_hash import hash_of
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from caseload.tables import ApiClient, ApiToken, CareFlag, Consent, Person, PlanVersion, User
from tests.support.access_oracle import ASKED_FOR, IN_CARE, Combination, may_open
from tests.support.access_place import AccessPlace
from tests.support.access_requests import SECRET, ForgetfulStore
from tests.support.case_app import NOW
from tests.support.sqlite import sqlite_url

ALL = ["system/*.cruds", "user/*.cruds"]
OF_A_PERSON = {
    "Patient": "person_id", "EpisodeOfCare": "case_id", "CareTeam": "case_id", "CarePlan": "case_id", "Flag": "flag_id",
    "Task": "task_id", "Communication": "message_id",
}  # fmt: skip
MISSING = 9_999_999


class Programs:
    """The API over a place, asked by programs; every request is forgotten again, and the looks it wrote are known."""

    def __init__(self, store):
        self.store = ForgetfulStore(store.engine, store.secrets)
        given = settings_with(secret_key=SECRET, secure_cookies=False, api_reads_per_minute=10_000_000)
        self.client = create_app(given, store=self.store, now=lambda: NOW).test_client()

    def ask(self, token, path, method="GET", **options):
        """The answer, and the people a look was written for."""
        self.store.told.clear()
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.client.open(f"/fhir/R4{path}", method=method, headers=headers, **options)
        seen = {person for event in self.store.told if event.action == "view" for person in event.people}
        return answer, seen


def a_program(place, name, user_id, scopes=ALL, *, acts_for=None):
    """A registered program with a token; `acts_for` is somebody who let it in."""
    client = place._add(
        ApiClient, client_id=name, name=name, user_id=user_id, keys={"keys": []}, scopes=scopes, redirect_uris=[],
        purpose="x", made_at=NOW, row_version=1,
    )  # fmt: skip
    place._add(
        ApiToken, token_hash=hash_of(name), client_id=client, user_id=acts_for or user_id, scopes=scopes, issued_at=NOW,
        expires_at=NOW.replace(hour=10),
    )  # fmt: skip
    return name


def an_account(place, name):
    return place._add(
        User, username=name, display_name=name, home_id=place.places["health"], created_at=NOW, row_version=1
    )


# Of a flag for 111: its place, restriction, what they said to urgent care and to coordination, the flag, the plan, alive.
FOR_111 = [
    (where, restricted, urgent, coordination, flag, plan, alive)
    for where, restricted, urgent, coordination, flag, plan, alive in product(
        ("here", "elsewhere"), (False, True), ("none", "given", "refused", "withdrawn"), ("none", "refused"),
        ("in force", "past its review", "ended"), ("active", "none"), (True, False),
    )
    if [where != "here", restricted, urgent != "given", coordination != "none", flag != "in force", plan != "active", not alive].count(True) <= 2
]  # fmt: skip


def tells_111(where, restricted, urgent, coordination, flag, plan, alive):
    """ "None for restricted or objecting people; stale flags go inactive by themselves": told only if all of this holds."""
    wanted = ("here", False, "given", "none", "in force", "active", True)
    return (where, restricted, urgent, coordination, flag, plan, alive) == wanted


PURPOSES = (
    "care_coordination", "sharing_health", "sharing_social_care", "sharing_voluntary", "sharing_urgent_care",
    "risk_stratification",
)  # fmt: skip
FOR_WAREHOUSE = [
    *(("here", restricted, (), "") for restricted in (False, True)),
    ("elsewhere", False, (), ""),
    *(("here", False, (purpose, "refused"), "") for purpose in PURPOSES),
    *(("here", False, (purpose, "withdrawn"), "") for purpose in PURPOSES),
    *(("here", False, (purpose, "refused"), "given") for purpose in PURPOSES),
]


def tells_warehouse(where, restricted, said, then):
    """ "Nothing leaves for a person who objects": here, not restricted, and the last word on each purpose is not a no."""
    return where == "here" and not restricted and (not said or then == "given")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    engine = open_database(sqlite_url(tmp_path_factory.mktemp("programs")))
    upgrade(engine)
    store = Store(engine, Secrets.of(SECRET))
    with store.writing() as session:
        place = AccessPlace(session, NOW)
        for role in IN_CARE:
            probe = place.probe(role, role, ASKED_FOR)
            if role in ("practice", "navigator"):
                a_program(place, f"token.{role}", probe.user_id)
            else:
                a_program(place, f"token.{role}", an_account(place, f"client.{role}"), acts_for=probe.user_id)
        here = Combination("case in place")
        of_111 = place.probe("of 111", "urgent_care", [here] * len(FOR_111))
        of_warehouse = place.probe("of a warehouse", "warehouse", [here] * len(FOR_WAREHOUSE))
        for probe, name in ((of_111, "token.111"), (of_warehouse, "token.warehouse")):
            a_program(place, name, probe.user_id)
        _as_said_for_111(place, of_111)
        _as_said_for_warehouse(place, of_warehouse)
        place.write()
    programs = Programs(store)
    programs.place = place
    programs.probes = {probe.role: probe for probe in place.probes}
    yield programs
    engine.dispose()


def _row(place, table, row_id):
    return place.rows[table][row_id - 1]


def _as_said_for_111(place, probe):
    for one, (where, restricted, urgent, coordination, flag, plan, alive) in zip(probe.people, FOR_111, strict=True):
        person = _row(place, Person, one.ids["person_id"])
        person |= {"restricted": restricted, "date_of_death": None if alive else NOW.date()}
        person["practice_id"] = place.places["near" if where == "here" else "away"]
        _says(place, one, "sharing_urgent_care", *(("given", "withdrawn") if urgent == "withdrawn" else (urgent,)))
        _says(place, one, "care_coordination", coordination)
        row = _row(place, CareFlag, one.ids["flag_id"])
        if flag == "past its review":
            row["review_on"] = row["starts_on"]  # which is yesterday
        if flag == "ended":
            row |= {"state": "inactive", "ending": "removed", "ended_at": NOW, "ended_by": place.other}
        if plan == "none":
            version = _row(place, PlanVersion, one.ids["version_id"])
            version |= {"state": "withdrawn", "ended_at": NOW, "ended_by": place.other}


def _as_said_for_warehouse(place, probe):
    for one, (where, restricted, said, then) in zip(probe.people, FOR_WAREHOUSE, strict=True):
        person = _row(place, Person, one.ids["person_id"])
        person |= {"restricted": restricted, "practice_id": place.places["near" if where == "here" else "away"]}
        if said:
            _says(place, one, said[0], *(("given", "withdrawn") if said[1] == "withdrawn" else ("refused",)))
            _says(place, one, said[0], then or "none")


def _says(place, one, purpose, *states):
    for state in (state for state in states if state != "none"):
        place._add(
            Consent, person_id=one.ids["person_id"], purpose=purpose, state=state, how="said", at=NOW, by=place.other
        )


@pytest.fixture
def faults():
    found = []
    yield found
    if found:
        pytest.fail(f"{len(found)} wrong:\n" + "\n".join(found[:40]))


def held(world, faults, token, path, person_id, *, told, missing):
    """Told with a look and nobody else's, or the same bytes as for what is not there and no look."""
    answer, seen = world.ask(token, path)
    if told and (answer.status_code, seen) != (200, {person_id}):
        faults.append(f"{token} {path}: {answer.status_code}, looks {sorted(seen)}")
    if not told and (answer.status_code, answer.data, seen) != (404, missing.data, set()):
        faults.append(f"{token} {path}: {answer.status_code}, not as missing")


@pytest.mark.slow
@pytest.mark.parametrize("role", IN_CARE)
def test_a_program_of_a_care_team_reads_whom_its_account_may_open(world, faults, role):
    """Every combination at Patient, and every kind of resource by turns."""
    token, probe = f"token.{role}", world.probes[role]
    missing, _ = world.ask(token, f"/Patient/{MISSING}")
    assert missing.status_code == 404
    kinds = list(OF_A_PERSON.items())[1:]
    for number, one in enumerate(probe.people):
        told, person_id = may_open(role, one.stands), one.ids["person_id"]
        held(world, faults, token, f"/Patient/{person_id}", person_id, told=told, missing=missing)
        kind, key = kinds[number % len(kinds)]
        held(world, faults, token, f"/{kind}/{one.ids[key]}", person_id, told=told, missing=missing)


@pytest.mark.slow
@pytest.mark.parametrize("role", IN_CARE)
def test_a_search_of_somebody_finds_nothing_where_they_may_not_be_opened(world, faults, role):
    token, probe = f"token.{role}", world.probes[role]
    kinds = (
        "Flag",
        "CarePlan",
        "Task",
        "Encounter",
        "Consent",
        "AuditEvent",
        "Goal",
        "Provenance",
        "RiskAssessment",
        "DocumentReference",
    )
    for number, one in enumerate(probe.people[::2]):
        kind, person_id, told = kinds[number % len(kinds)], one.ids["person_id"], may_open(role, one.stands)
        answer, seen = world.ask(token, f"/{kind}?patient={person_id}")
        entries = answer.json.get("entry", []) if answer.status_code == 200 else None
        if entries is None or (entries and not told) or seen != ({person_id} if entries else set()):
            faults.append(
                f"{token} {kind} of {one.stands}: {answer.status_code}, {len(entries or ())} entries, looks {seen}"
            )
        if kind in ("Flag", "CarePlan", "Task") and told and not entries:
            faults.append(f"{token} {kind} of {one.stands}: nothing")


@pytest.mark.parametrize("role", IN_CARE)
def test_the_file_of_a_plan_is_had_by_who_may_open_the_person_and_be_given_a_copy(world, faults, role):
    """Their own practice may open whoever said no to health services seeing the record, and is given no copy of the plan.

    Nor is anybody who opened the record in an emergency.
    """

    def given(stands):
        return may_open(role, stands, in_emergency=False) and stands.consent != "refused"

    token, asked = f"token.{role}", world.probes[role].people[::5]
    missing, _ = world.ask(token, f"/Binary/{MISSING}-plain-text")
    for one in asked:
        path = f"/Binary/{one.ids['version_id']}-plain-text"
        held(world, faults, token, path, one.ids["person_id"], told=given(one.stands), missing=missing)
    assert {given(one.stands) for one in asked} == {True, False}


@pytest.mark.parametrize("role", IN_CARE)
def test_a_search_of_everybody_finds_exactly_those(world, role):
    probe, found, path = world.probes[role], set(), "/Patient?_count=500"
    answer, seen = world.ask(f"token.{role}", path)
    found = {int(entry["resource"]["id"]) for entry in answer.json["entry"]}
    assert answer.json["total"] == len(found) == len(seen)
    of_probe = {one.ids["person_id"] for one in probe.people}
    assert found & of_probe == {one.ids["person_id"] for one in probe.people if may_open(role, one.stands)}


def test_111_is_told_of_exactly_those_with_a_flag_in_force(world, faults, monkeypatch):
    monkeypatch.setattr("caseload.pages.plan_files.plan_pdf", lambda *_: b"%PDF")
    monkeypatch.setattr("caseload.pages.plan_files.pages_of", lambda *_: 1)
    monkeypatch.setattr("caseload.pages.plan_files.missing_pdf", lambda: None)
    probe = world.probes["urgent_care"]
    missing, _ = world.ask("token.111", f"/Patient/{MISSING}")
    tellable = 0
    for one, said in zip(probe.people, FOR_111, strict=True):
        told, person_id = tells_111(*said), one.ids["person_id"]
        tellable += told
        summary = f"/Binary/{one.ids['version_id']}-urgent-summary"
        for path in (
            f"/Patient/{person_id}",
            f"/Flag/{one.ids['flag_id']}",
            f"/CarePlan/{one.ids['case_id']}",
            summary,
        ):
            held(world, faults, "token.111", path, person_id, told=told, missing=missing)
        whole = f"/Binary/{one.ids['version_id']}-plain-text"
        held(world, faults, "token.111", whole, person_id, told=False, missing=missing)
    assert (tellable, len(FOR_111)) == (1, len(FOR_111))
    assert len(FOR_111) > 30
    answer, _ = world.ask("token.111", "/Flag?_count=500")
    found = {entry["resource"]["id"] for entry in answer.json["entry"]}
    of_probe = {str(one.ids["flag_id"]): tells_111(*said) for one, said in zip(probe.people, FOR_111, strict=True)}
    assert found & of_probe.keys() == {flag_id for flag_id, told in of_probe.items() if told}


def test_a_warehouse_is_told_of_exactly_those_who_said_no_to_nothing(world):
    probe = world.probes["warehouse"]
    answer, seen = world.ask("token.warehouse", "/Patient?_count=500")
    found = {entry["resource"]["id"] for entry in answer.json["entry"]}
    pseudonyms = {
        _row(world.place, Person, one.ids["person_id"])["pseudonym"]: said
        for one, said in zip(probe.people, FOR_WAREHOUSE, strict=True)
    }
    assert found & pseudonyms.keys() == {pseudonym for pseudonym, said in pseudonyms.items() if tells_warehouse(*said)}
    assert len(seen) == answer.json["total"]
    assert not any(
        {"name", "identifier", "address", "telecom"} & entry["resource"].keys() for entry in answer.json["entry"]
    )
    for one in probe.people:
        assert world.ask("token.warehouse", f"/Patient/{one.ids['person_id']}")[0].status_code == 404
        assert world.ask("token.warehouse", f"/Binary/{one.ids['version_id']}-pdf")[0].status_code == 403


LETTER_OF = {"r": "/{kind}/{id}", "s": "/{kind}?patient={person}"}


def test_a_scope_lets_its_own_resource_and_its_own_letter_be_done(world, faults):
    """Each kind with each letter against tokens that have exactly one scope."""
    probe = world.probes["navigator"]
    one = next(one for one in probe.people if one.stands == Combination("case in place"))
    for asked_kind, given_kind, letter, other in product(OF_A_PERSON, ("Flag", "Task", "*"), "rs", "rs"):
        token = _token_with(world, probe.user_id, f"system/{given_kind}.{other}")
        path = LETTER_OF[letter].format(
            kind=asked_kind, id=one.ids[OF_A_PERSON[asked_kind]], person=one.ids["person_id"]
        )
        if asked_kind == "Patient" and letter == "s":
            path = "/Patient?_count=1"
        answer, _ = world.ask(token, path)
        let = given_kind in (asked_kind, "*") and letter == other
        if answer.status_code != (200 if let else 403):
            faults.append(f"{token} {path}: {answer.status_code}")


def test_a_token_of_a_person_has_scopes_of_people_only(world):
    probe = world.probes["lead"]
    path = f"/Patient/{probe.people[0].ids['person_id']}"
    for scope, status in (("user/Patient.r", {200, 404}), ("system/Flag.r", {403}), ("user/Flag.r", {403})):
        assert world.ask(_token_with(world, probe.user_id, scope), path)[0].status_code in status


def test_a_merged_record_answers_with_who_they_are_now(world, faults):
    """Only to who may open that one; the same as missing to everybody else."""
    for role in IN_CARE:
        missing, _ = world.ask(f"token.{role}", f"/Patient/{MISSING}")
        for one in world.probes[role].people[::9]:
            answer, seen = world.ask(f"token.{role}", f"/Patient/{one.ids['merged_id']}")
            if may_open(role, one.stands):
                link = answer.json.get("link", [{}])[0]
                if (answer.status_code, link.get("type"), link.get("other")) != (
                    200,
                    "replaced-by",
                    {"reference": f"Patient/{one.ids['person_id']}"},
                ):
                    faults.append(f"{role} {one.stands}: {answer.status_code} {link}")
            elif (answer.status_code, answer.data, seen) != (404, missing.data, set()):
                faults.append(f"{role} {one.stands}: {answer.status_code}, not as missing")


def _token_with(world, user_id, scope):
    """A token with one scope, made for good: it is no request."""
    name = f"{scope} for {user_id}"
    with Store(world.store.engine, world.store.secrets).writing() as session:
        if name not in world.__dict__.setdefault("tokens", set()):
            session.add(
                ApiToken(
                    token_hash=hash_of(name),
                    client_id=1,
                    user_id=user_id,
                    scopes=[scope],
                    issued_at=NOW,
                    expires_at=NOW.replace(hour=10),
                )
            )
            world.tokens.add(name)
    return name


def test_the_table_has_cases_of_both_answers():
    assert {tells_warehouse(*said) for said in FOR_WAREHOUSE} == {True, False}
    assert [tells_111(*said) for said in FOR_111].count(True) == 1
