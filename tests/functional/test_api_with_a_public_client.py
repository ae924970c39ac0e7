"""The API asked by a client that is not ours: fhirpy, over a real socket, with a token it was given for a signed proof."""

import pytest
import requests
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from caseload.app import create_app
from caseload.database import open_database
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from tests.support.api_programs import ASSERTION, urgent_care
from tests.support.case_app import NOW, audited, make_town
from tests.support.flag_work import FlagWork
from tests.support.live_app import live
from tests.support.patience import PATIENCE
from tests.support.sqlite import sqlite_url

SECRET = "a secret that only tests know, long enough"

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


@pytest.fixture
def place(tmp_path):
    """A live server over a place in which person 1 has a flag; its store, that work, and a program of 111."""
    engine = open_database(sqlite_url(tmp_path))
    upgrade(engine)
    store = Store(engine, Secrets.of(SECRET))
    town = make_town(store)
    work = FlagWork(store, town)
    work.flag_id = work.set()
    program = urgent_care(store, town)
    app = create_app(settings_with(secret_key=SECRET, secure_cookies=False), store=store, now=lambda: NOW)
    with live(app) as home:
        yield home, store, work, program
    engine.dispose()


def token_of(home, program):
    data = {
        "grant_type": "client_credentials", "scope": "system/*.rs", "client_assertion_type": ASSERTION,
        "client_assertion": program.proof(aud=f"{home}/oauth2/token"),
    }  # fmt: skip
    answer = requests.post(f"{home}/oauth2/token", data=data, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def test_fhirpy_reads_the_flag_and_the_plan(place):
    home, store, work, program = place
    client = SyncFHIRClient(f"{home}/fhir/R4", authorization=f"Bearer {token_of(home, program)}")
    (flag,) = client.resources("Flag").search(patient=str(work.person_id), status="active").fetch_all()
    assert (flag.id, flag["status"]) == (str(work.flag_id), "active")
    assert "Has a care plan" in flag["code"]["text"]
    plan = flag["extension"][-1]["valueReference"]
    assert client.reference(reference=plan["reference"]).to_resource()["status"] == "active"
    patient = flag["subject"].to_resource()
    assert patient["identifier"][0]["value"] == work.town.nhs_numbers[1]
    assert [people for action, people in audited(store) if action == "view"] == [[work.person_id]] * 3


def test_fhirpy_is_refused_in_the_words_of_fhir(place):
    home, _store, work, program = place
    client = SyncFHIRClient(f"{home}/fhir/R4", authorization=f"Bearer {token_of(home, program)}")
    with pytest.raises(ResourceNotFound):
        client.reference("Patient", "999999").to_resource()
    with pytest.raises(OperationOutcome):
        client.resources("Patient").search(identifier=work.town.nhs_numbers[1]).fetch()
