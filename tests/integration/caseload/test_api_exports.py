"""Everything as files, for a warehouse: without anybody's name or number, of one moment, resumed after a crash, gone in time."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from caseload.actions.exports import start_export
from caseload.api.bulk import maker
from caseload.api.export_files import alone, make_all, remove_old
from caseload.domain.border_words import ExportState
from caseload.domain.words import Role
from caseload.queries.outward.resources import RESOURCES
from caseload.settings import settings_with
from caseload.tables import AuditSubject, BulkExport, Consent, Person
from caseload.web import this_app
from tests.integration.caseload.conftest import SECRET
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import let_in_program, rsa_key, urgent_care
from tests.support.case_app import NOW, audited
from tests.support.copied_places import copied
from tests.support.patience import PATIENCE
from tests.support.statements import statements
from tests.support.town_at_work import make_town_at_work

PREFIX = "http://localhost/fhir/R4"


@pytest.fixture
def settings(tmp_path):
    return settings_with(secret_key=SECRET, secure_cookies=False, exports_folder=str(tmp_path / "exports"))


@pytest.fixture
def at_work(store):
    return copied(store, make_town_at_work)


@pytest.fixture
def town(at_work):
    return at_work.town


@pytest.fixture
def warehouse(store, town, app):
    program = let_in_program(
        store, home_id=town.places["COUNCIL"], roles=[(Role.WAREHOUSE, town.places["TESTHAM"])], scopes=["system/*.rs"]
    )
    return Api(app, program, "system/*.rs")


def asked(app, api, query=""):
    """The address to follow, once the files are there."""
    answer = api.get(f"/$export{query}", Prefer="respond-async")
    assert answer.status_code == 202, answer.text
    with app.app_context():
        maker().wait(PATIENCE)
    return answer.headers["Content-Location"].removeprefix(PREFIX)


def files_of(api, where):
    """The name of each file and its lines."""
    told = api.get(where)
    assert told.status_code == 200, told.text
    found = {}
    for one in told.json["output"]:
        answer = api.get(one["url"].removeprefix(PREFIX), Accept="application/fhir+ndjson")
        assert (answer.status_code, answer.mimetype) == (200, "application/fhir+ndjson")
        found[one["type"]] = answer.text.splitlines()
        assert len(found[one["type"]]) == one["count"]
    return found


def test_everything_is_there_and_every_look_is_written(store, town, app, warehouse):
    where = asked(app, warehouse)
    files = files_of(warehouse, where)
    assert {"Patient", "CareTeam", "CarePlan", "EpisodeOfCare", "RiskAssessment", "Task"} <= files.keys()
    ids = {json.loads(line)["id"] for line in files["Patient"]}
    with store.reading() as session:
        exported = {row.pseudonym: row.id for row in session.execute(select(Person.pseudonym, Person.id))}
        seen = set(session.execute(select(AuditSubject.person_id)).scalars())
    assert ids
    assert {exported[one] for one in ids} <= seen
    actions = [action for action, _ in audited(store)]
    assert [actions.count(one) for one in ("export.ask", "export.made")] == [1, 1]


def test_nobody_can_be_known_from_any_byte_of_it(store, town, app, warehouse):
    """Every NHS number, name, postcode, address, telephone number and word that somebody wrote is looked for in every file."""
    files = files_of(warehouse, asked(app, warehouse))
    text = "\n".join(line for lines in files.values() for line in lines)
    assert len(text) > 5_000
    with store.reading() as session:
        for person in session.execute(select(Person)).scalars():
            for value in (
                person.nhs_number,
                person.family_name,
                person.given_name,
                person.postcode,
                person.address_line,
                person.phone,
            ):
                assert value == "" or not re.search(rf"\b{re.escape(value)}\b", text, re.I), value
    assert not re.search(r"999\d{7}", text)
    assert not re.search(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", text)
    for words in ("020 7946", "daughter", "Ring us", "Please read it", "@example.org", "Ash GP", "Practitioner/"):
        assert words not in text
    for line in (line for lines in files.values() for line in lines):
        resource = json.loads(line)
        said = {"text", "note", "description", "name", "telecom", "address"} & resource.keys()
        assert said == set() or resource["resourceType"] in (
            "Organization",
            "CareTeam",
        )  # teams are called after their kind
        assert "birthDate" not in resource or re.fullmatch(r"\d{4}-\d{2}", resource["birthDate"])


def test_an_export_counts_nothing_however_many_pages_it_has(store, app, warehouse, monkeypatch):
    """To count the whole question for each page would cost more than the page."""
    sent = {}
    for size in (500, 2):
        monkeypatch.setattr("caseload.api.export_files.MOST", size)
        with statements(store.engine) as sent[size]:
            files = files_of(warehouse, asked(app, warehouse, "?_type=Patient"))
    pages = -(-len(files["Patient"]) // 2)
    assert pages > 2
    assert len(sent[2]) - len(sent[500]) <= 2 * (pages - 1)  # the page, and who was merged into those on it
    assert not [one for one in sent[2] if one.lstrip().lower().startswith("select count(")]


def test_references_go_to_pseudonyms(store, app, warehouse):
    files = files_of(warehouse, asked(app, warehouse, "?_type=Patient,CareTeam,CarePlan"))
    assert set(files) == {"Patient", "CareTeam", "CarePlan"}
    ids = {json.loads(line)["id"] for line in files["Patient"]}
    for line in (*files["CareTeam"], *files["CarePlan"]):
        kind, _, pseudonym = json.loads(line)["subject"]["reference"].partition("/")
        assert (kind, pseudonym in ids) == ("Patient", True)


def test_who_said_no_or_is_restricted_is_not_in_it(store, town, app, at_work, warehouse):
    with store.writing() as session:
        for number, purpose in ((1, "risk_stratification"), (6, "sharing_voluntary")):
            session.add(
                Consent(
                    person_id=town.people[number],
                    purpose=purpose,
                    state="refused",
                    how="said",
                    at=NOW,
                    by=town.users["admin"],
                )
            )
    text = "\n".join(line for lines in files_of(warehouse, asked(app, warehouse)).values() for line in lines)
    for number in (1, 4, 6):
        assert f"{number:032x}" not in text
    assert f"{7:032x}" in text


def test_a_no_after_the_files_were_made_takes_them_away(store, town, app, warehouse):
    where = asked(app, warehouse, "?_type=Patient")
    files_of(warehouse, where)
    with store.writing() as session:
        session.add(
            Consent(
                person_id=town.people[7],
                purpose="sharing_health",
                state="refused",
                how="said",
                at=NOW,
                by=town.users["admin"],
            )
        )
    assert outcome_of(warehouse.get(f"{where}/Patient.ndjson")) == (410, "RESOURCE_GONE")
    assert outcome_of(warehouse.get(where)) == (404, "RESOURCE_NOT_FOUND")


def test_only_what_changed_since(app, warehouse):
    later = (NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert files_of(warehouse, asked(app, warehouse, f"?_type=Flag,Task&_since={later}")) == {}


def test_it_is_made_again_after_whoever_made_it_was_killed(store, app, warehouse, monkeypatch):
    monkeypatch.setattr("caseload.api.export_files.Maker.wake", lambda _self: None)
    where = asked(app, warehouse, "?_type=Patient")
    export_id = int(where.rpartition("/")[2])
    with store.writing() as session:
        assert start_export(session, now=NOW, export_id=export_id)  # and then nothing: the process is gone
    assert warehouse.get(where).status_code == 202
    with app.app_context():
        make_all(this_app())
    assert len(files_of(warehouse, where)["Patient"]) > 3


def test_two_programs_do_not_make_the_same_files(app, warehouse, monkeypatch):
    monkeypatch.setattr("caseload.api.export_files.Maker.wake", lambda _self: None)
    where = asked(app, warehouse, "?_type=Patient")
    folder = Path(app.extensions["caseload"].settings.exports_folder) / where.rpartition("/")[2]
    with app.app_context():
        with alone(folder) as mine:
            assert mine
            make_all(this_app())
            assert warehouse.get(where).status_code == 202
        make_all(this_app())
    assert warehouse.get(where).status_code == 200


def test_one_that_fails_is_said_to_have_failed(store, app, warehouse, monkeypatch, caplog):
    def fails(*_arguments):
        raise RuntimeError("the name of somebody")

    with monkeypatch.context() as patched:
        patched.setattr(type(RESOURCES["Flag"]), "search", fails)
        where = asked(app, warehouse, "?_type=Task")
    assert outcome_of(warehouse.get(where)) == (500, "INTERNAL")
    folder = Path(app.extensions["caseload"].settings.exports_folder)
    assert list(folder.iterdir()) == []
    assert "somebody" not in caplog.text
    assert asked(app, warehouse, "?_type=Task") != where


def test_one_at_a_time_and_gone_when_deleted_or_too_old(store, app, clock, town, warehouse, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("caseload.api.export_files.Maker.wake", lambda _self: None)
        waiting = asked(app, warehouse, "?_type=Task")
        assert outcome_of(warehouse.get("/$export")) == (422, "NOT_NOW")
    assert warehouse.send("DELETE", waiting).status_code == 202
    assert outcome_of(warehouse.get(waiting)) == (404, "RESOURCE_NOT_FOUND")
    where = asked(app, warehouse, "?_type=Task")
    folder = app.extensions["caseload"].settings.exports_folder
    (file,) = Path(folder).rglob("Task.ndjson")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    clock.now = NOW + timedelta(hours=24)
    program = let_in_program(
        store, home_id=town.places["COUNCIL"], roles=[(Role.WAREHOUSE, town.places["TESTHAM"])], now=clock.now
    )
    fresh = program.headers(app.test_client(), "system/*.rs", clock.now)
    warehouse.headers = fresh
    assert outcome_of(warehouse.get(where)) == (404, "RESOURCE_NOT_FOUND")
    with app.app_context():
        make_all(this_app())
    assert not file.exists()
    with store.reading() as session:
        assert set(session.execute(select(BulkExport.state)).scalars()) == {"deleted"}


def test_it_is_for_the_role_and_the_program_that_asked(store, town, app, warehouse):
    where = asked(app, warehouse, "?_type=Task")
    roles = [(Role.WAREHOUSE, town.places["TESTHAM"])]
    other = Api(app, let_in_program(store, home_id=town.places["COUNCIL"], roles=roles, key=rsa_key()))
    urgent = Api(app, urgent_care(store, town))
    missing = other.get("/$export/999")
    for address in (where, f"{where}/Task.ndjson", f"{where}/people.json", f"{where}/.lock"):
        answer = other.get(address)
        assert (outcome_of(answer), answer.data) == ((404, "RESOURCE_NOT_FOUND"), missing.data)
    assert outcome_of(other.send("DELETE", where)) == (404, "RESOURCE_NOT_FOUND")
    assert outcome_of(urgent.get("/$export")) == (403, "ACCESS_DENIED")
    for name in ("people.json", ".lock", "..", "Nothing.ndjson"):
        assert warehouse.get(f"{where}/{name}").status_code in (404, 308)
    assert warehouse.get(f"{where}/Task.ndjson").status_code == 200


def test_kinds_outside_role_or_scope_are_refused(store, town, app, warehouse):
    assert outcome_of(warehouse.get("/$export?_type=Consent")) == (403, "ACCESS_DENIED")
    assert outcome_of(warehouse.get("/$export?_type=Nothing")) == (400, "INVALID_PARAMETER")
    assert outcome_of(warehouse.get("/$export?_since=soon")) == (400, "INVALID_PARAMETER")
    assert outcome_of(warehouse.get("/$export?_outputFormat=text/csv")) == (400, "INVALID_PARAMETER")
    narrow = let_in_program(
        store, home_id=town.places["COUNCIL"], roles=[(Role.WAREHOUSE, town.places["TESTHAM"])], scopes=["system/Task.rs"],
        key=rsa_key(),
    )  # fmt: skip
    api = Api(app, narrow, "system/Task.rs")
    assert outcome_of(api.get("/$export?_type=Patient")) == (403, "ACCESS_DENIED")
    assert set(files_of(api, asked(app, api))) == {"Task"}


def test_files_that_were_left_behind_are_swept_in_time(store, app, warehouse):
    """Of an export that was made, and of one whose maker was killed after it had said that it failed."""
    made = int(asked(app, warehouse, "?_type=Task").rpartition("/")[2])
    failed = int(asked(app, warehouse, "?_type=Task").rpartition("/")[2])
    folder = Path(app.extensions["caseload"].settings.exports_folder)
    with store.writing() as session:
        session.get_one(BulkExport, failed).state = ExportState.FAILED
    before, after = NOW + timedelta(hours=23), NOW + timedelta(hours=24)
    assert remove_old(store, folder, now=before, hours=24) == 0
    assert {path.name for path in folder.iterdir()} == {str(made), str(failed)}
    assert remove_old(store, folder, now=after, hours=24) == 2
    assert list(folder.iterdir()) == []
    assert [action for action, _ in audited(store)].count("export.delete") == 2
    assert remove_old(store, folder, now=after, hours=24) == 0
