"""What a program sends several times at once counts once: a proof, a code, a request, a message."""

import json

import pytest
from sqlalchemy import func, select

from caseload.tables import ActionKey, ApiAssertion, ApiToken, PartnerMessage, Task, TaskEvent
from tests.integration.caseload.test_api_writes import FHIR, message_of, task_of
from tests.support.api_programs import northern_system
from tests.support.at_once import at_once
from tests.support.flag_work import FlagWork

TIMES = 8


@pytest.fixture
def program(store, town):
    return northern_system(store, town)


@pytest.fixture
def work(store, town):
    return FlagWork(store, town)


def counted(store, table, *conditions):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def test_a_proof_sent_at_once_is_given_one_token(store, app, program):
    proof = program.proof()
    answers = at_once(TIMES, lambda _: program.asks(app.test_client(), "system/Flag.rs", assertion=proof))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * (TIMES - 1)]
    assert (counted(store, ApiToken), counted(store, ApiAssertion)) == (1, 1)


@pytest.mark.parametrize(
    ("path", "body", "table", "named"),
    [
        ("/Task", task_of, Task, {}),
        ("/Task", lambda person_id: task_of(person_id, identifier=None), Task, {"Idempotency-Key": "k-1"}),
        ("/Communication", lambda person_id: message_of(person_id, identifier=[{"value": "5"}]), PartnerMessage, {}),
        ("/Communication", message_of, PartnerMessage, {"Idempotency-Key": "k-1"}),
    ],
)
def test_what_is_written_at_once_is_kept_once(store, app, program, work, path, body, table, named):
    before = counted(store, table)
    headers = {**program.headers(app.test_client(), "system/*.cruds"), "Content-Type": FHIR, **named}
    sent = json.dumps(body(work.person_id))
    answers = at_once(TIMES, lambda _: app.test_client().post(f"/fhir/R4{path}", data=sent, headers=headers))
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert len({answer.headers.get("Location") for answer in answers if answer.status_code != 409}) == 1
    assert counted(store, table) == before + 1
    assert counted(store, ActionKey) >= 1


def test_an_update_sent_at_once_under_one_key_is_answered_each_time_as_the_first(store, app, program, work):
    client, path = app.test_client(), "/fhir/R4/Task"
    headers = {**program.headers(client, "system/*.cruds"), "Content-Type": FHIR}
    made = client.post(path, data=json.dumps(task_of(work.person_id)), headers=headers)
    headers |= {"If-Match": made.headers["ETag"], "Idempotency-Key": "k-1"}
    sent, here = json.dumps({**made.json, "status": "completed"}), f"{path}/{made.json['id']}"
    answers = at_once(TIMES, lambda _: app.test_client().put(here, data=sent, headers=headers))
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    of_task = TaskEvent.task_id == int(made.json["id"])
    assert counted(store, TaskEvent, of_task, TaskEvent.kind == "done") == 1
